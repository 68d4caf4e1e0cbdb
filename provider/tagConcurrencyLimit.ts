import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { PrefectClient } from "./client";
import { path } from "./path";
import type { Kind } from "./kind";
import { type AdoptArgs, type Inputs, PrefectResource } from "./resource";
import * as rules from "./rules";

/** What a tag's concurrency limit is. */
export interface TagConcurrencyLimitArgs extends AdoptArgs {
  /** The tag of task runs. Without `/ % & > <`. A change replaces the limit. @default the resource's Pulumi name */
  tag?: string;
  /** How many task runs with the tag may be under way at once, from 0 on. */
  concurrencyLimit: number;
}

type Args = TagConcurrencyLimitArgs & { tag: string };

interface Remote {
  id: string;
  tag: string;
  concurrency_limit: number;
}

export const tagConcurrencyLimit: Kind<Args, Remote> = {
  type: "TagConcurrencyLimit",
  noun: "tag concurrency limit",
  // Prefect keeps the limit as a global one of the name `tag:<tag>`, so a tag has the rules of a name
  rules: z.strictObject({ tag: rules.name, concurrencyLimit: rules.natural, adopt: rules.adopt }),
  immutable: ["tag"],
  sameName: (olds, news) => olds.tag === news.tag,
  label: ({ tag }) => String(tag),

  find: (client, { tag }) => client.find<Remote>(path`/concurrency_limits/tag/${tag}`),
  get: (client, id) => client.find<Remote>(path`/concurrency_limits/${id}`),
  create: (client, args) => put(client, args),

  async update(client, id, { news, changed }) {
    const existing = await tagConcurrencyLimit.get(client, id, news as never);
    if (!existing || !changed.has("concurrencyLimit")) return existing;
    return put(client, news);
  },

  delete: (client, id) => client.delete(path`/concurrency_limits/${id}`),
  id: ({ id }) => id,
  fromApi: ({ tag, concurrency_limit }) => ({ tag, concurrencyLimit: concurrency_limit }),
  page: ({ id }) => path`/concurrency-limits/concurrency-limit/${id}`,
};

/** Makes the limit, or changes the one that the tag has: Prefect's only way to change one in place, which keeps held slots. */
function put(client: PrefectClient, args: Args): Promise<Remote> {
  return client.post<Remote>("/concurrency_limits/", { tag: args.tag, concurrency_limit: args.concurrencyLimit });
}

/** A limit on the task runs of a tag. */
export class TagConcurrencyLimit extends PrefectResource {
  declare readonly tag: pulumi.Output<string>;
  declare readonly concurrencyLimit: pulumi.Output<number>;

  constructor(name: string, args: Inputs<TagConcurrencyLimitArgs>, opts?: pulumi.CustomResourceOptions) {
    super(tagConcurrencyLimit, name, { ...args, tag: args.tag ?? name }, { opts });
  }
}
