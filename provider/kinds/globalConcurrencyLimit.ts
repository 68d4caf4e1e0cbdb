import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { path } from "../api/path";
import type { GlobalConcurrencyLimitResponse as Remote } from "../api/prefect";
import { defineKind, type Kind } from "../engine/kind";
import { type AdoptArgs, type Inputs, resourceOf } from "../program/resource";
import * as rules from "./shared/rules";

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

const perSecond = "must be a number from 0 on";

export const globalConcurrencyLimit: Kind<Args, Remote, "name"> = defineKind({
  type: "GlobalConcurrencyLimit",
  noun: "global concurrency limit",
  fields: {
    name: {
      rule: rules.nameInUrl.regex(
        /^(?!tag:|deployment:)/,
        'must not start with "tag:" or "deployment:", which Prefect keeps for the limits of tags and deployments',
      ),
    },
    limit: { rule: rules.natural },
    active: { rule: rules.flag.optional(), clear: true },
    slotDecayPerSecond: { rule: z.number(perSecond).min(0, perSecond).optional(), clear: 0 },
  },
  collection: "/v2/concurrency_limits",
  named: ({ name }) => path`/v2/concurrency_limits/${name}`,

  async list(client) {
    const limits = await client.filter<Remote>("/v2/concurrency_limits/filter");
    return limits.filter(({ name }) => !/^(tag|deployment):/.test(name));
  },

  page: () => "/concurrency-limits",
});

/**
 * A global concurrency limit: how many slots tasks, flows and deployments share. A new name renames it in place.
 *
 * @example
 * new GlobalConcurrencyLimit("db", { limit: 10, slotDecayPerSecond: 1.5 });
 */
export class GlobalConcurrencyLimit extends resourceOf<Args>() {
  constructor(name: string, args: Inputs<GlobalConcurrencyLimitArgs>, opts?: pulumi.CustomResourceOptions) {
    super(globalConcurrencyLimit, name, { ...args, name: args.name ?? name }, { opts });
  }
}
