import * as pulumi from "@pulumi/pulumi";
import { brief } from "./api/answer";
import type { PrefectClient } from "./api/client";
import { messageOf } from "./api/errors";
import { path } from "./api/path";
import type { BlockSchema, DeploymentResponse, WorkerResponse } from "./api/prefect";
import type { AnyKind, Json } from "./engine/kind";
import { automation, type AutomationArgs } from "./kinds/automation/automation";
import { block, type BlockArgs } from "./kinds/block";
import { blockSchema, type BlockSchemaArgs } from "./kinds/blockSchema";
import { blockType, type BlockTypeArgs } from "./kinds/blockType";
import { deployment, type DeploymentArgs } from "./kinds/deployment/deployment";
import { withFlowNames } from "./kinds/deployment/flowNames";
import { flow, type FlowArgs } from "./kinds/flow";
import { globalConcurrencyLimit, type GlobalConcurrencyLimitArgs } from "./kinds/globalConcurrencyLimit";
import { savedSearch, type SavedSearchArgs } from "./kinds/savedSearch";
import { tagConcurrencyLimit, type TagConcurrencyLimitArgs } from "./kinds/tagConcurrencyLimit";
import { variable, type VariableArgs } from "./kinds/variable";
import { rowOf } from "./kinds/worker/workerRow";
import { workPool, type WorkPoolArgs } from "./kinds/workPool/workPool";
import { workQueue, type WorkQueueArgs } from "./kinds/workQueue";
import { programClient } from "./program/program";
import { programError } from "./program/programError";

/** What a look-up gives: the arguments that would make the object, and its id as the resource has it. */
export type Found<Args> = Omit<Args, "adopt" | "name"> & { id: string; name: string };

export type FoundWorkPool = Found<WorkPoolArgs> & { uuid: string };
export type FoundWorkQueue = Found<WorkQueueArgs> & { uuid: string };
export type FoundDeployment = Found<Omit<DeploymentArgs, "triggers">>;
export type FoundFlow = Found<FlowArgs>;
/** A block; its data is a Pulumi secret. */
export type FoundBlock = Omit<Found<BlockArgs>, "data" | "dataWriteOnly" | "dataVersion"> & {
  data: pulumi.Output<unknown>;
};
export type FoundBlockType = Found<BlockTypeArgs>;
export type FoundBlockSchema = Omit<Found<BlockSchemaArgs>, "name"> & { checksum: string };
/** A variable. An integer beyond 2^53 in its value is a bigint. */
export type FoundVariable = Found<VariableArgs>;
export type FoundAutomation = Found<Omit<AutomationArgs, "ownerResource">>;
export type FoundSavedSearch = Found<SavedSearchArgs>;
export type FoundGlobalConcurrencyLimit = Found<GlobalConcurrencyLimitArgs> & { activeSlots: number };
export type FoundTagConcurrencyLimit = Omit<Found<TagConcurrencyLimitArgs>, "name"> & {
  tag: string;
  activeSlots: number;
};

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
  return one(workPool, { name });
}

/** All work pools, or those of a type, by name. */
export async function getWorkPools({ type }: { type?: string } = {}): Promise<FoundWorkPool[]> {
  const filter = type === undefined ? {} : { work_pools: { type: { any_: [type] } } };
  return many(workPool, (client) => client.filter("/work_pools/filter", filter));
}

/** A queue of a work pool. @throws when there is none */
export async function getWorkQueue(key: { workPoolName: string; name: string }): Promise<FoundWorkQueue> {
  return one(workQueue, key);
}

/** All queues of a work pool, by priority. */
export async function getWorkQueues({ workPoolName }: { workPoolName: string }): Promise<FoundWorkQueue[]> {
  return many(workQueue, (client) => client.filter(path`/work_pools/${workPoolName}/queues/filter`));
}

/** A deployment by its id, or by its flow's name and its own. @throws when there is none */
export async function getDeployment(
  key: { id: string } | { flowName: string; name: string },
): Promise<FoundDeployment> {
  return one({ ...deployment, ...asItIs }, key, async (remote, client) => {
    const [row] = await withFlowNames(client, [remote as { flow_id: string }]);
    return { flowName: row?.flow_name };
  });
}

/** A look-up changes nothing, also where a change of the deployment was interrupted. */
const asItIs = {
  get(client: PrefectClient, id: string) {
    return client.find<DeploymentResponse>(path`/deployments/${id}`);
  },
};

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
  return one(flow, key);
}

/** A block by its id, or by the slug of its type and its name. @throws when there is none */
export async function getBlock(key: { id: string } | { blockTypeSlug: string; name: string }): Promise<FoundBlock> {
  const { data, ...found } = await one<Found<BlockArgs>>(block, key);
  return { ...found, data: pulumi.secret(data ?? {}) };
}

/** A block type by its id or its slug. @throws when there is none */
export async function getBlockType(key: { id: string } | { slug: string }): Promise<FoundBlockType> {
  return one(blockType, key);
}

