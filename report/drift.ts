import { isEqual } from "../provider/api/json";
import { type DeploymentReport, deploymentReport } from "./deployment";
import { inOrder } from "./inOrder";
import { type Keeping, keepingOf } from "./keeping";
import { holdsSecret } from "./plain";
import type { Preview } from "./preview";
import { type PropertyChange, propertyChanges, shownInputs } from "./propertyChanges";
import type { Moment } from "./schedules";
import { isChange, isObject, prefectKind, type ResourceState, type Step, titleOf } from "./step";
import type { Language } from "./written";

/**
 * What becomes of a change that somebody made on the server:
 * - `undone`: the program says what was deployed, and a deploy that compares with the server brings it back;
 * - `kept`: the program says by now what the server has;
 * - `overtaken`: the program says something else than either.
 */
export type Fate = "undone" | "kept" | "overtaken";

/** A property that somebody changed on the server. */
export interface DriftedProperty {
  name: string;
  fate: Fate;
  keep: Keeping;
  /** Where the program says it, such as "meta_prefect.yaml:8", where that is known. */
  place?: string;
  /** When it was changed, in ISO 8601, where Prefect tells. */
  at?: string;
}

/** How an object on the server differs from what was deployed. */
export interface Drift {
  urn: string;
  /** Such as `work pool "etl"`. */
  title: string;
  /** Prefect's id of it. */
  id?: string;
  isDeleted: boolean;
  /** Whether the program says by now all that the server has. */
  isKept: boolean;
  properties: DriftedProperty[];
  /** From what was deployed to what the server has, where it is a deployment. */
  deployment?: DeploymentReport;
  /** The same of any other object. */
  changes: PropertyChange[];
  /** Where the program says it, such as "meta_prefect.yaml:8", where that is known. */
  place?: string;
  /** When it was deleted or last changed, in ISO 8601, where Prefect tells. */
  at?: string;
  /** Who changed it last, where Prefect tells. */
  by?: string;
}

/** What somebody changed on the server since the last deploy. */
export interface ServerDrift {
  objects: Drift[];
  /** What couldn't be found out of it, in words. */
  left: string[];
}

/** What was changed or deleted on the server, by their names; nothing where the preview hasn't compared with the server. */
export function driftOf({ steps }: Pick<Preview, "steps">, moment: Moment, language: Language): Drift[] {
  const found = steps.filter(isObject).flatMap((step): Drift[] => {
    const drift = isGone(step) ? deleted(step) : changed(step, moment, language);
    return drift ? [drift] : [];
  });
  return inOrder(found, ({ title }) => title);
}

/** Whether a preview has compared what is deployed with the server. */
export function isCompared({ steps }: Pick<Preview, "steps">): boolean {
  return steps.some(({ deployed }) => deployed !== undefined);
}

/**
 * What the program changes of a resource, the mending of what somebody changed on the server aside; undefined where a step does nothing else.
 * Of what both have changed, the server's value is the one before.
 */
export function ofProgram(step: Step): Step | undefined {
  const { op, deployed, old, new: now } = step;
  if (!deployed || !now || !isObject(step) || (op !== "create" && op !== "update")) return step;
  const isMending = isGone(step) || driftedNames(step).length > 0;
  if (!isMending) return step;
  const [asked, before, server] = [now.inputs ?? {}, deployed.inputs ?? {}, old?.inputs ?? {}];
  const names = namesIn(asked, before, server);
  const own = names.filter((name) => !isEqual(before[name], asked[name]) && !isEqual(server[name], asked[name]));
  // a version that counts rises with whatever is changed
  if (own.every((name) => name === "version" || name.startsWith("__"))) return undefined;
  if (isGone(step)) return step;
  const inputs = Object.fromEntries(names.map((name) => [name, own.includes(name) ? server[name] : asked[name]]));
  return { ...step, old: { ...deployed, inputs } };
}

