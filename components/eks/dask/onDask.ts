import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Json } from "../../../provider/engine/kind";
import type { DeploymentBuilder, DeploymentPlan } from "../../builder";
import { heeding } from "../../flowNeeds";
import type { Infrastructure } from "../../infrastructure";
import { apiEnvironment, type PrefectApi } from "../kubernetes/prefectApi";
import { codeObject, fetchStep } from "../storage/bucketCode";
import type { ResultStorage } from "../storage/resultStorage";
import { deploymentDaskFailures } from "./daskRules";
import { type DaskArgs, type DaskPods, ownClusterRunner } from "./daskSpec";
import type { SharedDaskCluster } from "./sharedDaskCluster";

export interface OnDaskArgs {
  /** What the recipe says of Dask. */
  dask: DaskArgs;
  /**
   * What has to be there where only those deployments run on Dask that say something of it for themselves.
   *
   * @default all run on Dask that don't say otherwise
   */
  whereSaid?: Infrastructure;
  /** The pool whose runs it is for. */
  workPoolName: string;
  /** Its pods, but for their environment, which is the deployment's. */
  pods: Omit<DaskPods, "env">;
  /** The cluster that all runs share; undefined when each has its own. */
  daskCluster?: SharedDaskCluster;
  api: PrefectApi;
  secretName: string;
  storage: ResultStorage;
}

const script = path.join(__dirname, "..", "..", "..", "..", "components", "eks", "dask", "on_dask.py");

/**
 * Runs a deployment's tasks on Dask: its entrypoint becomes a module that takes the flow from its own, and gives it a DaskTaskRunner
 * that is set by an environment variable.
 */
export function onDask(args: OnDaskArgs): DeploymentBuilder {
  return {
    build(plan) {
      const failures = deploymentDaskFailures(plan.dask ?? {}, args.daskCluster !== undefined);
      const { enabled: isWanted = true, replacesTaskRunner = false, ...own } = plan.dask ?? {};
      const enabled = args.whereSaid ? saysDask(plan) : isWanted;
      // another pool's pods lack what Dask needs
      if (!enabled || plan.workPoolName !== args.workPoolName) {
        return {
          ...(enabled ? plan : heeding(plan, { dask: false })),
          failures: [...(plan.failures ?? []), ...failures],
        };
      }
      const flow = plan.facts?.needs?.dask;
      // the number of workers of a cluster that is shared is the recipe's alone
      const said = flow && !args.daskCluster && !saysCount(own) ? { ...flow, ...own } : own;
      const dask = { ...withoutCounts(args.dask, said), ...said };
      const module = daskModule(plan.entrypoint, replacesTaskRunner);
      const { env, ...variables } = plan.jobVariables ?? {};
      const environment = env as Json;
      return {
        ...(args.daskCluster ? plan : heeding(plan, { dask: said !== own })),
        entrypoint: `${module.name}.py:${module.flow}`,
        codeEntrypoint: plan.entrypoint,
        pullSteps: [...(plan.pullSteps ?? []), fetchStep(args.storage, module.hash)],
        jobVariables: { ...variables, env: { ...environment, META_PREFECT__DASK: runnerOf(args, dask, environment) } },
        failures: [...(plan.failures ?? []), ...failures],
      };
    },
    requires(plan) {
      if (plan.codeEntrypoint === undefined) return [];
      const { daskCluster, whereSaid } = args;
      return [
        uploadedModule(plan, args.storage),
        ...(daskCluster ? [{ name: `Dask cluster ${daskCluster.address}`, make: () => ({ daskCluster }) }] : []),
        ...(whereSaid ? [whereSaid] : []),
      ];
    },
  };
}

/** Whether a deployment or its flow says something of Dask, other than that it does without. */
export function saysDask({ dask, facts }: DeploymentPlan): boolean {
  return (dask ?? facts?.needs?.dask) !== undefined && dask?.enabled !== false;
}

/** What a deployment says of the number of workers takes the place of all that the recipe says of it. */
function withoutCounts(recipe: DaskArgs, own: Partial<DaskArgs>): DaskArgs {
  const { workers, minWorkers, maxWorkers, ...rest } = recipe;
  return saysCount(own) ? rest : { ...rest, workers, minWorkers, maxWorkers };
}

function saysCount({ workers, minWorkers, maxWorkers }: Partial<DaskArgs>): boolean {
  return workers !== undefined || minWorkers !== undefined || maxWorkers !== undefined;
}

/** The arguments of the run's DaskTaskRunner, as JSON. */
function runnerOf(
  { daskCluster, pods, api, secretName }: OnDaskArgs,
  dask: DaskArgs,
  environment: Json,
): pulumi.Input<string> {
  if (daskCluster) return JSON.stringify({ address: daskCluster.address });
  const env = [...apiEnvironment(api, secretName), ...plainVariables(environment)];
  return pulumi.jsonStringify(ownClusterRunner(dask, { ...pods, image: dask.image ?? pods.image, env }));
}

/** Environment variables in Kubernetes' own words. */
export function plainVariables(environment: Json): Json[] {
  return Object.entries(environment).map(([name, value]) => ({ name, value }));
}

/** A Python module that gives a flow its DaskTaskRunner. */
export interface DaskModule {
  /** Without ".py". */
  name: string;
  /** Name of the flow in it. */
  flow: string;
  text: string;
  hash: string;
}

/** The module that stands for a flow. */
export function daskModule(entrypoint: string, replacesTaskRunner: boolean): DaskModule {
  const flow = entrypoint.split(/[:.]/).at(-1) as string;
  const lines: Record<string, string> = {
    ENTRYPOINT: `ENTRYPOINT = ${pythonText(entrypoint)}`,
    REPLACES_TASK_RUNNER: `REPLACES_TASK_RUNNER = ${replacesTaskRunner ? "True" : "False"}`,
    flow: `${isPythonName(flow) ? flow : `globals()[${pythonText(flow)}]`} = on_dask(load(ENTRYPOINT))`,
  };
  // a function's result is put in as it is: a text's "$&" would stand for what was found
  const text = fs
    .readFileSync(script, "utf8")
    .replace(/^(ENTRYPOINT|REPLACES_TASK_RUNNER|flow) = .*$/gm, (_, variable: string) => lines[variable] as string);
  const name = `on_dask_${entrypoint.replaceAll("/", "__").replace(/\W+/g, "_")}`;
  return { name, flow, text, hash: createHash("sha256").update(text).digest("hex").slice(0, 16) };
}

/** A text as Python, in which JSON's escapes mean the same. */
function pythonText(text: string): string {
  return JSON.stringify(text);
}

/** Whether any Python takes a name as it is written: which other letters it knows, and their normal form, depends on its version. */
function isPythonName(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name);
}

function uploadedModule({ codeEntrypoint = "", dask }: DeploymentPlan, storage: ResultStorage) {
  const module = daskModule(codeEntrypoint, dask?.replacesTaskRunner ?? false);
  const name = `${storage.blockName}-${module.name}${dask?.replacesTaskRunner ? "-replacing" : ""}`;
  return {
    name,
    given: { hash: module.hash },
    make: () => ({ object: codeObject(name, `${module.hash}/${module.name}.py`, { content: module.text }, storage) }),
  };
}
