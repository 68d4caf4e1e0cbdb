import { setTimeout as pause } from "node:timers/promises";
import * as k8s from "@kubernetes/client-node";
import { type ContainerProcess, type ContainerSpec, isExecutable, startContainer } from "./containerProcess";
import type { Image } from "./kubelet";
import { environmentOf, expand } from "./podEnvironment";
import { ContainerConfigError, PodReferences } from "./podReferences";
import { mountsOf } from "./podVolumes";

/** What the node that a pod runs on gives it. */
export interface PodHost {
  core: k8s.CoreV1Api;
  nodeName: string;
  apiServerPort: string;
  image: Image;
  refuse?: (image: string) => string | undefined;
  /** The pod's own address on loopback. */
  podIP: string;
  /** What the pod sees as /etc/hosts. */
  hostsFile: string;
  /** For what the pod prints. */
  logFile: string;
  /** Makes a folder of this machine that a container mounts something on. */
  makeFolder(folder: string): void;
}

type Terminated = k8s.V1ContainerStateTerminated;
type Waiting = { reason: string; message?: string };

const longestGrace = 10;
const longestBackOff = 30;

/** The life of one pod, from its binding to its end, as its status tells it. */
export class PodRun {
  private readonly name: string;
  private readonly namespace: string;
  private readonly spec: k8s.V1PodSpec;
  private readonly container: k8s.V1Container;
  private readonly ending = new AbortController();
  private process?: ContainerProcess;
  private startTime?: string;
  private restarts = 0;
  private last?: Terminated;
  private abandoned = false;

  constructor(
    private readonly pod: k8s.V1Pod,
    private readonly host: PodHost,
  ) {
    this.name = pod.metadata?.name ?? "";
    this.namespace = pod.metadata?.namespace ?? "";
    this.spec = pod.spec as k8s.V1PodSpec;
    this.container = this.spec.containers[0] as k8s.V1Container;
  }

  get isRunning(): boolean {
    return this.process !== undefined;
  }

  /** Lives until the pod is deleted or its container has ended for good. */
  async live(): Promise<void> {
    try {
      await this.bind();
      while (await this.runOnce()) await this.idle(Math.min(2 ** this.restarts++, longestBackOff));
      if (this.ending.signal.aborted) await this.remove();
    } catch (error) {
      // the pod was removed, or another one has its name
      if (!(error instanceof k8s.ApiException && [404, 409].includes(error.code))) throw error;
    } finally {
      await this.process?.end(0);
    }
  }

  /** Ends the container: its process is asked to once, and ended after some seconds of grace; none ends it at once. */
  async end(grace: number): Promise<void> {
    if (this.ending.signal.aborted && grace > 0) return;
    this.ending.abort();
    await this.process?.end(Math.min(grace, longestGrace) * 1_000);
  }

  /** Ends the process at once and tells nobody, as a node that is lost. */
  async abandon(): Promise<void> {
    this.abandoned = true;
    await this.end(0);
  }

  private async bind(): Promise<void> {
    if (this.spec.nodeName) return;
    const { name, namespace } = this;
    const body = { metadata: { name }, target: { apiVersion: "v1", kind: "Node", name: this.host.nodeName } };
    await this.host.core.createNamespacedPodBinding({ name, namespace, body });
  }

  private async remove(): Promise<void> {
    if (this.abandoned) return;
    const preconditions = { uid: this.pod.metadata?.uid };
    const { name, namespace } = this;
    await this.host.core.deleteNamespacedPod({ name, namespace, body: { gracePeriodSeconds: 0, preconditions } });
  }

  /** Runs the container to its end; gives whether it is to run again. */
  private async runOnce(): Promise<boolean> {
    const prepared = await this.prepared();
    if (!prepared) return false;
    const startedAt = new Date();
    this.startTime ??= startedAt.toISOString();
    const [command = ""] = prepared.command;
    const ended = isExecutable(command, prepared.env)
      ? await this.watched(startContainer(prepared), startedAt)
      : { exitCode: 128, reason: "StartError", message: startError(command) };
    const terminated = { ...ended, startedAt, finishedAt: new Date() };
    const policy = this.spec.restartPolicy;
    const again = policy === "Always" || (policy === "OnFailure" && ended.exitCode !== 0);
    if (again && !this.ending.signal.aborted) {
      this.last = terminated;
      const message = `back-off restarting failed container ${this.container.name} in pod ${this.name}`;
      await this.report("Running", { waiting: { reason: "CrashLoopBackOff", message } });
      return true;
    }
    await this.report(ended.exitCode === 0 ? "Succeeded" : "Failed", { terminated });
    return false;
  }

