/** What reaches a cluster of EKS. */
export interface ClusterAddress {
  name: string;
  region: string;
  /** Address of the Kubernetes API. */
  endpoint: string;
  /** Certificate of its authority, in Base64. */
  certificateAuthority: string;
  /** The AWS profile that Pulumi uses, if it uses one. */
  profile?: string;
}

/** A kubeconfig that holds no secret: who uses it gets a token by `aws eks get-token`, by their own rights on AWS. */
export function eksKubeconfig({ name, region, endpoint, certificateAuthority, profile }: ClusterAddress): string {
  const args = ["--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"];
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "aws",
    args,
    env: profile === undefined ? null : [{ name: "AWS_PROFILE", value: profile }],
    interactiveMode: "IfAvailable",
    provideClusterInfo: false,
  };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: endpoint, "certificate-authority-data": certificateAuthority } }],
    users: [{ name, user: { exec } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}
