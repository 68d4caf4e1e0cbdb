import * as pulumi from "@pulumi/pulumi";
import { automation, type AutomationArgs } from "./automation";
import { block, type BlockArgs } from "./block";
import type { PrefectClient } from "./client";
import { deployment, type DeploymentArgs, withFlowNames } from "./deployment";
import { messageOf } from "./errors";
import { flow, type FlowArgs } from "./flow";
import { globalConcurrencyLimit, type GlobalConcurrencyLimitArgs } from "./globalConcurrencyLimit";
import type { AnyKind, Json } from "./kind";
import { path } from "./path";
import { programClient } from "./program";
import { programError } from "./programError";
import { variable, type VariableArgs } from "./variable";
import { workPool, type WorkPoolArgs } from "./workPool";
import { workQueue, type WorkQueueArgs } from "./workQueue";

/** What a look-up gives: the arguments that would make the object, and its id as the resource has it. */
type Found<Args> = Omit<Args, "adopt" | "name"> & { id: string; name: string };

export type FoundWorkPool = Found<WorkPoolArgs> & { uuid: string };
export type FoundWorkQueue = Found<WorkQueueArgs> & { uuid: string };
export type FoundDeployment = Found<Omit<DeploymentArgs, "triggers">>;
export type FoundFlow = Found<FlowArgs>;
/** A block; its data is a Pulumi secret. */
export type FoundBlock = Omit<Found<BlockArgs>, "data" | "dataWriteOnly" | "dataVersion"> & {
  data: pulumi.Output<unknown>;
};
/** A variable. An integer beyond 2^53 in its value is a bigint. */
export type FoundVariable = Found<VariableArgs>;
export type FoundAutomation = Found<Omit<AutomationArgs, "ownerResource">>;
export type FoundGlobalConcurrencyLimit = Found<GlobalConcurrencyLimitArgs> & { activeSlots: number };

/** A worker as Prefect sees it. */
export interface FoundWorker {
  id: string;
  name: string;
  workPoolName: string;
  status: "ONLINE" | "OFFLINE";
  /** When it was last heard of, in ISO 8601. */
  lastHeartbeatTime?: string;
}

/** A work pool by its name. Like all look-ups it asks the server in each run of the program, previews among them. @throws when there is none */
export async function getWorkPool({ name }: { name: string }): Promise<FoundWorkPool> {
  return one(workPool, `"${name}"`, (client) => workPool.find(client, { name } as never));
}

/** All work pools, or those of a type, by name. */
export async function getWorkPools({ type }: { type?: string } = {}): Promise<FoundWorkPool[]> {
  const filter = type === undefined ? {} : { work_pools: { type: { any_: [type] } } };
  return many(workPool, (client) => client.filter("/work_pools/filter", filter));
}

/** A queue of a work pool. @throws when there is none */
export async function getWorkQueue(key: { workPoolName: string; name: string }): Promise<FoundWorkQueue> {
  return one(workQueue, `"${key.workPoolName}/${key.name}"`, (client) =>
    client.find(path`/work_pools/${key.workPoolName}/queues/${key.name}`),
  );
}

/** All queues of a work pool, by priority. */
export async function getWorkQueues({ workPoolName }: { workPoolName: string }): Promise<FoundWorkQueue[]> {
  return many(workQueue, (client) => client.filter(path`/work_pools/${workPoolName}/queues/filter`));
}

/** A deployment by its id, or by its flow's name and its own. @throws when there is none */
export async function getDeployment(
  key: { id: string } | { flowName: string; name: string },
): Promise<FoundDeployment> {
  const shown = "id" in key ? key.id : `"${key.flowName}/${key.name}"`;
  return one(deployment, shown, async (client) => {
    const address = "id" in key ? path`/deployments/${key.id}` : path`/deployments/name/${key.flowName}/${key.name}`;
    const row = await client.find<{ flow_id: string }>(address);
    return row && (await withFlowNames(client, [row]))[0];
  });
}

/** What selects deployments; all that is given has to match. */
export interface DeploymentSelection {
  /** Tags that it has, all of them. */
  tags?: string[];
  flowName?: string;
  workPoolName?: string;
  /** A part of its name or of its flow's; `%` stands for any text. */
  nameLike?: string;
}

