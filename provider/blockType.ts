import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { path } from "./path";
import { PrefectError } from "./errors";
import type { Json, Kind } from "./kind";
import { type AdoptArgs, type Inputs, PrefectResource } from "./resource";
import * as rules from "./rules";

/** What a block type is. */
export interface BlockTypeArgs extends AdoptArgs {
  /**
   * Without `/ % & > <`, and not starting with "Prefect", which Prefect keeps for itself. A change replaces the type.
   *
   * @default the resource's Pulumi name
   */
  name?: string;
  /** Of lower-case letters, digits and dashes. A change replaces the type. */
  slug: string;
  /** Address of a picture. */
  logoUrl?: string;
  documentationUrl?: string;
  description?: string;
  codeExample?: string;
}

type Args = BlockTypeArgs & { name: string };

interface Remote {
  id: string;
  name: string;
  slug: string;
  logo_url: string | null;
  documentation_url: string | null;
  description: string | null;
  code_example: string | null;
}

const fields = {
  logoUrl: "logo_url",
  documentationUrl: "documentation_url",
  description: "description",
  codeExample: "code_example",
} as const;

export const slug = rules.text.regex(/^[a-z0-9-]+$/, "must be of lower-case letters, digits and dashes");

export const blockType: Kind<Args, Remote> = {
  type: "BlockType",
  noun: "block type",
  rules: z.strictObject({
    name: rules.name.regex(/^(?!prefect)/i, 'must not start with "Prefect", which Prefect keeps for its own types'),
    slug,
    logoUrl: rules.text.optional(),
    documentationUrl: rules.text.optional(),
    description: rules.text.optional(),
    codeExample: rules.text.optional(),
    adopt: rules.adopt,
  }),
  immutable: ["name", "slug"],
  sameName: (olds, news) => olds.name === news.name || olds.slug === news.slug,
  label: ({ slug }) => String(slug),

  find: (client, args) => client.find<Remote>(path`/block_types/slug/${args.slug}`),
  get: (client, id) => client.find<Remote>(path`/block_types/${id}`),

  create: (client, args) => {
    const body: Json = { name: args.name, slug: args.slug };
    for (const key of keys) body[fields[key]] = args[key];
    return client.post<Remote>("/block_types/", body);
  },

  async update(client, id, { news, changed }) {
    const body: Json = {};
    for (const key of keys) if (changed.has(key)) body[fields[key]] = news[key] ?? null;
    if (!(await client.patchIfChanged(path`/block_types/${id}`, body))) return undefined;
    return { id } as Remote;
  },

  async delete(client, id) {
    const blocks = await client.filter<{ name: string }>("/block_documents/filter", {
      block_documents: { block_type_id: { any_: [id] } },
    });
    if (blocks.length > 0) {
      const list = blocks.map(({ name }) => `"${name}"`).join(", ");
      throw new PrefectError(
        `still has blocks that this stack doesn't delete (${list}), which Prefect would delete with it; delete them first, ` +
          "or take the type out of the program with retainOnDelete: true",
      );
    }
    await client.delete(path`/block_types/${id}`);
  },

  id: ({ id }) => id,
  fromApi: (remote) => ({
    name: remote.name,
    slug: remote.slug,
    ...Object.fromEntries(keys.map((key) => [key, remote[fields[key]] ?? undefined])),
  }),
  page: ({ slug }) => path`/blocks/catalog/${slug ?? ""}`,
};

const keys = Object.keys(fields) as (keyof typeof fields)[];

/** A block type: what blocks of one sort are called, and how they are shown. Their fields are its `BlockSchema`s. */
export class BlockType extends PrefectResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly slug: pulumi.Output<string>;
  declare readonly logoUrl: pulumi.Output<string | undefined>;
  declare readonly documentationUrl: pulumi.Output<string | undefined>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly codeExample: pulumi.Output<string | undefined>;

  constructor(name: string, args: Inputs<BlockTypeArgs>, opts?: pulumi.CustomResourceOptions) {
    super(blockType, name, { ...args, name: args.name ?? name }, { opts });
  }
}