/**
 * Whether a step changes what can't be seen: a secret, of which a preview doesn't say whether it is another in the program or on the server.
 */
export function isUnclear(step: Step): boolean {
  const { op, deployed, old, new: now } = step;
  if (op !== "update" || !deployed || !isObject(step)) return false;
  const [before, server, asked] = [deployed, old, now].map(shownInputs) as [Inputs, Inputs, Inputs];
  const isAlike = namesIn(before, server, asked).every(
    (name) => name === "version" || (isEqual(before[name], server[name]) && isEqual(server[name], asked[name])),
  );
  return isAlike && holdsSecret(before);
}

/** Whether an object that was deployed isn't there any more: it is made anew, or it has left the program, too. */
function isGone({ op, deployed }: Step): boolean {
  return deployed !== undefined && (op === "create" || op === "refresh");
}

function deleted(step: Step): Drift {
  const { urn, op, deployed } = step;
  return {
    urn,
    title: titleOf(step),
    ...idOf(deployed),
    isDeleted: true,
    isKept: op === "refresh",
    properties: [],
    changes: [],
  };
}

function changed(step: Step, moment: Moment, language: Language): Drift | undefined {
  const { urn, deployed } = step;
  if (!deployed) return undefined;
  const names = driftedNames(step);
  if (names.length === 0) return undefined;
  const [before, server, asked] = [deployed, step.old, step.new].map(shownInputs) as [Inputs, Inputs, Inputs];
  const seen: ResourceState = { ...deployed, inputs: { ...deployed.inputs } };
  for (const name of names) Object.assign(seen.inputs ?? {}, { [name]: step.old?.inputs?.[name] });
  const between: Step = { op: "update", urn, old: deployed, new: seen, diffs: names };
  // both are of the program that was deployed
  const skipped = { before: moment.skipped.before, after: moment.skipped.before };
  const properties = names.map((name): DriftedProperty => {
    const keep = keepingOf({ urn, name, deployed: before[name], server: server[name] }, language);
    return { name, fate: fateOf(before[name], server[name], asked[name]), keep };
  });
  return {
    urn,
    title: titleOf({ ...step, new: undefined, old: deployed }),
    ...idOf(deployed),
    isDeleted: false,
    isKept: properties.every(({ fate }) => fate === "kept"),
    properties,
    ...(prefectKind(urn) === "Deployment" && { deployment: deploymentReport(between, { ...moment, skipped }) }),
    changes: propertyChanges(between),
  };
}

/** Of a work pool, which is known by its name, the id is an output. */
function idOf({ id, outputs }: ResourceState = { urn: "", type: "" }): { id?: string } {
  const known = typeof outputs?.uuid === "string" ? outputs.uuid : id;
  return known === undefined ? {} : { id: known };
}

type Inputs = Record<string, unknown>;

/** The properties that the server has otherwise than was deployed, as far as that means something to the program. */
function driftedNames(step: Step): string[] {
  const { deployed, old, diffs = [], isSecretChanged } = step;
  if (!deployed || isGone(step)) return [];
  const [before, server, asked] = [deployed, old, step.new].map(shownInputs) as [Inputs, Inputs, Inputs];
  const counting = diffs.map((diff) => diff.split(/[.[]/)[0]);
  return namesIn(before, server).filter((name) => {
    if (isEqual(before[name], server[name])) return isSecretChanged === true && holdsSecret(before[name]);
    // a provider may read more than was asked for, and say that it is no difference
    if (!isChange(step)) return isEqual(server[name], asked[name]);
    return counting.length === 0 || counting.includes(name);
  });
}

function fateOf(deployed: unknown, server: unknown, asked: unknown): Fate {
  // secrets look alike
  if (isEqual(deployed, server)) return "undone";
  if (isEqual(server, asked)) return "kept";
  return isEqual(deployed, asked) ? "undone" : "overtaken";
}

function namesIn(...all: Inputs[]): string[] {
  return [...new Set(all.flatMap((one) => Object.keys(one)))];
}
