import * as pulumi from "@pulumi/pulumi";
import { parse, stringify } from "lossless-json";
import { z } from "zod";
import { Automation, type AutomationArgs } from "./automation";
import type { PrefectClient } from "./client";
import { path } from "./path";
import { messageOf, PartialFailure } from "./errors";
import { parseExactly } from "./exactJson";
import { holdsUnknown, isEqual } from "./json";
import type { Change, Failure, Hints, Json, Kind } from "./kind";
import { askedLabels } from "./labels";
import { programError } from "./programError";
import { type AdoptArgs, type Inputs, PrefectResource } from "./resource";
import * as rules from "./rules";
import type { Trigger } from "./trigger";
import {
  completeSchedules,
  type RemoteSchedule,
  type ScheduleArgs,
  scheduleFailures,
  scheduleFromApi,
  scheduleRules,
  schedulesAsAsked,
  scheduleToApi,
  slugsOf,
} from "./schedule";

/** What happens to a run for which there is no room (Prefect's `concurrency_options`). */
export interface ConcurrencyOptions {
  /** Whether the run waits or is cancelled. */
  collisionStrategy: "ENQUEUE" | "CANCEL_NEW";
  /** Seconds, from 60 to 86,400, that a slot is kept for a run that is about to start. */
  gracePeriodSeconds?: number;
}

/** What a deployment is. An argument that is removed is cleared in Prefect. */
export interface DeploymentArgs extends AdoptArgs {
  /** Without `/ % & > <`. A change replaces the deployment. @default the resource's Pulumi name */
  name?: string;
  /** Name of its flow, which is made if it is missing. A change replaces the deployment. */
  flowName: string;
  /** Where the flow's code is below `path`, such as "flows.py:add_two_numbers_flow". */
  entrypoint?: string;
  /** The folder, or the place in storage, that the entrypoint is relative to. */
  path?: string;
  workPoolName?: string;
  /** A queue of the pool; Prefect makes it if it is missing. @default the pool's default queue */
  workQueueName?: string;
  /** What is set differently from the pool's template, in Prefect's own words. */
  jobVariables?: Json;
  /** The flow's parameters, checked against the flow's schema at preview. */
  parameters?: Json;
  tags?: string[];
  /** Any text, or "auto": an integer that starts at 1 and rises by one at each change that is deployed. */
  version?: string;
  description?: string;
  /** The steps that fetch the code, in Prefect's own words. */
  pullSteps?: Json[];
  /** JSON schema of the parameters; a JSON text is stored as it is written. */
  parameterOpenapiSchema?: Json | string;
  /** Whether Prefect checks the parameters of runs. @default true */
  enforceParameterSchema?: boolean;
  /** Whether all of its schedules rest. @default not managed: Prefect starts with false */
  paused?: boolean;
  /** Prefect can't change labels, so a change replaces the deployment. */
  labels?: Record<string, string | number | boolean>;
  /** When runs are made. Once given, the list is the whole list. */
  schedules?: ScheduleArgs[];
  /** How many of its runs may be under way at once, at least 1. Excludes `globalConcurrencyLimitId`. */
  concurrencyLimit?: number;
  concurrencyOptions?: ConcurrencyOptions;
  /** Id of a global concurrency limit that its runs take slots of. */
  globalConcurrencyLimitId?: string;
  /** Id of a block document that holds the code. */
  storageDocumentId?: string;
  /**
   * Events upon which it runs. Each becomes an `Automation` below the deployment, made, changed and deleted with it. They are
   * resources of their own, so the list itself can't be an output; what is in it can.
   */
  triggers?: DeploymentTriggerArgs[];
}

/** A trigger, and what the run that it starts gets. */
export type DeploymentTriggerArgs = Trigger &
  Pick<AutomationArgs, "description" | "enabled" | "tags" | "adopt"> & {
    /** Name of the automation, by which it is found again. @default "<deployment>__automation_<n>", as `prefect deploy` has it */
    name?: string;
    /** The run's parameters, in which Prefect fills in templates. @default the deployment's */
    parameters?: Json;
    /** The run's job variables. @default the deployment's */
    jobVariables?: Json;
    /** Seconds until the run starts. @default 0 */
    scheduleAfter?: number;
  };

type Args = Omit<DeploymentArgs, "triggers"> & { name: string };

