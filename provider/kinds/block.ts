import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { PrefectClient } from "../api/client";
import { PrefectError } from "../api/errors";
import { path } from "../api/path";
import type { BlockDocument as Remote } from "../api/prefect";
import { aList } from "../api/shape";
import { argumentsIn, creationBody } from "../engine/field";
import { defineKind, type Failure, type Json, type Kind } from "../engine/kind";
import { type AdoptArgs, type Inputs, resourceOf } from "../program/resource";
import { slug } from "./blockType";
import * as rules from "./shared/rules";

/** What a block is (Prefect's block document). */
export interface BlockArgs extends AdoptArgs {
  /** Of lower-case letters, digits and dashes. A change replaces the block. @default the resource's Pulumi name */
  name?: string;
  /** Slug of its type, such as "s3-bucket". A change replaces the block. */
  blockTypeSlug: string;
  /**
   * Its values, free-form, with the field names of the type; another block is named by `{ $ref: { block_document_id: id } }`.
   * Encrypted in the state and never shown. Prefect doesn't check them against the schema.
   *
   * @default {}
   */
  data?: Json;
  /** The same, but in the state not even encrypted, and so never compared: it is sent when `dataVersion` changes. Excludes `data`. */
  dataWriteOnly?: Json;
  /** With `dataWriteOnly`: a change sends it. */
  dataVersion?: string | number;
  /** Id of the schema that the block follows. @default not managed: the newest of its type when the block is made */
  blockSchemaId?: string;
  /** Whether Prefect's UI leaves it out. A change replaces the block. @default false */
  isAnonymous?: boolean;
}

type Args = BlockArgs & { name: string };

export const block: Kind<Args, Remote, "name" | "blockTypeSlug"> = defineKind({
  type: "Block",
  noun: "block",
  fields: {
    name: { rule: slug, replaces: true },
    blockTypeSlug: { rule: slug, wire: null, replaces: true },
    data: { rule: rules.object.optional(), wire: null, initial: {}, secret: true },
    dataWriteOnly: { rule: rules.object.optional(), wire: null, writeOnly: true },
    dataVersion: { rule: z.union([rules.text, z.number()], "must be a text or a number").optional(), wire: null },
    blockSchemaId: { rule: rules.uuid.optional() },
    isAnonymous: { rule: rules.flag.optional(), initial: false, replaces: true },
  },
  collection: "/block_documents",
  label: ({ name, blockTypeSlug }) => `${blockTypeSlug}/${name}`,

  validate({ data, dataWriteOnly, dataVersion }) {
    const failures: Failure[] = [];
    if (data !== undefined && dataWriteOnly !== undefined) {
      failures.push({ property: "dataWriteOnly", reason: "excludes data; give one of them" });
    }
    if (dataVersion !== undefined && dataWriteOnly === undefined) {
      failures.push({
        property: "dataVersion",
        reason: "is for dataWriteOnly, which isn't given; data is compared by itself",
      });
    }
    return failures;
  },

  find: (client, { name, blockTypeSlug }) =>
    client.find<Remote>(
      path`/block_types/slug/${blockTypeSlug}/block_documents/name/${name}?` + "include_secrets=true",
    ),
  get: (client, id) => client.find<Remote>(path`/block_documents/${id}?` + "include_secrets=true"),

  async create(client, args) {
    const type = await typeOf(client, args.blockTypeSlug);
    return client.post<Remote>("/block_documents/", {
      ...creationBody(block.fields, args),
      data: args.dataWriteOnly ?? args.data ?? {},
      block_type_id: type.id,
      block_schema_id: args.blockSchemaId ?? (await newestSchema(client, type)),
    });
  },

  async update(client, id, { news, changed }) {
    const body: Json = {};
    if (changed.has("data") || changed.has("dataVersion") || changed.has("dataWriteOnly")) {
      // what was there before goes, so that a value that is left out doesn't stay
      Object.assign(body, { data: news.dataWriteOnly ?? news.data ?? {}, merge_existing_data: false });
    }
    // one that is no longer given stays: a block has to have a schema
    if (changed.has("blockSchemaId") && news.blockSchemaId !== undefined) {
      // Prefect ignores a new schema that comes without data
      Object.assign(body, { data: {}, ...body, block_schema_id: news.blockSchemaId });
    }
    return client.patchIfChanged(path`/block_documents/${id}`, body);
  },

  async list(client) {
    const blocks = await client.filter<Remote>("/block_documents/filter", { include_secrets: true });
    return blocks.filter(({ is_anonymous }) => !is_anonymous);
  },

  fromApi: (remote) => ({
    ...argumentsIn(block.fields, remote),
    blockTypeSlug: remote.block_type?.slug,
    data: withReferences(remote),
  }),

  // what is written only can't be read, and neither can its version
  asAsked: (key, server, asked) => (key === "dataVersion" ? asked : server),
  page: ({ id }) => path`/blocks/block/${id}`,
});

interface BlockType {
  id: string;
  slug: string;
}

async function typeOf(client: PrefectClient, slug: string): Promise<BlockType> {
  const type = await client.find<BlockType>(path`/block_types/slug/${slug}`);
  if (type) return type;
  const known = (await client.filter<BlockType>("/block_types/filter")).map(({ slug }) => slug).sort();
  throw new PrefectError(
    `Prefect has no block type "${slug}"; correct blockTypeSlug, or make the type first. There are: ${known.join(", ")}`,
  );
}

async function newestSchema(client: PrefectClient, { id, slug }: BlockType): Promise<string> {
  // Prefect lists the newest first
  const filter = { block_schemas: { block_type_id: { any_: [id] } }, limit: 1 };
  const [newest] = await client.post<{ id: string }[]>("/block_schemas/filter", filter, aList);
  if (newest) return newest.id;
  throw new PrefectError(
    `the block type "${slug}" has no schema yet; make one with BlockSchema, and let this block depend on it (dependsOn)`,
  );
}

/** Prefect gives another block's values in place of the reference to it. */
function withReferences({ data, block_document_references: references }: Remote): Json {
  const named = Object.entries(references).map(([field, { block_document }]) => [
    field,
    { $ref: { block_document_id: (block_document as { id: string }).id } },
  ]);
  return { ...data, ...(Object.fromEntries(named) as Json) };
}

/**
 * A block: configuration and credentials that flows load by name.
 *
 * @example
 * new Block("results", { blockTypeSlug: "s3-bucket", data: { bucket_name: "results" } });
 */
export class Block extends resourceOf<Omit<Args, "dataWriteOnly">>() {
  constructor(name: string, args: Inputs<BlockArgs>, opts?: pulumi.CustomResourceOptions) {
    super(block, name, { ...args, name: args.name ?? name }, { opts });
  }
}
