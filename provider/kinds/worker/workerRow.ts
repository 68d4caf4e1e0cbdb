import type { PrefectClient } from "../../api/client";
import { AbsenceError } from "../../api/errors";
import { path } from "../../api/path";
import type { WorkerResponse } from "../../api/prefect";

/** What the server knows of the worker of a pool; undefined when that is nothing. */
export async function rowOf(client: PrefectClient, pool: string, name: string): Promise<WorkerResponse | undefined> {
  return (await rowsOf(client, pool))?.find((row) => row.name === name);
}

/** What the server knows of the workers of a pool; undefined when there is no such pool. */
export async function rowsOf(client: PrefectClient, pool: string): Promise<WorkerResponse[] | undefined> {
  try {
    return await client.filter<WorkerResponse>(path`/work_pools/${pool}/workers/filter`);
  } catch (error) {
    if (error instanceof AbsenceError) return undefined;
    throw error;
  }
}