interface Remote {
  id: string;
  name: string;
  /** Not the API's: see `withFlowNames`. */
  flow_name?: string;
  entrypoint: string | null;
  path: string | null;
  work_pool_name: string | null;
  work_queue_name: string | null;
  job_variables: Json;
  parameters: Json;
  tags: string[];
  version: string | null;
  description: string | null;
  pull_steps: Json[] | null;
  parameter_openapi_schema: Json | null;
  enforce_parameter_schema: boolean;
  paused: boolean;
  labels: Json;
  schedules: RemoteSchedule[];
  global_concurrency_limit: { id: string; name: string; limit: number } | null;
  concurrency_options: {
    collision_strategy: ConcurrencyOptions["collisionStrategy"];
    grace_period_seconds?: number;
  } | null;
  storage_document_id: string | null;
}

/** Prefect's limit on the parameters' JSON, in bytes. */
const mostParameterBytes = 524_288;

/** How the arguments that Prefect takes as they are travel: its own name, and the value that clears it. */
const plain = {
  entrypoint: ["entrypoint", null],
  path: ["path", null],
  workPoolName: ["work_pool_name", null],
  workQueueName: ["work_queue_name", null],
  jobVariables: ["job_variables", {}],
  parameters: ["parameters", {}],
  tags: ["tags", []],
  version: ["version", null],
  description: ["description", null],
  pullSteps: ["pull_steps", []],
  enforceParameterSchema: ["enforce_parameter_schema", true],
  paused: ["paused", false],
  concurrencyLimit: ["concurrency_limit", null],
  globalConcurrencyLimitId: ["global_concurrency_limit_id", null],
  storageDocumentId: ["storage_document_id", null],
} as const satisfies Partial<Record<keyof Args, readonly [string, unknown]>>;

