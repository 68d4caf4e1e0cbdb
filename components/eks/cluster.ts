import * as pulumi from "@pulumi/pulumi";
/** @ts-ignore its types are only there for those who use EKS */
import type * as eks from "@pulumi/aws/eks";
/** @ts-ignore its types are only there for those who use EKS */
import type * as iam from "@pulumi/aws/iam";
/** @ts-ignore its types are only there for those who use EKS */
import type * as kms from "@pulumi/aws/kms";
/** @ts-ignore its types are only there for those who use EKS */
import type * as k8s from "@pulumi/kubernetes";
import type { Transform } from "../deployer";
import { transformed } from "../deployer";
import { aws } from "./aws";
import { awsTags } from "./awsTags";
import { kubernetes } from "./kubernetes";
import { eksKubeconfig } from "./kubeconfig";
import { awsRegion, partitionOf } from "./region";
import { serviceRole } from "./serviceRole";

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

/** In EKS's standard support, without extra cost, until 27 March 2027 by its calendar of releases. */
const defaultVersion = "1.35";
/** Zones in which EKS makes no control plane, by AWS's documentation. */
const zonesWithoutEks = ["use1-az3", "usw1-az2", "cac1-az3"];
const clusterPolicies = [
  "AmazonEKSClusterPolicy",
  "AmazonEKSComputePolicy",
  "AmazonEKSBlockStoragePolicy",
  "AmazonEKSLoadBalancingPolicy",
  "AmazonEKSNetworkingPolicy",
];
const nodePolicies = ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"];

/**
 * A cluster of EKS in Auto Mode: AWS runs its nodes, storage and load balancers. Who makes it, and `admins`, may use it; secrets are
 * encrypted by a key of its own.
 */
export class EksCluster extends pulumi.ComponentResource implements KubernetesCluster {
  readonly role: iam.Role;
  readonly nodeRole: iam.Role;
  readonly key: kms.Key;
  readonly cluster: eks.Cluster;
  readonly kubeconfig: pulumi.Output<string>;
  readonly provider: k8s.Provider;
  readonly name: pulumi.Output<string>;

  constructor(
    name: string,
    args: ClusterArgs & { tags?: Record<string, string>; transform?: Transform<eks.ClusterArgs> },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("meta-prefect:components:EksCluster", name, {}, opts);
    const tags = awsTags(args.tags);
    const region = awsRegion();
    // what stays can't do without its roles and its key
    const own = { parent: this, retainOnDelete: args.retainOnDelete ?? opts?.retainOnDelete };
    const roleOf = (service: string, policies: string[], part: string) =>
      serviceRole(`${name}-${part}`, { service, policies, region, tags }, own);
    const { role, attachments } = roleOf("eks.amazonaws.com", clusterPolicies, "cluster");
    const { role: nodeRole, attachments: nodeAttachments } = roleOf("ec2.amazonaws.com", nodePolicies, "node");
    this.role = role;
    this.nodeRole = nodeRole;
    this.key = new aws.kms.Key(
      `${name}-secrets`,
      { description: `Encrypts the secrets of the EKS cluster ${name}`, enableKeyRotation: true, tags },
      own,
    );
    new aws.kms.Alias(`${name}-secrets`, { name: `alias/${name}-secrets`, targetKeyId: this.key.keyId }, own);
    this.cluster = new aws.eks.Cluster(
      name,
      transformed(args.transform, autoModeCluster(name, args, { role, nodeRole, key: this.key, tags })),
      {
        ...own,
        protect: args.protect ?? opts?.protect,
        // without its policies the cluster can neither start nor clean up
        dependsOn: [...attachments, ...nodeAttachments],
      },
    );
    for (const principalArn of args.admins ?? []) admit(this.cluster, principalArn, { name, region, tags }, own);
    this.name = this.cluster.name;
    const { endpoint, certificateAuthority } = this.cluster;
    this.kubeconfig = pulumi
      .all([this.name, region, endpoint, certificateAuthority.data])
      .apply(([name, region, endpoint, certificateAuthority]) =>
        eksKubeconfig({ name, region, endpoint, certificateAuthority, profile: awsProfile() }),
      );
    this.provider = new kubernetes.Provider(name, providerArgs(this.kubeconfig, args.name ?? name), own);
    this.registerOutputs();
  }
}

