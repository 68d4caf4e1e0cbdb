import type * as pulumi from "@pulumi/pulumi";
import type { DeploymentBuilder, DeploymentPlan } from "../components/builder";
import { Deployer, type DeployerArgs, type Transform } from "../components/deployer";
import { bucketCode } from "../components/eks/bucketCode";
import type { KubernetesCluster } from "../components/eks/cluster";
import type { DaskOperator } from "../components/eks/daskOperator";
import { deployerFailures } from "../components/eks/deployerRules";
import type { EksArgs, EksTransforms } from "../components/eks/eksArgs";
import { daskOf, eksInfrastructure, podsOf } from "../components/eks/eksInfrastructure";
import type { FlowIdentity } from "../components/eks/flowIdentity";
import { gitCode } from "../components/eks/gitCode";
import { imageCode } from "../components/eks/imageCode";
import type { KubernetesWorker } from "../components/eks/kubernetesWorker";
import { onDask } from "../components/eks/onDask";
import { onKubernetes } from "../components/eks/onKubernetes";
import { requirePackages } from "../components/eks/packages";
import { persistedResults } from "../components/eks/persistedResults";
import type { ResultStorage } from "../components/eks/resultStorage";
import type { SharedDaskCluster } from "../components/eks/sharedDaskCluster";
import { metadata } from "../components/metadata";
import { schedules } from "../components/schedules";
import type { Json } from "../provider/kind";
import { programError } from "../provider/programError";

export interface EksDaskDeployerArgs extends DeployerArgs, EksArgs {
  transform?: EksTransforms & { deployment?: Transform<DeploymentPlan> };
}

/**
 * Deploys flows to a cluster of EKS: the cluster, a bucket for code and results, a worker, Dask, and the deployments. What several
 * deployers of a program need alike is made once.
 *
 * @throws RunError when an argument is wrong, a package is missing, or neither AWS's region nor Prefect's server is configured
 */
export class EksDaskDeployer extends Deployer {
  readonly cluster: KubernetesCluster;
  readonly resultStorage: ResultStorage;
  readonly flowIdentity: FlowIdentity;
  readonly worker: KubernetesWorker;
  /** Undefined without Dask. */
  readonly daskOperator?: DaskOperator;
  /** Undefined unless runs share a Dask cluster. */
  readonly daskCluster?: SharedDaskCluster;

  constructor(name: string, args: EksDaskDeployerArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArguments(`EksDaskDeployer "${name}"`, args);
    const kept = { protect: opts?.protect, retainOnDelete: opts?.retainOnDelete };
    const infrastructure = eksInfrastructure(name, args, kept);
    const { region, api, storage, identity, worker, operator, daskCluster } = infrastructure;
    const pods = podsOf(args, infrastructure);
    const { workPoolName, secretName } = worker;
    const dask = daskOf(args);
    const builders = [
      codeOf(name, args, storage),
      schedules(),
      metadata(),
      persistedResults(storage, region, workPoolName),
      onKubernetes(worker, { cpu: args.cpu, memory: args.memory, ...pods }),
      ...(dask ? [onDask({ dask, pods, daskCluster, api, workPoolName, secretName, storage })] : []),
    ];
    super("meta-prefect:recipes:EksDaskDeployer", name, args, builders, opts);
    this.cluster = infrastructure.cluster;
    this.resultStorage = storage;
    this.flowIdentity = identity;
    this.worker = worker;
    this.daskOperator = operator;
    this.daskCluster = daskCluster;
  }
}

function checkArguments(recipe: string, args: EksDaskDeployerArgs): void {
  if (typeof args !== "object" || args === null || Array.isArray(args))
    throw programError(`${recipe}: its arguments must be an object`);
  const failures = deployerFailures(args as unknown as Json);
  if (failures.length > 0) {
    throw programError(`${recipe}: ${failures.map(({ property, reason }) => `${property}: ${reason}`).join("; ")}`);
  }
  requirePackages(recipe);
}

function codeOf(name: string, { source = {} }: EksArgs, storage: ResultStorage): DeploymentBuilder {
  if (source.git) return gitCode(source.git);
  return source.imageDirectory === undefined ? bucketCode(name, storage) : imageCode(source.imageDirectory);
}
