import type * as k8s from "@kubernetes/client-node";
import { ContainerConfigError, type PodReferences } from "./podReferences";

type Environment = Record<string, string>;

/** A container's variables by its spec, on top of those that the kubelet itself sets; the image's own are not among them. */
export async function environmentOf(
  container: k8s.V1Container,
  references: PodReferences,
  kubelet: Environment,
): Promise<Environment> {
  const environment = { ...kubelet };
  for (const { prefix = "", secretRef, configMapRef } of container.envFrom ?? []) {
    const all = {
      ...(secretRef && (await references.secret(secretRef))),
      ...(configMapRef && (await references.configMap(configMapRef))),
    };
    for (const [name, value] of Object.entries(all)) environment[prefix + name] = value;
  }
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable, references, environment);
    if (value !== undefined) environment[variable.name] = value;
  }
  return environment;
}

async function valueOf(
  { name, value = "", valueFrom }: k8s.V1EnvVar,
  references: PodReferences,
  before: Environment,
): Promise<string | undefined> {
  if (!valueFrom) return expand(value, before);
  const { secretKeyRef, configMapKeyRef, fieldRef } = valueFrom;
  if (secretKeyRef) return references.secretKey(secretKeyRef);
  if (configMapKeyRef) return references.configMapKey(configMapKeyRef);
  if (fieldRef) return references.field(fieldRef.fieldPath);
  throw new ContainerConfigError(`the source of the variable ${name} is none that this stand-in knows`);
}

/** Replaces each `$(NAME)` that is known; `$$` is a plain dollar. */
export function expand(text: string, environment: Environment): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (reference, name?: string) =>
    name === undefined ? "$" : (environment[name] ?? reference),
  );
}
