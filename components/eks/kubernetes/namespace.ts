/** @ts-ignore its types are only there for those who use EKS */
import type * as k8s from "@pulumi/kubernetes";
import { shared } from "../../infrastructure";
import type { KubernetesCluster } from "../aws/cluster";
import { kubernetes } from "./kubernetes";

/** A namespace of Kubernetes. */
export interface Namespace {
  /** Its name, known in every preview. */
  name: string;
  resource: k8s.core.v1.Namespace;
}

/** Makes the namespace in which worker and flows live, once for each name: it is deleted with the stack. */
export function kubernetesNamespace(name: string, cluster: KubernetesCluster): Namespace {
  const labels = { "app.kubernetes.io/managed-by": "pulumi" };
  const resource = new kubernetes.core.Namespace(name, { metadata: { name, labels } }, { provider: cluster.provider });
  return { name, resource };
}

/**
 * The namespace of the name, made once in a program.
 *
 * @param clusterName tells the cluster from others
 */
export function sharedNamespace(name: string, cluster: KubernetesCluster, clusterName: string): Namespace {
  const make = () => ({ resource: kubernetesNamespace(name, cluster).resource });
  return { name, ...shared({ name: `namespace "${name}"`, given: { cluster: clusterName }, make }) };
}
