import { type Answer, isAnswer, type Outcome, outlineOf, pageOf } from "./answer";
import type { Connection } from "./connection";
import { isMadeSince } from "./created";
import { AbsenceError, ApiError, ConnectionError, NotTriedError, TakenError } from "./errors";
import { explain, unbelievable } from "./explain";
import { isEqual } from "./json";
import type { Patience } from "./patience";
import { warnOfPlainHttp } from "./plainHttp";
import { Pressure } from "./pressure";
import { aCount, aList, aText, nothing, type Shape, withId } from "./shape";
import { type Request, Transport } from "./transport";
import { requireVersion } from "./version";

/** Prefect's own default and highest page size (PREFECT_SERVER_API_DEFAULT_LIMIT). */
const usualPage = 200;

/**
 * Prefect's REST API. What may pass (429, 502, 503, 504, a connection that is refused or dropped) is tried again with growing pauses,
 * as long as the patience lasts; what won't is an error at once.
 *
 * The server is greeted before the first request: when there is none, or another than Prefect's, or one that is too old, or it refuses
 * the credentials, the error says so with the address and the remedy, and the requests behind it are not sent. After that each answer is
 * believed only when it is what Prefect's API would say: a page of a proxy, half an answer, or something of another shape is an error.
 */
export class PrefectClient {
  private readonly transport: Transport;
  private readonly pressure = new Pressure();
  private greeting?: Promise<void>;
  private accepted = false;
  /** How many objects a page is asked for; undefined when the server takes fewer than is usual. */
  private pageLimit: number | undefined = usualPage;

  /** @throws ConnectionError when a setting can't be used */
  constructor(
    readonly connection: Connection,
    patience: Partial<Patience> = {},
  ) {
    this.transport = new Transport(connection, patience, () => this.pressure.overloaded());
  }

  /** Makes sure, once, that there is a Prefect API which is new enough and takes the credentials. */
  greet(): Promise<void> {
    this.greeting ??= this.meet();
    return this.greeting;
  }

  private async meet(): Promise<void> {
    warnOfPlainHttp(this.connection);
    const { apiUrl } = this.connection;
    const version = await this.version();
    if (version === undefined) await this.count();
    else requireVersion(apiUrl, version);
  }