export const deployment: Kind<Args, Remote> = {
  type: "Deployment",
  noun: "deployment",
  rules: z.strictObject({
    name: rules.name,
    flowName: rules.name,
    entrypoint: rules.text.optional(),
    path: rules.text.optional(),
    workPoolName: rules.text.optional(),
    workQueueName: rules.name.optional(),
    jobVariables: rules.object.optional(),
    parameters: rules.object.optional(),
    tags: rules.strings.optional(),
    version: rules.text.min(1, 'must be a text or "auto"').optional(),
    description: rules.text.optional(),
    pullSteps: z.array(rules.object, "must be a list of steps").optional(),
    parameterOpenapiSchema: z.union([rules.object, rules.text], "must be a JSON schema").optional(),
    enforceParameterSchema: rules.flag.optional(),
    paused: rules.flag.optional(),
    labels: rules.labels.optional(),
    schedules: z.array(scheduleRules, "must be a list of schedules").optional(),
    concurrencyLimit: rules.positive.optional(),
    concurrencyOptions: z
      .strictObject(
        {
          collisionStrategy: z.enum(["ENQUEUE", "CANCEL_NEW"], "must be ENQUEUE or CANCEL_NEW"),
          gracePeriodSeconds: z
            .int()
            .min(60, "must be from 60 to 86400")
            .max(86_400, "must be from 60 to 86400")
            .optional(),
        },
        "must be an object",
      )
      .optional(),
    globalConcurrencyLimitId: rules.uuid.optional(),
    storageDocumentId: rules.uuid.optional(),
    adopt: rules.adopt,
  }),
  immutable: ["name", "flowName", "labels"],
  sameName: (olds, news) => olds.name === news.name && olds.flowName === news.flowName,
  label: ({ name, flowName }) => `${flowName}/${name}`,

  validate: (args) => [
    ...scheduleFailures(args.schedules ?? []),
    ...exclusions(args),
    ...(args.parameters && !holdsUnknown(args.parameters)
      ? wrongParameters(args.parameters, args.parameterOpenapiSchema)
      : []),
  ],

  complete(news, olds, hints) {
    const args = news.schedules ? { ...news, schedules: completeSchedules(news.schedules) } : news;
    return news.version === "auto" ? { ...args, version: nextVersion(args, olds, hints) } : args;
  },

  find: (client, { flowName, name }) => client.find<Remote>(path`/deployments/name/${flowName}/${name}`),
  get: (client, id) => client.find<Remote>(path`/deployments/${id}`),

  async create(client, args) {
    const flow = await client.post<{ id: string }>("/flows/", { name: args.flowName });
    const body: Json = { name: args.name, flow_id: flow.id, labels: args.labels, enforce_parameter_schema: true };
    for (const key of keysOf(plain)) if (args[key] !== undefined) body[plain[key][0]] = args[key];
    if (args.parameterOpenapiSchema !== undefined)
      body.parameter_openapi_schema = schemaToApi(args.parameterOpenapiSchema);
    if (args.concurrencyOptions) body.concurrency_options = concurrencyToApi(args.concurrencyOptions);
    const made = await client.post<Remote>("/deployments/", body);
    const schedules = args.schedules ?? [];
    if (schedules.length > 0) {
      await keeping(made.id, () => client.post(path`/deployments/${made.id}/schedules`, schedules.map(scheduleToApi)));
    }
    return made;
  },

  async update(client, id, change) {
    const { news, changed } = change;
    const body: Json = {};
    for (const key of keysOf(plain)) if (changed.has(key)) body[plain[key][0]] = news[key] ?? plain[key][1];
    if (changed.has("parameterOpenapiSchema")) {
      body.parameter_openapi_schema = schemaToApi(news.parameterOpenapiSchema ?? {});
    }
    if (changed.has("concurrencyOptions")) {
      body.concurrency_options = news.concurrencyOptions ? concurrencyToApi(news.concurrencyOptions) : null;
    }
    if (news.workPoolName !== undefined && (changed.has("jobVariables") || changed.has("workQueueName"))) {
      // Prefect checks job variables only when the pool is named beside them, and a queue alone takes a deployment out of its pool
      body.work_pool_name = news.workPoolName;
      // the pool without a queue means its default queue
      if (news.workQueueName === undefined) delete body.work_queue_name;
    }
    if (!(await client.patchIfChanged(path`/deployments/${id}`, body))) return undefined;
    if (changed.has("schedules")) await keeping(id, () => reconcileSchedules(client, id, change));
    return { id } as Remote;
  },

  delete: (client, id) => client.delete(path`/deployments/${id}`),

  id: ({ id }) => id,

  fromApi: (remote) => ({
    name: remote.name,
    flowName: remote.flow_name,
    entrypoint: remote.entrypoint ?? undefined,
    path: remote.path ?? undefined,
    workPoolName: remote.work_pool_name ?? undefined,
    workQueueName: remote.work_queue_name ?? undefined,
    jobVariables: remote.job_variables,
    parameters: remote.parameters,
    tags: remote.tags,
    version: remote.version ?? undefined,
    description: remote.description ?? undefined,
    pullSteps: remote.pull_steps ?? undefined,
    parameterOpenapiSchema: remote.parameter_openapi_schema ?? undefined,
    enforceParameterSchema: remote.enforce_parameter_schema,
    paused: remote.paused,
    labels: remote.labels as Args["labels"],
    schedules: remote.schedules.map(scheduleFromApi),
    ...concurrencyFromApi(remote),
    storageDocumentId: remote.storage_document_id ?? undefined,
  }),

  asAsked(key, server, asked) {
    // a deployment is found by its flow's name, and neither of them can be renamed
    if (key === "flowName") return asked;
    if (key === "labels") return askedLabels(server, asked);
    if (key === "schedules") return schedulesAsAsked(server as ScheduleArgs[], asked as ScheduleArgs[]);
    if (key === "parameterOpenapiSchema") return schemaAsAsked(server, asked as Json | string);
    // an empty list or object is stored as none
    if (server === undefined && isEqual(asked, keyIsPlain(key) ? plain[key][1] : undefined)) return asked;
    if (key === "concurrencyOptions" && server !== undefined) {
      const { gracePeriodSeconds, ...rest } = server as ConcurrencyOptions;
      return { ...rest, ...((asked as ConcurrencyOptions).gracePeriodSeconds !== undefined && { gracePeriodSeconds }) };
    }
    return server;
  },

  page: ({ id }) => path`/deployments/deployment/${id}`,
};

/** Deployments with the names of their flows, of which Prefect's API gives the ids alone. */
export async function withFlowNames<Row extends { flow_id: string }>(
  client: PrefectClient,
  rows: Row[],
): Promise<(Row & { flow_name?: string })[]> {
  if (rows.length === 0) return [];
  const ids = [...new Set(rows.map(({ flow_id }) => flow_id))];
  const flows = await client.filter<{ id: string; name: string }>("/flows/filter", { flows: { id: { any_: ids } } });
  const names = new Map(flows.map(({ id, name }) => [id, name]));
  return rows.map((row) => ({ ...row, flow_name: names.get(row.flow_id) }));
}

function keysOf<T extends object>(table: T): (keyof T)[] {
  return Object.keys(table) as (keyof T)[];
}

function keyIsPlain(key: string): key is keyof typeof plain {
  return key in plain;
}

function exclusions({ concurrencyLimit, globalConcurrencyLimitId, workQueueName, workPoolName }: Args): Failure[] {
  const failures: Failure[] = [];
  if (concurrencyLimit !== undefined && globalConcurrencyLimitId !== undefined) {
    failures.push({ property: "globalConcurrencyLimitId", reason: "excludes concurrencyLimit; give one of them" });
  }
  if (workQueueName !== undefined && workPoolName === undefined) {
    failures.push({ property: "workQueueName", reason: "needs workPoolName, the pool that has the queue" });
  }
  return failures;
}

