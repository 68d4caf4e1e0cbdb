import * as http from "node:http";
import * as https from "node:https";
import axios, { type AxiosError, type AxiosInstance } from "axios";
import axiosRetry, { exponentialDelay, retryAfter } from "axios-retry";
import { stringify } from "lossless-json";
import type { Connection } from "./connection";
import { debug } from "./debug";
import { ApiError, ConnectionError, NotTriedError } from "./errors";
import { parseExactly } from "./exactJson";
import { Pressure } from "./pressure";

/** How long one request may take, in milliseconds; a busy SQLite server holds a write back for several seconds. */
const requestTimeout = 60_000;
/** Answers that say "not now": they are asked again. All other answers from 400 on are final. */
const passing = new Set([429, 502, 503, 504]);
const triesWhenBusy = 14;
const triesWhenDropped = 3;
const longestPause = 5_000;
/** Prefect's own default and highest page size (PREFECT_SERVER_API_DEFAULT_LIMIT). */
const usualPage = 200;

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/**
 * Prefect's REST API over one keep-alive connection pool. What may pass (429, 502, 503, 504, a dropped connection) is
 * tried again with growing pauses; what won't is an error at once.
 *
 * The first request goes alone: when it finds no server, or is refused, it says so with the address and the remedy, and
 * the requests behind it are not sent.
 */
export class PrefectClient {
  private readonly http: AxiosInstance;
  private readonly pressure = new Pressure();
  private first?: Promise<unknown>;
  private accepted = false;
  /** How many objects a page is asked for; undefined when the server takes fewer than is usual. */
  private pageLimit: number | undefined = usualPage;

  constructor(readonly connection: Connection) {
    this.http = axios.create({
      baseURL: connection.apiUrl,
      headers: { ...connection.headers, "Content-Type": "application/json" },
      timeout: requestTimeout,
      maxRedirects: 0,
      httpAgent: new http.Agent({ keepAlive: true }),
      httpsAgent: new https.Agent({ keepAlive: true }),
      // keeps numbers exactly as they were written in a JSON text that is passed on
      transformRequest: (body: unknown) => (body === undefined ? undefined : stringify(body)),
      transformResponse: (text: unknown) => (typeof text === "string" ? bodyOf(text) : text),
    });
    axiosRetry(this.http, {
      retries: triesWhenBusy,
      shouldResetTimeout: true,
      retryCondition: (error) => isPassing(error),
      retryDelay: (count, error) =>
        Math.max(Math.min(exponentialDelay(count, undefined, 5), longestPause), retryAfter(error)),
      onRetry: (count, error) => {
        if (error.response) this.pressure.overloaded();
        debug(`${describe(error)}; try ${count + 1}`);
      },
    });
  }

  /** Makes sure that there is a Prefect API which takes the credentials. */
  async greet(): Promise<void> {
    try {
      await this.post("/flows/count", {});
    } catch (error) {
      if (!(error instanceof ApiError && [404, 405].includes(error.status))) throw error;
      throw new ConnectionError(
        `${this.connection.apiUrl} is not the address of a Prefect API (${error.message}); correct prefect:apiUrl, whose path usually ends in /api`,
      );
    }
  }

  /** The object at `path`, or undefined when there is none. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.send<T>("GET", path);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.send<T>("POST", path, body);
  }

  /** Changes what is at `path`; false when there is nothing. */
  patch(path: string, body: unknown): Promise<boolean> {
    return this.change("PATCH", path, body);
  }

  /** The same, but without a request, and so with success, when there is nothing to change. */
  async patchIfChanged(path: string, body: object): Promise<boolean> {
    return Object.keys(body).length === 0 || this.patch(path, body);
  }

  /** Replaces what is at `path`; false when there is nothing. */
  put(path: string, body: unknown): Promise<boolean> {
    return this.change("PUT", path, body);
  }

