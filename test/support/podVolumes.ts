import type * as k8s from "@kubernetes/client-node";
import { ContainerConfigError, type PodReferences } from "./podReferences";

/** A folder of a container that is its own. */
export interface Mount {
  path: string;
  /** Contents by path inside of it. */
  files: Record<string, string>;
  readOnly: boolean;
}

/** The folders that a container mounts, outer ones first. */
export async function mountsOf(
  { volumes = [] }: k8s.V1PodSpec,
  { volumeMounts = [] }: k8s.V1Container,
  references: PodReferences,
): Promise<Mount[]> {
  const mounts: Mount[] = [];
  for (const { name, mountPath, readOnly = false, subPath } of volumeMounts) {
    const volume = volumes.find((volume) => volume.name === name);
    const files = volume && !subPath ? await filesOf(volume, references) : undefined;
    if (!files) throw new ContainerConfigError(`the volume "${name}" is of a kind that this stand-in doesn't have`);
    mounts.push({ path: mountPath, files, readOnly: readOnly || !volume?.emptyDir });
  }
  return mounts.sort((one, other) => (one.path < other.path ? -1 : 1));
}

async function filesOf(volume: k8s.V1Volume, references: PodReferences): Promise<Mount["files"] | undefined> {
  const { emptyDir, secret, configMap, projected } = volume;
  if (emptyDir) return {};
  if (secret) return placed(await references.secret({ ...secret, name: secret.secretName }), secret.items);
  if (configMap) return placed(await references.configMap(configMap), configMap.items);
  if (!projected) return undefined;
  const files: Mount["files"] = {};
  for (const { serviceAccountToken, secret, configMap, downwardAPI } of projected.sources ?? []) {
    if (serviceAccountToken) files[serviceAccountToken.path] = await references.token(serviceAccountToken);
    if (secret) Object.assign(files, placed(await references.secret(secret), secret.items));
    if (configMap) Object.assign(files, placed(await references.configMap(configMap), configMap.items));
    for (const { path, fieldRef } of downwardAPI?.items ?? []) {
      files[path] = references.field(fieldRef?.fieldPath ?? "");
    }
  }
  return files;
}

function placed(data: Record<string, string> = {}, items?: k8s.V1KeyToPath[]): Mount["files"] {
  if (!items) return data;
  return Object.fromEntries(items.map(({ key, path }) => [path, data[key] ?? ""]));
}
