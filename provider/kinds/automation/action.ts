import { z } from "zod";
import { holdsUnknown, withoutUsual } from "../../api/json";
import type { Failure, Json } from "../../engine/kind";
import * as rules from "../shared/rules";

/** Whether the action is for the object that it names, or for that of the event. @default "selected" */
export type ActionSource = "selected" | "inferred";

/** Types of state that a run can be set to. */
const states = [
  "SCHEDULED",
  "PENDING",
  "RUNNING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "CRASHED",
  "PAUSED",
  "CANCELLING",
] as const;

/** What an automation does; named by `type`, with Prefect's own words. */
export type Action =
  | { type: "do-nothing" | "cancel-flow-run" | "delete-flow-run" | "suspend-flow-run" | "resume-flow-run" }
  | {
      type: "run-deployment";
      source?: ActionSource;
      deploymentId?: string;
      /** The run's parameters; free-form, with Prefect's templates. @default the deployment's */
      parameters?: Json;
      /** The run's job variables; free-form. @default the deployment's */
      jobVariables?: Json;
      /** Seconds until the run starts. @default 0 */
      scheduleAfter?: number;
    }
  | { type: "pause-deployment" | "resume-deployment"; source?: ActionSource; deploymentId?: string }
  | {
      type: "change-flow-run-state";
      state: (typeof states)[number];
      name?: string;
      message?: string;
      /** Whether the change is made although Prefect's rules forbid it. @default false */
      force?: boolean;
    }
  | {
      type: "call-webhook";
      /** A block of the type webhook. */
      blockDocumentId: string;
      /** A Jinja template. @default empty */
      payload?: string;
    }
  | {
      type: "send-notification";
      /** A block that can notify. */
      blockDocumentId: string;
      /** A Jinja template. @default "Prefect automated notification" */
      subject?: string;
      /** A Jinja template. */
      body: string;
    }
  | { type: "pause-work-pool" | "resume-work-pool"; source?: ActionSource; workPoolId?: string }
  | { type: "pause-work-queue" | "resume-work-queue"; source?: ActionSource; workQueueId?: string }
  | { type: "pause-automation" | "resume-automation"; source?: ActionSource; automationId?: string };

const source = z.enum(["selected", "inferred"], "must be selected or inferred").optional();
const seconds = z.number("must be a number of seconds from 0 on").min(0, "must be a number of seconds from 0 on");

function on(type: string, id: string): z.ZodObject {
  return z.strictObject({ type: z.literal(type), source, [id]: rules.uuid.optional() });
}

const shapes = [
  ...["do-nothing", "cancel-flow-run", "delete-flow-run", "suspend-flow-run", "resume-flow-run"].map((type) =>
    z.strictObject({ type: z.literal(type) }),
  ),
  on("run-deployment", "deploymentId").extend({
    parameters: rules.object.optional(),
    jobVariables: rules.object.optional(),
    scheduleAfter: seconds.optional(),
  }),
  on("pause-deployment", "deploymentId"),
  on("resume-deployment", "deploymentId"),
  z.strictObject({
    type: z.literal("change-flow-run-state"),
    state: z.enum(states, `must be one of ${states.join(", ")}`),
    name: rules.text.optional(),
    message: rules.text.optional(),
    force: rules.flag.optional(),
  }),
  z.strictObject({ type: z.literal("call-webhook"), blockDocumentId: rules.uuid, payload: rules.text.optional() }),
  z.strictObject({
    type: z.literal("send-notification"),
    blockDocumentId: rules.uuid,
    subject: rules.text.optional(),
    body: rules.text,
  }),
  on("pause-work-pool", "workPoolId"),
  on("resume-work-pool", "workPoolId"),
  on("pause-work-queue", "workQueueId"),
  on("resume-work-queue", "workQueueId"),
  on("pause-automation", "automationId"),
  on("resume-automation", "automationId"),
];

const types = shapes.map((shape) => (shape.shape.type as z.ZodLiteral<string>).value);

const actionRules = z.discriminatedUnion(
  "type",
  shapes as [z.ZodObject, ...z.ZodObject[]],
  `must be an action whose type is one of ${types.join(", ")}`,
);

export const actionsRules = z.array(actionRules, "must be a list of actions");

/** What the actions that can infer their object call its id. */
const targets: Record<string, string> = {
  "run-deployment": "deploymentId",
  "pause-deployment": "deploymentId",
  "resume-deployment": "deploymentId",
  "pause-work-pool": "workPoolId",
  "resume-work-pool": "workPoolId",
  "pause-work-queue": "workQueueId",
  "resume-work-queue": "workQueueId",
  "pause-automation": "automationId",
  "resume-automation": "automationId",
};

/** Rules across an action's arguments: the object is named, or inferred (Prefect's events/actions.py). */
export function actionFailures(actions: Action[], property: string): Failure[] {
  // a list that isn't known yet is a text
  if (!Array.isArray(actions)) return [];
  return actions.flatMap((action: Json, i): Failure[] => {
    const id = targets[String(action.type)];
    if (id === undefined || holdsUnknown(action)) return [];
    const at = `${property}[${i}].${id}`;
    const isInferred = action.source === "inferred";
    if (!isInferred && action[id] === undefined) {
      return [{ property: at, reason: 'must be given, unless source is "inferred"' }];
    }
    if (isInferred && action[id] !== undefined) {
      return [{ property: at, reason: 'must not be given when source is "inferred"' }];
    }
    return [];
  });
}

const initial = { source: "selected", scheduleAfter: 0, force: false, payload: "" };

/** An action of the server as a person would write it. */
export function actionAsWritten(action: Action): Action {
  return withoutUsual(action, initial);
}
