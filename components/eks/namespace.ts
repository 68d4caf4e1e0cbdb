/** @ts-ignore its types are only there for those who use EKS */
import type * as k8s from "@pulumi/kubernetes";
import type { KubernetesCluster } from "./cluster";
import { kubernetes } from "./kubernetes";

/** A namespace of Kubernetes. */
export interface Namespace {
  /** Its name, known in every preview. */
  name: string;
  resource: k8s.core.v1.Namespace;
}

/** Makes the namespace in which worker and flows of a program live. */
export function makeNamespace(name: string, cluster: KubernetesCluster): k8s.core.v1.Namespace {
  const labels = { "app.kubernetes.io/managed-by": "pulumi" };
  return new kubernetes.core.Namespace(name, { metadata: { name, labels } }, { provider: cluster.provider });
}
