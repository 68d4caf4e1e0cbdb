import { isEqual } from "../provider/api/json";
import { visible } from "../provider/api/visible";
import type { Json } from "../provider/engine/kind";
import { nearest } from "../provider/engine/nearest";
import { requiredIn, runCheck, type RunContract, type RunMistake } from "../provider/kinds/deployment/runParameters";
import { grouped } from "./grouped";

/** What a deployment takes of those who call it. */
export interface Contract extends RunContract {
  /** The deployment's own parameters, which each run has unless it gives others. */
  parameters: Json;
  /** Whether there may be more of those than is known. */
  isOpen?: boolean;
}

/** A deployment, and what it takes before and after. */
export interface ContractChange {
  /** As `<flow>/<deployment>`. */
  deployment: string;
  /** Absent for a deployment that is new, or whose schema wasn't known. */
  before?: Contract;
  after: Contract;
}

/** What calls a deployment, or a run that waits. */
export interface Caller {
  kind: "schedule" | "automation" | "run" | "call";
  /** As `<flow>/<deployment>`. */
  deployment: string;
  /** The slug of a schedule, the name of an automation or of a run; of a call, where it is, such as "flows/load.py:12". */
  name: string;
  /** What it gives; of a run that waits, all that it has. A value that isn't known is an object with the key `__prefect_kind`. */
  parameters: Json;
  /** Whether it may give more than is known. */
  isOpen?: boolean;
  /** Whether it comes with the change; else it is there already. */
  isNew?: boolean;
  /** When a run is due; ISO 8601. */
  due?: string;
}

/** A call that won't come to a good end once the change is made. */
export interface Breach {
  deployment: string;
  caller: Caller | { kind: "defaults"; name: string };
  /** Who refuses it: Prefect, so that there is no run (or no deployment), or the flow, whose run fails when it starts. */
  by: "Prefect" | "the flow";
  /** Whether it would have gone well before the change. */
  isNew: boolean;
  mistakes: RunMistake[];
  /** All of it in one line, without any value that is given. */
  message: string;
}

/** How many parameters of a flow a message names. */
const mostNamed = 8;

/**
 * What a change breaks: each caller whose run would be refused by Prefect or by the flow itself, those first that went well before. What isn't
 * known isn't judged.
 */
export function contractsOf(changes: ContractChange[], callers: Caller[]): Breach[] {
  const of = grouped(callers, ({ deployment }) => deployment);
  const all = changes.flatMap((change) => {
    const now = judge(change.after);
    const before = change.before && judge(change.before);
    const own = broken(change, { kind: "defaults", name: change.deployment }, now, before);
    const others = (of.get(change.deployment) ?? []).flatMap((caller) => broken(change, caller, now, before));
    return [...own, ...others];
  });
  // in an order of their own: Pulumi's is that in which answers came
  const inOrder = all.sort((a, b) => (a.message < b.message ? -1 : a.message > b.message ? 1 : 0));
  return [...inOrder.filter(({ isNew }) => isNew), ...inOrder.filter(({ isNew }) => !isNew)];
}

type Called = Breach["caller"];
type Judge = (called: Called) => RunMistake[];

function judge({ parameters, isOpen, ...contract }: Contract): Judge {
  let known: ReturnType<typeof runCheck> | undefined;
  return (called) => {
    // made when it is needed: that takes time, and most calls are well without a look at what was before
    const check = (known ??= runCheck(contract));
    // a schema that is none is refused by `check` already
    if (typeof check === "string") return [];
    if (called.kind === "defaults") return check(parameters).filter(({ kind }) => kind !== "missing");
    const given = called.parameters;
    // a run that waits has the deployment's parameters of the time when it was made
    const whole = called.kind === "run" ? given : { ...parameters, ...given };
    const isWhole = !called.isOpen && (called.kind === "run" || !isOpen);
    return check(whole).filter(({ kind, name }) =>
      // what is wrong with the deployment's own parameters is told of those
      kind === "missing" ? isWhole : Object.hasOwn(given, name),
    );
  };
}

function broken(change: ContractChange, caller: Called, now: Judge, before?: Judge): Breach[] {
  const mistakes = now(caller);
  if (mistakes.length === 0) return [];
  const former = before && !("isNew" in caller && caller.isNew) ? before(caller) : [];
  const isNew = !mistakes.every((mistake) => former.some((other) => isSame(mistake, other)));
  const by = refuser(caller, mistakes, change.after.isEnforced);
  const { deployment } = change;
  return [{ deployment, caller, by, isNew, mistakes, message: messageOf(change, caller, mistakes, by) }];
}

