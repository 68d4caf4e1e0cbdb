import type { PrefectClient } from "../../provider/api/client";
import { messageOf } from "../../provider/api/errors";
import type { Automation, DeploymentResponse, FlowRunResponse } from "../../provider/api/prefect";
import { aCount } from "../../provider/api/shape";
import { withFlowNames } from "../../provider/kinds/deployment/flowNames";
import { type CutOff, type CutOffs, type Going, type GoingOf, goingOf, nothingCutOff } from "../../report/cutOff";
import type { Step } from "../../report/step";
import { batches, firstOf } from "./bounded";

/** How much is read at most: objects that are read whole, and pools, queues and flows whose runs are counted. */
const most = { automations: 2_000, runs: 2_000, deployments: 2_000, counted: 20 };

/**
 * What on the server hangs on that which a plan deletes or replaces. Few requests do for many deployments, since each names a hundred of
 * them.
 *
 * @returns what is found; a server that can't be asked is told in `left`
 */
export async function cutOffsOn(client: PrefectClient, steps: Step[], bounds = most): Promise<CutOffs> {
  const going = goingOf(steps);
  const { deployments, pools, queues, flows } = going;
  const all = [...deployments, ...pools, ...queues, ...flows];
  if (all.length === 0) return { of: {}, left: [] };
  const found = new Map(all.map(({ urn }) => [urn, nothingCutOff()]));
  const left: string[] = [];
  try {
    if (deployments.length > 0) {
      await tellRuns(client, deployments, { found, left, most: bounds.runs });
      await tellAutomations(client, going, { found, left, most: bounds.automations });
    }
    if (all.length > deployments.length) {
      await tellUsers(client, going, { found, left, most: bounds.deployments });
      await tellCounts(client, going, { found, left, most: bounds.counted });
    }
  } catch (error) {
    left.push(`what is cut off on the server wasn't looked at: ${messageOf(error)}`);
    return { of: {}, left };
  }
  return { of: Object.fromEntries(found), left };
}

/** What is filled in. */
interface Told {
  /** By URN. */
  found: Map<string, CutOff>;
  left: string[];
  most: number;
}

/** States of runs that haven't ended. */
const notEnded = ["SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING"];

async function tellRuns(client: PrefectClient, deployments: Going[], { found, left, most }: Told): Promise<void> {
  const urns = new Map(deployments.map(({ id, urn }) => [id, urn]));
  const now = client.serverTime().getTime();
  let read = 0;
  for (const ids of batches([...urns.keys()])) {
    const flow_runs = { deployment_id: { any_: ids }, state: { type: { any_: notEnded } } };
    const pages = client.pages<FlowRunResponse>("/flow_runs/filter", { flow_runs, sort: "EXPECTED_START_TIME_ASC" });
    const { objects, isCut } = await firstOf(pages, most - read);
    read += objects.length;
    for (const run of objects) {
      const cutOff = found.get(urns.get(run.deployment_id ?? "") ?? "");
      if (cutOff) count(cutOff, run, now);
    }
    if (!isCut) continue;
    const all = await countOf(client, { flow_runs: { ...flow_runs, deployment_id: { any_: [...urns.keys()] } } });
    setPartial(deployments, found);
    left.push(`of ${all} runs of what goes that haven't ended only the first ${read} were looked at`);
    return;
  }
}

/** Counts a run in, by what Prefect does with it when its deployment is deleted. */
function count(cutOff: CutOff, { state, run_count, expected_start_time: due }: FlowRunResponse, now: number): void {
  const isDeleted = state?.type === "SCHEDULED" && state.name !== "AwaitingConcurrencySlot" && run_count === 0;
  if (isDeleted) {
    const isLate = typeof due === "string" && Date.parse(due) <= now;
    if (isLate) cutOff.late++;
    else cutOff.scheduled++;
    if (!isLate && typeof due === "string" && (cutOff.next === undefined || due < cutOff.next)) cutOff.next = due;
  } else if (state?.type === "RUNNING" || state?.type === "CANCELLING") cutOff.running++;
  else cutOff.waiting++;
}

function setPartial(going: Pick<Going, "urn">[], found: Told["found"]): void {
  for (const { urn } of going) {
    const cutOff = found.get(urn);
    if (cutOff) cutOff.isPartial = true;
  }
}

