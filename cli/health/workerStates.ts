import type { PrefectClient } from "../../provider/api/client";
import type { WorkerResponse } from "../../provider/api/prefect";
import { rowsOf } from "../../provider/kinds/worker/workerRow";
import type { StackWorker } from "../project/stackState";
import { type WorkerState, workerState } from "./workerState";

/** A worker, and how it is. */
export interface WorkerWithState {
  worker: StackWorker;
  state: WorkerState;
}

/** What the server knows of the workers of pools, by the pools' names. */
export type PoolRows = Map<string, WorkerResponse[]>;

/**
 * How workers are, as this machine and the server know it.
 *
 * @param client undefined when the server can't be asked
 */
export async function workerStates(
  client: PrefectClient | undefined,
  workers: StackWorker[],
): Promise<WorkerWithState[]> {
  return statesIn(workers, client && (await poolRows(client, poolsOf(workers))));
}

/** How workers are, by what the server knows of their pools; undefined when it can't be asked. */
export function statesIn(workers: StackWorker[], rows: PoolRows | undefined): Promise<WorkerWithState[]> {
  return Promise.all(
    workers.map(async (worker) => {
      const { name, workPoolName } = worker.args;
      const row = rows ? rows.get(workPoolName)?.find((row) => row.name === name) : null;
      return { worker, state: await workerState(worker, row) };
    }),
  );
}

export async function poolRows(client: PrefectClient, pools: string[]): Promise<PoolRows> {
  return new Map(await Promise.all(pools.map(async (pool) => [pool, (await rowsOf(client, pool)) ?? []] as const)));
}

/** The pools that workers serve. */
export function poolsOf(workers: StackWorker[]): string[] {
  return [...new Set(workers.map(({ args }) => args.workPoolName))];
}
