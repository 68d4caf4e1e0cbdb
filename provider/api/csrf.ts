import { randomUUID } from "node:crypto";
import { detailOf, isAnswer, type Outcome } from "./answer";

interface Token {
  headers: Record<string, string>;
  /** When it is time for another one, on the clock of `performance.now()`. */
  renewAt: number;
}

/**
 * The tokens that a server with PREFECT_SERVER_CSRF_PROTECTION_ENABLED asks for with each write (server/api/middleware.py). None is
 * asked for before the server has refused a write for want of one, so that other servers get no request more.
 */
export class CsrfTokens {
  private readonly client = randomUUID();
  private token?: Token;
  private renewal?: Promise<Outcome | undefined>;

  /** @param ask sends a GET request */
  constructor(private readonly ask: (path: string) => Promise<Outcome>) {}

  /** What a write carries. */
  get headers(): Record<string, string> {
    return this.token?.headers ?? {};
  }

  /** Whether the token is about to expire. */
  get isDue(): boolean {
    return this.token !== undefined && performance.now() >= this.token.renewAt;
  }

  /**
   * Gets a new token, once for all requests that ask at the same time.
   *
   * @param refused the headers that are no longer good; nothing is done when others have taken their place already
   * @returns undefined, or what came instead of a token
   */
  renew(refused: Record<string, string>): Promise<Outcome | undefined> {
    if (refused !== this.headers && this.token) return Promise.resolve(undefined);
    this.renewal ??= this.fetch().finally(() => (this.renewal = undefined));
    return this.renewal;
  }

  private async fetch(): Promise<Outcome | undefined> {
    const outcome = await this.ask(`/csrf-token?client=${this.client}`);
    if (!isAnswer(outcome) || !("json" in outcome.body)) return outcome;
    const { token, expiration } = (outcome.body.json ?? {}) as Record<string, unknown>;
    if (typeof token !== "string") return outcome;
    // by the server's own clock
    const now = Date.parse(String(outcome.headers.date)) || Date.now();
    const life = Date.parse(String(expiration)) - now || 0;
    this.token = {
      headers: { "Prefect-Csrf-Token": token, "Prefect-Csrf-Client": this.client },
      renewAt: performance.now() + life * 0.8,
    };
    return undefined;
  }
}

/** Whether a write was refused for want of a token that is good. */
export function wantsCsrfToken(outcome: Outcome): boolean {
  return (
    isAnswer(outcome) && outcome.status === 403 && /CSRF token|Missing client identifier/i.test(detailOf(outcome.body))
  );
}
