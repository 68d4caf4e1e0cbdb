import type * as pulumi from "@pulumi/pulumi";
import type { PrefectClient } from "../api/client";
import { AbsenceError, messageOf, PartialFailure, PrefectError } from "../api/errors";
import { holdsUnknown } from "../api/json";
import { path } from "../api/path";
import type { WorkQueueResponse as Remote } from "../api/prefect";
import { changeBody, creationBody } from "../engine/field";
import { defineKind, type Kind } from "../engine/kind";
import { type AdoptArgs, type Inputs, resourceOf } from "../program/resource";
import { deploymentsOf, refuseWhileUsed } from "./shared/dependents";
import * as rules from "./shared/rules";
import { workPool } from "./workPool/workPool";

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

/** The queue that Prefect makes with each pool, and deletes only with it. */
const defaultQueue = "default";

export const workQueue: Kind<Args, Remote, "name" | "workPoolName"> = defineKind({
  type: "WorkQueue",
  noun: "work queue",
  fields: {
    name: { rule: rules.nameInUrl, replaces: true },
    workPoolName: { rule: rules.text.min(1, "must be the name of a work pool"), replaces: true },
    // Prefect takes no null here
    description: { rule: rules.text.optional(), clear: "" },
    isPaused: { rule: rules.flag.optional(), clear: false },
    concurrencyLimit: { rule: rules.natural.optional(), clear: null },
    priority: { rule: rules.positive.optional(), later: true },
  },
  label: ({ name, workPoolName }) => `${workPoolName}/${name}`,

  validate({ workPoolName, priority }, _hints, others) {
    if (priority === undefined || holdsUnknown([workPoolName, priority])) return [];
    const other = [...others].find((queue) => queue.workPoolName === workPoolName && queue.priority === priority);
    if (!other) return [];
    const reason = `${priority} is also that of the queue "${other.name}" of the pool; give each its own`;
    return [{ property: "priority", reason }];
  },

  find: (client, { workPoolName, name }) => client.find<Remote>(queuePath(workPoolName, name)),
  get: (client, id) => client.find<Remote>(queuePath(...partsOf(id))),

  async create(client, args, { others }) {
    const { workPoolName } = args;
    const { work_pool_name: _, ...body } = creationBody(workQueue.fields, args);
    const made = await client.post<Remote>(path`/work_pools/${workPoolName}/queues`, body).catch((error: unknown) => {
      if (!(error instanceof AbsenceError)) throw error;
      throw new PrefectError(`its work pool "${workPoolName}" does not exist; make it first, or correct workPoolName`);
    });
    if (args.priority === undefined) return made;
    await keepPriorities(client, [args, ...others]).catch((error: unknown) => {
      const message = `was made, but not the priorities of its pool: ${messageOf(error)}`;
      throw new PartialFailure(workQueue.id(made), { priority: undefined, uuid: made.id }, message);
    });
    return made;
  },

  async update(client, id, { news, changed }, _state, { others }) {
    if (!(await client.patchIfChanged(queuePath(...partsOf(id)), changeBody(workQueue.fields, news, changed))))
      return false;
    if (changed.has("priority") && news.priority !== undefined) await keepPriorities(client, [news, ...others]);
    return true;
  },

  async delete(client, id) {
    const [pool, name] = partsOf(id);
    if (name === defaultQueue) return;
    refuseWhileUsed({
      users: await deploymentsOf(client, {
        deployments: { work_queue_name: { any_: [name] } },
        work_pools: { name: { any_: [pool] } },
      }),
      fate: "which Prefect would leave without a pool",
      remedy: "delete them or move them to another queue first",
    });
    await client.delete(queuePath(pool, name));
  },

  id: ({ work_pool_name, name }) => `${work_pool_name}/${name}`,

  async list(client) {
    const pools = (await workPool.list?.(client)) ?? [];
    const queues: Remote[] = [];
    for (const { name } of pools)
      queues.push(...(await client.filter<Remote>(path`/work_pools/${name}/queues/filter`)));
    return queues.filter((queue) => !isUntouched(queue));
  },

  outputs: ({ id }) => ({ uuid: id }),
  page: ({ name, workPoolName }) => path`/work-pools/work-pool/${workPoolName ?? ""}/queue/${name}`,
});

/** The queue that Prefect makes with a pool, as it made it. */
function isUntouched({ name, description, is_paused, concurrency_limit, priority }: Remote): boolean {
  const isPrefects = name === defaultQueue && description === "The work pool's default queue.";
  return isPrefects && !is_paused && concurrency_limit === null && priority === 1;
}

/** The id's parts; Prefect's names hold no slash. */
function partsOf(id: string): [pool: string, name: string] {
  const slash = id.indexOf("/");
  return [id.slice(0, slash), id.slice(slash + 1)];
}

function queuePath(pool: string, name: string): string {
  return path`/work_pools/${pool}/queues/${name}`;
}

/** One change of priorities at a time in each pool, as one moves the others. */
const turns = new Map<string, Promise<unknown>>();

/** Prefect pushes queues back when a priority is taken: those that this program gave a priority get it again. */
async function keepPriorities(client: PrefectClient, [queue, ...others]: [Args, ...Args[]]): Promise<void> {
  const pool = queue.workPoolName;
  const turn = (turns.get(pool) ?? Promise.resolve()).then(async () => {
    const queues = await client.filter<Remote>(path`/work_pools/${pool}/queues/filter`);
    const asked = [queue, ...others.filter(({ workPoolName }) => workPoolName === pool)].flatMap(
      ({ name, priority }) => (priority === undefined ? [] : [{ name, priority }]),
    );
    for (const { name, priority } of asked.sort((a, b) => a.priority - b.priority)) {
      const found = queues.find((queue) => queue.name === name);
      if (found && found.priority !== priority) await client.patch(queuePath(pool, name), { priority });
    }
  });
  turns.set(
    pool,
    turn.catch(() => undefined),
  );
  await turn;
}

/**
 * A queue of a work pool. Its Pulumi id is `<pool>/<queue>`.
 *
 * @example
 * const pool = new WorkPool("etl", { type: "process" });
 * new WorkQueue("fast", { workPoolName: pool.name, priority: 1, concurrencyLimit: 2 });
 */
export class WorkQueue extends resourceOf<Args>() {
  constructor(name: string, args: Inputs<WorkQueueArgs>, opts?: pulumi.CustomResourceOptions) {
    super(workQueue, name, { ...args, name: args.name ?? name }, { opts, outputs: ["uuid"] });
  }
}