/** A cluster that exists; nothing is made but a provider that reaches it. */
export class ExistingCluster extends pulumi.ComponentResource implements KubernetesCluster {
  readonly provider: k8s.Provider;
  readonly kubeconfig?: pulumi.Output<string>;
  readonly name?: pulumi.Input<string>;
  readonly oidcProviderArn?: string;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("meta-prefect:components:ExistingCluster", name, {}, opts);
    this.name = args.existingName;
    this.oidcProviderArn = args.oidcProviderArn;
    if (args.provider) {
      this.provider = args.provider;
    } else {
      this.kubeconfig =
        args.kubeconfig === undefined
          ? kubeconfigOfExisting(args.existingName as string)
          : pulumi.secret(args.kubeconfig);
      const given = providerArgs(this.kubeconfig, args.existingName ?? name);
      this.provider = new kubernetes.Provider(name, given, { parent: this });
    }
    this.registerOutputs();
  }
}

function providerArgs(kubeconfig: pulumi.Input<string>, clusterIdentifier: string): k8s.ProviderArgs {
  // a change of credentials is changed in place, as pods that refer to them can't do without
  return { kubeconfig, clusterIdentifier, enableSecretMutable: true };
}

/** Whether the arguments name a cluster that exists. */
export function isExisting({ existingName, kubeconfig, provider }: ClusterArgs): boolean {
  return existingName !== undefined || kubeconfig !== undefined || provider !== undefined;
}

function kubeconfigOfExisting(name: string): pulumi.Output<string> {
  const found = aws.eks.getClusterOutput({ name });
  return pulumi
    .all([awsRegion(), found.endpoint, found.certificateAuthorities])
    .apply(([region, endpoint, [authority]]) =>
      eksKubeconfig({ name, region, endpoint, certificateAuthority: authority?.data ?? "", profile: awsProfile() }),
    );
}

function awsProfile(): string | undefined {
  return pulumi.runtime.getConfig("aws:profile") || process.env.AWS_PROFILE || undefined;
}

interface ClusterParts {
  role: iam.Role;
  nodeRole: iam.Role;
  key: kms.Key;
  tags: Record<string, string>;
}

function autoModeCluster(
  name: string,
  args: ClusterArgs,
  { role, nodeRole, key, tags }: ClusterParts,
): eks.ClusterArgs {
  return {
    name: args.name ?? name,
    version: args.version ?? defaultVersion,
    roleArn: role.arn,
    accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true },
    bootstrapSelfManagedAddons: false,
    computeConfig: { enabled: true, nodePools: ["general-purpose", "system"], nodeRoleArn: nodeRole.arn },
    storageConfig: { blockStorage: { enabled: true } },
    kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
    vpcConfig: {
      subnetIds: args.subnetIds ?? defaultSubnets(),
      endpointPublicAccess: args.endpointPublicAccess ?? true,
      endpointPrivateAccess: args.endpointPrivateAccess ?? true,
      ...(args.publicAccessCidrs && { publicAccessCidrs: args.publicAccessCidrs }),
    },
    encryptionConfig: { provider: { keyArn: key.arn }, resources: ["secrets"] },
    enabledClusterLogTypes: args.enabledClusterLogTypes ?? ["api", "audit", "authenticator"],
    // an upgrade is a change of the program, not a surprise; until then AWS goes on supporting the version
    upgradePolicy: { supportType: "EXTENDED" },
    tags,
  };
}

/** The subnets of the default VPC in which EKS makes control planes. */
function defaultSubnets(): pulumi.Output<string[]> {
  const subnets = async () => {
    const { id } = await aws.ec2.getVpc({ default: true });
    const { zoneIds } = await aws.getAvailabilityZones({ state: "available", excludeZoneIds: zonesWithoutEks });
    const filters = [
      { name: "vpc-id", values: [id] },
      { name: "default-for-az", values: ["true"] },
      { name: "availability-zone-id", values: zoneIds },
    ];
    return (await aws.ec2.getSubnets({ filters })).ids;
  };
  return pulumi.output(subnets());
}

interface Admission {
  name: string;
  region: pulumi.Output<string>;
  tags: Record<string, string>;
}

/** Lets a role or user do everything in the cluster. */
function admit(
  cluster: eks.Cluster,
  principalArn: string,
  { name, region, tags }: Admission,
  opts: pulumi.CustomResourceOptions,
): void {
  const child = `${name}-${principalArn.split(":").at(-1)}`;
  const entry = new aws.eks.AccessEntry(child, { clusterName: cluster.name, principalArn, tags }, opts);
  const policyArn = region.apply(
    (region) => `arn:${partitionOf(region)}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`,
  );
  new aws.eks.AccessPolicyAssociation(
    child,
    { clusterName: cluster.name, principalArn: entry.principalArn, policyArn, accessScope: { type: "cluster" } },
    opts,
  );
}