  private async change(method: Method, path: string, body: unknown): Promise<boolean> {
    try {
      await this.send(method, path, body);
      return true;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
  }

  /** Deletes what is at `path`; that it is gone already is success. */
  async delete(path: string): Promise<void> {
    try {
      await this.send("DELETE", path);
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  }

  /** All objects that a filter endpoint (`POST .../filter`) finds, read page by page to the end. */
  async filter<T>(path: string, filter: object = {}): Promise<T[]> {
    const found: T[] = [];
    for (;;) {
      const page = await this.page<T>(path, filter, found.length);
      found.push(...page);
      if (page.length < (this.pageLimit ?? 1)) return found;
    }
  }

  private async page<T>(path: string, filter: object, offset: number): Promise<T[]> {
    try {
      return await this.post<T[]>(path, { ...filter, limit: this.pageLimit, offset });
    } catch (error) {
      if (this.pageLimit === undefined || !(error instanceof ApiError && refusesLimit(error))) throw error;
      // this server has smaller pages: it is left to say how many fit in one, and asked until there are none
      this.pageLimit = undefined;
      return this.page<T>(path, filter, offset);
    }
  }

  private async send<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const request = () => this.pressure.run(() => this.request<T>(method, path, body));
    if (!this.first) {
      const first = request();
      this.first = first.catch((error: unknown) => {
        if (error instanceof ConnectionError) throw error;
      });
      this.first.catch(() => undefined);
      return first;
    }
    try {
      await this.first;
    } catch {
      throw new NotTriedError();
    }
    return request();
  }

  private async request<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const started = Date.now();
    try {
      const response = await this.http.request<T>({ method, url: path, data: body });
      debug(`${method} ${path} ${response.status} ${Date.now() - started} ms`);
      this.accepted = true;
      const isPage = response.data !== "" && !String(response.headers["content-type"]).includes("json");
      if (isPage && response.status !== 204) {
        throw new ConnectionError(
          `${this.connection.apiUrl} answered ${method} ${path} with a page instead of JSON, so it is not a Prefect API; ` +
            "check prefect:apiUrl (its path usually ends in /api) and whether a proxy asks for a login",
        );
      }
      return response.data;
    } catch (error) {
      if (!axios.isAxiosError(error)) throw error;
      debug(`${describe(error)} ${Date.now() - started} ms`);
      throw this.explain(method, path, error);
    }
  }

  private explain(method: Method, path: string, error: AxiosError): Error {
    const { response } = error;
    if (!response) {
      return new ConnectionError(
        `the Prefect server at ${this.connection.apiUrl} can't be reached (${error.code ?? error.message}); ` +
          "start it, or correct prefect:apiUrl (PREFECT_API_URL)",
      );
    }
    // a 403 to a client that was accepted before is about the object, such as one that Prefect protects
    if (response.status === 401 || (response.status === 403 && !this.accepted)) {
      return new ConnectionError(
        `the Prefect server at ${this.connection.apiUrl} refused the credentials (${response.status}: ${detailOf(response.data)}); ` +
          "set prefect:apiKey (PREFECT_API_KEY) for Prefect Cloud, or prefect:authString (PREFECT_API_AUTH_STRING) for a server of your own",
      );
    }
    if (response.status >= 300 && response.status < 400) {
      return new ConnectionError(
        `${this.connection.apiUrl} answered ${method} ${path} with a redirection to ${String(response.headers.location)}; ` +
          "set prefect:apiUrl to the API's own address",
      );
    }
    return new ApiError(method, path, response.status, detailOf(response.data));
  }
}

/** The body of an answer; one that isn't JSON is a page, or nothing. */
function bodyOf(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return text;
  }
}

function isPassing(error: AxiosError): boolean {
  if (error.response) return passing.has(error.response.status);
  const tries = (error.config?.["axios-retry"]?.retryCount ?? 0) + 1;
  return tries < triesWhenDropped;
}

function refusesLimit({ status, detail }: ApiError): boolean {
  return status === 422 && /limit/i.test(detail);
}

function isAbsent(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

function describe(error: AxiosError): string {
  const outcome = error.response ? String(error.response.status) : (error.code ?? error.message);
  return `${error.config?.method?.toUpperCase() ?? ""} ${error.config?.url ?? ""} ${outcome}`;
}

interface Problem {
  loc?: unknown[];
  msg?: string;
}

/** What the server said is wrong, of the several shapes in which Prefect says it. */
function detailOf(data: unknown): string {
  if (typeof data !== "object" || data === null) return typeof data === "string" && data !== "" ? data : "no detail";
  const { detail, exception_detail, exception_message } = data as Record<string, unknown>;
  const problems = exception_detail ?? detail;
  if (Array.isArray(problems)) {
    return problems
      .map((p: Problem) => `${(p.loc ?? []).filter((part) => part !== "body").join(".")}: ${p.msg ?? ""}`)
      .join("; ");
  }
  const text = detail ?? exception_message ?? data;
  return typeof text === "string" ? text : JSON.stringify(text);
}
