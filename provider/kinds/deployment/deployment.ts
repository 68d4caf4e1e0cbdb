import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { AbsenceError, PrefectError } from "../../api/errors";
import { isEqual } from "../../api/json";
import { path } from "../../api/path";
import type { DeploymentResponse } from "../../api/prefect";
import { aList } from "../../api/shape";
import { argumentsIn, changeBody, creationBody } from "../../engine/field";
import { defineKind, type Failure, type Hints, type Json, type Kind } from "../../engine/kind";
import type { Described } from "../../program/flows/readHere";
import { withGitVersion } from "../../program/gitVersion";
import { programError } from "../../program/programError";
import { type AdoptArgs, type Inputs, resourceOf } from "../../program/resource";
import { type ScheduleArgs, scheduleFailures, scheduleListRules } from "../../schedule/schedule";
import { scheduleAsWritten, scheduleFromApi, schedulesAsAsked, scheduleToApi } from "../../schedule/scheduleApi";
import type { Automation } from "../automation/automation";
import { askedLabels, type Labels } from "../shared/labels";
import { ownerIn, ownerLabels } from "../shared/owner";
import * as rules from "../shared/rules";
import { completed } from "./completion";
import { concurrencyFromApi, type ConcurrencyOptions, concurrencyRules, concurrencyToApi } from "./concurrency";
import { DueRuns } from "./dueRuns";
import { withFlowNames } from "./flowNames";
import { schemaAsAsked, schemaToApi, wrongParameters } from "./parameterSchema";
import { keepingSchedules, reconcileSchedules } from "./schedules";
import { automationOf, type DeploymentTriggerArgs } from "./triggers";

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
  /**
   * Any text; "auto": an integer that starts at 1 and rises by one at each change that is deployed; or "git": what `git describe --tags
   * --always --dirty` says of the program's folder, as of the last change that was deployed. Neither of the two is a change by itself.
   */
  version?: string;
  description?: string;
  /** The steps that fetch the code, in Prefect's own words. */
  pullSteps?: Json[];
  /**
   * JSON schema of the parameters; a JSON text is stored as it is written.
   *
   * @default that of the flow, when its code is on this machine: in `path`, or where its only pull step, `set_working_directory`, goes
   */
  parameterOpenapiSchema?: Json | string;
  /** Whether Prefect checks the parameters of runs. @default true */
  enforceParameterSchema?: boolean;
  /** Whether all of its schedules are paused. @default not managed: Prefect starts with false */
  paused?: boolean;
  /** Prefect can't change labels, so a change replaces the deployment. */
  labels?: Labels;
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

/** The arguments of the object itself; its triggers are automations. */
export type OwnArgs = Omit<DeploymentArgs, "triggers"> & {
  name: string;
  /** Tells one state of the flow's code from another. Found out by the program, kept in the state, and not sent to Prefect. */
  codeHash?: string;
};
type Args = OwnArgs;

/** As the API has it, with what only requests name. */
type Remote = Omit<DeploymentResponse, "concurrency_limit"> & {
  /** Not the API's: see `withFlowNames`. */
  flow_name?: string;
  concurrency_limit?: number | null;
  global_concurrency_limit_id?: string | null;
};

