import type { PrefectClient } from "../provider/api/client";
import type { AnyKind, Json } from "../provider/engine/kind";
import { registry } from "../provider/kinds/registry";
import { plural } from "./titles";

/** One object of a server. */
export interface Item {
  kind: AnyKind;
  /** Prefect's id. */
  uuid: string;
  /** As the API gives it. */
  remote: object;
  /** Every argument that it has, in our terms. */
  args: Json;
  /** Paths of the values in a block's data that are secret. */
  secretFields?: string[];
}

/** The fields of a block's schema as the API gives them with a block. */
interface BlockRow {
  block_schema: { fields: { secret_fields?: string[] } };
}

/**
 * Reads all that a server has of what this package manages. Left aside is what Prefect makes by itself, and what is left over: the schemas
 * of a block type that nothing uses any more.
 *
 * @param progress told what is being read
 */
export async function readInventory(client: PrefectClient, progress: (what: string) => void): Promise<Item[]> {
  const lists = new Map<string, Item[]>();
  for (const [type, load] of Object.entries(registry)) {
    const kind = load();
    if (!kind.list) continue;
    const items = (await kind.list(client)).map((remote) => itemOf(kind, remote as object));
    lists.set(type, items);
    progress(`${items.length} ${items.length === 1 ? kind.noun : plural(kind.noun)}`);
  }
  const schemas = lists.get("BlockSchema") ?? [];
  const blocks = lists.get("Block") ?? [];
  lists.set("BlockSchema", used(schemas, blocks));
  const own = new Set(schemas.map(({ uuid }) => uuid));
  for (const block of blocks) {
    block.secretFields = (block.remote as BlockRow).block_schema.fields.secret_fields ?? [];
    // the schema of a type that Prefect makes by itself is its newest
    if (!own.has(String(block.args.blockSchemaId))) delete block.args.blockSchemaId;
  }
  return [...lists.values()].flat();
}

function itemOf(kind: AnyKind, remote: object): Item {
  const args = Object.entries(kind.fromApi(remote)).filter(([key, value]) => key in kind.fields && value !== undefined);
  return { kind, uuid: String(Reflect.get(remote, "id")), remote, args: Object.fromEntries(args) };
}

/** Each change of a block's Python class leaves a schema behind: the newest of each type, which is listed first, and those of blocks. */
function used(schemas: Item[], blocks: Item[]): Item[] {
  const newest = new Map([...schemas].reverse().map(({ uuid, args }) => [args.blockTypeId, uuid]));
  const ids = new Set<unknown>([...newest.values(), ...blocks.map(({ args }) => args.blockSchemaId)]);
  return schemas.filter(({ uuid }) => ids.has(uuid));
}
