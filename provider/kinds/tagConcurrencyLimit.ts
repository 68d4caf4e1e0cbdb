import type * as pulumi from "@pulumi/pulumi";
import { path } from "../api/path";
import type { ConcurrencyLimit as Remote } from "../api/prefect";
import { creationBody } from "../engine/field";
import { defineKind, type Kind } from "../engine/kind";
import { type AdoptArgs, type Inputs, resourceOf } from "../program/resource";
import * as rules from "./shared/rules";

/** What a tag's concurrency limit is. */
export interface TagConcurrencyLimitArgs extends AdoptArgs {
  /** The tag of task runs. Without `/ % & > <`. A change replaces the limit. @default the resource's Pulumi name */
  tag?: string;
  /** How many task runs with the tag may be under way at once, from 0 on. */
  concurrencyLimit: number;
}

type Args = TagConcurrencyLimitArgs & { tag: string };

export const tagConcurrencyLimit: Kind<Args, Remote, "tag"> = defineKind({
  type: "TagConcurrencyLimit",
  noun: "tag concurrency limit",
  fields: {
    // Prefect keeps the limit as a global one of the name `tag:<tag>`, so a tag has the rules of a name
    tag: { rule: rules.nameInUrl, replaces: true },
    concurrencyLimit: { rule: rules.natural },
  },
  label: ({ tag }) => String(tag),
  collection: "/concurrency_limits",
  named: ({ tag }) => path`/concurrency_limits/tag/${tag}`,

  create: (client, args) => client.make<Remote>("/concurrency_limits/", creationBody(tagConcurrencyLimit.fields, args)),

  // making the limit of a tag that has one changes it: Prefect's only way to change one in place, which keeps held slots
  async update(client, id, { news }) {
    if (!(await client.find(path`/concurrency_limits/${id}`))) return false;
    await client.remake("POST", "/concurrency_limits/", { tag: news.tag, concurrency_limit: news.concurrencyLimit });
    return true;
  },

  page: ({ id }) => path`/concurrency-limits/concurrency-limit/${id}`,
});

/**
 * A limit on the task runs of a tag.
 *
 * @example
 * new TagConcurrencyLimit("gpu", { concurrencyLimit: 2 });
 */
export class TagConcurrencyLimit extends resourceOf<Args>() {
  constructor(name: string, args: Inputs<TagConcurrencyLimitArgs>, opts?: pulumi.CustomResourceOptions) {
    super(tagConcurrencyLimit, name, { ...args, tag: args.tag ?? name }, { opts });
  }
}