export const deployment: Kind<Args, Remote, "flowName" | "name"> = defineKind({
  type: "Deployment",
  noun: "deployment",
  fields: {
    name: { rule: rules.name, replaces: true },
    flowName: { rule: rules.name, replaces: true },
    entrypoint: { rule: rules.text.optional(), clear: null },
    path: { rule: rules.text.optional(), clear: null },
    workPoolName: { rule: rules.text.optional(), clear: null },
    workQueueName: { rule: rules.name.optional(), clear: null, initial: "default" },
    jobVariables: { rule: rules.object.optional(), clear: {} },
    parameters: { rule: rules.object.optional(), clear: {} },
    tags: { rule: rules.strings.optional(), clear: [] },
    version: { rule: rules.text.min(1, 'must be a text or "auto"').optional(), clear: null },
    description: { rule: rules.text.optional(), clear: null },
    pullSteps: { rule: z.array(rules.object, "must be a list of steps").optional(), clear: [] },
    parameterOpenapiSchema: {
      rule: z.union([rules.object, rules.text], "must be a JSON schema").optional(),
      clear: {},
      toApi: schemaToApi,
    },
    enforceParameterSchema: { rule: rules.flag.optional(), clear: true },
    paused: { rule: rules.flag.optional(), clear: false },
    labels: { rule: rules.labels.optional(), initial: {}, replaces: true },
    // they are objects of their own, each changed by itself
    schedules: { rule: scheduleListRules.optional(), wire: null, later: true, initial: [] },
    concurrencyLimit: { rule: rules.positive.optional(), clear: null },
    concurrencyOptions: {
      rule: concurrencyRules.optional(),
      clear: null,
      toApi: concurrencyToApi,
    },
    globalConcurrencyLimitId: { rule: rules.uuid.optional(), clear: null },
    storageDocumentId: { rule: rules.uuid.optional(), clear: null },
    codeHash: { rule: rules.text.optional(), wire: null },
  },
  label: ({ name, flowName }) => `${flowName}/${name}`,
  collection: "/deployments",

  validate: (args, hints) => [
    ...scheduleFailures(args.schedules ?? []),
    ...exclusions(args),
    ...wrongParameters(args, hints),
  ],

  complete: completed,

  // by a filter, since Prefect's addresses can't have names with a line break
  async find(client, { flowName, name }) {
    const filter = { deployments: { name: { any_: [name] } }, flows: { name: { any_: [flowName] } } };
    return (await client.filter<Remote>("/deployments/filter", filter))[0];
  },

  async create(client, args, { stack }) {
    const flow = await client.post<{ id: string }>("/flows/", { name: args.flowName });
    const { flow_name: _, ...own } = creationBody(deployment.fields, args);
    const labels = { ...ownerLabels(stack), ...args.labels };
    const body = { enforce_parameter_schema: true, ...own, labels, flow_id: flow.id };
    const made = await client.make<Remote>("/deployments/", body).catch((error: unknown) => {
      throw missing(error, args);
    });
    const schedules = args.schedules ?? [];
    if (schedules.length > 0) {
      await keepingSchedules(made.id, { news: args, olds: {} }, () =>
        client.post(path`/deployments/${made.id}/schedules`, schedules.map(scheduleToApi), aList),
      );
    }
    return made;
  },

  async update(client, id, change) {
    const { news, changed } = change;
    const body = changeBody(deployment.fields, news, changed);
    if (news.workPoolName !== undefined && (changed.has("jobVariables") || changed.has("workQueueName"))) {
      // Prefect checks job variables only when the pool is named beside them, and a queue alone takes a deployment out of its pool
      body.work_pool_name = news.workPoolName;
    }
    if (typeof body.work_pool_name === "string") {
      // the pool without a queue means its default queue
      body.work_queue_name = news.workQueueName;
      // Prefect answers 500 to a change that names a pool which isn't there
      if (!(await client.find(path`/work_pools/${body.work_pool_name}`))) throw missingPool(body.work_pool_name);
    }
    const isUntouched = Object.keys(body).length === 0 && !changed.has("schedules");
    if (isUntouched) return true;
    const due = new DueRuns(client, id);
    return due.during(async () => {
      const isThere = await client.patchIfChanged(path`/deployments/${id}`, body).catch((error: unknown) => {
        throw missing(error, news);
      });
      if (!isThere) return false;
      if (changed.has("schedules"))
        await keepingSchedules(id, change, () => reconcileSchedules(client, id, change, due));
      return true;
    });
  },

  // also when it is read or deleted, an earlier change of it may have been interrupted
  async get(client, id) {
    await new DueRuns(client, id).restore();
    return client.find<Remote>(path`/deployments/${id}`);
  },

  async delete(client, id) {
    await client.delete(path`/deployments/${id}`);
    new DueRuns(client, id).forget();
  },

  async list(client) {
    return withFlowNames(client, await client.filter<Remote & { flow_id: string }>("/deployments/filter"));
  },

  fromApi: (remote) => ({
    ...argumentsIn(deployment.fields, remote),
    schedules: remote.schedules.map(scheduleFromApi),
    ...concurrencyFromApi(remote),
  }),

  asAsked(key, server, asked) {
    // a deployment is found by its flow's name, and neither of them can be renamed
    if (key === "flowName") return asked;
    // Prefect doesn't know it
    if (key === "codeHash") return asked;
    if (key === "labels") return askedLabels(server as Labels, asked as Labels);
    if (key === "schedules") return schedulesAsAsked(server as ScheduleArgs[], asked as ScheduleArgs[]);
    if (key === "parameterOpenapiSchema") return schemaAsAsked(server, asked as Json | string);
    // an empty list or object is stored as none
    if (server === undefined && isEqual(asked, deployment.fields[key as keyof typeof deployment.fields].clear))
      return asked;
    if (key === "concurrencyOptions" && server !== undefined) {
      const { gracePeriodSeconds, ...rest } = server as ConcurrencyOptions;
      return { ...rest, ...((asked as ConcurrencyOptions).gracePeriodSeconds !== undefined && { gracePeriodSeconds }) };
    }
    return server;
  },

  owner: ({ labels }) => ownerIn(labels),
  page: ({ id }) => path`/deployments/deployment/${id}`,

  asWritten: (args) => ({
    ...args,
    ...(args.labels && { labels: askedLabels(args.labels) }),
    ...(args.schedules && { schedules: args.schedules.map(scheduleAsWritten) }),
  }),
});
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

