import { z } from "zod";
import { holdsUnknown, withoutUsual } from "../../api/json";
import type { Failure } from "../../engine/kind";
import * as rules from "../shared/rules";

/** Labels of resources, free-form: each label's value, or a list of those that match; "*" at the end is a wildcard. */
export type ResourceLabels = Record<string, string | string[]>;

/** Fires on the presence (Reactive) or the absence (Proactive) of events. */
export interface EventTrigger {
  type: "event";
  posture: "Reactive" | "Proactive";
  /** The events that it waits for, such as "prefect.flow-run.Failed"; their order doesn't matter. @default any event */
  expect?: string[];
  /** The events that must have been seen before. @default none */
  after?: string[];
  /** Labels for each of whose values it counts separately. @default it counts all together */
  forEach?: string[];
  /** The resource of the event. @default any */
  match?: ResourceLabels;
  /** The related resources of the event. @default any */
  matchRelated?: ResourceLabels | ResourceLabels[];
  /** How many events, at least 1. @default 1 */
  threshold?: number;
  /** Seconds in which they must come, from 0 on; Proactive from 10 on. @default 0, Proactive 10 */
  within?: number;
}

/** Fires when some of its triggers have. */
export interface CompoundTrigger {
  type: "compound";
  triggers: Trigger[];
  /** How many of them: any, all, or a number from 1 to as many as there are. */
  require: "any" | "all" | number;
  /** Seconds in which they must fire. @default no limit */
  within?: number;
}

/** Fires when its triggers have, in their order. */
export interface SequenceTrigger {
  type: "sequence";
  triggers: Trigger[];
  /** Seconds in which they must fire. @default no limit */
  within?: number;
}

/** What an automation waits for, nested to any depth. Prefect Cloud's `metric` triggers are unknown to the open-source server. */
export type Trigger = EventTrigger | CompoundTrigger | SequenceTrigger;

const labelsRule = z.record(
  z.string(),
  z.union([rules.text, rules.strings], "must be a text or a list of texts"),
  "must be an object of labels",
);
const seconds = z.number("must be a number of seconds from 0 on").min(0, "must be a number of seconds from 0 on");

const eventRules = z.strictObject({
  type: z.literal("event"),
  posture: z.enum(["Reactive", "Proactive"], "must be Reactive or Proactive"),
  expect: rules.strings.optional(),
  after: rules.strings.optional(),
  forEach: rules.strings.optional(),
  match: labelsRule.optional(),
  matchRelated: z.union([labelsRule, z.array(labelsRule)], "must be an object of labels, or a list of them").optional(),
  threshold: rules.positive.optional(),
  within: seconds.optional(),
});

const composite = {
  triggers: z
    .array(
      z.lazy((): z.ZodType => triggerRules),
      "must be a list of triggers",
    )
    .min(1, "must hold at least one trigger"),
  within: seconds.optional(),
};

export const triggerRules: z.ZodType = z.discriminatedUnion(
  "type",
  [
    eventRules,
    z.strictObject({
      type: z.literal("compound"),
      require: z.union([z.enum(["any", "all"]), rules.positive], 'must be "any", "all" or a positive integer'),
      ...composite,
    }),
    z.strictObject({ type: z.literal("sequence"), ...composite }),
  ],
  "must be a trigger whose type is event, compound or sequence (metric is Prefect Cloud's own)",
);

/** Rules across the arguments of a trigger and of those in it. */
export function triggerFailures(trigger: Trigger, property = "trigger"): Failure[] {
  // one that isn't known yet is a text
  if (typeof trigger !== "object") return [];
  if (trigger.type === "event") {
    const { posture, within } = trigger;
    if (posture !== "Proactive" || within === undefined || holdsUnknown(within) || within === 0 || within >= 10)
      return [];
    return [
      { property: `${property}.within`, reason: `must be from 10 seconds on in a Proactive trigger, not ${within}` },
    ];
  }
  if (!Array.isArray(trigger.triggers)) return [];
  const failures = trigger.triggers.flatMap((part, i) => triggerFailures(part, `${property}.triggers[${i}]`));
  if (trigger.type === "compound" && typeof trigger.require === "number" && trigger.require > trigger.triggers.length) {
    const reason = `must be at most the number of its triggers, ${trigger.triggers.length}, not ${trigger.require}`;
    failures.push({ property: `${property}.require`, reason });
  }
  return failures;
}

const initial = { match: {}, matchRelated: {}, expect: [], after: [], forEach: [], threshold: 1 };

/** A trigger of the server as a person would write it. */
export function triggerAsWritten(trigger: Trigger): Trigger {
  if (trigger.type !== "event") return { ...trigger, triggers: trigger.triggers.map(triggerAsWritten) };
  return withoutUsual(trigger, { ...initial, within: trigger.posture === "Proactive" ? 10 : 0 });
}
