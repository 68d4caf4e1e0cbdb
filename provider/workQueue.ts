import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { PrefectClient } from "./client";
import { path } from "./path";
import { deploymentsOf } from "./dependents";
import { ApiError, PrefectError } from "./errors";
import { holdsUnknown } from "./json";
import type { Failure, Json, Kind } from "./kind";
import { type AdoptArgs, type Inputs, PrefectResource } from "./resource";
import * as rules from "./rules";

/** What a work queue is. */
export interface WorkQueueArgs extends AdoptArgs {
  /** Without `/ % & > <`. A change replaces the queue, whose id it is part of. @default the resource's Pulumi name */
  name?: string;
  /** The pool that it belongs to. A change replaces the queue. */
  workPoolName: string;
  description?: string;
  /** Whether its runs wait. @default not managed: Prefect starts with false */
  isPaused?: boolean;
  /** How many of its runs may be under way at once, from 0 on. @default no limit */
  concurrencyLimit?: number;
  /**
   * From 1, the first, on. Each queue of a pool has a priority of its own: one that is taken pushes its holder back, unless that is a
   * queue of the same program, for which it is an error.
   *
   * @default not managed: Prefect gives the first that is free, and it stays when the argument is removed
   */
  priority?: number;
}

type Args = WorkQueueArgs & { name: string };

interface Remote {
  id: string;
  name: string;
  description: string | null;
  is_paused: boolean;
  concurrency_limit: number | null;
  priority: number;
  work_pool_name: string;
}

/** The queue that Prefect makes with each pool, and deletes only with it. */
const defaultQueue = "default";

export const workQueue: Kind<Args, Remote> = {
  type: "WorkQueue",
  noun: "work queue",
  rules: z.strictObject({
    name: rules.name,
    workPoolName: rules.text.min(1, "must be the name of a work pool"),
    description: rules.text.optional(),
    isPaused: rules.flag.optional(),
    concurrencyLimit: rules.natural.optional(),
    priority: rules.positive.optional(),
    adopt: rules.adopt,
  }),
  immutable: ["name", "workPoolName"],
  sameName: (olds, news) => olds.name === news.name && olds.workPoolName === news.workPoolName,
  label: ({ name, workPoolName }) => `${workPoolName}/${name}`,

  validate: (args) => (holdsUnknown(args) ? [] : claimPriority(args)),

  find: (client, { workPoolName, name }) => client.find<Remote>(queuePath(workPoolName, name)),
  get: (client, id) => client.find<Remote>(queuePath(...partsOf(id))),

  async create(client, args) {
    const { workPoolName } = args;
    const body = {
      name: args.name,
      description: args.description,
      is_paused: args.isPaused,
      concurrency_limit: args.concurrencyLimit,
      priority: args.priority,
    };
    const made = await client.post<Remote>(path`/work_pools/${workPoolName}/queues`, body).catch((error: unknown) => {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
      throw new PrefectError(`its work pool "${workPoolName}" does not exist; make it first, or correct workPoolName`);
    });
    if (args.priority !== undefined) await keepPriorities(client, workPoolName);
    return made;
  },

  async update(client, id, { news, changed }) {
    const [pool, name] = partsOf(id);
    const body: Json = {};
    // Prefect takes no null here
    if (changed.has("description")) body.description = news.description ?? "";
    if (changed.has("isPaused")) body.is_paused = news.isPaused ?? false;
    if (changed.has("concurrencyLimit")) body.concurrency_limit = news.concurrencyLimit ?? null;
    if (changed.has("priority") && news.priority !== undefined) body.priority = news.priority;
    if (!(await client.patchIfChanged(queuePath(pool, name), body))) return undefined;
    if (body.priority !== undefined) await keepPriorities(client, pool);
    return { work_pool_name: pool, name } as Remote;
  },

  async delete(client, id) {
    const [pool, name] = partsOf(id);
    claims.get(pool)?.delete(name);
    if (name === defaultQueue) return;
    const users = await deploymentsOf(client, {
      deployments: { work_queue_name: { any_: [name] } },
      work_pools: { name: { any_: [pool] } },
    });
    if (users.length > 0) {
      throw new PrefectError(
        `still has deployments that this stack doesn't delete (${users.join(", ")}), which Prefect would leave without a pool; ` +
          "delete them or move them to another queue first",
      );
    }
    await client.delete(queuePath(pool, name));
  },

  id: ({ work_pool_name, name }) => `${work_pool_name}/${name}`,

  fromApi: (remote) => ({
    name: remote.name,
    workPoolName: remote.work_pool_name,
    description: remote.description ?? undefined,
    isPaused: remote.is_paused,
    concurrencyLimit: remote.concurrency_limit ?? undefined,
    priority: remote.priority,
  }),

  outputs: ({ id }) => ({ uuid: id }),
  page: ({ name, workPoolName }) => path`/work-pools/work-pool/${workPoolName ?? ""}/queue/${name}`,
};

/** The id's parts; Prefect's names hold no slash. */
function partsOf(id: string): [pool: string, name: string] {
  const slash = id.indexOf("/");
  return [id.slice(0, slash), id.slice(slash + 1)];
}

function queuePath(pool: string, name: string): string {
  return path`/work_pools/${pool}/queues/${name}`;
}

/** The priority that each queue of the running program is to have, by pool and queue. */
const claims = new Map<string, Map<string, number>>();
/** One change of priorities at a time in each pool, as one moves the others. */
const turns = new Map<string, Promise<unknown>>();

function claimPriority({ workPoolName, name, priority }: Args): Failure[] {
  const claimed = claims.get(workPoolName) ?? new Map<string, number>();
  claims.set(workPoolName, claimed);
  if (priority === undefined) {
    claimed.delete(name);
    return [];
  }
  claimed.set(name, priority);
  const other = [...claimed].find(([queue, taken]) => queue !== name && taken === priority);
  if (!other) return [];
  const reason = `${priority} is also that of the queue "${other[0]}" of the pool; give each its own`;
  return [{ property: "priority", reason }];
}

/** Prefect pushes queues back when a priority is taken: those that this program gave a priority get it again. */
async function keepPriorities(client: PrefectClient, pool: string): Promise<void> {
  const turn = (turns.get(pool) ?? Promise.resolve()).then(async () => {
    const queues = await client.filter<Remote>(path`/work_pools/${pool}/queues/filter`);
    const claimed = [...(claims.get(pool) ?? [])].sort(([, a], [, b]) => a - b);
    for (const [name, priority] of claimed) {
      const queue = queues.find((queue) => queue.name === name);
      if (queue && queue.priority !== priority) await client.patch(queuePath(pool, name), { priority });
    }
  });
  turns.set(
    pool,
    turn.catch(() => undefined),
  );
  await turn;
}

/** A queue of a work pool. Its Pulumi id is `<pool>/<queue>`. */
export class WorkQueue extends PrefectResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly workPoolName: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly isPaused: pulumi.Output<boolean | undefined>;
  declare readonly concurrencyLimit: pulumi.Output<number | undefined>;
  declare readonly priority: pulumi.Output<number | undefined>;

  constructor(name: string, args: Inputs<WorkQueueArgs>, opts?: pulumi.CustomResourceOptions) {
    super(workQueue, name, { ...args, name: args.name ?? name }, { opts, outputs: ["uuid"] });
  }
}
