import { stringify } from "lossless-json";
import { parseExactly } from "./exactJson";

/** What came of a request that was sent once: the server's answer, or the reason why there is none. */
export type Outcome = Answer | Failure;

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: Body;
  /** Whether an earlier try of the request may have been done. */
  isRepeat?: boolean;
}

export interface Failure {
  /** Node's name of what went wrong, such as "ECONNREFUSED". */
  code: string;
  message: string;
}

/** What came in the body of an answer. */
export type Body = { json: unknown } | { text: string };

export function isAnswer(outcome: Outcome): outcome is Answer {
  return "status" in outcome;
}

/** A body as JSON, with numbers exactly as they were written in a JSON text that is passed on. */
export function textOf(body: unknown): string | undefined {
  return body === undefined ? undefined : stringify(body);
}

/** The body of an answer; one that isn't JSON is a page, or a part of what was sent. */
export function bodyOf(text: string): Body {
  if (text === "") return { json: undefined };
  try {
    return { json: parseExactly(text) };
  } catch {
    return { text };
  }
}

/** The beginning of a text, on one line. */
export function brief(text: string, most = 1_000): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > most ? `${line.slice(0, most)}...` : line;
}

/** What came instead of JSON. What begins like it may be half of an object with secrets. */
export function pageOf(text: string): string {
  return /^\s*[[{"]/.test(text) ? "a part of a JSON text" : `a page instead of JSON (${brief(text, 160)})`;
}

/** What sort of value it is, without its contents, which may be secret. */
export function outlineOf(json: unknown): string {
  if (json === undefined) return "nothing";
  if (Array.isArray(json)) return `a list of ${json.length}`;
  if (typeof json !== "object" || json === null) return json === null ? "null" : `a ${typeof json}`;
  return `an object of ${brief(Object.keys(json).join(", "), 160)}`;
}

/** What Prefect's API calls the objects that it has not found (server/api/*.py); `Not Found` alone is about the address. */
const absent =
  /^(default )?(artifact|automation|block|block document|block schema|block type|concurrency limit|deployment|flow|flow run|saved search|schedule|variable|work pool|work pool queue|work queue|worker)\b.*\bnot found\b/is;

/** What kind of object the server says isn't there, in its own words, such as "Work pool"; undefined when it doesn't say that. */
export function saidAbsent(body: Body): string | undefined {
  if (!("json" in body) || typeof body.json !== "object" || body.json === null) return undefined;
  const { detail, exception_message } = body.json as Record<string, unknown>;
  return absent.exec(String(detail ?? exception_message))?.[2];
}

interface Problem {
  loc?: unknown[];
  msg?: string;
}

/** What the server said is wrong, of the several shapes in which Prefect says it. */
export function detailOf(body: Body): string {
  if (!("json" in body)) return pageOf(body.text);
  const data = body.json;
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
