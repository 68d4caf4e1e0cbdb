import { isEqual, isRecord, ownValue } from "../provider/api/json";
import { isHidden, plain } from "./plain";
import { type PropertyChange, propertyChanges, shownInputs } from "./propertyChanges";
import { areForetold, type Moment, type ScheduleChange, scheduleChanges } from "./schedules";
import { type ParameterChange, schemaChanges } from "./schema";
import { deploymentName, type Step, titleOf } from "./step";

/** A value before and after; absent where there is none. */
export interface ValueChange {
  name: string;
  before?: unknown;
  after?: unknown;
}

/** How a deployment changes, in the words of who deploys it. */
export interface DeploymentReport {
  op: Step["op"];
  urn: string;
  /** `<flow>/<deployment>`. */
  name: string;
  schedules: ScheduleChange[];
  parameters: ValueChange[];
  /** What its flow takes. */
  schema: ParameterChange[];
  tags: { added: string[]; removed: string[] };
  version?: ValueChange;
  /** The hash of the flow's code. */
  code?: ValueChange;
  /** The job variables that differ, by their paths: the image, cpu and memory among them. */
  jobVariables: ValueChange[];
  /** Everything else that differs. */
  others: PropertyChange[];
}

/** What is told in words of its own. */
const told = [
  "schedules",
  "parameters",
  "parameterOpenapiSchema",
  "tags",
  "version",
  "codeHash",
  "jobVariables",
  "paused",
];

/** Those of it that are looked into. */
const lookedInto = ["schedules", "parameters", "parameterOpenapiSchema", "tags", "jobVariables"];

/** What each new deployment has, of which its name says most. */
const usual = ["name", "flowName", "entrypoint", "path", "pullSteps", "description", "server"];

export function deploymentReport(step: Step, moment: Moment): DeploymentReport {
  const inputs = [shownInputs(step.old), shownInputs(step.new)];
  const closed = lookedInto.filter((name) => inputs.some((one) => isClosed(name, one[name])));
  const [before, after] = inputs.map((one) => without(one, closed)) as [Inputs, Inputs];
  const isNew = step.old === undefined;
  const plain = (isNew ? [...told, ...usual] : told).filter((name) => !closed.includes(name));
  // a secret is the same before and after to those who may not see it
  const changes = propertyChanges(step).filter(
    ({ path, before, after }) => !plain.includes(path.split(/[.[]/)[0] ?? "") || (!isNew && isEqual(before, after)),
  );
  const one = (name: string): ValueChange | undefined =>
    isEqual(before[name], after[name]) ? undefined : valueChange(name, before[name], after[name]);
  const [version, code] = [one("version"), one("codeHash")];
  const paused = one("paused");
  return {
    op: step.op,
    urn: step.urn,
    name: deploymentName(titleOf(step)),
    schedules: scheduleChanges(before, after, moment),
    parameters: valueChanges(before.parameters, after.parameters),
    schema: isNew ? [] : schemaChanges(before.parameterOpenapiSchema, after.parameterOpenapiSchema),
    tags: tagChanges(before.tags, after.tags),
    ...(version && { version }),
    // that a new one has code says nothing
    ...(code && !isNew && { code }),
    jobVariables: nestedChanges("", before.jobVariables, after.jobVariables),
    others: [...(paused ? [{ path: "paused", ...paused }] : []), ...changes],
  };
}

type Inputs = Record<string, unknown>;

/** Whether what is in an argument isn't told: that it isn't seen doesn't mean that it isn't there. */
function isClosed(name: string, value: unknown): boolean {
  if (value === undefined) return false;
  return name === "schedules" ? !areForetold(value) : isHidden(value);
}

function without(inputs: Inputs, names: string[]): Inputs {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !names.includes(name)));
}

function tagChanges(before: unknown, after: unknown): DeploymentReport["tags"] {
  const [olds, news] = [before, after].map((tags) => (Array.isArray(tags) ? tags.map(plain) : []));
  return {
    added: (news ?? []).filter((tag) => !olds?.includes(tag)),
    removed: (olds ?? []).filter((tag) => !news?.includes(tag)),
  };
}

function valueChanges(before: unknown, after: unknown): ValueChange[] {
  const [olds, news] = [recordOf(before), recordOf(after)];
  const names = [...new Set([...Object.keys(news), ...Object.keys(olds)])];
  return names.flatMap((name) => {
    const [old, now] = [ownValue(olds, name), ownValue(news, name)];
    return isEqual(old, now) ? [] : [valueChange(name, old, now)];
  });
}

/** The innermost values that differ, by their paths. */
function nestedChanges(path: string, before: unknown, after: unknown): ValueChange[] {
  if (isEqual(before, after)) return [];
  if (!isRecord(before ?? {}) || !isRecord(after ?? {})) return [valueChange(path, before, after)];
  const inner = valueChanges(before, after).flatMap((change) =>
    nestedChanges(path === "" ? change.name : `${path}.${change.name}`, change.before, change.after),
  );
  // what is empty, and comes or goes
  return inner.length === 0 && path !== "" ? [valueChange(path, before, after)] : inner;
}

function valueChange(name: string, before: unknown, after: unknown): ValueChange {
  return { name, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
