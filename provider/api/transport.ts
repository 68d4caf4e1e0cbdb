import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import type { AxiosError } from "axios";
import axios, { type AxiosInstance } from "axios";
import { isLoopback } from "./address";
import { type Body, bodyOf, brief, detailOf, isAnswer, type Outcome, textOf } from "./answer";
import type { Connection } from "./connection";
import { CsrfTokens, wantsCsrfToken } from "./csrf";
import { debug } from "./debug";
import { type Patience, patienceOf } from "./patience";
import { isUndone, mayPass, pauseAfter } from "./retry";
import { tlsOptions } from "./tls";
import { Waiting } from "./waiting";

/** A request as it is sent, once or several times. */
export interface Request {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  path: string;
  body?: unknown;
  /** Whether it may be sent again when the server may have acted on it already. */
  isRepeatable: boolean;
}

/** How often a request is sent again with a new CSRF token. */
const mostRenewals = 3;
/** How long one try may take when all patience for an outage is spent, in milliseconds. */
const oneTry = 15_000;

/** Sends requests to one server, over keep-alive connections, until they are answered or the patience for them is at an end. */
export class Transport {
  private readonly http: AxiosInstance;
  private readonly patience: Patience;
  private readonly waiting: Waiting;
  private readonly csrf = new CsrfTokens((path) => this.send({ method: "GET", path, isRepeatable: true }));
  /** Whether the server has ever answered. */
  private isKnown = false;
  /** How far the server's clock is before this machine's, in milliseconds; at most a second too little, as it says whole seconds. */
  private ahead = 0;
  /** Since when nothing but what may pass has come of any request, on the clock of `performance.now()`. */
  private failingSince?: number;

  /**
   * @param busy called at each answer that says "not now"
   * @throws ConnectionError when a setting can't be used
   */
  constructor(
    connection: Connection,
    patience: Partial<Patience>,
    private readonly busy: () => void,
  ) {
    const { apiUrl, headers, tls = {} } = connection;
    this.patience = { ...patienceOf(), ...patience };
    this.waiting = new Waiting(apiUrl);
    this.http = axios.create({
      baseURL: apiUrl,
      headers: { ...headers, "Content-Type": "application/json" },
      timeout: this.patience.silence,
      maxRedirects: 0,
      httpAgent: new http.Agent({ keepAlive: true }),
      httpsAgent: new https.Agent({ keepAlive: true, ...tlsOptions(tls) }),
      ...(isLoopback(apiUrl) && { proxy: false }),
      validateStatus: () => true,
      // the body is a text already: axios would lose keys such as "constructor" from an object
      transformRequest: (body: unknown) => body,
      transformResponse: (text: unknown) => bodyOf(typeof text === "string" ? text : ""),
    });
  }

  /** What time it is on the server, or up to a second earlier. */
  serverTime(): Date {
    return new Date(Date.now() + this.ahead);
  }

  /** What came of a request in the end. */
  async send(request: Request): Promise<Outcome> {
    const { method, path } = request;
    let last: Outcome | undefined;
    const why = () => (last ? `${method} ${path} came to ${shown(last)}` : `no answer to ${method} ${path} yet`);
    const started = performance.now();
    const until = () => {
      const deadline = last ? this.deadline(started) : started + this.patience.total;
      return new Date(Date.now() + deadline - performance.now());
    };
    const end = this.waiting.begin(why, until);
    let answers = false;
    try {
      const outcome = await this.trying(request, started, (passing) => (last = passing));
      answers = isAnswer(outcome) && !mayPass(outcome);
      return outcome;
    } finally {
      end(answers);
    }
  }

  private async trying(request: Request, started: number, passing: (outcome: Outcome) => void): Promise<Outcome> {
    let renewals = 0;
    // what was refused or never arrived has surely done nothing
    let mayBeDone = false;
    const told = (outcome: Outcome) => (isAnswer(outcome) ? { ...outcome, isRepeat: mayBeDone } : outcome);
    for (let tries = 1; ; tries += 1) {
      if (request.method !== "GET" && this.csrf.isDue) {
        const failed = await this.csrf.renew(this.csrf.headers);
        if (failed) return told(failed);
      }
      const token = request.method === "GET" ? {} : this.csrf.headers;
      const outcome = await this.once(request, token, started);
      debug(`${request.method} ${request.path} ${shown(outcome)} ${Math.round(performance.now() - started)} ms`);
      if (wantsCsrfToken(outcome) && renewals < mostRenewals) {
        renewals += 1;
        const failed = await this.csrf.renew(token);
        if (!failed) continue;
        // a server that gives no tokens hasn't meant it
        return told(isAnswer(failed) && failed.status < 500 ? outcome : failed);
      }
      if (!mayPass(outcome)) {
        if (!isAnswer(outcome)) return outcome;
        this.failingSince = undefined;
        return told(outcome);
      }
      this.failingSince ??= performance.now();
      if (isAnswer(outcome)) this.busy();
      if (!request.isRepeatable && !isUndone(outcome)) return told(outcome);
      const wait = pauseAfter(outcome, tries);
      if (performance.now() + wait >= this.deadline(started)) return told(outcome);
      mayBeDone ||= !isUndone(outcome);
      passing(outcome);
      await pause(wait);
    }
  }

  /** When a request that began at `started` is given up, on the clock of `performance.now()`. */
  private deadline(started: number): number {
    const { total, firstContact } = this.patience;
    const since = Math.min(started, this.failingSince ?? started);
    return since + (this.isKnown ? total : Math.min(total, firstContact));
  }

  private async once(request: Request, token: Record<string, string>, started: number): Promise<Outcome> {
    const now = performance.now();
    // an outage that has been waited for already leaves each request time for one try
    const left = this.isKnown ? Math.max(this.deadline(started) - now, oneTry) : Infinity;
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), Math.min(left, started + this.patience.total - now));
    try {
      const { method, path, body } = request;
      const response = await this.http.request<Body>({
        method,
        url: path,
        data: textOf(body),
        headers: token,
        signal: giveUp.signal,
      });
      this.isKnown = true;
      const date = Date.parse(String(response.headers.date));
      if (!Number.isNaN(date)) this.ahead = date - Date.now();
      return { status: response.status, headers: response.headers, body: response.data };
    } catch (error) {
      if (!axios.isAxiosError(error)) throw error;
      const { code = "", message } = error as AxiosError;
      return { code, message };
    } finally {
      clearTimeout(timer);
    }
  }
}

function shown(outcome: Outcome): string {
  if (!isAnswer(outcome)) return outcome.code || outcome.message;
  return outcome.status < 400 ? String(outcome.status) : `${outcome.status} (${brief(detailOf(outcome.body), 160)})`;
}
