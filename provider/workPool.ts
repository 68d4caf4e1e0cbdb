import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { defaultBaseJobTemplate, jobVariablesOf, knownTypes } from "./baseJobTemplate";
import { path } from "./path";
import { deploymentsOf } from "./dependents";
import { PrefectError } from "./errors";
import { holdsUnknown } from "./json";
import type { Json, Kind } from "./kind";
import { type AdoptArgs, type Inputs, PrefectResource } from "./resource";
import * as rules from "./rules";

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

interface Remote {
  id: string;
  name: string;
  type: string;
  description: string | null;
  is_paused: boolean;
  concurrency_limit: number | null;
  base_job_template: Json;
  storage_configuration: Json | null;
}

export const workPool: Kind<Args, Remote> = {
  type: "WorkPool",
  noun: "work pool",
  rules: z.strictObject({
    name: rules.name.regex(/^(?!prefect)/i, 'must not start with "prefect", which Prefect keeps for its own pools'),
    type: rules.text.min(1, "must be a type of work pool, such as process"),
    description: rules.text.optional(),
    isPaused: rules.flag.optional(),
    concurrencyLimit: rules.natural.optional(),
    baseJobTemplate: rules.object.optional(),
    storageConfiguration: z
      .strictObject(
        {
          bundleUploadStep: rules.object.optional(),
          bundleExecutionStep: rules.object.optional(),
          defaultResultStorageBlockId: rules.uuid.optional(),
        },
        "must be an object",
      )
      .optional(),
    adopt: rules.adopt,
  }),
  immutable: ["name", "type"],
  sameName: (olds, news) => olds.name === news.name,
  label: ({ name }) => String(name),

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

  find: (client, { name }) => client.find<Remote>(path`/work_pools/${name}`),
  get: (client, id) => client.find<Remote>(path`/work_pools/${id}`),

  create: (client, args) =>
    client.post<Remote>("/work_pools/", {
      name: args.name,
      type: args.type,
      base_job_template: templateOf(args),
      description: args.description,
      is_paused: args.isPaused,
      concurrency_limit: args.concurrencyLimit,
      storage_configuration: storageToApi(args.storageConfiguration),
    }),

  async update(client, id, { news, changed }) {
    const body: Json = {};
    if (changed.has("description")) body.description = news.description ?? null;
    if (changed.has("isPaused")) body.is_paused = news.isPaused ?? false;
    if (changed.has("concurrencyLimit")) body.concurrency_limit = news.concurrencyLimit ?? null;
    if (changed.has("baseJobTemplate")) body.base_job_template = templateOf(news);
    if (changed.has("storageConfiguration")) {
      // Prefect takes no null here: an empty configuration is what clears it
      body.storage_configuration = storageToApi(news.storageConfiguration ?? {});
    }
    if (!(await client.patchIfChanged(path`/work_pools/${id}`, body))) return undefined;
    return { name: id } as Remote;
  },

  async delete(client, id) {
    const users = await deploymentsOf(client, { work_pools: { name: { any_: [id] } } });
    if (users.length > 0) {
      throw new PrefectError(
        `still has deployments that this stack doesn't delete (${users.join(", ")}), which Prefect would leave without a pool; ` +
          "delete them or move them to another pool first",
      );
    }
    await client.delete(path`/work_pools/${id}`);
  },

  id: ({ name }) => name,

  fromApi: (remote) => ({
    name: remote.name,
    type: remote.type,
    description: remote.description ?? undefined,
    isPaused: remote.is_paused,
    concurrencyLimit: remote.concurrency_limit ?? undefined,
    baseJobTemplate: remote.base_job_template,
    storageConfiguration: storageFromApi(remote.storage_configuration),
  }),

  outputs: ({ id }) => ({ uuid: id }),
  page: ({ name }) => path`/work-pools/work-pool/${name}`,
};

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

function storageToApi(storage: StorageConfiguration | undefined): Json | undefined {
  return (
    storage && {
      bundle_upload_step: storage.bundleUploadStep,
      bundle_execution_step: storage.bundleExecutionStep,
      default_result_storage_block_id: storage.defaultResultStorageBlockId,
    }
  );
}

function storageFromApi(storage: Json | null): StorageConfiguration | undefined {
  const found = Object.entries({
    bundleUploadStep: storage?.bundle_upload_step,
    bundleExecutionStep: storage?.bundle_execution_step,
    defaultResultStorageBlockId: storage?.default_result_storage_block_id,
  }).filter(([, value]) => value !== null && value !== undefined);
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

/** A work pool: where runs wait for a worker of its type. Its Pulumi id is its name. */
export class WorkPool extends PrefectResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly type: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly isPaused: pulumi.Output<boolean | undefined>;
  declare readonly concurrencyLimit: pulumi.Output<number | undefined>;
  declare readonly baseJobTemplate: pulumi.Output<Json | undefined>;
  declare readonly storageConfiguration: pulumi.Output<StorageConfiguration | undefined>;

  constructor(name: string, args: Inputs<WorkPoolArgs>, opts?: pulumi.CustomResourceOptions) {
    super(workPool, name, { ...args, name: args.name ?? name }, { opts, outputs: ["uuid"] });
  }
}