function wrongParameters(parameters: Json, schema: Args["parameterOpenapiSchema"]): Failure[] {
  const bytes = Buffer.byteLength(JSON.stringify(parameters));
  if (bytes > mostParameterBytes) {
    return [
      { property: "parameters", reason: `are ${bytes} bytes of JSON; Prefect takes at most ${mostParameterBytes}` },
    ];
  }
  if (schema === undefined || holdsUnknown(schema)) return [];
  let parsed: Json;
  try {
    parsed = typeof schema === "string" ? (JSON.parse(schema) as Json) : schema;
  } catch (error) {
    return [{ property: "parameterOpenapiSchema", reason: `is not JSON: ${messageOf(error)}` }];
  }
  // loaded late: most deployments have no parameters, and a preview should start fast
  const { parameterFailures } = require("./parameters") as typeof import("./parameters");
  return parameterFailures(parameters, parsed);
}

/** The version of a deployment that counts its changes: one more than before if anything else differs, else the same. */
function nextVersion(news: Args, olds: Args | undefined, { adopted }: Hints): string {
  if (!olds)
    return String(countOf(adopted?.version) + (adopted?.changes === false && countOf(adopted.version) > 0 ? 0 : 1));
  const differs = keysOf({ ...olds, ...news }).some((key) => key !== "version" && !isEqual(olds[key], news[key]));
  if (!differs && olds.version !== undefined) return olds.version;
  return String(countOf(olds.version) + 1);
}

function countOf(version: string | undefined): number {
  return version !== undefined && /^\d{1,15}$/.test(version) ? Number(version) : 0;
}

/**
 * Changes schedules one by one, found by their slugs, so that what stays keeps its id and its runs: Prefect's own ways to
 * change them all at once delete and remake them, which makes runs twice. Only what the state knew is deleted.
 */
async function reconcileSchedules(client: PrefectClient, id: string, { olds, news }: Change<Args>): Promise<void> {
  const schedules = path`/deployments/${id}/schedules`;
  const found = (await client.find<RemoteSchedule[]>(schedules)) ?? [];
  const slugs = slugsOf(found.map(scheduleFromApi), olds.schedules ?? []);
  const existing = found.map((schedule, i) => ({
    ...schedule,
    slug: slugs[i] ?? null,
    hadSlug: schedule.slug !== null,
  }));
  const wanted = news.schedules ?? [];
  const known = (olds.schedules ?? []).map(({ slug }) => slug);
  const gone = existing.filter(({ slug }) => known.includes(slug ?? undefined) && !wanted.some((w) => w.slug === slug));
  for (const schedule of gone) await client.delete(`${schedules}/${schedule.id}`);

  const added: ScheduleArgs[] = [];
  for (const schedule of wanted) {
    const before = existing.find(({ slug }) => slug === schedule.slug);
    if (!before) {
      added.push(schedule);
      continue;
    }
    if (isEqual(schedulesAsAsked([scheduleFromApi(before)], [schedule]), [schedule]) && !wasCleared(schedule, olds))
      continue;
    if (before.max_scheduled_runs !== null && schedule.maxScheduledRuns === undefined && wasCleared(schedule, olds)) {
      // Prefect ignores a null, so that only a new schedule has none
      await client.delete(`${schedules}/${before.id}`);
      added.push({ active: before.active, ...schedule });
      continue;
    }
    const { slug, ...body } = scheduleToApi(schedule);
    if (!before.hadSlug) body.slug = slug;
    // Prefect clears the parameters when they are left out, also those that this program doesn't manage
    const parameters = schedule.parameters ?? (wasCleared(schedule, olds) ? {} : before.parameters);
    await client.patch(`${schedules}/${before.id}`, { ...body, parameters });
  }
  if (added.length > 0) await client.post(schedules, added.map(scheduleToApi));
}

/** Whether the program has removed an argument of the schedule, which then goes back to Prefect's default. */
function wasCleared(schedule: ScheduleArgs, olds: Partial<Args>): boolean {
  const before = olds.schedules?.find(({ slug }) => slug === schedule.slug) ?? {};
  return Object.keys(before).some((key) => !(key in schedule));
}

/** The deployment is there, whatever becomes of its schedules. */
async function keeping(id: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new PartialFailure(id, ["schedules"], `its schedules could not be set: ${messageOf(error)}`);
  }
}

/** A text is taken apart without loss, so that its numbers and the order of its keys arrive as they were written. */
function schemaToApi(schema: Json | string): unknown {
  return typeof schema === "string" ? parse(schema) : schema;
}

