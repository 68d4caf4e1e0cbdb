import type { EngineEvent, StepEventStateMetadata } from "@pulumi/pulumi/automation";
import { type Diagnostic, isChange, isObject, type ResourceState, type Step, typeOf } from "../../report/step";

/** What was done, as one value. */
export interface Outcome {
  /** Each step that ended well, in the order in which they did. */
  steps: Step[];
  /** Those that failed. */
  failures: Step[];
  /** Those that had begun when all ended. */
  unfinished: Step[];
  diagnostics: Diagnostic[];
  /** The stack's outputs. */
  outputs: Record<string, unknown>;
}

/** What is there before the first event. */
export function nothingYet(): Outcome {
  return { steps: [], failures: [], unfinished: [], diagnostics: [], outputs: {} };
}

/** Reads the events of an operation. */
export function outcomeOf(events: Iterable<EngineEvent>): Outcome {
  const outcome = nothingYet();
  for (const event of events) note(outcome, event);
  return outcome;
}

/** Adds an event to what was done. */
export function note(outcome: Outcome, event: EngineEvent): void {
  const begun = begunBy(event);
  if (begun) outcome.unfinished.push(begun);
  const done = doneBy(event);
  if (done) {
    end(outcome, done);
    outcome.steps.push(done);
    if (typeOf(done.urn) === "pulumi:pulumi:Stack") outcome.outputs = done.new?.outputs ?? {};
  }
  const failed = event.resOpFailedEvent && stepOf(event.resOpFailedEvent.metadata);
  if (failed) {
    end(outcome, failed);
    outcome.failures.push(failed);
  }
  const said = diagnosticOf(event);
  if (said) outcome.diagnostics.push(said);
}

/** The step that an event begins. */
export function begunBy({ resourcePreEvent }: EngineEvent): Step | undefined {
  return resourcePreEvent && stepOf(resourcePreEvent.metadata);
}

/** The step that an event ends well. */
export function doneBy({ resOutputsEvent }: EngineEvent): Step | undefined {
  return resOutputsEvent && stepOf(resOutputsEvent.metadata);
}

/** The real objects that were changed. */
export function changed({ steps }: Outcome): Step[] {
  return steps.filter((step) => isChange(step) && isObject(step));
}

/** What is known of each real object that is there now. */
export function present({ steps }: Outcome): Step[] {
  const last = new Map(steps.filter(isObject).map((step) => [step.urn, step]));
  return [...last.values()].filter(({ op }) => op !== "delete");
}

function end(outcome: Outcome, { urn }: Step): void {
  outcome.unfinished = outcome.unfinished.filter((step) => step.urn !== urn);
}

function stepOf({
  op,
  urn,
  old,
  new: now,
  diffs,
}: {
  op: string;
  urn: string;
  old?: StepEventStateMetadata | null;
  new?: StepEventStateMetadata | null;
  diffs?: string[];
}): Step {
  return { op, urn, old: stateOf(old), new: stateOf(now), diffs };
}

/** The events leave out what is false. */
function stateOf(state: StepEventStateMetadata | null | undefined): ResourceState | undefined {
  return state ? { ...state, custom: state.custom ?? false } : undefined;
}

function diagnosticOf({ diagnosticEvent, stdoutEvent }: EngineEvent): Diagnostic | undefined {
  if (stdoutEvent) return { severity: "info", message: stdoutEvent.message };
  if (!diagnosticEvent || diagnosticEvent.ephemeral) return undefined;
  const { severity, message, prefix = "", urn } = diagnosticEvent;
  // the engine has a word that its types lack
  if ((severity as string) === "debug") return undefined;
  return { severity: severity === "info#err" ? "info" : severity, message: `${prefix}${message}`, ...(urn && { urn }) };
}
