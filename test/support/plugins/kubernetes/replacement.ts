import { isObject, isSame, type Json } from "../wireValues";

/** The fields, as paths, whose change makes a new object, as in Pulumi's provider. */
const identity = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];

const immutable: Record<string, string[]> = {
  Deployment: ["spec.selector"],
  ReplicaSet: ["spec.selector"],
  DaemonSet: ["spec.selector"],
  StatefulSet: ["spec.selector", "spec.serviceName", "spec.podManagementPolicy", "spec.volumeClaimTemplates"],
  Job: ["spec.selector", "spec.template", "spec.completions"],
  Pod: ["spec"],
  RoleBinding: ["roleRef"],
  ClusterRoleBinding: ["roleRef"],
  StorageClass: ["parameters", "provisioner"],
  PersistentVolumeClaim: ["spec"],
  Service: ["spec.clusterIP", "spec.type"],
  ...(process.env.PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE !== "true" && { ConfigMap: ["data", "binaryData"] }),
  ...(process.env.PULUMI_K8S_ENABLE_SECRET_MUTABLE !== "true" && { Secret: ["type", "data", "stringData"] }),
};

/** What forces a new object, by the names of the inputs at the top. */
export function replacedBy(olds: Json, news: Json): string[] {
  const paths = [...identity, ...(immutable[news.kind as string] ?? [])];
  const changed = paths.filter((path) => !isSame(at(olds, path), at(news, path)));
  return [...new Set(changed.map((path) => path.split(".")[0] as string))];
}

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce((part, key) => (isObject(part) ? part[key] : undefined), value);
}
