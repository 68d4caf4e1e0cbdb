import { setTimeout as pause } from "node:timers/promises";
import type { PrefectClient } from "../../provider/api/client";
import { PrefectError } from "../../provider/api/errors";
import { path } from "../../provider/api/path";
import type { FlowRunResponse, Log, WorkerResponse } from "../../provider/api/prefect";
import { RunLogs } from "./runLogs";
import { isEnd, type State, stateOf } from "./state";

/** What is told of a run while it goes on. */
export interface Follower {
  log(log: Log): void;
  state(state: State): void;
  /** Said once, when no worker of the pool is online that would begin the run. */
  noWorker(workPoolName: string): void;
}

/** Between two looks, in milliseconds. */
const every = 500;
/** How long nobody begins a run until the workers are asked after, in milliseconds. */
const beginPatience = 5_000;
/** How long logs are waited for after a run's end, in milliseconds: its process sends them in parts. */
const logPatience = 3_000;
/** How long after a run's end all of its log is there, in milliseconds. */
const settled = 30_000;

/** Follows a run to its end; gives the state in which it ended. */
export async function follow(client: PrefectClient, id: string, follower: Follower): Promise<State> {
  const begun = Date.now();
  const logs = new RunLogs(client, id);
  let before: State | undefined;
  let hasAsked = false;
  for (;;) {
    const run = await client.find<FlowRunResponse>(path`/flow_runs/${id}`);
    if (!run) throw new PrefectError("the run is gone: somebody has deleted it in Prefect");
    for await (const log of logs.more()) follower.log(log);
    const state = stateOf(run);
    if (state.name !== before?.name) follower.state(state);
    before = state;
    if (isEnd(state)) {
      const isSettled = client.serverTime().getTime() - Date.parse(run.end_time ?? "") > settled;
      if (!isSettled) await lastLogs(logs, follower);
      return state;
    }
    if (!hasAsked && state.type === "SCHEDULED" && Date.now() - begun > beginPatience) {
      hasAsked = true;
      const pool = run.work_pool_name;
      if (pool && !(await isServed(client, pool))) follower.noWorker(pool);
    }
    await pause(every);
  }
}

async function lastLogs(logs: RunLogs, follower: Follower): Promise<void> {
  for await (const log of logs.missed()) follower.log(log);
  for (let quiet = Date.now(); Date.now() - quiet < logPatience;) {
    let isDone = false;
    for await (const log of logs.more()) {
      follower.log(log);
      quiet = Date.now();
      // what runs the flow says that it is done
      isDone ||= log.message.startsWith("Process for flow run") || log.message.includes("exited cleanly");
    }
    if (isDone) return;
    await pause(every);
  }
}

async function isServed(client: PrefectClient, pool: string): Promise<boolean> {
  const workers = await client.filter<WorkerResponse>(path`/work_pools/${pool}/workers/filter`);
  return workers.some(({ status }) => status === "ONLINE");
}
