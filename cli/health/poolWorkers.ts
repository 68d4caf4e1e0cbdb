import type { PrefectClient } from "../../provider/api/client";
import type { StackWorker } from "../project/stackState";
import type { WorkerState } from "./workerState";
import { poolRows, poolsOf, statesIn } from "./workerStates";

/** A worker of the stack, and how it is. */
export interface WorkerHealth extends WorkerState {
  name: string;
  workPoolName: string;
}

/** The workers of a stack, and who else serves its pools. */
export interface Workers {
  own: WorkerHealth[];
  /** The names of those online that aren't the stack's, by their pools. */
  others: Map<string, string[]>;
}

/**
 * How the workers of some pools are.
 *
 * @param client undefined where the server can't be asked
 */
export async function workersOf(
  client: PrefectClient | undefined,
  workers: StackWorker[],
  pools: string[],
): Promise<Workers> {
  const rows = client && (await poolRows(client, [...new Set([...pools, ...poolsOf(workers)])]));
  const states = await statesIn(workers, rows);
  const own = states.map(({ worker: { args }, state }) => ({
    name: args.name,
    workPoolName: args.workPoolName,
    ...state,
  }));
  const isOwn = (pool: string, row: { name: string }) =>
    own.some(({ name, workPoolName }) => workPoolName === pool && name === row.name);
  const others = [...(rows ?? [])].map(([pool, all]): [string, string[]] => [
    pool,
    all.filter((row) => row.status === "ONLINE" && !isOwn(pool, row)).map(({ name }) => name),
  ]);
  return { own, others: new Map(others) };
}
