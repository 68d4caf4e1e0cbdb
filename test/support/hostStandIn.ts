import * as http from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came. */
export interface Sent {
  method: string;
  /** Below the API's address, without its query. */
  path: string;
  query: URLSearchParams;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export interface Reply {
  status: number;
  json?: unknown;
  /** What comes instead of JSON. */
  text?: string;
  headers?: Record<string, string>;
}

/** Something that goes wrong with a request. */
export interface Fault {
  /** Whether it is done all the same. */
  isDone: boolean;
  /** What comes instead of the answer; without it the connection breaks. */
  reply?: Reply;
}

export interface StoredComment {
  id: number;
  text: string;
  author: string;
}

/** What stands for the API of a code host, on loopback: one pull request and its comments. */
export abstract class HostStandIn {
  readonly token = "t0ken-of-the-job_4711";
  /** All that came. */
  readonly sent: Sent[] = [];
  readonly comments: StoredComment[] = [];
  /** What the last results of checks are. */
  readonly checks: Record<string, unknown>[] = [];
  readonly commit = "0123456789abcdef0123456789abcdef01234567";
  readonly number = 7;
  /** Decides what goes wrong. */
  fault: (sent: Sent) => Fault | undefined = () => undefined;
  /** What is waited for before a request is done. */
  meanwhile: (sent: Sent) => Promise<void> = () => Promise.resolve();
  /** How many entries a page of a list has, however many are asked for. */
  pageSize = 100;
  private readonly server = http.createServer();
  private ids = 100;

  abstract readonly me: string;
  abstract get apiUrl(): string;
  /** The environment of a job for the pull request. */
  abstract environment(): NodeJS.ProcessEnv;
  protected abstract answer(sent: Sent, json: Record<string, unknown>): Reply;

  async start(): Promise<this> {
    this.server.on("request", (request, response) => {
      this.handle(request, response).catch((error: unknown) => response.writeHead(599).end(String(error)));
    });
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** The requests that change something. */
  get writes(): string[] {
    const writing = this.sent.filter(({ method, path }) => method !== "GET" && path !== "/graphql");
    return writing.map(({ method, path }) => `${method} ${path}`);
  }

  /** A comment that is there. */
  add(text: string, author = "ana"): StoredComment {
    const comment = { id: (this.ids += 1), text, author };
    this.comments.push(comment);
    return comment;
  }

  protected get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A page of a list, with what says whether there are more. */
  protected page(all: unknown[], { query, path }: Sent): Reply {
    const size = Math.min(Number(query.get("per_page") ?? 20), this.pageSize);
    const page = Number(query.get("page") ?? 1);
    const rest = all.slice((page - 1) * size);
    const next = `<${this.apiUrl}${path}?page=${page + 1}>; rel="next"`;
    return { status: 200, json: rest.slice(0, size), headers: rest.length > size ? { link: next } : {} };
  }

  private async handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? "", this.origin);
    const { pathname } = new URL(this.apiUrl);
    const base = pathname.replace(/\/+$/, "");
    const { method = "", headers } = request;
    const path = url.pathname.startsWith(base) ? url.pathname.slice(base.length) : url.pathname;
    const sent = { method, path, query: url.searchParams, headers, body: Buffer.concat(chunks).toString() };
    this.sent.push(sent);
    await this.meanwhile(sent);
    const fault = this.fault(sent);
    const done = fault?.isDone === false ? undefined : this.checked(sent);
    const reply = fault ? fault.reply : done;
    if (!reply) return void response.destroy();
    const body = reply.text ?? (reply.json === undefined ? "" : JSON.stringify(reply.json));
    const type = reply.text === undefined ? "application/json; charset=utf-8" : "text/html";
    response.writeHead(reply.status, { "content-type": type, ...reply.headers }).end(body);
  }

  private checked(sent: Sent): Reply {
    if (sent.body === "") return this.answer(sent, {});
    if (sent.headers["content-type"] !== "application/json") return { status: 415, json: { message: "not JSON" } };
    try {
      return this.answer(sent, JSON.parse(sent.body) as Record<string, unknown>);
    } catch {
      return { status: 400, json: { message: "Problems parsing JSON" } };
    }
  }
}