/**
 * A block schema by its id, or by the checksum of its fields: of the version, or the one that was made last.
 *
 * @throws when there is none
 */
export async function getBlockSchema(
  key: { id: string } | { checksum: string; version?: string },
): Promise<FoundBlockSchema> {
  return one<FoundBlockSchema>({ ...blockSchema, ...byChecksum }, key);
}

/** How a schema is known to Prefect. A resource finds its own by what it asks for. */
const byChecksum = {
  find(client: PrefectClient, { checksum, version }: { checksum: string; version?: string }) {
    const ofVersion = version === undefined ? "" : `?version=${encodeURIComponent(version)}`;
    return client.find<BlockSchema>(path`/block_schemas/checksum/${checksum}` + ofVersion);
  },
  label({ checksum, version }: { checksum?: string; version?: string }): string {
    return [checksum, version].filter((part) => part !== undefined).join(" ");
  },
};

/** A variable by its id or its name. @throws when there is none */
export async function getVariable(key: { id: string } | { name: string }): Promise<FoundVariable> {
  return one(variable, key);
}

/** An automation by its id or its name. @throws when there is none, or more than one of the name */
export async function getAutomation(key: { id: string } | { name: string }): Promise<FoundAutomation> {
  return one(automation, key);
}

/** A saved search by its id or its name. @throws when there is none */
export async function getSavedSearch(key: { id: string } | { name: string }): Promise<FoundSavedSearch> {
  return one(savedSearch, key);
}

/** A global concurrency limit by its id or its name, with the slots that are held now. @throws when there is none */
export async function getGlobalConcurrencyLimit(
  key: { id: string } | { name: string },
): Promise<FoundGlobalConcurrencyLimit> {
  return one(globalConcurrencyLimit, key, (remote) => ({
    activeSlots: Reflect.get(remote, "active_slots") as unknown,
  }));
}

/** A tag's concurrency limit by its id or the tag, with the slots that are held now. @throws when there is none */
export async function getTagConcurrencyLimit(key: { id: string } | { tag: string }): Promise<FoundTagConcurrencyLimit> {
  return one(tagConcurrencyLimit, key, (remote) => ({
    activeSlots: (Reflect.get(remote, "active_slots") as unknown[]).length,
  }));
}

/** A worker of a pool, whoever started it. @throws when there is none */
export async function getWorker({ workPoolName, name }: { workPoolName: string; name: string }): Promise<FoundWorker> {
  return asked(async (client) => {
    const row = await rowOf(client, workPoolName, name);
    if (row) return foundWorker(row, workPoolName);
    throw absence("worker", `"${workPoolName}/${name}"`, client);
  });
}

/** The workers of a pool, whoever started them. @throws when there is no such pool */
export async function getWorkers({ workPoolName }: { workPoolName: string }): Promise<FoundWorker[]> {
  return asked(async (client) => {
    const rows = await client.filter<WorkerResponse>(path`/work_pools/${workPoolName}/workers/filter`);
    return rows.map((row) => foundWorker(row, workPoolName));
  });
}

function foundWorker({ id, name, status, last_heartbeat_time }: WorkerResponse, workPoolName: string): FoundWorker {
  return {
    id,
    name,
    workPoolName,
    status,
    ...(last_heartbeat_time !== null && { lastHeartbeatTime: last_heartbeat_time }),
  };
}

/** @param more what the look-up gives besides the arguments */
async function one<T>(
  kind: AnyKind,
  key: { id: string } | object,
  more: (remote: object, client: PrefectClient) => object | Promise<object> = () => ({}),
): Promise<T> {
  return asked(async (client) => {
    const remote = await ("id" in key ? kind.get(client, key.id) : kind.find(client, key));
    if (typeof remote === "object" && remote !== null) {
      return { ...found(kind, remote), ...(await more(remote, client)) } as T;
    }
    const shown = "id" in key ? key.id : `"${kind.label(key)}"`;
    throw absence(kind.noun, shown, client);
  });
}

function absence(noun: string, shown: string, { connection: { apiUrl } }: PrefectClient): Error {
  return new Error(`there is no ${noun} ${shown} on ${apiUrl}; correct it, or make it first`);
}

async function many<T>(kind: AnyKind, list: (client: PrefectClient) => Promise<unknown[]>): Promise<T[]> {
  return asked(async (client) => (await list(client)).map((remote) => found(kind, remote) as T));
}

function found(kind: AnyKind, remote: unknown): Json {
  const all: Json = { ...kind.fromApi(remote), ...kind.outputs?.(remote), id: kind.id(remote) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** A failed look-up is a mistake in the program or its configuration: Pulumi shows its message and no stack. */
async function asked<T>(ask: (client: PrefectClient) => Promise<T>): Promise<T> {
  try {
    return await ask(programClient());
  } catch (error) {
    throw programError(brief(messageOf(error)));
  }
}
