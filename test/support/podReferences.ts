import * as k8s from "@kubernetes/client-node";

/** Why a container can't be started yet, in the kubelet's words. */
export class ContainerConfigError extends Error {}

type Source = { name?: string; optional?: boolean };

/** What a pod refers to by name. */
export class PodReferences {
  constructor(
    private readonly core: k8s.CoreV1Api,
    private readonly pod: k8s.V1Pod,
    private readonly podIP: string,
  ) {}

  /** All of a Secret; undefined when it's missing but optional. */
  async secret({ name = "", optional }: Source): Promise<Record<string, string> | undefined> {
    const secret = await found(this.core.readNamespacedSecret({ name, namespace: this.namespace }));
    if (!secret && !optional) throw new ContainerConfigError(`secret "${name}" not found`);
    const data = Object.entries(secret?.data ?? {});
    return secret && Object.fromEntries(data.map(([key, value]) => [key, Buffer.from(value, "base64").toString()]));
  }

  /** All of a ConfigMap; undefined when it's missing but optional. */
  async configMap({ name = "", optional }: Source): Promise<Record<string, string> | undefined> {
    const configMap = await found(this.core.readNamespacedConfigMap({ name, namespace: this.namespace }));
    if (!configMap && !optional) throw new ContainerConfigError(`configmap "${name}" not found`);
    return configMap && (configMap.data ?? {});
  }

  async secretKey(source: Source & { key: string }): Promise<string | undefined> {
    return this.keyOf("Secret", source, await this.secret(source));
  }

  async configMapKey(source: Source & { key: string }): Promise<string | undefined> {
    return this.keyOf("ConfigMap", source, await this.configMap(source));
  }

  /** A token of the pod's service account that ends with the pod. */
  async token({ audience, expirationSeconds }: k8s.V1ServiceAccountTokenProjection): Promise<string> {
    const { name = "", uid } = this.pod.metadata ?? {};
    const request = await this.core.createNamespacedServiceAccountToken({
      name: this.pod.spec?.serviceAccountName ?? "default",
      namespace: this.namespace,
      body: {
        spec: {
          audiences: audience ? [audience] : [],
          expirationSeconds,
          boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid },
        },
      },
    });
    return request.status?.token ?? "";
  }

  /** A field of the pod by its path. */
  field(path: string): string {
    const { name = "", uid = "", labels, annotations } = this.pod.metadata ?? {};
    const [, of, key = ""] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
    if (of) return (of === "labels" ? labels : annotations)?.[key] ?? "";
    const value = {
      "metadata.name": name,
      "metadata.namespace": this.namespace,
      "metadata.uid": uid,
      "spec.serviceAccountName": this.pod.spec?.serviceAccountName ?? "",
      "status.podIP": this.podIP,
      "status.hostIP": "127.0.0.1",
    }[path];
    if (value === undefined) throw new ContainerConfigError(`the field ${path} is none that this stand-in knows`);
    return value;
  }

  private keyOf(kind: string, { name, key, optional }: Source & { key: string }, data?: Record<string, string>) {
    const value = data?.[key];
    if (value === undefined && !optional) {
      throw new ContainerConfigError(`couldn't find key ${key} in ${kind} ${this.namespace}/${name}`);
    }
    return value;
  }

  private get namespace(): string {
    return this.pod.metadata?.namespace ?? "";
  }
}

async function found<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof k8s.ApiException && error.code === 404) return undefined;
    throw error;
  }
}
