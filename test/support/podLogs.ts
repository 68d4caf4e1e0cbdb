import * as fs from "node:fs";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { KubernetesApi } from "./kubernetesApi";

/** What pods printed: one file for each, of all its container's runs. */
export class PodLogs {
  constructor(
    private readonly folder: string,
    private readonly isRunning: (namespace: string, pod: string) => boolean,
  ) {}

  fileOf(namespace: string, pod: string): string {
    const file = path.join(this.folder, namespace, `${pod}.log`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    return file;
  }

  /** What the pods whose names begin so have printed, one after the other. */
  read(namespace: string, podNameOrPrefix: string): string {
    const folder = path.join(this.folder, namespace);
    if (!fs.existsSync(folder)) return "";
    return fs
      .readdirSync(folder)
      .filter((name) => name.startsWith(podNameOrPrefix))
      .map((name) => path.join(folder, name))
      .sort((one, other) => fs.statSync(one).birthtimeMs - fs.statSync(other).birthtimeMs)
      .map((file) => fs.readFileSync(file, "utf8"))
      .join("");
  }

  /** Serves them to the API server, as a kubelet does; times of lines and logs of earlier runs are not kept. */
  async serve({ tls }: KubernetesApi): Promise<{ port: number; close: () => void }> {
    const options = { cert: fs.readFileSync(tls.certificate), key: fs.readFileSync(tls.key) };
    const answer: RequestListener = (request, response) => {
      this.answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    };
    const server = https.createServer(options, answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return {
      port,
      close: () => {
        server.close();
        server.closeAllConnections();
      },
    };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "", "https://kubelet");
    const [, kind, namespace = "", pod = "", container = ""] = pathname.split("/");
    if (kind !== "containerLogs") return void response.writeHead(404).end();
    const file = this.fileOf(namespace, pod);
    if (searchParams.get("previous") === "true") {
      const message = `previous terminated container "${container}" in pod "${pod}" not found`;
      return void response.writeHead(400).end(message);
    }
    if (!fs.existsSync(file)) {
      const message = `container "${container}" in pod "${pod}" is waiting to start: ContainerCreating`;
      return void response.writeHead(400).end(message);
    }
    const follow = searchParams.get("follow") === "true";
    let printed = fs.readFileSync(file);
    response.writeHead(200, { "Content-Type": "text/plain" });
    response.write(lastLines(printed.toString(), searchParams.get("tailLines")));
    while (follow && !response.destroyed) {
      const last = !this.isRunning(namespace, pod);
      const now = fs.readFileSync(file);
      response.write(now.subarray(printed.length));
      printed = now;
      if (last) break;
      await pause(100);
    }
    response.end();
  }
}

function lastLines(text: string, count: string | null): string {
  if (count === null) return text;
  const lines = text.split(/(?<=\n)/);
  return Number(count) ? lines.slice(-Number(count)).join("") : "";
}
