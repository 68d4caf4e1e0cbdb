/** @ts-ignore its types are only there for those who use EKS */
import type * as eks from "@pulumi/aws/eks";
/** @ts-ignore its types are only there for those who use EKS */
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../../deployer";
import { shared } from "../../infrastructure";
import { comparable } from "../comparable";
import { type Kept, keptBy } from "../kept";
import { EksCluster } from "./eksCluster";
import { ExistingCluster } from "./existingCluster";

/** The cluster that flows run on: one that is made, unless `existingName`, `kubeconfig` or `provider` names one that exists. */
export interface ClusterArgs {
  /** Name of the cluster to make. A change replaces it. @default "<project>-<stack>" */
  name?: string;
  /** Name of a cluster of EKS that exists. */
  existingName?: string;
  /** Reaches a cluster that exists, as YAML or JSON. With `existingName`, its pods can get rights on AWS by EKS Pod Identity. */
  kubeconfig?: pulumi.Input<string>;
  /** Reaches a cluster that exists. */
  provider?: k8s.Provider;
  /** ARN of the IAM OpenID Connect provider of a cluster that exists; with it pods get rights on AWS by it (IRSA), not by EKS Pod Identity. */
  oidcProviderArn?: string;
  /** Kubernetes version of the cluster to make. A higher one upgrades it in place. @default "1.35" */
  version?: string;
  /** Subnets of the cluster to make, in at least two availability zones. @default those of the default VPC */
  subnetIds?: pulumi.Input<string[]>;
  /** Whether the Kubernetes API can be reached from outside of the VPC. @default true */
  endpointPublicAccess?: boolean;
  /** Whether it can be reached from within the VPC without leaving it. @default true */
  endpointPrivateAccess?: boolean;
  /** The networks that may reach the public endpoint. @default all */
  publicAccessCidrs?: string[];
  /** Parts of the control plane whose logs go to CloudWatch. @default ["api", "audit", "authenticator"] */
  enabledClusterLogTypes?: string[];
  /** ARNs of roles and users who may do everything in the cluster to make, besides who makes it. @default none */
  admins?: string[];
  /** Keeps the cluster from being deleted by Pulumi. @default false */
  protect?: boolean;
  /** Leaves the cluster, with its roles and its key, on AWS when it goes from the stack. @default false */
  retainOnDelete?: boolean;
}

/** A Kubernetes cluster, as what works in it needs it. */
export interface KubernetesCluster {
  provider: k8s.Provider;
  /** Undefined for a cluster that is reached by a provider of the program's own. */
  kubeconfig?: pulumi.Output<string>;
  /** Its name in EKS, for EKS Pod Identity. */
  name?: pulumi.Input<string>;
  /** For IRSA, in place of EKS Pod Identity. */
  oidcProviderArn?: string;
}

/** Whether the arguments name a cluster that exists. */
export function isExisting({ existingName, kubeconfig, provider }: ClusterArgs): boolean {
  return existingName !== undefined || kubeconfig !== undefined || provider !== undefined;
}

interface MadeCluster {
  tags?: Record<string, string>;
  transform?: Transform<eks.ClusterArgs>;
}

/** The cluster of the name, made once in a program. Of one that exists nothing is tagged or transformed. */
export function sharedCluster(name: string, args: ClusterArgs, made: MadeCluster, kept: Kept): KubernetesCluster {
  const isThere = isExisting(args);
  return shared<{ cluster: EksCluster | ExistingCluster }>({
    name: `cluster "${name}"`,
    given: comparable(isThere ? { ...args } : { ...keptBy(args, kept), ...made }),
    make: () => ({
      cluster: isThere ? new ExistingCluster(name, args) : new EksCluster(name, { ...args, ...made }, kept),
    }),
  }).cluster;
}
