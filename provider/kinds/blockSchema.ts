import type * as pulumi from "@pulumi/pulumi";
import { PrefectError, TakenError } from "../api/errors";
import { isEqual } from "../api/json";
import { path } from "../api/path";
import type { BlockSchema as Remote } from "../api/prefect";
import { creationBody } from "../engine/field";
import { defineKind, type Json, type Kind } from "../engine/kind";
import { type AdoptArgs, type Inputs, resourceOf } from "../program/resource";
import { blockType } from "./blockType";
import { refuseWhileUsed } from "./shared/dependents";
import * as rules from "./shared/rules";

/** What a block schema is. Prefect can't change one, so that any change replaces it. */
export interface BlockSchemaArgs extends AdoptArgs {
  /** Id of its block type. */
  blockTypeId: string;
  /** JSON schema of the blocks' data, free-form, with Prefect's `secret_fields` and `block_type_slug`. @default {} */
  fields?: Json;
  /** What blocks can do, such as "read"; their order doesn't matter. @default [] */
  capabilities?: string[];
  /** @default "non-versioned" */
  version?: string;
}

/** Prefect's name for no version (DEFAULT_BLOCK_SCHEMA_VERSION). */
const noVersion = "non-versioned";

export const blockSchema: Kind<BlockSchemaArgs, Remote> = defineKind({
  type: "BlockSchema",
  noun: "block schema",
  fields: {
    blockTypeId: { rule: rules.uuid, replaces: true },
    fields: { rule: rules.object.optional(), replaces: true },
    capabilities: { rule: rules.strings.optional(), initial: [], replaces: true },
    version: { rule: rules.text.min(1, "must not be empty").optional(), initial: noVersion, replaces: true },
  },
  collection: "/block_schemas",
  // Prefect tells schemas apart by fields and version alone
  sameName: (olds, news) => olds.version === news.version && isEqual(olds.fields, news.fields),
  label: ({ blockTypeId, version, fields }) =>
    `${typeof fields?.title === "string" ? fields.title : String(blockTypeId)} ${version ?? noVersion}`,
  distinction: ({ blockTypeId, fields = {} }) => [blockTypeId, fields],

  async find(client, args) {
    const schemas = await client.filter<Remote>("/block_schemas/filter", {
      block_schemas: { block_type_id: { any_: [args.blockTypeId] } },
    });
    return schemas.find(
      (schema) =>
        schema.version === (args.version ?? noVersion) &&
        isEqual(asGiven(schema.fields, args.fields ?? {}), args.fields ?? {}),
    );
  },

  async list(client) {
    const types = await blockType.list?.(client);
    if (!types?.length) return [];
    const filter = { block_schemas: { block_type_id: { any_: types.map(({ id }) => id) } } };
    return client.filter<Remote>("/block_schemas/filter", filter);
  },

  async create(client, args) {
    try {
      return await client.make<Remote>("/block_schemas/", creationBody(blockSchema.fields, args));
    } catch (error) {
      if (!(error instanceof TakenError)) throw error;
      const { id, block_type_id: other } = error.existing as Remote;
      if (other === args.blockTypeId) throw error;
      throw new PrefectError(
        `Prefect has these fields already as schema ${id} of another block type, ${other}, and gives that one back ` +
          "instead of making a new one; set block_type_slug in fields, or another version",
      );
    }
  },

  async delete(client, id) {
    const blocks = await client.filter<{ name: string; block_schema_id: string }>("/block_documents/filter", {
      block_schemas: { id: { any_: [id] } },
    });
    const users = blocks.filter(({ block_schema_id }) => block_schema_id === id).map(({ name }) => `"${name}"`);
    refuseWhileUsed({
      what: "blocks",
      users,
      when: " first",
      fate: "which Prefect would delete with it",
      remedy:
        "delete them, give them another schema, or, when they are in the program, let them depend on the schema (dependsOn)",
    });
    await client.delete(path`/block_schemas/${id}`);
  },

  outputs: ({ checksum }) => ({ checksum }),

  asAsked(key, server, asked) {
    if (key === "fields" && server !== undefined) return asGiven(server as Json, asked as Json);
    if (key !== "capabilities") return server;
    const [had, wanted] = [server, asked] as string[][];
    return isEqual([...(had ?? [])].sort(), [...(wanted ?? [])].sort()) ? asked : server;
  },

  asWritten({ fields, ...args }) {
    const { block_schema_references: references, ...own } = fields ?? {};
    return { ...args, fields: isEqual(references, {}) ? own : fields };
  },

  page: () => "/blocks/catalog",
});

/** Prefect adds `block_schema_references` when it isn't given. */
function asGiven(server: Json, asked: Json): Json {
  const { block_schema_references: references, ...fields } = server;
  return "block_schema_references" in asked ? { ...fields, block_schema_references: references } : fields;
}

/**
 * A block schema: the fields that blocks of a type have.
 *
 * @example
 * const type = new BlockType("db", { slug: "db" });
 * new BlockSchema("db", {
 *   blockTypeId: type.id,
 *   fields: { title: "Db", type: "object", properties: { host: { type: "string" } }, block_type_slug: "db" },
 * });
 */
export class BlockSchema extends resourceOf<BlockSchemaArgs>() {
  /** Prefect's checksum of the fields. */
  declare readonly checksum: pulumi.Output<string>;

  constructor(name: string, args: Inputs<BlockSchemaArgs>, opts?: pulumi.CustomResourceOptions) {
    super(blockSchema, name, { ...args }, { opts, outputs: ["checksum"] });
  }
}
