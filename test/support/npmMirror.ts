import * as http from "node:http";
import type { AddressInfo } from "node:net";
import axios from "axios";
import { run } from "../../tools/run";

interface Packument {
  versions?: Record<string, { dist: { tarball: string } }>;
}

/** A company's mirror of the npm registry, on loopback: what it is asked for it takes from the registry that npm is configured with. */
export class NpmMirror {
  /** The archives that it was asked for, by their paths. */
  readonly archives = new Set<string>();
  private readonly origins = new Map<string, string>();

  private constructor(
    private readonly server: http.Server,
    private readonly origin: string,
  ) {
    server.on("request", ({ url = "/" }: http.IncomingMessage, response: http.ServerResponse) => {
      this.answer(url, response).catch((error: unknown) => response.writeHead(502).end(String(error)));
    });
  }

  static async start(): Promise<NpmMirror> {
    const origin = (await run("npm", ["config", "get", "registry"])).trim();
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new NpmMirror(server, origin);
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(url: string, response: http.ServerResponse): Promise<void> {
    const archive = this.origins.get(url);
    if (archive !== undefined) this.archives.add(url);
    const { status, data } = await axios.get<Buffer>(archive ?? new URL(url.slice(1), this.origin).href, {
      responseType: "arraybuffer",
      headers: { accept: archive === undefined ? "application/vnd.npm.install-v1+json" : "*/*" },
      validateStatus: () => true,
    });
    response.writeHead(status);
    response.end(archive === undefined && status === 200 ? this.mirrored(data) : data);
  }

  /** What the registry says of a package, with the addresses of its archives in here. */
  private mirrored(data: Buffer): string {
    const packument = JSON.parse(data.toString()) as Packument;
    for (const { dist } of Object.values(packument.versions ?? {})) {
      const { pathname } = new URL(dist.tarball);
      this.origins.set(pathname, dist.tarball);
      dist.tarball = new URL(pathname, this.address).href;
    }
    return JSON.stringify(packument);
  }
}
