import { isEqual, isRecord, signature, unknown } from "../provider/api/json";
import type { Json } from "../provider/engine/kind";
import type { Caller, Contract, ContractChange } from "./contracts";
import { isChange, prefectKind, type ResourceState, type Step } from "./step";

/** What a plan says of contracts and of who calls the deployments. */
export interface PlanContracts {
  /** All deployments of the plan whose schema is known, but for those that are deleted. */
  contracts: ContractChange[];
  /** Those whose contract changes, by their names, with Prefect's ids where there are any yet. */
  changed: { deployment: string; id?: string }[];
  /** The schedules of the deployments, and the automations of the plan that run one of them. */
  callers: Caller[];
  /** Ids of the plan's automations, which are on the server as they are before. */
  automations: string[];
}

/** A value that isn't known here, in the form of what Prefect fills in later. */
const open = { __prefect_kind: "unknown" };

/** Reads the steps of a preview. Secrets, and what is known only later, aren't judged. */
export function planContracts(steps: Step[]): PlanContracts {
  const found: PlanContracts = { contracts: [], changed: [], callers: [], automations: [] };
  const names = new Map<string, string>();
  for (const step of steps.filter(({ urn }) => prefectKind(urn) === "Deployment")) {
    const { old, new: now } = step;
    const deployment = nameOf(now ?? old);
    if (deployment === undefined) continue;
    if (old?.id !== undefined) names.set(old.id, deployment);
    if (now === undefined || step.op === "delete") continue;
    const after = contractOf(now.inputs);
    if (after === undefined) continue;
    // without a state that is this deployment's own there is no before
    const before = nameOf(old) === deployment ? contractOf(old?.inputs) : undefined;
    found.contracts.push({ deployment, ...(before && { before }), after });
    if (before && isChange(step) && !isEqual(before, after)) {
      found.changed.push({ deployment, ...(old?.id !== undefined && { id: old.id }) });
    }
    found.callers.push(...schedulesOf(deployment, now, old));
  }
  for (const { old, new: now } of steps.filter(({ urn }) => prefectKind(urn) === "Automation")) {
    if (old?.id !== undefined) found.automations.push(old.id);
    if (now) found.callers.push(...automationCallers(now, old, names));
  }
  return found;
}

function nameOf(state?: ResourceState): string | undefined {
  const { name, flowName } = state?.inputs ?? {};
  return isKnownText(name) && isKnownText(flowName) ? `${flowName}/${name}` : undefined;
}

function isKnownText(value: unknown): value is string {
  return typeof value === "string" && value !== unknown && value !== "[secret]";
}

function contractOf(inputs: Json = {}): Contract | undefined {
  const schema = schemaIn(inputs.parameterOpenapiSchema);
  if (schema === undefined) return undefined;
  const { parameters, isOpen } = parametersIn(inputs.parameters);
  const given = [parameters, ...schedulesIn(inputs).map((schedule) => parametersIn(schedule.parameters).parameters)];
  return {
    schema,
    isEnforced: inputs.enforceParameterSchema !== false,
    takesMore: takesMore(schema, given),
    parameters,
    ...(isOpen && { isOpen }),
  };
}

/** The schema of a deployment, which is stored as a text or as data; undefined when it isn't known. */
function schemaIn(value: unknown): Json | undefined {
  if (isRecord(value)) return signature in value ? undefined : value;
  if (!isKnownText(value)) return undefined;
  try {
    const parsed = JSON.parse(value) as unknown;
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a flow takes parameters that its schema doesn't name. No preview says so, but `check` has refused what its own deployment gives
 * unless it does; and Prefect lists `**kwargs` as a last parameter of that name without a type.
 */
function takesMore(schema: Json, given: Json[]): boolean {
  const properties = isRecord(schema.properties) ? schema.properties : {};
  if (given.some((parameters) => Object.keys(parameters).some((name) => !Object.hasOwn(properties, name)))) return true;
  const [name = "", last] = Object.entries(properties).at(-1) ?? [];
  const isBare = isRecord(last) && Object.keys(last).every((key) => ["position", "title", "description"].includes(key));
  return isBare && /kwargs$|^kw$/.test(name);
}

function parametersIn(value: unknown): { parameters: Json; isOpen: boolean } {
  if (value === undefined || value === null) return { parameters: {}, isOpen: false };
  if (!isRecord(value) || signature in value) return { parameters: {}, isOpen: true };
  return { parameters: known(value) as Json, isOpen: false };
}

function known(value: unknown): unknown {
  if (value === unknown || value === "[secret]") return open;
  if (Array.isArray(value)) return value.map(known);
  if (!isRecord(value)) return value;
  if (signature in value) return open;
  return fromEntries(Object.entries(value).map(([key, part]) => [key, known(part)]));
}

function fromEntries(entries: [string, unknown][]): Json {
  return Object.fromEntries(entries);
}

function schedulesIn(inputs: Json = {}): Json[] {
  return Array.isArray(inputs.schedules) ? inputs.schedules.filter(isRecord) : [];
}

function schedulesOf(deployment: string, now: ResourceState, old?: ResourceState): Caller[] {
  const before = schedulesIn(old?.inputs);
  return schedulesIn(now.inputs).map((schedule, i) => {
    const name = isKnownText(schedule.slug) ? schedule.slug : String(i + 1);
    const { parameters, isOpen } = parametersIn(schedule.parameters);
    const isThere = before.some((one) => one.slug === schedule.slug && isEqual(one.parameters, schedule.parameters));
    return {
      kind: "schedule",
      deployment,
      name,
      parameters,
      ...(isOpen && { isOpen }),
      ...(!isThere && { isNew: true }),
    };
  });
}

function automationCallers(now: ResourceState, old: ResourceState | undefined, names: Map<string, string>): Caller[] {
  const before = actionsIn(old?.inputs);
  return actionsIn(now.inputs).flatMap((action): Caller[] => {
    const deployment = isKnownText(action.deploymentId) ? names.get(action.deploymentId) : undefined;
    if (action.type !== "run-deployment" || deployment === undefined) return [];
    const { parameters, isOpen } = parametersIn(action.parameters);
    const name = isKnownText(now.inputs?.name) ? now.inputs.name : "?";
    const isNew = !before.some((one) => isEqual(one, action));
    const caller: Caller = { kind: "automation", deployment, name, parameters: withoutTemplates(parameters) };
    return [{ ...caller, ...(isOpen && { isOpen }), ...(isNew && { isNew }) }];
  });
}

function actionsIn(inputs: Json = {}): Json[] {
  return [inputs.actions, inputs.actionsOnTrigger, inputs.actionsOnResolve].flatMap((list) =>
    Array.isArray(list) ? list.filter(isRecord) : [],
  );
}

/** The parameters of an automation's action: texts that Prefect fills in are unknown. */
export function withoutTemplates(parameters: Json): Json {
  const without = (value: unknown): unknown => {
    if (typeof value === "string") return /\{\{|\{%/.test(value) ? open : value;
    if (Array.isArray(value)) return value.map(without);
    return isRecord(value) ? fromEntries(Object.entries(value).map(([key, part]) => [key, without(part)])) : value;
  };
  return without(parameters) as Json;
}
