import type { ComponentResourceOptions } from "@pulumi/pulumi";
import {
  awsRegion,
  checkArguments,
  Deployer,
  type DeployerArgs,
  ExistingCluster,
  FlowIdentity,
  gitCode,
  kubernetesNamespace,
  KubernetesWorker,
  metadata,
  onKubernetes,
  persistedResults,
  prefectApi,
  rules,
  schedules,
  shared,
} from "meta-prefect";

export interface EksJobsDeployerArgs extends DeployerArgs {
  /** Name of the cluster of EKS, which exists. */
  cluster: string;
  /** Namespace of worker and runs, which also names the work pool. It is made. */
  namespace: string;
  /** The repository that runs clone. */
  repository: string;
  /** Bucket in which results are kept, which exists. */
  bucket: string;
  /** The block of Prefect that leads to the bucket, which exists as well. */
  block: string;
}

/** A team's own recipe: each run is a pod of a cluster that exists, its code comes from git, and its results go where the team keeps them. */
export class EksJobsDeployer extends Deployer {
  readonly worker: KubernetesWorker;
  readonly identity: FlowIdentity;

  constructor(name: string, args: EksJobsDeployerArgs, opts?: ComponentResourceOptions) {
    const recipe = `EksJobsDeployer "${name}"`;
    const { text } = rules;
    checkArguments(recipe, args, { cluster: text, namespace: text, repository: text, bucket: text, block: text });
    const { worker, identity } = jobsOnCluster(recipe, args);
    const { workPoolName } = worker;
    const builders = [
      gitCode({ repository: args.repository, branch: "main" }),
      schedules(),
      metadata(),
      persistedResults({ storage: args.block, workPoolName, env: { AWS_DEFAULT_REGION: awsRegion() } }),
      onKubernetes(worker, {
        serviceAccount: identity.serviceAccountName,
        packages: ["prefect-aws"],
        cpu: 0.5,
        memory: "1Gi",
      }),
    ];
    super("acme:recipes:EksJobsDeployer", name, args, builders, opts);
    this.worker = worker;
    this.identity = identity;
  }
}

/** What runs need on the cluster, made once for all deployers of the program that have the same namespace. */
function jobsOnCluster(recipe: string, { cluster: existingName, namespace: name, bucket }: EksJobsDeployerArgs) {
  return shared({
    name: `jobs in namespace "${name}"`,
    given: { existingName, bucket },
    make() {
      const cluster = new ExistingCluster(existingName, { existingName });
      const namespace = kubernetesNamespace(name, cluster);
      const folders = { bucketArn: `arn:aws:s3:::${bucket}`, results: name };
      return {
        worker: new KubernetesWorker(name, { cluster, namespace, api: prefectApi(recipe) }),
        identity: new FlowIdentity(name, { cluster, namespace, folders }),
      };
    },
  });
}