async function tellAutomations(
  client: PrefectClient,
  { deployments, own }: GoingOf,
  { found, left, most }: Told,
): Promise<void> {
  const urns = new Map(deployments.map(({ id, urn }) => [id, urn]));
  const { objects, isCut } = await firstOf(client.pages<Automation>("/automations/filter", {}), most);
  for (const automation of objects.filter(({ id }) => !own.has(id))) {
    // by its actions or its triggers, wherever they name it
    const ids = JSON.stringify(automation).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g);
    for (const id of new Set(ids)) found.get(urns.get(id) ?? "")?.automations.push(automation.name);
  }
  if (isCut) left.push(`only ${objects.length} automations of the server were looked at`);
}

/** Tells which deployments that aren't the program's use pools, queues and flows. */
async function tellUsers(
  client: PrefectClient,
  { pools, queues, flows, own }: GoingOf,
  { found, left, most }: Told,
): Promise<void> {
  const byPool = new Map(pools.map(({ id, urn }) => [id, urn]));
  const byQueue = new Map(queues.map(({ id, urn }) => [id, urn]));
  const byFlow = new Map(flows.map(({ id, urn }) => [id, urn]));
  const poolNames = [...byPool.keys(), ...[...byQueue.keys()].map((id) => id.slice(0, id.indexOf("/")))];
  const filters = [
    ...batches([...new Set(poolNames)]).map((any_) => ({ work_pools: { name: { any_ } } })),
    ...batches([...byFlow.keys()]).map((any_) => ({ flows: { id: { any_ } } })),
  ];
  const users = new Map<string, DeploymentResponse>();
  for (const filter of filters) {
    const { objects, isCut } = await firstOf(
      client.pages<DeploymentResponse>("/deployments/filter", filter),
      most - users.size,
    );
    for (const one of objects) users.set(one.id, one);
    if (!isCut) continue;
    setPartial([...pools, ...queues, ...flows], found);
    left.push(`only ${users.size} deployments that use what goes were looked at`);
    break;
  }
  const others = [...users.values()].filter(({ id }) => !own.has(id));
  for (const one of await withFlowNames(client, others)) {
    const { flow_id, flow_name, name, work_pool_name: pool, work_queue_name: queue } = one;
    const urns = [byPool.get(pool ?? ""), byQueue.get(`${pool}/${queue}`), byFlow.get(flow_id)];
    for (const urn of urns) found.get(urn ?? "")?.users.push(`${flow_name}/${name}`);
  }
}

/** Counts the runs of pools, queues and flows, each by requests of its own. */
async function tellCounts(
  client: PrefectClient,
  { pools, queues, flows, deployments }: GoingOf,
  { found, left, most }: Told,
): Promise<void> {
  const filters = [
    ...pools.map(({ urn, id }) => ({ urn, filter: { work_pools: { name: { any_: [id] } } } })),
    ...queues.map(({ urn, id }) => {
      const at = id.indexOf("/");
      const work_pools = { name: { any_: [id.slice(0, at)] } };
      return { urn, filter: { work_pools, work_pool_queues: { name: { any_: [id.slice(at + 1)] } } } };
    }),
    ...flows.map(({ urn, id }) => ({ urn, filter: { flows: { id: { any_: [id] } } } })),
  ];
  const isFlow = new Set(flows.map(({ urn }) => urn));
  for (const { urn, filter } of filters.slice(0, most)) {
    const cutOff = found.get(urn);
    if (!cutOff) continue;
    const ofState = (types: string[]) =>
      countOf(client, { ...filter, flow_runs: { state: { type: { any_: types } } } });
    cutOff.running = await ofState(["RUNNING", "CANCELLING"]);
    if (isFlow.has(urn)) cutOff.history = await countOf(client, filter);
    else cutOff.waiting = await waitingIn(client, filter, deployments);
  }
  if (filters.length > most) setPartial(filters.slice(most), found);
  if (filters.length > most) left.push(`the runs of only ${most} pools, queues and flows that go were counted`);
}

/** How many runs wait in a pool or a queue, but for those of deployments that go as well. */
async function waitingIn(client: PrefectClient, filter: object, deployments: Going[]): Promise<number> {
  const state = { type: { any_: ["SCHEDULED", "PENDING", "PAUSED"] } };
  let waiting = await countOf(client, { ...filter, flow_runs: { state } });
  for (const any_ of batches(deployments.map(({ id }) => id))) {
    if (waiting === 0) break;
    waiting -= await countOf(client, { ...filter, flow_runs: { state, deployment_id: { any_ } } });
  }
  return Math.max(0, waiting);
}

function countOf(client: PrefectClient, filter: object): Promise<number> {
  return client.post<number>("/flow_runs/count", filter, aCount);
}
