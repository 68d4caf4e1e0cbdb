import type { PrefectClient } from "../../provider/api/client";
import { pageUrl } from "../../provider/api/connection";
import { path } from "../../provider/api/path";
import type { DeploymentResponse, FlowRunResponse, WorkPoolResponse } from "../../provider/api/prefect";
import { lastRuns } from "../flowRun/lastRun";
import type { StackDeployment } from "../project/stackState";

/** How a deployment is, as the server says. */
export interface DeploymentHealth {
  /** What Prefect calls it: `<flow>/<deployment>`. */
  name: string;
  /** Its page in Prefect's UI. */
  url: string;
  /** Whether the server has it. */
  isThere: boolean;
  isPaused: boolean;
  /** `isServed`: whether it is workers that take its runs, rather than the server or a service of a cloud. */
  workPool?: { name: string; isPaused: boolean; isServed: boolean };
  next: NextRun | NoNextRun;
  last?: LastRun;
}

export interface NextRun {
  /** When it is due; ISO 8601. */
  at: string;
  /** The zone of the schedule that made it. */
  timezone: string;
  /** Prefect's name of its state, such as "Scheduled" or "Late". */
  state: string;
}

export interface NoNextRun {
  why: "paused" | "no schedule" | "schedule paused" | "not scheduled yet";
}

export interface LastRun {
  id: string;
  name: string;
  /** Prefect's name of its state, such as "Completed". */
  state: string;
  type: string;
  /** When it ended, or began; ISO 8601. */
  at: string;
}

/** Asks the server how deployments are, two requests each. */
export async function deploymentHealth(
  client: PrefectClient,
  deployments: StackDeployment[],
): Promise<DeploymentHealth[]> {
  const ids = deployments.map(({ id }) => id);
  const found =
    ids.length === 0
      ? []
      : await client.filter<DeploymentResponse>("/deployments/filter", { deployments: { id: { any_: ids } } });
  const names = [...new Set(found.flatMap(({ work_pool_name: name }) => name ?? []))];
  const pools = await Promise.all(names.map((name) => client.find<WorkPoolResponse>(path`/work_pools/${name}`)));
  return Promise.all(
    deployments.map(async ({ id, flowName, name }) => {
      const deployment = found.find((one) => one.id === id);
      const { begun: last, waiting } = deployment ? await lastRuns(client, id) : {};
      const pool = pools.find((pool) => pool?.name === deployment?.work_pool_name);
      return {
        name: `${flowName}/${name}`,
        url: pageUrl(client.connection, path`/deployments/deployment/${id}`),
        isThere: deployment !== undefined,
        isPaused: deployment?.paused ?? false,
        ...(pool && { workPool: { name: pool.name, isPaused: pool.is_paused, isServed: isServed(pool.type) } }),
        next: deployment ? nextRun(deployment, waiting) : { why: "no schedule" },
        ...(last && { last: lastRun(last) }),
      };
    }),
  );
}

/** The run that is due next, or why there is none. */
export function nextRun(
  { paused, schedules }: Pick<DeploymentResponse, "paused" | "schedules">,
  run: FlowRunResponse | undefined,
): NextRun | NoNextRun {
  const at = run?.expected_start_time;
  if (run && at) {
    const made = schedules.find(({ id }) => id === run.created_by?.id);
    return { at, timezone: zoneOf(made ?? schedules[0]), state: run.state?.name ?? "Scheduled" };
  }
  if (paused) return { why: "paused" };
  if (schedules.length === 0) return { why: "no schedule" };
  return { why: schedules.some(({ active }) => active) ? "not scheduled yet" : "schedule paused" };
}

function isServed(type: string): boolean {
  return !type.endsWith(":push") && type !== "prefect:managed";
}

function zoneOf(schedule: DeploymentResponse["schedules"][number] | undefined): string {
  return schedule?.schedule.timezone ?? "UTC";
}

function lastRun({ id, name, state, start_time: start, end_time: end, expected_start_time: due }: FlowRunResponse) {
  return { id, name, state: state?.name ?? "unknown", type: state?.type ?? "", at: end ?? start ?? due ?? "" };
}
