import { until } from "../../../../processes/until";
import type { Json } from "../wireValues";
import { ApiError, type ClusterApi } from "./clusterApi";
import { idOf, type KubernetesObject } from "./kubernetesObject";

interface Kind {
  /** In paths, such as `deployments`. */
  name: string;
  kind: string;
  namespaced: boolean;
}

const deletePatience = 300_000;

/** What has parts of its own, which have to be gone before it is. */
const owners = new Set(["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"]);

/** Objects of any kind that the API server knows, custom ones too, written by server-side apply. */
export class ObjectApi {
  readonly #kinds = new Map<string, Kind>();

  constructor(private readonly cluster: ClusterApi) {}

  /** The kind, or nothing if the API server doesn't know it, or not yet. */
  async kindOf({ apiVersion, kind }: Pick<KubernetesObject, "apiVersion" | "kind">): Promise<Kind | undefined> {
    const key = `${apiVersion}/${kind}`;
    const known = this.#kinds.get(key);
    if (known) return known;
    try {
      const { resources } = (await this.cluster.request("GET", groupPath(apiVersion))) as unknown as {
        resources: Kind[];
      };
      const found = resources.find((resource) => resource.kind === kind && !resource.name.includes("/"));
      if (found) this.#kinds.set(key, found);
      return found;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  async apply(object: KubernetesObject, { dryRun }: { dryRun: boolean }): Promise<KubernetesObject> {
    const query = { fieldManager: "pulumi-kubernetes", force: "false", ...(dryRun && { dryRun: "All" }) };
    return (await this.cluster.request("PATCH", await this.#path(object), query, object)) as KubernetesObject;
  }

  /** The live object, or nothing if there is none. */
  async read(object: KubernetesObject): Promise<KubernetesObject | undefined> {
    try {
      return (await this.cluster.request("GET", await this.#path(object))) as KubernetesObject;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  async list(like: KubernetesObject, labelSelector: string): Promise<KubernetesObject[]> {
    const path = (await this.#path(like)).replace(/\/[^/]*$/, "");
    return (await this.cluster.request("GET", path, { labelSelector })).items as KubernetesObject[];
  }

  /** Deletes it and waits until it is gone; one that is gone already is fine. */
  async delete(object: KubernetesObject): Promise<void> {
    if (!(await this.kindOf(object))) return;
    const path = await this.#path(object);
    try {
      await this.cluster.request("DELETE", path, {
        propagationPolicy: owners.has(object.kind) ? "Foreground" : "Background",
      });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return;
      throw error;
    }
    const isGone = async () => !(await this.read(object));
    if (await until(isGone, { every: 100, patience: deletePatience })) return;
    const { conditions, finalizers } = { ...(await this.read(object))?.status, ...object.metadata } as Json;
    throw new Error(
      `${object.kind} ${idOf(object)} was not gone after ${deletePatience / 1000} s: ${JSON.stringify(conditions ?? finalizers)}`,
    );
  }

  async #path(object: KubernetesObject): Promise<string> {
    const kind = await this.kindOf(object);
    if (!kind) throw new Error(`no matches for kind "${object.kind}" in version "${object.apiVersion}"`);
    const { name, namespace } = object.metadata;
    const scope = kind.namespaced ? `/namespaces/${namespace}` : "";
    return `${groupPath(object.apiVersion)}${scope}/${kind.name}/${name}`;
  }
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
