import * as pulumi from "@pulumi/pulumi";
import type { Infrastructure } from "../infrastructure";
import { isExisting, type KubernetesCluster, sharedCluster } from "./aws/cluster";
import { flowAccount, type FlowIdentity, sharedIdentity } from "./aws/flowIdentity";
import { awsRegion } from "./aws/region";
import { type DaskOperator, sharedOperator } from "./dask/daskOperator";
import type { DaskArgs, DaskPods } from "./dask/daskSpec";
import { plainVariables } from "./dask/onDask";
import { SharedDaskCluster } from "./dask/sharedDaskCluster";
import type { EksArgs } from "./eksArgs";
import { flowImage, flowPackages } from "./images";
import type { Kept } from "./kept";
import { type KubernetesWorker, sharedWorker } from "./kubernetes/kubernetesWorker";
import { type Namespace, sharedNamespace } from "./kubernetes/namespace";
import { packageEnvironment } from "./kubernetes/onKubernetes";
import { apiEnvironment, type PrefectApi, prefectApi } from "./kubernetes/prefectApi";
import { namesOf } from "./names";
import { slugOf } from "./slug";
import { resultEnvironment } from "./storage/persistedResults";
import { type ResultStorage, sharedStorage } from "./storage/resultStorage";

/** What the deployments of one recipe run on; what several recipes of a program need alike is made once. */
export interface EksInfrastructure {
  region: pulumi.Output<string>;
  /** Prefect, as pods reach it. */
  api: PrefectApi;
  cluster: KubernetesCluster;
  namespace: Namespace;
  storage: ResultStorage;
  identity: FlowIdentity;
  worker: KubernetesWorker;
  /** Undefined when the recipe says no Dask. */
  operator?: DaskOperator;
  /** What deployments need besides that run on Dask where the recipe says none. */
  ownDask: Infrastructure<{ operator: DaskOperator; identity: FlowIdentity }>;
  /** Undefined unless runs share a Dask cluster. */
  daskCluster?: SharedDaskCluster;
}

/**
 * Makes it, or what of it isn't made yet.
 *
 * @param name the recipe's Pulumi name
 * @throws RunError when neither AWS's region nor Prefect's server is configured, or recipes that share something want it differently
 */
export function eksInfrastructure(name: string, args: EksArgs, kept: Kept): EksInfrastructure {
  const { dask, awsTags: tags, transform = {} } = args;
  const names = namesOf(args);
  const region = awsRegion();
  const api = prefectApi(`EksDaskDeployer "${name}"`, args.apiUrl);
  const given = args.cluster ?? {};
  const cluster = sharedCluster(names.cluster, given, { tags, transform: transform.cluster }, kept);
  const namespace = sharedNamespace(names.base, cluster, names.cluster);
  const storage = sharedStorage(names.base, { ...args.resultStorage, tags, transform: transform.bucket }, kept);
  const identityOf = (ofDask: boolean) =>
    sharedIdentity({ cluster, namespace, storage, makesDaskClusters: ofDask, tags });
  const identity = identityOf(makesDaskClusters(args));
  const worker = sharedWorker(names.base, args.worker, { cluster, namespace, api, transform }, args.apiUrl);
  // stacks that share a cluster that exists know theirs by its name
  const operatorName = slugOf(isExisting(given) ? `${names.home}-${names.cluster}` : names.cluster);
  const operatorArgs = { cluster, install: dask?.installOperator, transform: transform.daskOperator };
  const operatorOf = () => sharedOperator(operatorName, operatorArgs, names.cluster);
  const operator = dask && operatorOf();
  const ownDask = {
    name: `Dask of single deployments of EksDaskDeployer "${name}"`,
    make: () => ({ operator: operatorOf(), identity: identityOf(true) }),
  };
  const made = { region, api, cluster, namespace, storage, identity, worker, operator, ownDask };
  return {
    ...made,
    daskCluster: dask?.shared ? daskClusterOfAll(`${names.base}-${slugOf(name)}`, args, made) : undefined,
  };
}

/** The pods of a recipe's flows and Dask clusters, but for their environment. */
export function podsOf(args: EksArgs, { namespace, storage }: Pick<EksInfrastructure, "namespace" | "storage">) {
  // an image of the user's own has what it needs
  const packages = args.image === undefined ? flowPackages(args.dask !== undefined) : [];
  return {
    namespace: namespace.name,
    image: args.image ?? flowImage,
    serviceAccount: flowAccount(storage, makesDaskClusters(args)),
    packages: [...packages, ...(args.packages ?? [])],
  };
}

/** Whether flows make Dask clusters, each its own. */
function makesDaskClusters({ dask }: EksArgs): boolean {
  return dask !== undefined && dask.shared !== true;
}

/** What a recipe says of Dask, with what it says of all pods. */
export function daskOf({ cpu, memory, dask }: EksArgs): DaskArgs {
  return { cpu, memory, ...dask };
}

/** The Dask cluster that the runs of a recipe share. */
function daskClusterOfAll(
  name: string,
  args: EksArgs,
  made: Omit<EksInfrastructure, "daskCluster">,
): SharedDaskCluster {
  const { api, cluster, identity, worker, operator, storage, region } = made;
  const { packages, ...pods } = podsOf(args, made);
  const environment = {
    ...resultEnvironment({ storage, env: { AWS_DEFAULT_REGION: region } }),
    ...packageEnvironment(packages),
  };
  const env = [...apiEnvironment(api, worker.secretName), ...plainVariables(environment)];
  const dask = daskOf(args);
  const daskPods: DaskPods = { ...pods, image: dask.image ?? pods.image, env };
  const dependsOn = pulumi.output(operator?.installed ?? []).apply((installed) => [...installed, identity, worker]);
  return new SharedDaskCluster(name, { cluster, dask, pods: daskPods, dependsOn });
}
