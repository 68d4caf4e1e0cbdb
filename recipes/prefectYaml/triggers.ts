import { automationName } from "../../components/triggersAsNamed";
import type { DeploymentTriggerArgs } from "../../provider/kinds/deployment/triggers";
import { dataOf, type Entry, type Mapping, type Tree } from "../yaml/tree";
import { pythonText } from "./placeholders";
import { isGiven, type Reading } from "./reading";
import { defined } from "./schedules";

const ofAutomation = ["name", "description", "enabled", "parameters", "job_variables", "schedule_after"];
const ofTrigger: Record<string, string[]> = {
  event: ["type", "id", "posture", "expect", "after", "for_each", "match", "match_related", "threshold", "within"],
  compound: ["type", "id", "triggers", "require", "within"],
  sequence: ["type", "id", "triggers", "within"],
};

/**
 * The triggers of a deployment. One is named where Prefect's name for its automation isn't the one that it would get here.
 *
 * @param named the deployment's name, and what it is when Prefect names automations
 */
export function triggersOf(
  entry: Entry | undefined,
  named: { name: string; forAutomations: string },
  reading: Reading,
): DeploymentTriggerArgs[] | undefined {
  if (!isGiven(entry)) return undefined;
  const triggers: Parts[] = [];
  for (const [i, item] of (reading.items(entry, "triggers") ?? []).entries()) {
    const trigger = triggerOf(item, reading, true);
    if (!trigger) continue;
    const given = item.kind === "mapping" ? item.entries.get("name") : undefined;
    if (given && trigger.name === undefined) {
      reading.file.notes.add(
        given.at,
        "the trigger's name is empty, and prefect deploy calls its automation after the deployment's id; it is left out",
      );
    }
    // each has the number of its place, whatever is left out before it
    const name = trigger.name ?? automationName(named.forAutomations, i + 1);
    const isUsual = name === automationName(named.name, triggers.length + 1);
    triggers.push(isUsual ? trigger : { ...trigger, name });
  }
  return triggers.length > 0 ? (triggers as unknown as DeploymentTriggerArgs[]) : undefined;
}

type Parts = Record<string, unknown>;

/** What selects events. */
const selecting = ["expect", "after", "match", "matchRelated"];

function triggerOf(item: Tree, reading: Reading, isOuter: boolean): (Parts & { name?: string }) | undefined {
  const { notes, mistakes } = reading.file;
  if (item.kind !== "mapping") {
    mistakes.add(item.span, "a trigger must be a mapping, such as expect: [prefect.flow-run.Completed]");
    return undefined;
  }
  const type = typeOf(item);
  const names = ofTrigger[type];
  if (names === undefined) {
    const isCloud = type === "metric";
    notes.add(
      item.span,
      isCloud
        ? "metric triggers are Prefect Cloud's alone; it is left out"
        : `there is no trigger of type "${type}"; it is left out`,
    );
    return undefined;
  }
  for (const [key, { at }] of item.entries) {
    if (!names.includes(key) && !(isOuter && ofAutomation.includes(key)))
      notes.add(at, `a trigger has no "${key}", and prefect deploy leaves it out`);
  }
  const part = (key: string) => item.entries.get(key);
  const own = type === "event" ? eventOf(part, reading) : { ...composedOf(part, type, reading) };
  const within = reading.seconds(part("within"), "a trigger's within");
  const isProactive = own.posture === "Proactive";
  const automation = isOuter ? automationOf(part, reading) : {};
  const isActive = isOuter && automation.enabled !== false && type === "event" && !isProactive;
  if (isActive && selecting.every((key) => own[key] === undefined)) {
    notes.add(
      item.span,
      "the trigger fires at every event, those of the run that it starts among them; name events by expect, or a resource by match",
    );
  }
  return defined({
    type,
    ...own,
    within: isProactive && within === 0 ? undefined : within,
    ...automation,
  });
}

/** Prefect's own guess where no type is written. */
function typeOf({ entries }: Mapping): string {
  const type = entries.get("type")?.value;
  if (type?.kind === "scalar" && type.value !== null) return pythonText(type.value);
  const posture = entries.get("posture")?.value;
  if (posture?.kind === "scalar" && posture.value === "Metric") return "metric";
  if (!entries.has("triggers")) return "event";
  return entries.has("require") ? "compound" : "sequence";
}

type Part = (key: string) => Entry | undefined;

function eventOf(part: Part, reading: Reading): Parts {
  return {
    posture: reading.text(part("posture"), "a trigger's posture") ?? "Reactive",
    expect: listOf(part("expect")),
    after: listOf(part("after")),
    forEach: listOf(part("for_each")),
    match: given(part("match")),
    matchRelated: given(part("match_related")),
    threshold: reading.integer(part("threshold"), "a trigger's threshold"),
  };
}

function composedOf(part: Part, type: string, reading: Reading): Parts {
  const triggers = (reading.items(part("triggers"), "the triggers of a trigger") ?? []).map((one) =>
    triggerOf(one, reading, false),
  );
  return {
    triggers: triggers.filter((one) => one !== undefined),
    ...(type === "compound" && { require: given(part("require")) }),
  };
}

function automationOf(part: Part, reading: Reading): Parts {
  return {
    name: reading.text(part("name"), "a trigger's name"),
    description: reading.text(part("description"), "a trigger's description"),
    enabled: reading.flag(part("enabled"), "a trigger's enabled", false),
    parameters: given(part("parameters")),
    jobVariables: given(part("job_variables")),
    scheduleAfter: reading.seconds(part("schedule_after"), "a trigger's schedule_after"),
  };
}

function given(entry: Entry | undefined): unknown {
  return isGiven(entry) ? dataOf(entry.value) : undefined;
}

function listOf(entry: Entry | undefined): unknown {
  const value = given(entry);
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}
