import * as fs from "node:fs";
import type * as k8s from "@kubernetes/client-node";

/** A pod that services may lead to. */
export interface ServedPod {
  namespace: string;
  labels: Record<string, string>;
  podIP: string;
}

/**
 * Stands for the cluster's DNS and its proxy: a hosts file, seen by every pod, in which the name of each service leads to a pod that it
 * selects. A service's port has to be that of its pods.
 */
export class ClusterHosts {
  private written = "";
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly core: k8s.CoreV1Api,
    readonly file: string,
    private readonly pods: () => ServedPod[],
  ) {
    this.write([]);
  }

  /** Keeps the file up to date. */
  start(): void {
    this.timer = setInterval(() => void this.refresh().catch(() => undefined), 200);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async refresh(): Promise<void> {
    const { items } = await this.core.listServiceForAllNamespaces();
    this.write(
      items.flatMap(({ metadata, spec }) => {
        const { name = "", namespace = "" } = metadata ?? {};
        const selector = Object.entries(spec?.selector ?? {});
        const pod = this.pods().find(
          (pod) =>
            selector.length > 0 &&
            pod.namespace === namespace &&
            selector.every(([label, value]) => pod.labels[label] === value),
        );
        if (!pod) return [];
        const whole = `${name}.${namespace}.svc.cluster.local`;
        return [`${pod.podIP} ${whole} ${name}.${namespace}.svc ${name}.${namespace}`];
      }),
    );
  }

  private write(lines: string[]): void {
    const text = `${["127.0.0.1 localhost", ...lines].join("\n")}\n`;
    // in place, as pods see this very file
    if (text !== this.written) fs.writeFileSync(this.file, text);
    this.written = text;
  }
}
