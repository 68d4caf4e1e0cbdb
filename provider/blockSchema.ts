import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { path } from "./path";
import { PrefectError } from "./errors";
import { isEqual } from "./json";
import type { Json, Kind } from "./kind";
import { type AdoptArgs, type Inputs, PrefectResource } from "./resource";
import * as rules from "./rules";

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

interface Remote {
  id: string;
  block_type_id: string;
  fields: Json;
  capabilities: string[];
  version: string;
  checksum: string;
}

/** Prefect's name for no version (DEFAULT_BLOCK_SCHEMA_VERSION). */
const noVersion = "non-versioned";

export const blockSchema: Kind<BlockSchemaArgs, Remote> = {
  type: "BlockSchema",
  noun: "block schema",
  rules: z.strictObject({
    blockTypeId: rules.uuid,
    fields: rules.object.optional(),
    capabilities: rules.strings.optional(),
    version: rules.text.min(1, "must not be empty").optional(),
    adopt: rules.adopt,
  }),
  immutable: ["blockTypeId", "fields", "capabilities", "version"],
  // Prefect tells schemas apart by fields and version alone
  sameName: (olds, news) => olds.version === news.version && isEqual(olds.fields, news.fields),
  label: ({ blockTypeId, version, fields }) =>
    `${typeof fields?.title === "string" ? fields.title : String(blockTypeId)} ${version ?? noVersion}`,

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

  get: (client, id) => client.find<Remote>(path`/block_schemas/${id}`),

  async create(client, args) {
    const made = await client.post<Remote>("/block_schemas/", {
      block_type_id: args.blockTypeId,
      fields: args.fields,
      capabilities: args.capabilities,
      version: args.version,
    });
    if (made.block_type_id === args.blockTypeId) return made;
    throw new PrefectError(
      `Prefect has these fields already as schema ${made.id} of another block type, ${made.block_type_id}, and gives that one back ` +
        "instead of making a new one; set block_type_slug in fields, or another version",
    );
  },

  // nothing but `adopt` can change in place
  update: (_client, id) => Promise.resolve({ id } as Remote),

  async delete(client, id) {
    const blocks = await client.filter<{ name: string; block_schema_id: string }>("/block_documents/filter", {
      block_schemas: { id: { any_: [id] } },
    });
    const users = blocks.filter(({ block_schema_id }) => block_schema_id === id).map(({ name }) => `"${name}"`);
    if (users.length > 0) {
      throw new PrefectError(
        `still has blocks that this stack doesn't delete first (${users.join(", ")}), which Prefect would delete with it; delete them, ` +
          "give them another schema, or, when they are in the program, let them depend on the schema (dependsOn)",
      );
    }
    await client.delete(path`/block_schemas/${id}`);
  },

  id: ({ id }) => id,
  fromApi: (remote) => ({
    blockTypeId: remote.block_type_id,
    fields: remote.fields,
    capabilities: remote.capabilities,
    version: remote.version,
  }),
  outputs: ({ checksum }) => ({ checksum }),

  asAsked(key, server, asked) {
    if (key === "fields" && server !== undefined) return asGiven(server as Json, asked as Json);
    if (key !== "capabilities") return server;
    const [had, wanted] = [server, asked] as string[][];
    return isEqual([...(had ?? [])].sort(), [...(wanted ?? [])].sort()) ? asked : server;
  },

  page: () => "/blocks/catalog",
};

/** Prefect adds `block_schema_references` when it isn't given. */
function asGiven(server: Json, asked: Json): Json {
  const { block_schema_references: references, ...fields } = server;
  return "block_schema_references" in asked ? { ...fields, block_schema_references: references } : fields;
}

/** A block schema: the fields that blocks of a type have. */
export class BlockSchema extends PrefectResource {
  declare readonly blockTypeId: pulumi.Output<string>;
  declare readonly fields: pulumi.Output<Json | undefined>;
  declare readonly capabilities: pulumi.Output<string[] | undefined>;
  declare readonly version: pulumi.Output<string | undefined>;
  /** Prefect's checksum of the fields. */
  declare readonly checksum: pulumi.Output<string>;

  constructor(name: string, args: Inputs<BlockSchemaArgs>, opts?: pulumi.CustomResourceOptions) {
    super(blockSchema, name, { ...args }, { opts, outputs: ["checksum"] });
  }
}
