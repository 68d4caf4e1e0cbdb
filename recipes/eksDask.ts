import type * as pulumi from "@pulumi/pulumi";
import type { DeploymentBuilder, DeploymentPlan } from "../components/builder";
import { Deployer, type DeployerArgs, type Transform } from "../components/deployer";
import type { KubernetesCluster } from "../components/eks/aws/cluster";
import type { FlowIdentity } from "../components/eks/aws/flowIdentity";
import type { DaskOperator } from "../components/eks/dask/daskOperator";
import { onDask, saysDask } from "../components/eks/dask/onDask";
import type { SharedDaskCluster } from "../components/eks/dask/sharedDaskCluster";
import { deployerFailures } from "../components/eks/deployerRules";
import type { EksArgs, EksTransforms } from "../components/eks/eksArgs";
import { daskOf, eksInfrastructure, podsOf } from "../components/eks/eksInfrastructure";
import type { KubernetesWorker } from "../components/eks/kubernetes/kubernetesWorker";
import { onKubernetes } from "../components/eks/kubernetes/onKubernetes";
import { requirePackages } from "../components/eks/packages";
import { bucketCode } from "../components/eks/storage/bucketCode";
import { gitCode } from "../components/eks/storage/gitCode";
import { imageCode } from "../components/eks/storage/imageCode";
import { packageInImage } from "../components/eks/storage/packageInImage";
import { persistedResults } from "../components/eks/storage/persistedResults";
import type { ResultStorage } from "../components/eks/storage/resultStorage";
import { metadata } from "../components/metadata";
import { refuseWrong } from "../components/recipeArguments";
import { schedules } from "../components/schedules";

export interface EksDaskDeployerArgs extends DeployerArgs, EksArgs {
  transform?: EksTransforms & { deployment?: Transform<DeploymentPlan> };
}

/**
 * Deploys flows to a cluster of EKS: the cluster, a bucket for code and results, a worker, Dask, and the deployments. What several
 * deployers of a program need alike is made once.
 *
 * @throws RunError when an argument is wrong, a package is missing, or neither AWS's region nor Prefect's server is configured
 *
 * @example
 * new EksDaskDeployer("prod", {
 *   deployments: [{ name: "nightly", entrypoint: "flows.py:add_two_numbers_flow", path: "flows" }],
 *   cpu: 0.8,
 *   memory: "1.5Gi",
 *   dask: { workers: 5 },
 *   resultStorage: { path: "results" },
 * });
 */
export class EksDaskDeployer extends Deployer {
  readonly cluster: KubernetesCluster;
  readonly resultStorage: ResultStorage;
  readonly flowIdentity: FlowIdentity;
  readonly worker: KubernetesWorker;
  /** Undefined when nothing runs on Dask. */
  readonly daskOperator?: DaskOperator;
  /** Undefined unless runs share a Dask cluster. */
  readonly daskCluster?: SharedDaskCluster;

  constructor(name: string, args: EksDaskDeployerArgs, opts?: pulumi.ComponentResourceOptions) {
    const recipe = `EksDaskDeployer "${name}"`;
    refuseWrong(recipe, args, (given) => deployerFailures(given, new.target !== EksDaskDeployer));
    requirePackages(recipe);
    const kept = { protect: opts?.protect, retainOnDelete: opts?.retainOnDelete };
    const infrastructure = eksInfrastructure(name, args, kept);
    const { region, api, storage, identity, worker, operator, daskCluster, ownDask } = infrastructure;
    const { workPoolName, secretName } = worker;
    const onPods = (given: EksArgs) =>
      onKubernetes(worker, { cpu: args.cpu, memory: args.memory, ...podsOf(given, infrastructure) });
    const withDask = { ...args, dask: args.dask ?? {} };
    const builders = [
      ...codeOf(name, args, storage),
      schedules(),
      metadata(),
      persistedResults({ storage, workPoolName, env: { AWS_DEFAULT_REGION: region } }),
      eachBy((plan) => onPods(saysDask(plan) ? withDask : args)),
      onDask({
        dask: daskOf(withDask),
        whereSaid: args.dask ? undefined : ownDask,
        pods: podsOf(withDask, infrastructure),
        daskCluster,
        api,
        workPoolName,
        secretName,
        storage,
      }),
    ];
    super("meta-prefect:recipes:EksDaskDeployer", name, args, builders, opts);
    this.cluster = infrastructure.cluster;
    this.resultStorage = storage;
    this.flowIdentity = identity;
    this.worker = worker;
    this.daskOperator = operator ?? this.made(ownDask).operator;
    this.daskCluster = daskCluster;
  }
}

/** A builder that is another one for some deployments. */
function eachBy(choose: (plan: DeploymentPlan) => DeploymentBuilder): DeploymentBuilder {
  return {
    build: (plan, context) => choose(plan).build(plan, context),
    requires: (plan, context) => choose(plan).requires?.(plan, context) ?? [],
  };
}

function codeOf(name: string, args: EksArgs, storage: ResultStorage): DeploymentBuilder[] {
  const { git, imageDirectory } = args.source ?? {};
  if (git) return [gitCode(git), packageInImage(args)];
  return imageDirectory === undefined ? [bucketCode(name, storage)] : [imageCode(imageDirectory), packageInImage(args)];
}
