import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { shared } from "../infrastructure";
import { EksCluster, ExistingCluster, isExisting, type KubernetesCluster } from "./cluster";
import { DaskOperator } from "./daskOperator";
import type { DaskArgs, DaskPods } from "./daskSpec";
import type { EksArgs } from "./eksArgs";
import { FlowIdentity } from "./flowIdentity";
import { flowImage, flowPackages } from "./images";
import { KubernetesWorker } from "./kubernetesWorker";
import { makeNamespace, type Namespace } from "./namespace";
import { plainVariables } from "./onDask";
import { packageEnvironment } from "./onKubernetes";
import { resultEnvironment } from "./persistedResults";
import { apiEnvironment, type PrefectApi, prefectApi } from "./prefectApi";
import { awsRegion } from "./region";
import { defaultPath, ResultStorage } from "./resultStorage";
import { SharedDaskCluster } from "./sharedDaskCluster";
import { comparable } from "./comparable";
import { slugOf } from "./slug";

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
  /** Undefined without Dask. */
  operator?: DaskOperator;
  /** Undefined unless runs share a Dask cluster. */
  daskCluster?: SharedDaskCluster;
}

/** How long a name may be to which AWS's and Pulumi's own endings are added. */
const longestName = 40;

/**
 * Makes it, or what of it isn't made yet.
 *
 * @param name the recipe's Pulumi name
 * @throws RunError when neither AWS's region nor Prefect's server is configured, or recipes that share something want it differently
 */
export function eksInfrastructure(name: string, args: EksArgs, kept: Kept): EksInfrastructure {
  const names = namesOf(args);
  const region = awsRegion();
  const api = prefectApi(`EksDaskDeployer "${name}"`, args.apiUrl);
  const cluster = sharedCluster(names, args, kept);
  const namespace = sharedNamespace(names, cluster);
  const storage = sharedStorage(names.base, args, kept);
  const identity = sharedIdentity(args, { cluster, namespace, storage });
  const worker = sharedWorker(names.base, args, { cluster, namespace, api });
  const operator = args.dask && sharedOperator(names, args, cluster);
  const made = { region, api, cluster, namespace, storage, identity, worker, operator };
  return {
    ...made,
    daskCluster: args.dask?.shared ? daskClusterOfAll(`${names.base}-${slugOf(name)}`, args, made) : undefined,
  };
}

interface Names {
  /** What a stack's things are called that have no name of their own. */
  home: string;
  /** Tells one cluster from another. */
  cluster: string;
  /** The namespace, and what worker, pool, bucket and roles are called after. */
  base: string;
}

function namesOf({ cluster = {}, namespace }: EksArgs): Names {
  const slug = slugOf(`${pulumi.getProject()}-${pulumi.getStack()}`);
  // names of Kubernetes begin with a letter
  const home = shortened(/^[a-z]/.test(slug) ? slug : `stack-${slug}`);
  const base = namespace ?? (isExisting(cluster) ? home : slugOf(cluster.name ?? home));
  return { home, base, cluster: cluster.existingName ?? cluster.name ?? home };
}

/** Options of the recipe that bucket and cluster inherit. */
type Kept = Pick<pulumi.ComponentResourceOptions, "protect" | "retainOnDelete">;

/** Arguments with what they inherit. */
function keptBy<Args extends Kept>(args: Args, kept: Kept): Args {
  return {
    ...args,
    protect: args.protect ?? kept.protect,
    retainOnDelete: args.retainOnDelete ?? kept.retainOnDelete,
  };
}

/** The pods of a recipe's flows and Dask clusters, but for their environment. */
export function podsOf(args: EksArgs, { namespace, identity }: Pick<EksInfrastructure, "namespace" | "identity">) {
  // an image of the user's own has what it needs
  const packages = args.image === undefined ? flowPackages(args.dask !== undefined) : [];
  return {
    namespace: namespace.name,
    image: args.image ?? flowImage,
    serviceAccount: identity.serviceAccountName,
    packages: [...packages, ...(args.packages ?? [])],
  };
}

/** What a recipe says of Dask, with what it says of all pods; undefined without Dask. */
export function daskOf({ cpu, memory, dask }: EksArgs): DaskArgs | undefined {
  return dask && { cpu, memory, ...dask };
}

