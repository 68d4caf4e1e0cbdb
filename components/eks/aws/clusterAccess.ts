/** @ts-ignore its types are only there for those who use EKS */
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { eksKubeconfig } from "../kubernetes/kubeconfig";
import { awsRegion } from "./region";

interface ControlPlane {
  name: pulumi.Input<string>;
  endpoint: pulumi.Input<string>;
  certificateAuthority: pulumi.Input<string>;
}

/** How a cluster of EKS is reached by whoever runs Pulumi, by the AWS profile that Pulumi uses. */
export function kubeconfigOf({ name, endpoint, certificateAuthority }: ControlPlane): pulumi.Output<string> {
  const profile = pulumi.runtime.getConfig("aws:profile") || process.env.AWS_PROFILE || undefined;
  return pulumi
    .all([name, awsRegion(), endpoint, certificateAuthority])
    .apply(([name, region, endpoint, certificateAuthority]) =>
      eksKubeconfig({ name, region, endpoint, certificateAuthority, profile }),
    );
}

/** The provider of what is made in a cluster. */
export function providerArgs(kubeconfig: pulumi.Input<string>, clusterIdentifier: string): k8s.ProviderArgs {
  // a change of credentials is changed in place, as pods that refer to them can't do without
  return { kubeconfig, clusterIdentifier, enableSecretMutable: true };
}
