/** @ts-ignore its types are only there for those who use EKS */
import type * as eks from "@pulumi/aws/eks";
/** @ts-ignore its types are only there for those who use EKS */
import type * as s3 from "@pulumi/aws/s3";
/** @ts-ignore its types are only there for those who use EKS */
import type * as k8s from "@pulumi/kubernetes";
import type { WorkPoolArgs } from "../../provider/kinds/workPool/workPool";
import type { Transform } from "../deployer";
import type { Quantity } from "../quantity";
import type { ClusterArgs } from "./aws/cluster";
import type { DaskArgs } from "./dask/daskSpec";
import type { KubernetesWorkerArgs } from "./kubernetes/kubernetesWorker";
import type { GitSource } from "./storage/gitCode";
import type { ResultStorageArgs } from "./storage/resultStorage";

/** Where runs get the flow's code: from the bucket, to which it is uploaded, unless one of these is given. */
export interface CodeSource {
  /** Each run clones this repository. */
  git?: GitSource;
  /** The recipe's `image` has the code, in this folder. */
  imageDirectory?: string;
}

/** What flows run on in EKS. */
export interface EksArgs {
  /** The cluster to make, or one that exists. Deployers that name the same share it. @default one in EKS Auto Mode, in the default VPC */
  cluster?: ClusterArgs;
  /** Where results are kept. @default a bucket of the stack's own, below "results" */
  resultStorage?: ResultStorageArgs;
  /** Where runs get the code. @default the bucket */
  source?: CodeSource;
  /** Image of the flow's pods; one of your own needs prefect-aws and, with Dask, prefect-dask and dask-kubernetes. @default Prefect's, which installs them at each start */
  image?: string;
  /** Packages that the pods install when they start, in pip's words. An image of your own that has them starts faster. @default none */
  packages?: string[];
  /** CPUs of each run's pod. @default no limit */
  cpu?: Quantity;
  /** Memory of each run's pod. @default no limit */
  memory?: Quantity;
  /** Runs tasks on Dask. @default tasks run in the flow's own pod, but for deployments that say some Dask for themselves, by `dask` or `@dask` */
  dask?: DaskArgs;
  /** The worker in the cluster. */
  worker?: KubernetesWorkerArgs;
  /** Namespace of worker and runs, which also names work pool and worker. Deployers that name the same share them. @default the name of the cluster that is made; "<project>-<stack>" on one that exists */
  namespace?: string;
  /** Address of Prefect's API as pods reach it. @default the one that the program is configured for */
  apiUrl?: string;
  /** Tags of every resource on AWS, besides project and stack. */
  awsTags?: Record<string, string>;
  transform?: EksTransforms;
}

/** The ways to what the recipe has no argument for. */
export interface EksTransforms {
  workPool?: Transform<Omit<WorkPoolArgs, "name">>;
  workerDeployment?: Transform<k8s.apps.v1.DeploymentArgs>;
  cluster?: Transform<eks.ClusterArgs>;
  bucket?: Transform<s3.BucketArgs>;
  daskOperator?: Transform<k8s.helm.v3.ReleaseArgs>;
}
