import { setTimeout as pause } from "node:timers/promises";
import type { KubernetesObject } from "./kubernetesObject";
import type { ObjectApi } from "./objectApi";

const patience = Number(process.env.MP_TEST_ROLLOUT_SECONDS ?? 300) * 1000;

interface Deployment extends KubernetesObject {
  spec: { replicas?: number; selector: { matchLabels: Record<string, string> } };
  status: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    availableReplicas?: number;
    conditions?: { status: string; message?: string }[];
  };
}

interface Pod extends KubernetesObject {
  status: {
    phase?: string;
    containerStatuses?: { state?: { waiting?: { reason?: string; message?: string } } }[];
    conditions?: { status: string; message?: string }[];
  };
}

/** Waits until all pods of a Deployment are of its newest version and available; says what they wait for if that takes too long. */
export async function awaitRollout(api: ObjectApi, object: KubernetesObject): Promise<KubernetesObject> {
  for (const deadline = Date.now() + patience; ; await pause(200)) {
    const live = (await api.read(object)) as Deployment | undefined;
    if (!live) throw new Error(`Deployment ${object.metadata.name} was deleted while it was awaited`);
    if (isRolledOut(live)) return live;
    if (Date.now() >= deadline) {
      const reasons = await whatIsAwaited(api, live);
      throw new Error(
        `the Kubernetes API server reported that "${live.metadata.namespace}/${live.metadata.name}" failed to fully initialize or become live: ` +
          `${live.status.availableReplicas ?? 0} of ${live.spec.replicas ?? 1} pods were available after ${patience / 1000} s: ${reasons.join("; ")}`,
      );
    }
  }
}

function isRolledOut({ metadata, spec, status }: Deployment): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted
  );
}

async function whatIsAwaited(api: ObjectApi, deployment: Deployment): Promise<string[]> {
  const like = { apiVersion: "v1", kind: "Pod", metadata: { ...deployment.metadata } };
  const labels = Object.entries(deployment.spec.selector.matchLabels).map(([key, value]) => `${key}=${value}`);
  const pods = (await api.list(like, labels.join(","))) as Pod[];
  if (pods.length === 0) return unmet(deployment.status.conditions);
  return pods.map(({ metadata, status: { phase, containerStatuses = [], conditions } }) => {
    const waiting = containerStatuses.flatMap(({ state }) => state?.waiting ?? []);
    const words = waiting.map(({ reason, message }) => [reason, message].filter(Boolean).join(": "));
    return [`pod ${metadata.name} is ${phase}`, ...(words.length ? words : unmet(conditions))].join(": ");
  });
}

function unmet(conditions: { status: string; message?: string }[] = []): string[] {
  return conditions.flatMap(({ status, message }) => (status !== "True" && message ? [message] : []));
}
