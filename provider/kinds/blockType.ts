import type * as pulumi from "@pulumi/pulumi";
import { path } from "../api/path";
import type { BlockType as Remote } from "../api/prefect";
import { defineKind, type Kind } from "../engine/kind";
import { type AdoptArgs, type Inputs, resourceOf } from "../program/resource";
import builtInBlockTypes from "./builtInBlockTypes.json";
import { refuseWhileUsed } from "./shared/dependents";
import * as rules from "./shared/rules";

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

export const slug = rules.text.regex(/^[a-z0-9-]+$/, "must be of lower-case letters, digits and dashes");

export const blockType: Kind<Args, Remote, "slug"> = defineKind({
  type: "BlockType",
  noun: "block type",
  fields: {
    name: {
      rule: rules.name.regex(/^(?!prefect)/i, 'must not start with "Prefect", which Prefect keeps for its own types'),
      replaces: true,
    },
    slug: { rule: slug, replaces: true },
    logoUrl: { rule: rules.text.optional(), clear: null },
    documentationUrl: { rule: rules.text.optional(), clear: null },
    description: { rule: rules.text.optional(), clear: null },
    codeExample: { rule: rules.text.optional(), clear: null },
  },
  sameName: (olds, news) => olds.name === news.name || olds.slug === news.slug,
  label: ({ slug }) => String(slug),
  collection: "/block_types",
  named: ({ slug }) => path`/block_types/slug/${slug}`,

  async list(client) {
    const types = await client.filter<Remote>("/block_types/filter");
    return types.filter(({ slug }) => !builtInBlockTypes.includes(slug));
  },

  async delete(client, id) {
    const blocks = await client.filter<{ name: string }>("/block_documents/filter", {
      block_documents: { block_type_id: { any_: [id] } },
    });
    refuseWhileUsed({
      what: "blocks",
      users: blocks.map(({ name }) => `"${name}"`),
      fate: "which Prefect would delete with it",
      remedy: "delete them first, or take the type out of the program with retainOnDelete: true",
    });
    await client.delete(path`/block_types/${id}`);
  },

  page: ({ slug }) => path`/blocks/catalog/${slug ?? ""}`,
});

/**
 * A block type: what blocks of one sort are called, and how they are shown. Their fields are its `BlockSchema`s.
 *
 * @example
 * new BlockType("db", { slug: "db", description: "A database of ours" });
 */
export class BlockType extends resourceOf<Args>() {
  constructor(name: string, args: Inputs<BlockTypeArgs>, opts?: pulumi.CustomResourceOptions) {
    super(blockType, name, { ...args, name: args.name ?? name }, { opts });
  }
}