/** What fails because something that a deployment refers to isn't there, told by the argument that refers to it. */
function missing(error: unknown, { workPoolName, globalConcurrencyLimitId }: Args): unknown {
  if (!(error instanceof AbsenceError)) return error;
  if (/pool/i.test(error.what) && workPoolName !== undefined) return missingPool(workPoolName);
  if (/limit/i.test(error.what) && globalConcurrencyLimitId !== undefined) {
    return new PrefectError(
      `its global concurrency limit ${globalConcurrencyLimitId} does not exist; make it first, or correct globalConcurrencyLimitId`,
    );
  }
  return error;
}

function missingPool(name: string): PrefectError {
  return new PrefectError(`its work pool "${name}" does not exist; make it first, or correct workPoolName`);
}

/** What the code of a deployment's flow says of it, when it doesn't say so itself. */
function described(args: Inputs<DeploymentArgs>): Partial<Described> {
  if (args.entrypoint === undefined || args.parameterOpenapiSchema !== undefined) return {};
  // loaded late: the deployments of recipes have been read already
  const { describedByCode } = require("../../program/flows/readHere") as typeof import("../../program/flows/readHere");
  return describedByCode(args);
}

/**
 * A deployment: where a flow's code lies, where it runs, when, and with which parameters.
 *
 * @example
 * new Deployment("nightly", {
 *   flowName: "add-two-numbers-flow",
 *   entrypoint: "flows.py:add_two_numbers_flow",
 *   path: "/srv/flows",
 *   workPoolName: "etl",
 *   parameters: { x: 1, y: 2 },
 *   version: "auto",
 *   schedules: [{ slug: "nightly", cron: "0 2 * * *", timezone: "US/Pacific", skipHolidays: "US" }],
 * });
 */
export class Deployment extends resourceOf<Args>() {
  /** The automations of its `triggers`, in their order. */
  readonly automations: Automation[];

  constructor(name: string, args: Inputs<DeploymentArgs>, opts?: pulumi.CustomResourceOptions);
  /**
   * @param hints what a recipe found out before the resource was made
   * @internal
   */
  constructor(
    name: string,
    args: Inputs<DeploymentArgs>,
    opts: pulumi.CustomResourceOptions | undefined,
    hints: Hints | undefined,
  );
  constructor(name: string, args: Inputs<DeploymentArgs>, opts?: pulumi.CustomResourceOptions, hints?: Hints) {
    const { triggers = [], ...given } = args;
    const { parameterOpenapiSchema, hints: found } = hints === undefined ? described(given) : { hints };
    const own = {
      ...given,
      ...(parameterOpenapiSchema !== undefined && { parameterOpenapiSchema }),
      name: args.name ?? name,
    };
    super(deployment, name, own, { opts, hints: withGitVersion(found, own.version) });
    if (!Array.isArray(triggers)) {
      throw programError(`deployment "${name}": triggers must be a list, which may hold outputs but not be one`);
    }
    this.automations = triggers.map((trigger, i) =>
      automationOf(this, name, trigger as DeploymentTriggerArgs, i + 1, found?.places),
    );
  }
}