function sharedCluster(names: Names, args: EksArgs, kept: Kept): KubernetesCluster {
  const { cluster = {}, awsTags: tags, transform } = args;
  return shared<{ cluster: EksCluster | ExistingCluster }>({
    name: `cluster "${names.cluster}"`,
    given: comparable(
      isExisting(cluster) ? { ...cluster } : { ...keptBy(cluster, kept), tags, transform: transform?.cluster },
    ),
    make: () => ({
      cluster: isExisting(cluster)
        ? new ExistingCluster(names.cluster, cluster)
        : new EksCluster(names.cluster, { ...cluster, tags, transform: transform?.cluster }, kept),
    }),
  }).cluster;
}

function sharedNamespace({ base, cluster: given }: Names, cluster: KubernetesCluster): Namespace {
  const make = () => ({ resource: makeNamespace(base, cluster) });
  return { name: base, ...shared({ name: `namespace "${base}"`, given: { cluster: given }, make }) };
}

function sharedStorage(
  base: string,
  { resultStorage = {}, awsTags: tags, transform }: EksArgs,
  kept: Kept,
): ResultStorage {
  const folder = slugOf(resultStorage.path ?? defaultPath);
  const name = folder === defaultPath ? base : shortened(`${base}-${folder}`);
  return shared({
    name: `result storage "${name}"`,
    given: comparable({ ...keptBy(resultStorage, kept), tags, transform: transform?.bucket }),
    make: () => ({ storage: new ResultStorage(name, { ...resultStorage, tags, transform: transform?.bucket }, kept) }),
  }).storage;
}

/** A name that is too long, cut and told from others by a hash. */
function shortened(name: string): string {
  if (name.length <= longestName) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 6);
  return `${name.slice(0, longestName - 7).replace(/-$/, "")}-${hash}`;
}

function sharedIdentity(
  { dask, awsTags: tags }: EksArgs,
  { cluster, namespace, storage }: Pick<EksInfrastructure, "cluster" | "namespace" | "storage">,
): FlowIdentity {
  // flows that make Dask clusters may do more in Kubernetes than others
  const makesDaskClusters = dask !== undefined && dask.shared !== true;
  const name = makesDaskClusters ? `${storage.name}-dask` : storage.name;
  return shared({
    name: `flow identity "${name}"`,
    given: { storage: storage.name, namespace: namespace.name, makesDaskClusters },
    make: () => ({
      identity: new FlowIdentity(name, { cluster, namespace, folders: storage.folders, makesDaskClusters, tags }),
    }),
  }).identity;
}

function sharedWorker(
  name: string,
  { worker: given, apiUrl, transform }: EksArgs,
  parts: Pick<EksInfrastructure, "cluster" | "namespace" | "api">,
): KubernetesWorker {
  const { workPool, workerDeployment } = transform ?? {};
  return shared({
    name: `worker "${name}"`,
    given: comparable({ ...given, apiUrl, workPool, workerDeployment }),
    make: () => ({ worker: new KubernetesWorker(name, { ...given, ...parts, transform }) }),
  }).worker;
}

function sharedOperator(
  names: Names,
  { dask, transform, cluster = {} }: EksArgs,
  reached: KubernetesCluster,
): DaskOperator {
  const args = { install: dask?.installOperator, transform: transform?.daskOperator };
  // stacks that share a cluster that exists know theirs by its name
  const name = slugOf(isExisting(cluster) ? `${names.home}-${names.cluster}` : names.cluster);
  return shared({
    name: `Dask operator of cluster "${names.cluster}"`,
    given: comparable(args),
    make: () => ({ operator: new DaskOperator(name, { cluster: reached, ...args }) }),
  }).operator;
}

function daskClusterOfAll(
  name: string,
  args: EksArgs,
  made: Omit<EksInfrastructure, "daskCluster">,
): SharedDaskCluster {
  const { api, cluster, identity, worker, operator, storage, region } = made;
  const { packages, ...pods } = podsOf(args, made);
  const environment = { ...resultEnvironment(storage, region), ...packageEnvironment(packages) };
  const env = [...apiEnvironment(api, worker.secretName), ...plainVariables(environment)];
  const dask = daskOf(args) ?? {};
  const daskPods: DaskPods = { ...pods, image: dask.image ?? pods.image, env };
  const dependsOn = pulumi.output(operator?.installed ?? []).apply((installed) => [...installed, identity, worker]);
  return new SharedDaskCluster(name, { cluster, dask, pods: daskPods, dependsOn });
}
