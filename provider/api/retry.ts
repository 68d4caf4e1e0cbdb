import { isAnswer, type Outcome } from "./answer";

/** Answers that say "not now". All other answers from 400 on are final. */
const busy = new Set([429, 502, 503, 504]);
/** Of these, what the server itself says before it has done anything; the others may be a gateway's that has lost an answer. */
const undone = new Set([429, 503]);
/** There was no connection, so that the request did not arrive. */
const unconnected = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);
/** The connection broke or was silent; what had arrived can't be known. Axios calls half an answer a bad response. */
const broken = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "ECONNABORTED", "ERR_BAD_RESPONSE"]);

/** In milliseconds. */
const firstPause = 10;
const longestPause = 5_000;
/** What a server may ask for by Retry-After, in milliseconds: a proxy that says a day isn't obeyed. */
const longestAsked = 60_000;

/** Whether the same request may go better a little later. */
export function mayPass(outcome: Outcome): boolean {
  return isAnswer(outcome) ? busy.has(outcome.status) : unconnected.has(outcome.code) || broken.has(outcome.code);
}

/** Whether the request has surely done nothing: the server said so, or it never arrived. */
export function isUndone(outcome: Outcome): boolean {
  return isAnswer(outcome) ? undone.has(outcome.status) : unconnected.has(outcome.code);
}

/**
 * How long to wait before the next try, in milliseconds: twice as long each time, a little by chance so that clients that were refused
 * together don't come back together, and as long as the server asks.
 *
 * @param tries how often the request has been sent
 * @param random from 0 to 1
 */
export function pauseAfter(outcome: Outcome, tries: number, random: number = Math.random()): number {
  const pause = firstPause * 2 ** Math.min(tries - 1, 20) * (1 + random / 5);
  const asked = isAnswer(outcome) ? retryAfter(outcome.headers["retry-after"]) : 0;
  return Math.max(Math.min(pause, longestPause), asked);
}

/**
 * The milliseconds of a Retry-After header, which has seconds or a date (RFC 9110, 10.2.3): 0 for one in the past or that can't be
 * read, a minute at most.
 */
export function retryAfter(header: unknown, now: number = Date.now()): number {
  const text = typeof header === "string" ? header.trim() : "";
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : dateIn(text) - now;
  return wait > 0 ? Math.min(wait, longestAsked) : 0;
}

/** Only what has the name of a month: JavaScript reads "-5" as a date too. */
function dateIn(text: string): number {
  return /[a-z]{3}/i.test(text) ? Date.parse(text) : NaN;
}
