import { PrefectError } from "../../provider/api/errors";
import type { FlowRunResponse } from "../../provider/api/prefect";

/** A state of a run, in Prefect's words. */
export interface State {
  type: string;
  name: string;
  message?: string;
}

const ends = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"];

export function stateOf({ state }: FlowRunResponse): State {
  const { type = "PENDING", name, message } = state ?? {};
  return { type, name: name ?? type, ...(message && { message }) };
}

/** Whether a run in a state has come to its end. */
export function isEnd({ type }: State): boolean {
  return ends.includes(type);
}

/** @throws PrefectError for a run that ended in another way than it should */
export function checkCompleted(name: string, { type, name: word, message }: State): void {
  if (type === "COMPLETED") return;
  throw new PrefectError(`run "${name}" ended as ${word}${message ? `: ${message}` : ""}`);
}
