import { processesWith, type ProcessIdentity, variableOf } from "../../../processes/processTable";
import type { PrefectClient } from "../../api/client";
import { AbsenceError } from "../../api/errors";
import { path } from "../../api/path";
import type { Shape } from "../../api/shape";
import { folderVariable } from "./workerEnvironment";
import type { Named } from "./workerRecord";

/** The variable by which Prefect tells the process of a run which one it is. */
const runVariable = "PREFECT__FLOW_RUN_ID";

/** The processes of a worker of this folder itself, not those of its runs. Known on Linux alone; elsewhere none. */
export function workersIn(folder: string): ProcessIdentity[] {
  return processesWith(folderVariable, folder).filter((process) => variableOf(process, runVariable) === undefined);
}

/** What Prefect says to a state that is proposed, which it may also refuse. */
const aStatus: Shape = {
  holds: (json) => typeof json === "object" && json !== null && "status" in json,
  what: "an object with a status",
};

/** Prefect's own ids of the runs that have processes which a worker of this folder started. */
export function runsIn(folder: string): Set<string> {
  const found = processesWith(folderVariable, folder).map((process) => variableOf(process, runVariable));
  return new Set(found.filter((id) => id !== undefined));
}

/** Says on the server, of runs whose processes were ended with their worker, that they have come to an end: else they stay under way. */
export async function closeRuns(client: PrefectClient, runs: Iterable<string>, worker: Named): Promise<void> {
  const message = `Its process was ended with its worker "${worker.name}", which Pulumi stopped or restarted.`;
  for (const id of runs) {
    const run = await client.find<{ work_pool_name?: string; state_type?: string }>(path`/flow_runs/${id}`);
    // one that another pool's worker has started is not this one's, whatever its environment says
    if (run?.work_pool_name !== worker.workPoolName) continue;
    const end = endOf(run.state_type);
    if (!end) continue;
    try {
      await client.post(path`/flow_runs/${id}/set_state`, { state: { ...end, message } }, aStatus);
    } catch (error) {
      // deleted since
      if (!(error instanceof AbsenceError)) throw error;
    }
  }
}

/** What becomes of a run that was in a state when its process was ended; undefined when it had come to an end by itself. */
function endOf(state: string | undefined): { type: string; name: string } | undefined {
  if (state === "CANCELLING") return { type: "CANCELLED", name: "Cancelled" };
  return state === "RUNNING" || state === "PENDING" ? { type: "CRASHED", name: "Crashed" } : undefined;
}
