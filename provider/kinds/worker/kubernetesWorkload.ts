import type { AppsV1Api, CoreV1Api, KubeConfig, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { messageOf } from "../../api/errors";

/** A Deployment of Kubernetes. */
export interface KubernetesWorkload {
  namespace: string;
  /** Its name. */
  deployment: string;
  /** Tells one rollout from the next, such as the image: a change waits for the pods again. */
  revision?: string;
}

/** How a workload is, as its cluster tells it. */
export interface WorkloadState {
  /** Whether all of its pods are the newest and ready; undefined when the cluster can't be asked. */
  isRolledOut?: boolean;
  /** Whether a pod is in a state that seldom ends by itself, such as an image that can't be had. */
  isFailing: boolean;
  /** What the pods say, for people. */
  report: string;
}

/** Reasons to wait that Kubernetes tries to overcome again and again, mostly in vain. */
const lastingReasons = [
  "ImagePullBackOff",
  "ErrImagePull",
  "InvalidImageName",
  "CrashLoopBackOff",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
];
const shownLogLines = 20;

/**
 * Asks a cluster how a workload is.
 *
 * @param kubeconfig as YAML or JSON; without it what kubectl would use
 */
export async function stateOfWorkload(
  { namespace, deployment }: KubernetesWorkload,
  kubeconfig: string | undefined,
): Promise<WorkloadState> {
  try {
    const config = await configuration(kubeconfig);
    const { AppsV1Api, CoreV1Api } = await import("@kubernetes/client-node");
    const found = await config.makeApiClient<AppsV1Api>(AppsV1Api).readNamespacedDeployment({
      name: deployment,
      namespace,
    });
    const labels = Object.entries(found.spec?.selector.matchLabels ?? {}).map(([name, value]) => `${name}=${value}`);
    const core = config.makeApiClient<CoreV1Api>(CoreV1Api);
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: labels.join(",") });
    const pods = items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
    const wanted = found.spec?.replicas ?? 1;
    const { observedGeneration, updatedReplicas, availableReplicas, replicas } = found.status ?? {};
    return {
      isRolledOut:
        observedGeneration === found.metadata?.generation &&
        [updatedReplicas, availableReplicas, replicas].every((count) => (count ?? 0) === wanted),
      isFailing: pods.some((pod) => containersOf(pod).some(isFailing)),
      report: await reportOf(core, namespace, deployment, pods),
    };
  } catch (error) {
    return { isFailing: false, report: `its pods could not be asked (${reasonOf(error)})` };
  }
}

async function configuration(kubeconfig: string | undefined): Promise<KubeConfig> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromString(kubeconfig);
  return config;
}

function containersOf({ status }: V1Pod): V1ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

function isFailing({ state }: V1ContainerStatus): boolean {
  return lastingReasons.includes(state?.waiting?.reason ?? "");
}

async function reportOf(core: CoreV1Api, namespace: string, deployment: string, pods: V1Pod[]): Promise<string> {
  if (pods.length === 0) return `the Kubernetes deployment ${namespace}/${deployment} has no pods`;
  const reports = pods.map(async (pod) => {
    const name = pod.metadata?.name ?? "";
    const conditions = (pod.status?.conditions ?? [])
      .filter(({ status, message }) => status === "False" && message)
      .map(({ message }) => message as string);
    const containers = containersOf(pod).flatMap(({ state, lastState }) =>
      [state?.waiting, lastState?.terminated]
        .filter((reason) => reason !== undefined)
        .map(({ reason, message }) => [reason, message].filter(Boolean).join(": ")),
    );
    const said = [...new Set([...containers, ...conditions])].join("; ");
    const log = await lastLines(core, namespace, pod);
    return `pod ${name} is ${pod.status?.phase ?? "Unknown"}${said && ` (${said})`}${log && `; the last lines of its log:\n${log}`}`;
  });
  return (await Promise.all(reports)).join("\n");
}

/** The last lines of a pod's log; of the run before when it has just been started again. */
async function lastLines(core: CoreV1Api, namespace: string, pod: V1Pod): Promise<string> {
  const name = pod.metadata?.name ?? "";
  const isRestarting = containersOf(pod).some(
    ({ state, restartCount }) => state?.running === undefined && restartCount > 0,
  );
  try {
    const lines = { name, namespace, tailLines: shownLogLines, previous: isRestarting };
    // undefined when there is none, whatever the client's type says
    const log = (await core.readNamespacedPodLog(lines)) as string | undefined;
    return log?.trimEnd() ?? "";
  } catch {
    // a container that never ran has no log
    return "";
  }
}

/** An error of the API server is a JSON text with a message. */
function reasonOf(error: unknown): string {
  const { body } = error as { body?: string };
  try {
    return (JSON.parse(body ?? "") as { message?: string }).message ?? messageOf(error);
  } catch {
    return messageOf(error);
  }
}