/** Prefect's schema of a flow without parameters, which it also stores for an empty one. */
const noParameters = { type: "object", properties: {} };

function schemaAsAsked(server: unknown, asked: Json | string): unknown {
  const wanted = typeof asked === "string" ? parseExactly(asked) : asked;
  if (isEqual(server, wanted) || (isEqual(wanted, {}) && isEqual(server, noParameters))) return asked;
  return typeof asked === "string" ? stringify(server) : server;
}

function concurrencyToApi({ collisionStrategy, gracePeriodSeconds }: ConcurrencyOptions): Json {
  return {
    collision_strategy: collisionStrategy,
    ...(gracePeriodSeconds !== undefined && { grace_period_seconds: gracePeriodSeconds }),
  };
}

/** Prefect keeps a deployment's own limit as a global one of the name `deployment:<id>`. */
function concurrencyFromApi({
  id,
  global_concurrency_limit: limit,
  concurrency_options: options,
}: Remote): Partial<Args> {
  const isOwn = limit?.name === `deployment:${id}`;
  return {
    concurrencyLimit: isOwn ? limit.limit : undefined,
    globalConcurrencyLimitId: isOwn ? undefined : limit?.id,
    concurrencyOptions: options
      ? {
          collisionStrategy: options.collision_strategy,
          ...(typeof options.grace_period_seconds === "number" && { gracePeriodSeconds: options.grace_period_seconds }),
        }
      : undefined,
  };
}

/** The automation of a deployment's trigger. Its Pulumi name is frozen. */
function automationOf(owner: Deployment, pulumiName: string, given: DeploymentTriggerArgs, number: number): Automation {
  const { name, description, enabled, tags, adopt, parameters, jobVariables, scheduleAfter, ...trigger } = given;
  const run = { type: "run-deployment" as const, deploymentId: owner.id, parameters, jobVariables, scheduleAfter };
  return new Automation(
    `${pulumiName}/${typeof name === "string" ? name : `trigger-${number}`}`,
    {
      name: name ?? pulumi.interpolate`${owner.name}__automation_${number}`,
      trigger,
      actions: [run],
      description,
      enabled,
      tags,
      adopt,
    },
    { parent: owner },
  );
}

/** A deployment: where a flow's code lies, where it runs, when, and with which parameters. */
export class Deployment extends PrefectResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly flowName: pulumi.Output<string>;
  declare readonly entrypoint: pulumi.Output<string | undefined>;
  declare readonly path: pulumi.Output<string | undefined>;
  declare readonly workPoolName: pulumi.Output<string | undefined>;
  declare readonly workQueueName: pulumi.Output<string | undefined>;
  declare readonly jobVariables: pulumi.Output<Json | undefined>;
  declare readonly parameters: pulumi.Output<Json | undefined>;
  declare readonly tags: pulumi.Output<string[] | undefined>;
  declare readonly version: pulumi.Output<string | undefined>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly pullSteps: pulumi.Output<Json[] | undefined>;
  declare readonly parameterOpenapiSchema: pulumi.Output<Json | string | undefined>;
  declare readonly enforceParameterSchema: pulumi.Output<boolean | undefined>;
  declare readonly paused: pulumi.Output<boolean | undefined>;
  declare readonly labels: pulumi.Output<DeploymentArgs["labels"]>;
  /** The schedules as Prefect has them: slugs filled in, and holidays taken out of the rules. */
  declare readonly schedules: pulumi.Output<ScheduleArgs[] | undefined>;
  declare readonly concurrencyLimit: pulumi.Output<number | undefined>;
  declare readonly concurrencyOptions: pulumi.Output<ConcurrencyOptions | undefined>;
  declare readonly globalConcurrencyLimitId: pulumi.Output<string | undefined>;
  declare readonly storageDocumentId: pulumi.Output<string | undefined>;
  /** The automations of its `triggers`, in their order. */
  readonly automations: Automation[];

  /** @param hints what a recipe found out before the resource was made */
  constructor(
    name: string,
    args: Inputs<DeploymentArgs>,
    opts?: pulumi.CustomResourceOptions,
    hints?: pulumi.Input<Hints>,
  ) {
    const { triggers = [], ...own } = args;
    super(deployment, name, { ...own, name: args.name ?? name }, { opts, hints });
    if (!Array.isArray(triggers)) {
      throw programError(`deployment "${name}": triggers must be a list, which may hold outputs but not be one`);
    }
    this.automations = triggers.map((trigger, i) => automationOf(this, name, trigger as DeploymentTriggerArgs, i + 1));
  }
}
