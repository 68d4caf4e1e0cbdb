import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as k8s from "@kubernetes/client-node";
import { ClusterHosts, type ServedPod } from "./clusterHosts";
import type { KubernetesApi } from "./kubernetesApi";
import { PodLogs } from "./podLogs";
import { PodRun } from "./podRun";

/** What every image is here. */
export interface Image {
  /** Variables that its containers have unless the pod says otherwise. */
  env: Record<string, string>;
  /** What is put before a container's arguments when it has no command. @default nothing */
  entrypointOf?: (image: string) => string[];
}

export interface KubeletOptions {
  api: KubernetesApi;
  /** For what the pods print. */
  folder: string;
  image: Image;
  /** Why an image can't be pulled; undefined for those that can. */
  refuse?: (image: string) => string | undefined;
}

const nodeName = "stand-in";

/**
 * Stands for a node, its kubelet and the scheduler where there is no container runtime: the command of each pod's one
 * container is run as a process of this machine, with the environment, volumes and service account that its spec says.
 *
 * What differs from a real one: all images are this machine's files, with an entrypoint that runs its arguments;
 * processes are root's whatever `runAsUser` says; they share this machine's network, where each pod has an address of
 * its own, and what listens on all addresses keeps others from its port; no resource is limited; only readiness is probed, and only by HTTP; what is killed ends with exit code 1; a container
 * that starts again finds its emptyDir volumes empty; no events are written.
 */
export class Kubelet {
  private readonly core: k8s.CoreV1Api;
  private readonly logs: PodLogs;
  private readonly runs = new Map<string, { name: string; run: PodRun; life: Promise<void> } & ServedPod>();
  private readonly hosts: ClusterHosts;
  private readonly madeFolders: string[] = [];
  private readonly failures: unknown[] = [];
  private readonly pods: ReturnType<typeof k8s.makeInformer<k8s.V1Pod>>;
  /** Another one in each process, so that tests that run beside each other don't meet. */
  private readonly network = 1 + (process.pid % 250);
  private addresses = 0;
  private stopped = false;
  private closeServer?: () => void;

  constructor(private readonly options: KubeletOptions) {
    const config = options.api.kubeconfig();
    this.core = config.makeApiClient(k8s.CoreV1Api);
    this.logs = new PodLogs(options.folder, (namespace, name) =>
      [...this.runs.values()].some((pod) => pod.namespace === namespace && pod.name === name && pod.run.isRunning),
    );
    const hostsFile = path.join(options.folder, "hosts");
    this.hosts = new ClusterHosts(this.core, hostsFile, () =>
      [...this.runs.values()].filter(({ run }) => run.isRunning),
    );
    this.pods = k8s.makeInformer(config, "/api/v1/pods", () => this.core.listPodForAllNamespaces());
    this.pods.on("add", (pod) => this.take(pod));
    this.pods.on("update", (pod) => this.take(pod));
    this.pods.on("delete", (pod) => void this.forget(pod));
    // a watch may end at any time
    this.pods.on("error", () => void this.watchAgain());
  }

  async start(): Promise<void> {
    if (process.getuid?.() !== 0) {
      throw new Error(
        "the stand-in for kubelet needs root, for mounts and processes of the pods' own; run the tests as root",
      );
    }
    const { port, close } = await this.logs.serve(this.options.api);
    this.closeServer = close;
    await this.core.createNode({
      body: {
        metadata: { name: nodeName },
        status: {
          addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
          daemonEndpoints: { kubeletEndpoint: { Port: port } },
        },
      },
    });
    this.hosts.start();
    await this.pods.start();
  }

  /** Ends all pods' processes; an error when something went wrong that is not the pods' fault. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.pods.stop();
    this.closeServer?.();
    this.hosts.stop();
    const runs = [...this.runs.values()];
    await Promise.all(runs.map(({ run }) => run.abandon()));
    await Promise.all(runs.map(({ life }) => life));
    for (const folder of this.madeFolders) fs.rmSync(folder, { recursive: true, force: true });
    if (this.failures.length > 0) throw new AggregateError(this.failures, "the stand-in for kubelet failed");
  }

  /** What the pods whose names begin so have printed. */
  logOf(namespace: string, podNameOrPrefix: string): string {
    return this.logs.read(namespace, podNameOrPrefix);
  }

  private take(pod: k8s.V1Pod): void {
    const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata ?? {};
    const hasEnded = ["Succeeded", "Failed"].includes(pod.status?.phase ?? "");
    if (!this.runs.has(uidOf(pod)) && !hasEnded) this.begin(pod);
    if (deletionTimestamp) void this.runs.get(uidOf(pod))?.run.end(deletionGracePeriodSeconds ?? 0);
  }

  private begin(pod: k8s.V1Pod): void {
    const { name = "", namespace = "", labels = {} } = pod.metadata ?? {};
    const podIP = this.nextAddress();
    // of another pod that had the name
    fs.rmSync(this.logs.fileOf(namespace, name), { force: true });
    const run = new PodRun(pod, {
      core: this.core,
      nodeName,
      apiServerPort: new URL(this.options.api.url).port,
      image: this.options.image,
      refuse: this.options.refuse,
      podIP,
      hostsFile: this.hosts.file,
      logFile: this.logs.fileOf(namespace, name),
      makeFolder: (folder) => this.makeFolder(folder),
    });
    const life = run.live().catch((error: unknown) => void this.failures.push(error));
    this.runs.set(uidOf(pod), { name, namespace, labels, podIP, run, life });
  }

  /** Each pod has an address of loopback that no other has, as long as there are fewer than 60,000. */
  private nextAddress(): string {
    this.addresses += 1;
    return `127.${this.network}.${Math.floor(this.addresses / 250)}.${(this.addresses % 250) + 1}`;
  }

  private async forget(pod: k8s.V1Pod): Promise<void> {
    const known = this.runs.get(uidOf(pod));
    await known?.run.end(0);
    await known?.life;
    this.runs.delete(uidOf(pod));
  }

  private makeFolder(folder: string): void {
    // `/run` is each container's own
    if (/^(\/var)?\/run(\/|$)/.test(folder)) return;
    const made = fs.mkdirSync(folder, { recursive: true });
    if (made) this.madeFolders.push(made);
  }

  private async watchAgain(): Promise<void> {
    if (this.stopped) return;
    await pause(500);
    if (!this.stopped) await this.pods.start();
  }
}

function uidOf(pod: k8s.V1Pod): string {
  return pod.metadata?.uid ?? "";
}
