/** @ts-ignore its types are only there for those who use EKS */
import type * as eks from "@pulumi/aws/eks";
/** @ts-ignore its types are only there for those who use EKS */
import type * as iam from "@pulumi/aws/iam";
/** @ts-ignore its types are only there for those who use EKS */
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { shared } from "../../infrastructure";
import { kubernetes } from "../kubernetes/kubernetes";
import type { Namespace } from "../kubernetes/namespace";
import type { ResultStorage } from "../storage/resultStorage";
import { aws } from "./aws";
import { awsTags } from "./awsTags";
import type { KubernetesCluster } from "./cluster";
import { type BucketFolders, flowPolicy, trustOfService, trustOfServiceAccount } from "./policies";

export interface FlowIdentityArgs {
  cluster: KubernetesCluster;
  namespace: Namespace;
  /** What flows may use. */
  folders: pulumi.Input<BucketFolders>;
  /** Whether flows may make Dask clusters of their own. @default false */
  makesDaskClusters?: boolean;
  tags?: Record<string, string>;
}

/** What the Dask operator's KubeCluster does on behalf of a flow: its own objects, and a look at the pods that come of them. */
const daskRules = [
  {
    apiGroups: ["kubernetes.dask.org"],
    resources: ["daskclusters", "daskworkergroups", "daskworkergroups/scale", "daskautoscalers"],
    verbs: ["get", "list", "watch", "create", "patch", "delete"],
  },
  { apiGroups: [""], resources: ["pods", "services"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
];

/**
 * Who the pods of flows are: a service account of Kubernetes, and a role on AWS that may use the result storage alone. By EKS Pod
 * Identity, or by the cluster's OpenID Connect provider (IRSA) where its ARN is given.
 */
export class FlowIdentity extends pulumi.ComponentResource {
  readonly role: iam.Role;
  readonly policy: iam.RolePolicy;
  readonly podIdentity?: eks.PodIdentityAssociation;
  readonly serviceAccount: k8s.core.v1.ServiceAccount;
  /** Its name, known in every preview. */
  readonly serviceAccountName: string;

  constructor(name: string, args: FlowIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("meta-prefect:components:FlowIdentity", name, {}, opts);
    const own = { parent: this };
    const { cluster } = args;
    const namespace = args.namespace.name;
    const { oidcProviderArn } = cluster;
    const tags = awsTags(args.tags);
    this.serviceAccountName = accountOf(name);
    const trust =
      oidcProviderArn === undefined
        ? trustOfService("pods.eks.amazonaws.com")
        : trustOfServiceAccount(oidcProviderArn, namespace, this.serviceAccountName);
    this.role = new aws.iam.Role(`${name}-flow`, { assumeRolePolicy: JSON.stringify(trust), tags }, own);
    const policy = pulumi.output(args.folders).apply((folders) => JSON.stringify(flowPolicy(folders)));
    this.policy = new aws.iam.RolePolicy(`${name}-flow`, { role: this.role.name, policy }, own);
    const inCluster = { ...own, provider: cluster.provider, dependsOn: args.namespace.resource };
    this.serviceAccount = new kubernetes.core.ServiceAccount(
      `${name}-flow`,
      {
        metadata: {
          name: this.serviceAccountName,
          namespace,
          ...(oidcProviderArn !== undefined && { annotations: { "eks.amazonaws.com/role-arn": this.role.arn } }),
        },
      },
      inCluster,
    );
    if (oidcProviderArn === undefined && cluster.name !== undefined) {
      this.podIdentity = new aws.eks.PodIdentityAssociation(
        `${name}-flow`,
        {
          clusterName: cluster.name,
          namespace,
          serviceAccount: this.serviceAccountName,
          roleArn: this.role.arn,
          tags,
        },
        // a pod that starts before its role may do anything would fail
        { ...own, dependsOn: this.policy },
      );
    }
    if (args.makesDaskClusters) {
      const metadata = { name: `${name}-flow`, namespace };
      const role = new kubernetes.rbac.Role(`${name}-flow`, { metadata, rules: daskRules }, inCluster);
      new kubernetes.rbac.RoleBinding(
        `${name}-flow`,
        {
          metadata,
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: `${name}-flow` },
          subjects: [{ kind: "ServiceAccount", name: this.serviceAccountName, namespace }],
        },
        { ...inCluster, dependsOn: [args.namespace.resource, role] },
      );
    }
    this.registerOutputs();
  }
}

interface Parts extends Omit<FlowIdentityArgs, "folders"> {
  storage: ResultStorage;
}

/**
 * Who flows are that use the storage, made once in a program. Those that make Dask clusters may do more in Kubernetes
 * than others.
 */
export function sharedIdentity({ storage, ...args }: Parts): FlowIdentity {
  const { namespace, makesDaskClusters = false } = args;
  const name = identityName(storage, makesDaskClusters);
  return shared({
    name: `flow identity "${name}"`,
    given: { storage: storage.name, namespace: namespace.name, makesDaskClusters },
    make: () => ({ identity: new FlowIdentity(name, { ...args, folders: storage.folders }) }),
  }).identity;
}

/** The name of the service account that `sharedIdentity` makes. */
export function flowAccount(storage: ResultStorage, makesDaskClusters: boolean): string {
  return accountOf(identityName(storage, makesDaskClusters));
}

function identityName({ name }: ResultStorage, makesDaskClusters: boolean): string {
  return makesDaskClusters ? `${name}-dask` : name;
}

function accountOf(identity: string): string {
  return `${identity}-flow`;
}