  /** The server's version; undefined when the server doesn't say: Prefect Cloud has none, and an ingress may keep people from /admin, which can clear the database. */
  async version(): Promise<string | undefined> {
    if (/^https:\/\/api\.prefect\.cloud\//i.test(this.connection.apiUrl)) return undefined;
    const request: Request = { method: "GET", path: "/admin/version", isRepeatable: true };
    const outcome = await this.pressure.run(() => this.transport.send(request));
    if (isAnswer(outcome) && [403, 404, 405].includes(outcome.status)) return undefined;
    return this.believed(request, outcome, aText) as string;
  }

  private async count(): Promise<void> {
    const path = "/flows/count";
    try {
      await this.ask({ method: "POST", path, body: {}, isRepeatable: true }, aCount);
    } catch (error) {
      if (!(error instanceof ApiError && [404, 405].includes(error.status))) throw error;
      throw new ConnectionError(
        `${this.connection.apiUrl} is not the address of a Prefect API (POST ${path} answered ${error.status}); correct prefect:apiUrl, whose path usually ends in /api`,
      );
    }
  }

  /** What time it is on the server, or up to a second earlier. */
  serverTime(): Date {
    return this.transport.serverTime();
  }

  /** The object at `path`, or undefined when the server says that there is none. */
  find<T>(path: string): Promise<T | undefined> {
    return unlessAbsent(this.send<T>({ method: "GET", path, isRepeatable: true }, withId));
  }

  /** The list at `path`, or undefined when the server says that what it belongs to isn't there. */
  list<T>(path: string): Promise<T[] | undefined> {
    return unlessAbsent(this.send<T[]>({ method: "GET", path, isRepeatable: true }, aList));
  }

  /**
   * Asks, or makes what can be told to be made already: it is sent again after any failure that may pass, also when the server may have
   * acted on it. That is right for
   * - `.../filter` and `.../count`, which only read;
   * - `/flows/`, of which a second request gets what the first has made;
   * - `/work_pools/`, their `/queues`, `/variables/`, `/block_types/`, `/block_documents/`, `/v2/concurrency_limits/`: a second request is
   *   answered 409, by the name, and `creation.create` recognizes what is just as it was asked for;
   * - `/deployments/{id}/schedules`: a second request is answered 409, by the slugs, and the next `pulumi up` finds them there;
   * - `/deployments/{id}/create_flow_run` with an idempotency key, of which a second request gets what the first has made;
   * - `/automations/` with an owner of its own, by which twins are found and deleted.
   *
   * @param shape what the answer must be; default: an object with an id
   */
  post<T>(path: string, body: unknown, shape: Shape = withId): Promise<T> {
    return this.send<T>({ method: "POST", path, body, isRepeatable: true }, shape);
  }

  /**
   * Makes an object where Prefect changes the one of the name, or gives it back, if there is one; after it was seen that there is none. It
   * is sent again like `post`: a second request comes to the same.
   *
   * @throws TakenError when somebody else had made it in the meantime
   */
  async make<T extends object>(path: string, body: unknown, method: "POST" | "PUT" = "POST"): Promise<T> {
    const since = this.serverTime();
    const request: Request = { method, path, body, isRepeatable: true };
    await this.ready();
    const outcome = await this.pressure.run(() => this.transport.send(request));
    const made = this.believed(request, outcome, withId) as T;
    const { status, isRepeat } = outcome as Answer;
    // another try finds what an earlier one has made
    const isOwn = status === 201 || (isRepeat && isMadeSince(made, since));
    if (!isOwn) throw new TakenError(String(Reflect.get(made, "id")), made);
    return made;
  }

  /** Makes what can't be recognized, such as a flow run: sent again only when the server surely has not acted on it. */
  postOnce<T>(path: string, body: unknown): Promise<T> {
    return this.send<T>({ method: "POST", path, body, isRepeatable: false }, withId);
  }

  /** Changes what is at `path`; false when the server says that there is nothing. */
  patch(path: string, body: unknown): Promise<boolean> {
    return this.change("PATCH", path, body);
  }

  /** The same, but without a request, and so with success, when there is nothing to change. */
  async patchIfChanged(path: string, body: object): Promise<boolean> {
    return Object.keys(body).length === 0 || this.patch(path, body);
  }

  /** Changes what the body names, where making it is Prefect's only way to change it. */
  async remake(method: "POST" | "PUT", path: string, body: unknown): Promise<void> {
    await this.send({ method, path, body, isRepeatable: true }, withId);
  }

  /** Replaces what is at `path`; false when the server says that there is nothing. */
  put(path: string, body: unknown): Promise<boolean> {
    return this.change("PUT", path, body);
  }

  /** What changes or deletes is sent again after any failure that may pass: doing it twice comes to the same. */
  private async change(method: Request["method"], path: string, body?: unknown): Promise<boolean> {
    const sent = this.send({ method, path, body, isRepeatable: true }, nothing);
    return (await unlessAbsent(sent.then(() => true))) ?? false;
  }

  /** Deletes what is at `path`; that it is gone already is success. */
  async delete(path: string): Promise<void> {
    await this.change("DELETE", path);
  }

  /** All objects that a filter endpoint (`POST .../filter`) finds, read page by page to the end. */
  async filter<T>(path: string, filter: object = {}): Promise<T[]> {
    const found: T[] = [];
    for await (const page of this.pages<T>(path, filter)) found.push(...page);
    return found;
  }

  /** The same, each page as it comes. */
  async *pages<T>(path: string, filter: object = {}): AsyncGenerator<T[]> {
    let before: T[] = [];
    for (let offset = 0; ;) {
      const page = await this.page<T>(path, filter, offset);
      if (page.length > 0 && page.length === before.length && isEqual(page[0], before[0])) {
        throw unbelievable(this.connection.apiUrl, { method: "POST", path }, "the same page twice");
      }
      yield page;
      offset += page.length;
      if (page.length < (this.pageLimit ?? 1)) return;
      before = page;
    }
  }

  /** The first object that a filter endpoint finds, in the order that the filter asks for. */
  async first<T>(path: string, filter: object): Promise<T | undefined> {
    return (await this.post<T[]>(path, { ...filter, limit: 1 }, aList))[0];
  }

  private async page<T>(path: string, filter: object, offset: number): Promise<T[]> {
    try {
      return await this.post<T[]>(path, { ...filter, limit: this.pageLimit, offset }, aList);
    } catch (error) {
      if (this.pageLimit === undefined || !(error instanceof ApiError && refusesLimit(error))) throw error;
      // this server has smaller pages: it is left to say how many fit in one, and asked until there are none
      this.pageLimit = undefined;
      return this.page<T>(path, filter, offset);
    }
  }

  private async send<T>(request: Request, shape: Shape): Promise<T> {
    await this.ready();
    return this.ask<T>(request, shape);
  }

  private async ready(): Promise<void> {
    if (this.greeting) {
      try {
        await this.greeting;
      } catch {
        throw new NotTriedError();
      }
    } else {
      await this.greet();
    }
  }

  private ask<T>(request: Request, shape: Shape): Promise<T> {
    return this.pressure.run(async () => this.believed(request, await this.transport.send(request), shape) as T);
  }

  /** What an answer holds, when it is one that Prefect's API would give. */
  private believed(request: Request, outcome: Outcome, shape: Shape): unknown {
    const { apiUrl } = this.connection;
    if (!isAnswer(outcome) || outcome.status >= 300) throw explain(apiUrl, request, outcome, this.accepted);
    this.accepted = true;
    const { body, status } = outcome;
    if (!("json" in body)) throw unbelievable(apiUrl, request, pageOf(body.text));
    if (!shape.holds(body.json, status)) {
      throw unbelievable(apiUrl, request, `${outlineOf(body.json)} instead of ${shape.what}`);
    }
    return body.json;
  }
}

/** What an answer gives, unless it is that there is no such object. */
async function unlessAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AbsenceError && error.isOfAddress) return undefined;
    throw error;
  }
}

function refusesLimit({ status, detail }: ApiError): boolean {
  return status === 422 && /limit/i.test(detail);
}
