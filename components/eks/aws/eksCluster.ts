/** @ts-ignore its types are only there for those who use EKS */
import type * as eks from "@pulumi/aws/eks";
/** @ts-ignore its types are only there for those who use EKS */
import type * as iam from "@pulumi/aws/iam";
/** @ts-ignore its types are only there for those who use EKS */
import type * as kms from "@pulumi/aws/kms";
/** @ts-ignore its types are only there for those who use EKS */
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../../deployer";
import { transformed } from "../../deployer";
import { kubernetes } from "../kubernetes/kubernetes";
import { aws } from "./aws";
import { awsTags } from "./awsTags";
import type { ClusterArgs, KubernetesCluster } from "./cluster";
import { kubeconfigOf, providerArgs } from "./clusterAccess";
import { awsRegion, partitionOf } from "./region";
import { serviceRole } from "./serviceRole";

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
    this.kubeconfig = kubeconfigOf({ name: this.name, endpoint, certificateAuthority: certificateAuthority.data });
    this.provider = new kubernetes.Provider(name, providerArgs(this.kubeconfig, args.name ?? name), own);
    this.registerOutputs();
  }
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
