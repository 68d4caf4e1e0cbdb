import * as http from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

/** What a proxy answers instead of the server. */
export interface Page {
  status: number;
  type: string;
  body: string;
}

/** A request that went through. */
export interface Passed {
  method: string;
  path: string;
  userAgent: string;
}

/** What becomes of a request: it passes, is answered by a page, or passes and its answer is lost, or kept for ever. */
export type Decision = Page | "pass" | "lose the answer" | "keep the answer";

/** Something between a client and a server: an ingress, a login page, a line that breaks. */
export class Proxy {
  decide: (request: Passed) => Decision = () => "pass";
  /** How many answers were lost. */
  lost = 0;
  /** Told of each answer that is kept, when the server has given it. */
  kept: () => void = () => undefined;
  readonly passed: Passed[] = [];

  private constructor(
    private readonly server: http.Server,
    readonly apiUrl: string,
  ) {}

  static async before(apiUrl: string): Promise<Proxy> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const proxy = new Proxy(server, `http://127.0.0.1:${port}${new URL(apiUrl).pathname}`);
    server.on("request", (request, response) => proxy.handle(new URL(apiUrl), request, response));
    server.on("upgrade", (request: http.IncomingMessage, socket: Duplex) => tunnel(new URL(apiUrl), request, socket));
    return proxy;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private handle(target: URL, request: http.IncomingMessage, response: http.ServerResponse): void {
    const passed = {
      method: request.method ?? "",
      path: (request.url ?? "").slice(target.pathname.length),
      userAgent: request.headers["user-agent"] ?? "",
    };
    const decision = this.decide(passed);
    if (typeof decision === "object") {
      request.resume();
      response.writeHead(decision.status, { "content-type": decision.type }).end(decision.body);
      return;
    }
    this.passed.push(passed);
    const { hostname, port } = target;
    const onward = http.request({
      hostname,
      port,
      path: request.url,
      method: request.method,
      headers: request.headers,
    });
    onward.on("response", (answer) => {
      // that it is too busy is no answer to the request, which the client sends again
      if (decision === "lose the answer" && answer.statusCode !== 503) {
        this.lost += 1;
        answer.resume();
        answer.on("end", () => response.destroy());
        return;
      }
      if (decision === "keep the answer") {
        answer.resume();
        answer.on("end", () => this.kept());
        return;
      }
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  }
}

/** Passes a websocket through: Prefect's workers and runs send their events by one. */
function tunnel({ hostname, port }: URL, { method, url, rawHeaders }: http.IncomingMessage, socket: Duplex): void {
  const onward = connect(Number(port), hostname);
  const pairs = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? `${name}: ${rawHeaders[i + 1]}` : []));
  onward.write(`${method} ${url} HTTP/1.1\r\n${pairs.join("\r\n")}\r\n\r\n`);
  socket.pipe(onward).pipe(socket);
  for (const [end, other] of [
    [socket, onward],
    [onward, socket],
  ] as const)
    end.on("error", () => other.destroy());
}
