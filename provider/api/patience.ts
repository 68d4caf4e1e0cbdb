import { ConnectionError } from "./errors";

/** How patient a client is; all in milliseconds. */
export interface Patience {
  /**
   * How long one request may take in all: its tries, the pauses between them, and a body that trickles in. An outage is waited for this
   * long once, not again by each request that meets it.
   * @default META_PREFECT__PATIENCE in seconds, or 2 minutes
   */
  total: number;
  /** How long a server that has not answered yet, whose address may be mistyped, is waited for. @default 15 seconds */
  firstContact: number;
  /** How long one try may hear nothing; a busy SQLite server holds a write back for several seconds. @default 1 minute */
  silence: number;
}

/** In seconds; a day at most, far below what a timer of Node.js can hold. */
const longest = 86_400;

/** @throws ConnectionError when META_PREFECT__PATIENCE isn't a number of seconds */
export function patienceOf(environment: Record<string, string | undefined> = process.env): Patience {
  const { META_PREFECT__PATIENCE: given } = environment;
  const seconds = given ? Number(given) : 120;
  if (!(seconds > 0 && seconds <= longest)) {
    throw new ConnectionError(
      `META_PREFECT__PATIENCE is "${given}"; give the seconds that a request may take in all, up to ${longest}`,
    );
  }
  const total = seconds * 1_000;
  return { total, firstContact: Math.min(15_000, total), silence: Math.min(60_000, total) };
}
