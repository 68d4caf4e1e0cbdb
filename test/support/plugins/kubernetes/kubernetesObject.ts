import type { Json } from "../wireValues";

/** What all objects of Kubernetes have. */
export interface KubernetesObject extends Json {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  spec?: Json;
  status?: Json;
}

export interface Metadata extends Json {
  name: string;
  namespace?: string;
  annotations?: Record<string, string>;
  generation?: number;
}

/** Pulumi's id of an object. */
export function idOf({ metadata: { name, namespace } }: KubernetesObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
