import type { PrefectClient } from "../../provider/api/client";
import type { FlowRunResponse } from "../../provider/api/prefect";
import { isEnd, stateOf } from "./state";

/** What a deployment has of runs. */
export interface LastRuns {
  /** The last that has begun, though it may wait to be tried again. */
  begun?: FlowRunResponse;
  /** The first of those that wait to begin. */
  waiting?: FlowRunResponse;
}

export async function lastRuns(client: PrefectClient, deployment: string): Promise<LastRuns> {
  const of = { deployments: { id: { any_: [deployment] } } };
  const hasBegun = {
    operator: "or_",
    // one that crashed before its process was there never started
    state: { type: { not_any_: ["SCHEDULED"] } },
    start_time: { is_null_: false },
  };
  const waits = { state: { type: { any_: ["SCHEDULED"] } }, start_time: { is_null_: true } };
  const first = (flow_runs: object, sort: string) =>
    client.first<FlowRunResponse>("/flow_runs/filter", { ...of, flow_runs, sort });
  const [begun, waiting] = await Promise.all([
    first(hasBegun, "START_TIME_DESC"),
    first(waits, "EXPECTED_START_TIME_ASC"),
  ]);
  return { begun, waiting };
}

/**
 * The run whose log is meant: the last that has begun. Who follows it waits for the next one, when that is due and the last has come to its end.
 *
 * @param now the server's time
 */
export function meantRun({ begun, waiting }: LastRuns, follows: boolean, now: Date): FlowRunResponse | undefined {
  const isNext = follows && begun && isEnd(stateOf(begun)) && waiting && isDue(waiting, now);
  return isNext ? waiting : (begun ?? waiting);
}

/** Whether a run should have begun by now. */
export function isDue({ expected_start_time: at }: FlowRunResponse, now: Date): boolean {
  // the server's time may be known a second late
  return at !== null && Date.parse(at) <= now.getTime() + 1_000;
}