/** All deployments, or those selected, by name. */
export async function getDeployments(selection: DeploymentSelection = {}): Promise<FoundDeployment[]> {
  const { tags, flowName, workPoolName, nameLike } = selection;
  const deployments = {
    ...(tags && { tags: { all_: tags } }),
    ...(nameLike !== undefined && { flow_or_deployment_name: { like_: nameLike } }),
  };
  const filter = {
    ...(Object.keys(deployments).length > 0 && { deployments }),
    ...(flowName !== undefined && { flows: { name: { any_: [flowName] } } }),
    ...(workPoolName !== undefined && { work_pools: { name: { any_: [workPoolName] } } }),
    sort: "NAME_ASC",
  };
  return many(deployment, async (client) =>
    withFlowNames(client, await client.filter<{ flow_id: string }>("/deployments/filter", filter)),
  );
}

/** A flow by its id or its name. @throws when there is none */
export async function getFlow(key: { id: string } | { name: string }): Promise<FoundFlow> {
  return one(flow, shownKey(key), (client) =>
    client.find("id" in key ? path`/flows/${key.id}` : path`/flows/name/${key.name}`),
  );
}

/** A block by its id, or by the slug of its type and its name. @throws when there is none */
export async function getBlock(key: { id: string } | { blockTypeSlug: string; name: string }): Promise<FoundBlock> {
  const shown = "id" in key ? key.id : `"${key.blockTypeSlug}/${key.name}"`;
  const { data, ...found } = await one<Found<BlockArgs>>(block, shown, (client) =>
    "id" in key ? block.get(client, key.id, {} as never) : block.find(client, key),
  );
  return { ...found, data: pulumi.secret(data ?? {}) };
}

/** A variable by its id or its name. @throws when there is none */
export async function getVariable(key: { id: string } | { name: string }): Promise<FoundVariable> {
  return one(variable, shownKey(key), (client) =>
    client.find("id" in key ? path`/variables/${key.id}` : path`/variables/name/${key.name}`),
  );
}

/** An automation by its id or its name. @throws when there is none, or more than one of the name */
export async function getAutomation(key: { id: string } | { name: string }): Promise<FoundAutomation> {
  return one(automation, shownKey(key), (client) =>
    "id" in key ? client.find(path`/automations/${key.id}`) : automation.find(client, key as never),
  );
}

/** A global concurrency limit by its id or its name, with the slots that are held now. @throws when there is none */
export async function getGlobalConcurrencyLimit(
  key: { id: string } | { name: string },
): Promise<FoundGlobalConcurrencyLimit> {
  return one(
    globalConcurrencyLimit,
    shownKey(key),
    (client) => client.find(path`/v2/concurrency_limits/${"id" in key ? key.id : key.name}`),
    (remote) => ({ activeSlots: (remote as { active_slots: number }).active_slots }),
  );
}

interface WorkerRow {
  id: string;
  name: string;
  status: FoundWorker["status"];
  last_heartbeat_time: string | null;
}

/** The workers of a pool, whoever started them. @throws when there is no such pool */
export async function getWorkers({ workPoolName }: { workPoolName: string }): Promise<FoundWorker[]> {
  return asked(async (client) => {
    const rows = await client.filter<WorkerRow>(path`/work_pools/${workPoolName}/workers/filter`);
    return rows.map(({ id, name, status, last_heartbeat_time }) => ({
      id,
      name,
      workPoolName,
      status,
      ...(last_heartbeat_time !== null && { lastHeartbeatTime: last_heartbeat_time }),
    }));
  });
}

function shownKey(key: { id: string } | { name: string }): string {
  return "id" in key ? key.id : `"${key.name}"`;
}

async function one<T>(
  kind: object,
  shown: string,
  find: (client: PrefectClient) => Promise<unknown>,
  more: (remote: unknown) => object = () => ({}),
): Promise<T> {
  return asked(async (client) => {
    const remote = await find(client);
    if (remote !== undefined) return { ...found(kind, remote), ...more(remote) } as T;
    const { noun } = kind as AnyKind;
    throw new Error(`there is no ${noun} ${shown} on ${client.connection.apiUrl}; correct it, or make it first`);
  });
}

async function many<T>(kind: object, list: (client: PrefectClient) => Promise<unknown[]>): Promise<T[]> {
  return asked(async (client) => (await list(client)).map((remote) => found(kind, remote) as T));
}

function found(described: object, remote: unknown): Json {
  const kind = described as AnyKind;
  const all = { ...kind.fromApi(remote), ...kind.outputs?.(remote), id: kind.id(remote) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** A failed look-up is a mistake in the program or its configuration: Pulumi shows its message and no stack. */
async function asked<T>(ask: (client: PrefectClient) => Promise<T>): Promise<T> {
  try {
    return await ask(programClient());
  } catch (error) {
    throw programError(messageOf(error));
  }
}
