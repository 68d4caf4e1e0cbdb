import * as os from "node:os";
import { isRunning } from "../../processes/localProcess";
import { isOfEarlierBoot } from "../../processes/processTable";
import type { WorkerResponse } from "../../provider/api/prefect";
import { isHealthy } from "../../provider/kinds/worker/workerHealth";
import type { StackWorker } from "../project/stackState";

/**
 * How a worker is:
 * - `online`: the server has heard of it of late, and where it is a process of this machine, that is running;
 * - `running`: its process is running here, and the server couldn't be asked;
 * - `unheard`: its process is running here, but the server hasn't heard of it;
 * - `restarted`: its process is gone since this machine was started again;
 * - `ended`: its process has ended, on this machine;
 * - `offline`: it runs elsewhere, and the server hasn't heard of it;
 * - `unknown`: it runs elsewhere, and the server couldn't be asked.
 */
export type WorkerCondition = "online" | "running" | "unheard" | "restarted" | "ended" | "offline" | "unknown";

export interface WorkerState {
  condition: WorkerCondition;
  /** In words. */
  says: string;
}

/**
 * @param row what the server knows of it; null when the server couldn't be asked
 */
export async function workerState(
  { supervised }: StackWorker,
  row: WorkerResponse | undefined | null,
): Promise<WorkerState> {
  const isOnline = row?.status === "ONLINE";
  if (supervised?.host !== os.hostname()) {
    const where = supervised ? `on ${supervised.host}` : "in Kubernetes";
    if (row === null) return { condition: "unknown", says: `${where}, so only the server knows` };
    return isOnline
      ? { condition: "online", says: `online, ${where}` }
      : { condition: "offline", says: `offline, ${where}` };
  }
  const { pid } = supervised;
  if (!isRunning(supervised)) {
    return isOfEarlierBoot(supervised)
      ? { condition: "restarted", says: "gone since this machine was restarted" }
      : { condition: "ended", says: `its process ${pid} has ended` };
  }
  if (row === null) return { condition: "running", says: `process ${pid} is running` };
  // one that was just started, or a server that was away
  if (isOnline || (await isHealthy(supervised))) return { condition: "online", says: `online, process ${pid}` };
  return { condition: "unheard", says: `process ${pid} is running, but doesn't reach the server` };
}

/** Whether a worker was of this machine, and is no more. */
export function isGone(condition: WorkerCondition): boolean {
  return condition === "ended" || condition === "restarted";
}
