import axios, { type AxiosInstance } from "axios";
import { isLoopback } from "../../provider/api/address";
import {
  type Answer,
  type Body,
  bodyOf,
  brief,
  isAnswer,
  type Outcome,
  outlineOf,
  pageOf,
} from "../../provider/api/answer";
import { debug } from "../../provider/api/debug";
import { PrefectError } from "../../provider/api/errors";
import { isUndone, mayPass, pauseAfter } from "../../provider/api/retry";
import { visible } from "../../provider/api/visible";

/** The host answered, and the answer was no. */
export class Refusal extends PrefectError {
  override name = "Refusal";

  constructor(
    message: string,
    /** HTTP status of the answer. */
    readonly status: number,
  ) {
    super(message);
  }
}

/** A request that must not be sent twice was perhaps done, and perhaps not. */
export class LostAnswer extends PrefectError {
  override name = "LostAnswer";
}

/** How an API is reached. */
export interface HostAccess {
  /** What the host calls itself, for errors. */
  host: string;
  /** The variable of the address, for errors. */
  variable: string;
  apiUrl: string;
  token: string;
  headers: Record<string, string>;
  /** What to do about a status. */
  remedies: Record<number, string>;
  /** Waits so many milliseconds. */
  pause: (milliseconds: number) => Promise<unknown>;
}

interface Asked {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  path: string;
  body?: object;
  /** Whether it may be sent again when the host may have acted on it already. @default true, but for POST */
  isRepeatable?: boolean;
}

const mostTries = 5;
/** In milliseconds, before the second try; twice as long before each other. */
const firstPause = 500;
/** How long one try may take, in milliseconds. */
const silence = 30_000;
/** How many entries of a list are asked for at once. */
const pageSize = 100;
/** Both hosts allow fewer comments. */
const mostPages = 100;
/** For how long a limit of requests is waited for, in milliseconds; it may last an hour. */
const longestLimit = 60_000;

/** The API of a code host: JSON alone, sent to its own address alone, tried a few times when it says "not now". */
export class HostApi {
  private readonly http: AxiosInstance;

  /** @throws PrefectError when the token would go through the network for anybody to read, or can't be one */
  constructor(private readonly access: HostAccess) {
    const { apiUrl, headers, token, variable, host } = access;
    if (/@/.test(apiUrl)) {
      throw new PrefectError(
        `${variable} has a user or a password in it; take them out, as ${host} takes the token alone`,
      );
    }
    if (!URL.canParse(apiUrl) || !/^https?:$/.test(new URL(apiUrl).protocol)) {
      throw new PrefectError(`${variable} "${apiUrl}" is not an address; it is that of ${host}'s API, with https`);
    }
    if (new URL(apiUrl).protocol === "http:" && !isLoopback(apiUrl)) {
      throw new PrefectError(
        `${variable} "${apiUrl}": the token would be sent unencrypted, so it isn't sent; give the address with https`,
      );
    }
    if (!/^[\x21-\x7e]+$/.test(token)) {
      throw new PrefectError(`the token for ${host} has characters that none can have; check how it is set`);
    }
    this.http = axios.create({
      baseURL: apiUrl,
      headers: { ...headers, "User-Agent": "meta-prefect" },
      timeout: silence,
      // the token goes nowhere else
      maxRedirects: 0,
      ...(isLoopback(apiUrl) && { proxy: false }),
      validateStatus: () => true,
      transformRequest: (body: unknown) => body,
      transformResponse: (text: unknown) => bodyOf(typeof text === "string" ? text : ""),
    });
  }

