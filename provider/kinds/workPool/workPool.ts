import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { toCamel, toSnake } from "../../api/casing";
import { holdsUnknown, isEqual } from "../../api/json";
import { path } from "../../api/path";
import type { WorkPoolResponse as Remote } from "../../api/prefect";
import { changeBody, creationBody } from "../../engine/field";
import { defineKind, type Json, type Kind } from "../../engine/kind";
import { type AdoptArgs, type Inputs, resourceOf } from "../../program/resource";
import { deploymentsOf, refuseWhileUsed } from "../shared/dependents";
import * as rules from "../shared/rules";
import { defaultBaseJobTemplate, jobVariablesOf, knownTypes } from "./baseJobTemplate";

/** How code and results of runs submitted without a deployment are stored (Prefect's `storage_configuration`). */
export interface StorageConfiguration {
  /** The step that uploads a bundle; free-form, Prefect's own keys. */
  bundleUploadStep?: Json;
  /** The step that runs a bundle; free-form, Prefect's own keys. */
  bundleExecutionStep?: Json;
  /** Id of the block document in which results are stored by default. */
  defaultResultStorageBlockId?: string;
}

/** What a work pool is. */
export interface WorkPoolArgs extends AdoptArgs {
  /**
   * Without `/ % & > <`, and not starting with "prefect", which Prefect keeps for itself. A change replaces the pool.
   *
   * @default the resource's Pulumi name
   */
  name?: string;
  /** The type of worker that serves it, such as "process" or "kubernetes". A change replaces the pool. */
  type: string;
  description?: string;
  /** Whether its runs wait. @default not managed: Prefect starts with false */
  isPaused?: boolean;
  /** How many runs may be under way at once, from 0 on. @default no limit */
  concurrencyLimit?: number;
  /**
   * The template of its jobs, free-form JSON with Prefect's own keys `job_configuration` and `variables`.
   *
   * @default Prefect's own default for the type, from a pinned copy; sent once, and not managed afterwards
   */
  baseJobTemplate?: Json;
  storageConfiguration?: StorageConfiguration;
}

type Args = WorkPoolArgs & { name: string };

export const workPool: Kind<Args, Remote, "name"> = defineKind({
  type: "WorkPool",
  noun: "work pool",
  fields: {
    name: {
      rule: rules.nameInUrl.regex(
        /^(?!prefect)/i,
        'must not start with "prefect", which Prefect keeps for its own pools',
      ),
      replaces: true,
    },
    type: { rule: rules.text.min(1, "must be a type of work pool, such as process"), replaces: true },
    description: { rule: rules.text.optional(), clear: null },
    isPaused: { rule: rules.flag.optional(), clear: false },
    concurrencyLimit: { rule: rules.natural.optional(), clear: null },
    // what Prefect fills in depends on the type
    baseJobTemplate: { rule: rules.object.optional() },
    storageConfiguration: {
      rule: z
        .strictObject(
          {
            bundleUploadStep: rules.object.optional(),
            bundleExecutionStep: rules.object.optional(),
            defaultResultStorageBlockId: rules.uuid.optional(),
          },
          "must be an object",
        )
        .optional(),
      // Prefect takes no null here: an empty configuration is what clears it
      clear: {},
      toApi: storageToApi,
      fromApi: storageFromApi,
    },
  },
  collection: "/work_pools",
  named: ({ name }) => path`/work_pools/${name}`,

  validate({ type, baseJobTemplate }) {
    if (baseJobTemplate === undefined) {
      if (holdsUnknown(type) || defaultBaseJobTemplate(type)) return [];
      const reason = `no default is known for pools of type "${type}" (known are ${knownTypes.join(", ")}); give the template`;
      return [{ property: "baseJobTemplate", reason }];
    }
    return undeclaredVariables(baseJobTemplate).map((variable) => ({
      property: "baseJobTemplate",
      reason: `job_configuration uses {{ ${variable} }}, which variables.properties doesn't declare; declare it there`,
    }));
  },

  create: (client, args) =>
    client.post<Remote>("/work_pools/", {
      ...creationBody(workPool.fields, args),
      base_job_template: templateOf(args),
    }),

  update(client, id, { news, changed }) {
    const body = changeBody(workPool.fields, news, changed);
    if (changed.has("baseJobTemplate")) body.base_job_template = templateOf(news);
    return client.patchIfChanged(path`/work_pools/${id}`, body);
  },

  async delete(client, id) {
    refuseWhileUsed({
      users: await deploymentsOf(client, { work_pools: { name: { any_: [id] } } }),
      fate: "which Prefect would leave without a pool",
      remedy: "delete them or move them to another pool first",
    });
    await client.delete(path`/work_pools/${id}`);
  },

  id: ({ name }) => name,

  async list(client) {
    const pools = await client.filter<Remote>("/work_pools/filter");
    return pools.filter(({ name }) => !/^prefect/i.test(name));
  },

  outputs: ({ id }) => ({ uuid: id }),
  page: ({ name }) => path`/work-pools/work-pool/${name}`,

  // a pool that has its type's default template, or none, needn't say so
  asWritten({ baseJobTemplate, ...args }) {
    const usual = args.type === undefined ? undefined : defaultBaseJobTemplate(args.type);
    const goesWithoutSaying = usual && (isEqual(baseJobTemplate, usual) || isEqual(baseJobTemplate, {}));
    return goesWithoutSaying ? args : { ...args, baseJobTemplate };
  },
});

function templateOf({ type, baseJobTemplate }: Args): unknown {
  return baseJobTemplate ?? defaultBaseJobTemplate(type);
}

/** Prefect refuses a template that uses a variable it doesn't declare (api/workers.py); an empty template is allowed. */
function undeclaredVariables(template: Json): string[] {
  if (holdsUnknown(template) || Object.keys(template).length === 0) return [];
  const declared = jobVariablesOf(template) ?? [];
  const used = JSON.stringify(template.job_configuration ?? {}).matchAll(/\{\{\s*([a-zA-Z_]\w*)\s*\}\}/g);
  return [...new Set([...used].map(([, name]) => name as string))].filter((name) => !declared.includes(name));
}

/** The steps are free-form. */
const steps = new Set(["bundleUploadStep", "bundleExecutionStep"]);

function storageToApi(storage: StorageConfiguration): unknown {
  return toSnake(storage, steps);
}

function storageFromApi(storage: unknown): StorageConfiguration | undefined {
  const found = Object.entries(toCamel(storage, steps) as Json).filter(([, value]) => value !== null);
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

/**
 * A work pool: where runs wait for a worker of its type. Its Pulumi id is its name.
 *
 * @example
 * new WorkPool("etl", { type: "process", concurrencyLimit: 4 });
 */
export class WorkPool extends resourceOf<Args>() {
  constructor(name: string, args: Inputs<WorkPoolArgs>, opts?: pulumi.CustomResourceOptions) {
    super(workPool, name, { ...args, name: args.name ?? name }, { opts, outputs: ["uuid"] });
  }
}
