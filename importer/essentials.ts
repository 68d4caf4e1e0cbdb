import { defaultBaseJobTemplate } from "../provider/baseJobTemplate";
import { isEqual } from "../provider/json";
import { askedLabels } from "../provider/labels";
import type { Json } from "../provider/kind";
import { canonicalRule } from "../provider/recurrence";
import type { Item } from "./inventory";

/** What Prefect starts with, for each kind: it goes without saying. */
const defaults: Record<string, Json> = {
  WorkPool: { isPaused: false },
  WorkQueue: { description: "", isPaused: false },
  GlobalConcurrencyLimit: { active: true, slotDecayPerSecond: 0 },
  Variable: { tags: [] },
  Flow: { tags: [], labels: {} },
  BlockSchema: { capabilities: [], version: "non-versioned" },
  Block: { isAnonymous: false, data: {} },
  Deployment: {
    workQueueName: "default",
    jobVariables: {},
    parameters: {},
    tags: [],
    pullSteps: [],
    parameterOpenapiSchema: {},
    enforceParameterSchema: true,
    paused: false,
    labels: {},
    schedules: [],
  },
  Automation: { description: "", enabled: true, tags: [], actionsOnTrigger: [], actionsOnResolve: [] },
};

/** The arguments that a person would write: those that aren't Prefect's defaults. */
export function essentials({ kind, args }: Pick<Item, "kind" | "args">): Json {
  const given = { ...args };
  if ("labels" in given) given.labels = askedLabels(given.labels, {});
  if (kind.type === "WorkPool") Object.assign(given, { baseJobTemplate: templateOf(given) });
  if (kind.type === "BlockSchema") Object.assign(given, { fields: withoutEmptyReferences(given.fields as Json) });
  if (Array.isArray(given.schedules)) given.schedules = (given.schedules as Json[]).map(schedule);
  if (kind.type === "Automation") {
    given.trigger = trigger(given.trigger as Json);
    for (const key of ["actions", "actionsOnTrigger", "actionsOnResolve"]) {
      given[key] = ((given[key] ?? []) as Json[]).map((action) => without(action, actionDefaults));
    }
  }
  return without(given, defaults[kind.type] ?? {});
}

const actionDefaults = { source: "selected", scheduleAfter: 0, force: false, payload: "" };
const eventDefaults = { match: {}, matchRelated: {}, expect: [], after: [], forEach: [], threshold: 1 };

function trigger(given: Json): Json {
  if (Array.isArray(given.triggers)) return { ...given, triggers: (given.triggers as Json[]).map(trigger) };
  return without(given, { ...eventDefaults, within: given.posture === "Proactive" ? 10 : 0 });
}

function schedule(given: Json): Json {
  const kept = without(given, { active: true, parameters: {}, timezone: "UTC", dayOr: true });
  if (typeof kept.rrule !== "string") return kept;
  const [first = "", ...rest] = kept.rrule.split("\n");
  // Prefect writes its own start before a rule that has none
  const short = rest.join("\n");
  const isPrefects = first.startsWith("DTSTART:") && short !== "" && canonicalRule(short) === canonicalRule(kept.rrule);
  return { ...kept, rrule: isPrefects ? short : kept.rrule };
}

/** A pool that has its type's default template, or none, needn't say so. */
function templateOf({ type, baseJobTemplate }: Json): unknown {
  const usual = defaultBaseJobTemplate(String(type));
  return usual && (isEqual(baseJobTemplate, usual) || isEqual(baseJobTemplate, {})) ? undefined : baseJobTemplate;
}

function withoutEmptyReferences(fields: Json): Json {
  return without(fields, { block_schema_references: {} });
}

function without(value: Json, usual: Json): Json {
  return Object.fromEntries(
    Object.entries(value).filter(([key, part]) => part !== undefined && !(key in usual && isEqual(part, usual[key]))),
  );
}