  /**
   * What the host answers.
   *
   * @throws Refusal, LostAnswer, or PrefectError where there is no answer or another than its API would give
   */
  async ask(asked: Asked): Promise<{ json: unknown; headers: Answer["headers"] }> {
    const { method, isRepeatable = method !== "POST" } = asked;
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.once(asked);
      debug(`${method} ${asked.path} ${isAnswer(outcome) ? outcome.status : outcome.code}`);
      if (!isPassing(outcome)) return this.believed(asked, outcome);
      if (!isRepeatable && !hasNotActed(outcome)) throw new LostAnswer(this.explained(asked, outcome));
      const untilReset = (resetOf(outcome) ?? 0) - Date.now();
      if (tries === mostTries || untilReset > longestLimit) throw this.failure(asked, outcome);
      await this.access.pause(Math.max(firstPause * 2 ** (tries - 1), pauseAfter(outcome, tries), untilReset));
    }
  }

  /** All parts of a list, page by page. */
  async list(path: string): Promise<Record<string, unknown>[]> {
    const all: Record<string, unknown>[] = [];
    const [bare = "", query = ""] = path.split("?");
    for (let page = 1; page <= mostPages; page += 1) {
      const words = [query, `per_page=${pageSize}`, `page=${page}`].filter((word) => word !== "").join("&");
      const asked: Asked = { method: "GET", path: `${bare}?${words}` };
      const { json, headers } = await this.ask(asked);
      if (!Array.isArray(json) || !json.every(isObject)) throw this.unbelievable(asked, json, "a list of objects");
      all.push(...json);
      // the address of the next page isn't followed, as it is the host's word where the token goes
      const hasNext = /;\s*rel="?next"?/i.test(String(headers.link));
      if (!hasNext && json.length < pageSize) return all;
    }
    throw new PrefectError(
      `${this.at}: GET ${bare} has more than ${mostPages * pageSize} entries; none is sought among so many`,
    );
  }

  /** One object. */
  async object(asked: Asked): Promise<Record<string, unknown>> {
    const { json } = await this.ask(asked);
    if (!isObject(json)) throw this.unbelievable(asked, json, "an object");
    return json;
  }

  /** What is said of an answer that the API would not give, with the reasons that it has. */
  unbelievable({ method, path }: Asked, json: unknown, expected: string): PrefectError {
    const why = hasErrors(json) ? `: ${brief(detailIn(json), 300)}` : "";
    return new PrefectError(
      this.masked(
        visible(`${this.at}: ${method} ${path} was answered with ${outlineOf(json)} instead of ${expected}${why}`),
      ),
    );
  }

  private get at(): string {
    return `${this.access.host} at ${this.access.apiUrl}`;
  }

  private async once({ method, path, body }: Asked): Promise<Outcome> {
    try {
      const response = await this.http.request<Body>({
        method,
        url: path,
        ...(body && { data: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
      });
      return { status: response.status, headers: response.headers, body: response.data };
    } catch (error) {
      if (!axios.isAxiosError(error)) throw error;
      return { code: error.code ?? "", message: error.message };
    }
  }

  private believed(asked: Asked, outcome: Outcome): { json: unknown; headers: Answer["headers"] } {
    if (!isAnswer(outcome) || outcome.status >= 300 || !("json" in outcome.body)) throw this.failure(asked, outcome);
    return { json: outcome.body.json, headers: outcome.headers };
  }

  private failure(asked: Asked, outcome: Outcome): PrefectError {
    const message = this.explained(asked, outcome);
    // a page is not the host's own word, and a limit says nothing of what may be done
    const isOwnWord = isAnswer(outcome) && outcome.status >= 400 && "json" in outcome.body;
    return isOwnWord && !isLimited(outcome) ? new Refusal(message, outcome.status) : new PrefectError(message);
  }

  private explained({ method, path }: Asked, outcome: Outcome): string {
    if (!isAnswer(outcome)) {
      return this.masked(`${this.at}: no answer to ${method} ${path} (${outcome.code || brief(outcome.message, 160)})`);
    }
    const { status, body, headers } = outcome;
    const said = "json" in body ? detailIn(body.json) : pageOf(body.text);
    const where = status >= 300 && status < 400 ? `, which leads to ${brief(String(headers.location), 160)}` : "";
    const remedy = isLimited(outcome)
      ? limitText(resetOf(outcome))
      : "json" in body
        ? this.access.remedies[status]
        : undefined;
    return this.masked(
      `${this.at}: ${method} ${path} was answered ${status}${where}: ${brief(said, 300)}${remedy ? `; ${remedy}` : ""}`,
    );
  }

  private masked(text: string): string {
    return text.replaceAll(this.access.token, "[secret]");
  }
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** Whether the same request may go better a little later. */
function isPassing(outcome: Outcome): boolean {
  return mayPass(outcome) || isLimited(outcome) || (isAnswer(outcome) && outcome.status >= 500);
}

/** Whether a request has surely done nothing; an answer of 503 may be that of something before the host. */
function hasNotActed(outcome: Outcome): boolean {
  return isAnswer(outcome) ? outcome.status === 429 || isLimited(outcome) : isUndone(outcome);
}

/**
 * Whether there were too many requests. GitHub says so by 403 as well, and by GraphQL among the errors of an answer: with the time to wait, with none
 * left of an hour's requests, or by its words alone.
 */
function isLimited(outcome: Outcome): boolean {
  if (!isAnswer(outcome)) return false;
  const { status, headers, body } = outcome;
  if (status === 429) return true;
  const json = "json" in body ? body.json : undefined;
  if (status !== 403 && !(status === 200 && hasErrors(json))) return false;
  return headers["retry-after"] !== undefined || isUsedUp(headers) || /\brate limit/i.test(detailIn(json));
}

/** Whether GitHub allows no more requests until its time. */
function isUsedUp(headers: Answer["headers"]): boolean {
  return headers["x-ratelimit-remaining"] === "0";
}

/** When a host allows requests again, in milliseconds since 1970; undefined where it doesn't say. */
function resetOf(outcome: Outcome): number | undefined {
  if (!isAnswer(outcome) || !isLimited(outcome) || !isUsedUp(outcome.headers)) return undefined;
  const seconds = String(outcome.headers["x-ratelimit-reset"]);
  return /^\d{1,10}$/.test(seconds) ? Number(seconds) * 1_000 : undefined;
}

function limitText(reset: number | undefined): string {
  return reset === undefined
    ? "it takes no more requests for now; try again later"
    : `it takes no more requests until ${new Date(reset).toISOString()}; try again then`;
}

function hasErrors(json: unknown): boolean {
  return isObject(json) && Array.isArray(json.errors);
}

/** What the host says is wrong, of the several shapes in which the two say it. */
function detailIn(json: unknown): string {
  if (!isObject(json)) return json === undefined ? "no detail" : JSON.stringify(json);
  const { message, error, error_description: description, errors } = json;
  const parts = [message ?? error, description, ...(Array.isArray(errors) ? (errors as unknown[]).map(problem) : [])];
  const texts = parts
    .filter((part) => part !== undefined)
    .map((part) => (typeof part === "string" ? part : JSON.stringify(part)));
  return texts.length > 0 ? texts.join(": ") : outlineOf(json);
}

function problem(error: unknown): unknown {
  if (!isObject(error)) return error;
  const { field, message, code } = error;
  return [field, message ?? code].filter((part) => typeof part === "string").join(" ");
}
