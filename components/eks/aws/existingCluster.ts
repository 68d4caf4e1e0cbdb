/** @ts-ignore its types are only there for those who use EKS */
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { kubernetes } from "../kubernetes/kubernetes";
import { aws } from "./aws";
import type { ClusterArgs, KubernetesCluster } from "./cluster";
import { kubeconfigOf, providerArgs } from "./clusterAccess";

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

function kubeconfigOfExisting(name: string): pulumi.Output<string> {
  const { endpoint, certificateAuthorities } = aws.eks.getClusterOutput({ name });
  const certificateAuthority = certificateAuthorities.apply(([authority]) => authority?.data ?? "");
  return kubeconfigOf({ name, endpoint, certificateAuthority });
}