  /** What is to be started, as soon as there is all that it refers to; undefined when the pod is to end first. */
  private async prepared(): Promise<ContainerSpec | undefined> {
    let waitedFor = "";
    for (let tries = 0; !this.ending.signal.aborted; tries++) {
      const prepared = await this.prepare(tries);
      if (this.ending.signal.aborted) break;
      if (!("reason" in prepared)) return prepared;
      if (JSON.stringify(prepared) !== waitedFor) await this.report("Pending", { waiting: prepared });
      waitedFor = JSON.stringify(prepared);
      await this.idle(1);
    }
    return undefined;
  }

  private async prepare(tries: number): Promise<ContainerSpec | Waiting> {
    const { image = "", command = [], args = [], workingDir, securityContext } = this.container;
    const refusal = this.host.refuse?.(image);
    if (refusal !== undefined) {
      if (tries === 0) return { reason: "ErrImagePull", message: refusal };
      return { reason: "ImagePullBackOff", message: `Back-off pulling image "${image}": ErrImagePull: ${refusal}` };
    }
    let reason = "ContainerCreating";
    try {
      if (this.spec.containers.length > 1 || this.spec.initContainers?.length) {
        throw new ContainerConfigError("this stand-in runs pods of one container");
      }
      const references = new PodReferences(this.host.core, this.pod, this.host.podIP);
      const mounts = await mountsOf(this.spec, this.container, references);
      for (const folder of [...mounts.map(({ path }) => path), workingDir ?? "/"]) this.host.makeFolder(folder);
      reason = "CreateContainerConfigError";
      const environment = await environmentOf(this.container, references, {
        KUBERNETES_SERVICE_HOST: "127.0.0.1",
        KUBERNETES_SERVICE_PORT: this.host.apiServerPort,
        KUBERNETES_SERVICE_PORT_HTTPS: this.host.apiServerPort,
        HOSTNAME: this.name,
      });
      return {
        command: [...(command.length > 0 ? command : (this.host.image.entrypointOf?.(image) ?? [])), ...args].map(
          (word) => expand(word, environment),
        ),
        env: { ...this.host.image.env, ...environment },
        workingDir,
        mounts,
        hostsFile: this.host.hostsFile,
        readOnlyRoot: securityContext?.readOnlyRootFilesystem === true,
        logFile: this.host.logFile,
      };
    } catch (error) {
      if (!(error instanceof ContainerConfigError)) throw error;
      return { reason, message: error.message };
    }
  }

  private async watched(process: ContainerProcess, startedAt: Date): Promise<{ exitCode: number; reason: string }> {
    this.process = process;
    let wasReady: boolean | undefined;
    for (;;) {
      const ready = await this.isReady();
      if (ready !== wasReady) await this.report("Running", { running: { startedAt } }, ready);
      wasReady = ready;
      const exitCode = await Promise.race([process.exitCode, pause(1_000, undefined, { ref: false })]);
      if (exitCode === undefined) continue;
      this.process = undefined;
      return { exitCode, reason: exitCode === 0 ? "Completed" : "Error" };
    }
  }

  private async isReady(): Promise<boolean> {
    const probe = this.container.readinessProbe?.httpGet;
    if (!probe) return true;
    const named = this.container.ports?.find(({ name }) => name === probe.port)?.containerPort;
    const url = `${(probe.scheme ?? "http").toLowerCase()}://${this.host.podIP}:${named ?? probe.port}${probe.path ?? "/"}`;
    try {
      return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok;
    } catch {
      return false;
    }
  }

  private async report(phase: string, state: k8s.V1ContainerState, ready = false): Promise<void> {
    if (this.abandoned) return;
    const { name, image } = this.container;
    const condition = (type: string, status: boolean) => ({ type, status: status ? "True" : "False" });
    const status = {
      phase,
      hostIP: "127.0.0.1",
      podIP: this.host.podIP,
      podIPs: [{ ip: this.host.podIP }],
      startTime: this.startTime,
      conditions: [
        condition("PodScheduled", true),
        condition("Initialized", true),
        condition("ContainersReady", ready),
        condition("Ready", ready),
      ],
      containerStatuses: [
        {
          name,
          image,
          imageID: `stand-in://${image}`,
          ready,
          started: state.running !== undefined,
          restartCount: this.restarts,
          state,
          lastState: this.last ? { terminated: this.last } : {},
        },
      ],
    };
    await this.host.core.patchNamespacedPodStatus(
      // with the uid it's an error when another pod has the name by now
      { name: this.name, namespace: this.namespace, body: { metadata: { uid: this.pod.metadata?.uid }, status } },
      k8s.setHeaderOptions("Content-Type", k8s.PatchStrategy.MergePatch),
    );
  }

  private async idle(seconds: number): Promise<void> {
    await pause(seconds * 1_000, undefined, { signal: this.ending.signal }).catch(() => undefined);
  }
}

function startError(command: string): string {
  const cause = command.includes("/")
    ? `stat ${command}: no such file or directory`
    : "executable file not found in $PATH";
  return `failed to create containerd task: unable to start container process: exec: "${command}": ${cause}`;
}