function isSame(one: RunMistake, other: RunMistake): boolean {
  return isEqual([one.kind, one.name, pathOf(one)], [other.kind, other.name, pathOf(other)]);
}

function pathOf(mistake: RunMistake): string[] {
  return mistake.kind === "wrong" ? mistake.path : [mistake.name];
}

/** Prefect itself looks at the parameters of a deployment and of a run that is asked for, but not at those of its schedules or of runs that are there. */
function refuser({ kind }: Called, mistakes: RunMistake[], isEnforced: boolean): Breach["by"] {
  const isAsked = kind === "automation" || kind === "call" || kind === "defaults";
  return isAsked && isEnforced && mistakes.some((mistake) => mistake.kind !== "unknown") ? "Prefect" : "the flow";
}

function messageOf(change: ContractChange, caller: Called, mistakes: RunMistake[], by: Breach["by"]): string {
  const said = mistakes.map((mistake) => clauseOf(mistake, change));
  const isAboutNames = mistakes.some(({ kind }) => kind !== "wrong");
  const takes = isAboutNames ? `; it takes ${takenBy(change.after)}` : "";
  return visible(
    `${subjectOf(caller, change.deployment)} ${said.join(", and ")}${takes}; ${endOf(caller, mistakes, by)}`,
  );
}

function subjectOf(caller: Called, deployment: string): string {
  switch (caller.kind) {
    case "defaults":
      return `deployment "${deployment}"`;
    case "schedule":
      return `schedule "${caller.name}" of deployment "${deployment}"`;
    case "automation":
      return `automation "${caller.name}", which runs deployment "${deployment}",`;
    case "run":
      return `run "${caller.name}" of deployment "${deployment}"${caller.due === undefined ? "" : `, due ${caller.due},`}`;
    case "call":
      return `${caller.name}, which calls deployment "${deployment}",`;
  }
}

function clauseOf(mistake: RunMistake, { before, after }: ContractChange): string {
  const { kind, name } = mistake;
  if (kind === "missing") {
    const isSo = before !== undefined && requiredIn(before.schema).includes(name);
    return `doesn't pass "${name}", which the flow needs${before === undefined || isSo ? "" : " now"}`;
  }
  if (kind === "unknown") {
    const known = namesIn(after.schema);
    const meant = nearest(name, known);
    const isGone = before !== undefined && namesIn(before.schema).includes(name);
    const hint = meant === undefined ? "" : ` (did you mean "${meant}"?)`;
    return `passes "${name}", which the flow doesn't take${isGone ? " any more" : ""}${hint}`;
  }
  return `passes "${mistake.path.join(".")}" as ${mistake.is}, where the flow's schema says that it ${mistake.rule}`;
}

function takenBy({ schema, parameters }: Contract): string {
  const required = requiredIn(schema);
  const names = namesIn(schema);
  if (names.length === 0) return "none";
  // those that have to be given come first
  const inOrder = [
    ...names.filter((name) => required.includes(name)),
    ...names.filter((name) => !required.includes(name)),
  ];
  const said = inOrder.slice(0, mostNamed).map((name) => {
    if (!required.includes(name)) return name;
    return Object.hasOwn(parameters, name) ? `${name} (which the deployment sets)` : `${name} (required)`;
  });
  const more = names.length - said.length;
  return `${said.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function namesIn({ properties }: Json): string[] {
  return typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
}

function endOf({ kind }: Called, mistakes: RunMistake[], by: Breach["by"]): string {
  // values of another type are the flow's to convert, when it isn't Prefect that refuses them
  const isSure = mistakes.some((mistake) => mistake.kind !== "wrong");
  const unless = isSure ? "" : ", unless the flow can convert it";
  if (kind === "defaults") return by === "Prefect" ? "Prefect refuses the deployment" : "each run fails when it starts";
  if (by === "Prefect") return "Prefect refuses the run";
  if (kind === "run") return `it fails when it starts${unless}`;
  return `its ${kind === "schedule" ? "runs are made, and fail when they start" : "run is made, and fails when it starts"}${unless}`;
}
