import { automation } from "../provider/automation";
import { block } from "../provider/block";
import { blockSchema } from "../provider/blockSchema";
import { blockType } from "../provider/blockType";
import type { PrefectClient } from "../provider/client";
import { deployment, withFlowNames } from "../provider/deployment";
import { flow } from "../provider/flow";
import { globalConcurrencyLimit } from "../provider/globalConcurrencyLimit";
import type { AnyKind, Json } from "../provider/kind";
import { path } from "../provider/path";
import { tagConcurrencyLimit } from "../provider/tagConcurrencyLimit";
import { variable } from "../provider/variable";
import { workPool } from "../provider/workPool";
import { workQueue } from "../provider/workQueue";
import builtInBlockTypes from "./builtInBlockTypes.json";

/** One object of a server. */
export interface Item {
  kind: AnyKind;
  /** Prefect's id. */
  uuid: string;
  /** As the API gives it. */
  remote: unknown;
  /** Every argument that it has, in our terms. */
  args: Json;
  /** Paths of the values in a block's data that are secret. */
  secretFields?: string[];
}

interface Row {
  id: string;
  name: string;
}

interface SchemaRow extends Row {
  block_type_id: string;
  fields: { secret_fields?: string[] };
}

interface BlockRow extends Row {
  block_type_id: string;
  block_schema_id: string;
  is_anonymous: boolean;
  block_schema: SchemaRow;
}

interface QueueRow extends Row {
  description: string | null;
  is_paused: boolean;
  concurrency_limit: number | null;
  priority: number;
}

/** The queue that Prefect makes with a pool, as it made it. */
function isUntouched({ name, description, is_paused, concurrency_limit, priority }: QueueRow): boolean {
  const isPrefects = name === "default" && description === "The work pool's default queue.";
  return isPrefects && !is_paused && concurrency_limit === null && priority === 1;
}

/**
 * Reads all that a server has of what this package manages. Left aside is what Prefect makes by itself: its own pools and block types,
 * the limits of tags and deployments in their other shape, and anonymous blocks.
 *
 * @param progress told what is being read
 */
export async function readInventory(client: PrefectClient, progress: (what: string) => void): Promise<Item[]> {
  const items: Item[] = [];
  const add = <T extends Row>(described: object, remotes: T[], more: (remote: T) => Partial<Item> = () => ({})) => {
    const kind = described as AnyKind;
    for (const remote of remotes) {
      const args = Object.fromEntries(
        Object.entries(kind.fromApi(remote)).filter(([key, value]) => key in kind.rules.shape && value !== undefined),
      );
      const { args: given, ...rest } = more(remote);
      items.push({ kind, uuid: remote.id, remote, args: { ...args, ...given }, ...rest });
    }
    progress(`${remotes.length} ${kind.noun}${remotes.length === 1 ? "" : "s"}`);
  };

  const blocks = (await client.filter<BlockRow>("/block_documents/filter", { include_secrets: true })).filter(
    ({ is_anonymous }) => !is_anonymous,
  );
  const types = (await client.filter<Row & { slug: string }>("/block_types/filter")).filter(
    ({ slug }) => !builtInBlockTypes.includes(slug),
  );
  add(blockType, types);
  const ids = types.map(({ id }) => id);
  const schemas =
    ids.length > 0
      ? await client.filter<SchemaRow>("/block_schemas/filter", { block_schemas: { block_type_id: { any_: ids } } })
      : [];
  // each change of a block's Python class leaves a schema behind: those that nothing uses any more stay behind
  const newest = new Map([...schemas].reverse().map(({ id, block_type_id }) => [block_type_id, id]));
  const used = new Set([...newest.values(), ...blocks.map(({ block_schema_id }) => block_schema_id)]);
  add(
    blockSchema,
    schemas.filter(({ id }) => used.has(id)),
  );
  add(block, blocks, ({ block_type_id, block_schema }) => ({
    secretFields: block_schema.fields.secret_fields ?? [],
    ...(ids.includes(block_type_id) ? {} : { args: { blockSchemaId: undefined } }),
  }));

  const pools = (await client.filter<Row>("/work_pools/filter")).filter(({ name }) => !/^prefect/i.test(name));
  add(workPool, pools);
  const queues: QueueRow[] = [];
  for (const { name } of pools)
    queues.push(...(await client.filter<QueueRow>(path`/work_pools/${name}/queues/filter`)));
  add(
    workQueue,
    queues.filter((queue) => !isUntouched(queue)),
  );
  const limits = await client.filter<Row>("/v2/concurrency_limits/filter");
  add(
    globalConcurrencyLimit,
    limits.filter(({ name }) => !/^(tag|deployment):/.test(name)),
  );
  add(tagConcurrencyLimit, await client.filter<Row>("/concurrency_limits/filter"));
  add(variable, await client.filter<Row>("/variables/filter"));

  add(flow, await client.filter<Row>("/flows/filter"));
  add(deployment, await withFlowNames(client, await client.filter<Row & { flow_id: string }>("/deployments/filter")));
  add(automation, await client.filter<Row>("/automations/filter"));
  return items;
}
