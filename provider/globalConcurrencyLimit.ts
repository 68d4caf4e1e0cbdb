import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { path } from "./path";
import type { Json, Kind } from "./kind";
import { type AdoptArgs, type Inputs, PrefectResource } from "./resource";
import * as rules from "./rules";

/** What a global concurrency limit is. The slots that are held are Prefect's to count, and are never touched. */
export interface GlobalConcurrencyLimitArgs extends AdoptArgs {
  /**
   * Without `/ % & > <`, and not starting with "tag:" or "deployment:", which are Prefect's own limits.
   *
   * @default the resource's Pulumi name
   */
  name?: string;
  /** How many slots there are, from 0 on. */
  limit: number;
  /** Whether it holds anything back. @default not managed: Prefect starts with true */
  active?: boolean;
  /** How many slots become free by themselves in a second, which makes it a rate limit; from 0 on. @default 0 */
  slotDecayPerSecond?: number;
}

type Args = GlobalConcurrencyLimitArgs & { name: string };

interface Remote {
  id: string;
  name: string;
  limit: number;
  active: boolean;
  slot_decay_per_second: number;
}

const perSecond = "must be a number from 0 on";

export const globalConcurrencyLimit: Kind<Args, Remote> = {
  type: "GlobalConcurrencyLimit",
  noun: "global concurrency limit",
  rules: z.strictObject({
    name: rules.name.regex(
      /^(?!tag:|deployment:)/,
      'must not start with "tag:" or "deployment:", which Prefect keeps for the limits of tags and deployments',
    ),
    limit: rules.natural,
    active: rules.flag.optional(),
    slotDecayPerSecond: z.number(perSecond).min(0, perSecond).optional(),
    adopt: rules.adopt,
  }),
  immutable: [],
  sameName: () => false,
  label: ({ name }) => String(name),

  find: (client, { name }) => client.find<Remote>(path`/v2/concurrency_limits/${name}`),
  get: (client, id) => client.find<Remote>(path`/v2/concurrency_limits/${id}`),
  create: (client, args) =>
    client.post<Remote>("/v2/concurrency_limits/", {
      name: args.name,
      limit: args.limit,
      active: args.active,
      slot_decay_per_second: args.slotDecayPerSecond,
    }),

  async update(client, id, { news, changed }) {
    const body: Json = {};
    if (changed.has("name")) body.name = news.name;
    if (changed.has("limit")) body.limit = news.limit;
    if (changed.has("active")) body.active = news.active ?? true;
    if (changed.has("slotDecayPerSecond")) body.slot_decay_per_second = news.slotDecayPerSecond ?? 0;
    if (!(await client.patchIfChanged(path`/v2/concurrency_limits/${id}`, body))) return undefined;
    return { id } as Remote;
  },

  delete: (client, id) => client.delete(path`/v2/concurrency_limits/${id}`),
  id: ({ id }) => id,
  fromApi: (remote) => ({
    name: remote.name,
    limit: remote.limit,
    active: remote.active,
    slotDecayPerSecond: remote.slot_decay_per_second,
  }),
  page: () => "/concurrency-limits",
};

/** A global concurrency limit: how many slots tasks, flows and deployments share. A new name renames it in place. */
export class GlobalConcurrencyLimit extends PrefectResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly limit: pulumi.Output<number>;
  declare readonly active: pulumi.Output<boolean | undefined>;
  declare readonly slotDecayPerSecond: pulumi.Output<number | undefined>;

  constructor(name: string, args: Inputs<GlobalConcurrencyLimitArgs>, opts?: pulumi.CustomResourceOptions) {
    super(globalConcurrencyLimit, name, { ...args, name: args.name ?? name }, { opts });
  }
}
