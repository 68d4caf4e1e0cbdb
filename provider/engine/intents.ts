import { createHash, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { writeAtomically } from "../../processes/atomicWrite";
import { stateFolder } from "../../processes/stateFolder";
import { canonicalJson } from "../api/json";
import type { AnyKind, Json } from "./kind";
import { pathOf, secretsOf } from "./secrets";

/** That an object is about to be made. Written before the request is sent, so that whoever comes after a crash knows the stack's own object. */
export interface Intent {
  /** What no other creation has: for objects that can carry it. */
  mark: string;
  /** When it was, on the server's clock; ISO 8601. */
  at: string;
  /** Prefect's id of the object, when it has been made. */
  id?: string;
  /** Tells whether the program still asks for the same: a hash of the arguments without the secret ones. */
  request: string;
}

/** Whose object it is, and which one. */
export interface Intended {
  /** Address of the server. */
  server: string;
  /** The stack, as `<organization>/<project>/<stack>`. */
  stack: string;
  kind: AnyKind;
  args: Json;
}

/** How long after the end of a request's patience an object may have been made to be that of its intent, in milliseconds. */
const grace = 3 * 60_000;
/** What the name of an intent ends in; that of a file that is only half written goes on. */
const suffix = ".json";
/** After how long a half-written file is one that a killed process has left, in milliseconds. */
const writing = 60_000;
/** How much the server's clock may be ahead of what was known of it, in milliseconds. */
const imprecision = 2_000;

/** The intents of this machine: small files, each gone as soon as the state has its object, or the request has surely made nothing. */
export class Intents {
  private readonly folder = stateFolder("intents");
  private present?: Set<string>;
  /** The marks of those that a creation of this process has written, or goes on from. */
  private readonly used = new Set<string>();

  /**
   * The intents of earlier processes that ended before the state had their objects; those of the same request first. There may be several
   * where a name doesn't tell objects apart. Each is given once.
   */
  *earlier(of: Intended, secrets: readonly string[]): Iterable<Intent> {
    if (this.names.size === 0) return;
    const begin = beginOf(of);
    const found = [...this.names].filter((name) => name.startsWith(begin)).flatMap((name) => this.read(name) ?? []);
    if (found.length === 0) return;
    const request = requestHash(of, secrets);
    const isSame = (intent: Intent) => intent.request === request;
    for (const intent of [...found.filter(isSame), ...found.filter((one) => !isSame(one))]) {
      if (this.used.has(intent.mark)) continue;
      this.used.add(intent.mark);
      yield intent;
    }
  }

  private read(name: string): Intent | undefined {
    if (!this.names.has(name)) return undefined;
    try {
      const intent = JSON.parse(fs.readFileSync(path.join(this.folder, name), "utf8")) as Intent;
      return [intent.mark, intent.at, intent.request].every((part) => typeof part === "string") ? intent : undefined;
    } catch {
      // one that is broken, or cleared by another process, proves nothing
      return undefined;
    }
  }

  /** Keeps what the intended object's id is, by which whoever sees it in the state knows the intent. */
  made(of: Intended, intent: Intent, id: string): void {
    const name = nameOf(of, intent);
    if (!this.names.has(name)) return;
    writeAtomically(path.join(this.folder, name), JSON.stringify({ ...intent, id }), { flush: false });
  }

  /** Clears the intent of an object that the state has, or that is gone, whichever stack's it is. */
  forget({ server, kind, args }: Omit<Intended, "stack">, id: string): void {
    if (this.names.size === 0) return;
    const begin = objectHash(server, kind, args);
    for (const name of [...this.names].filter((name) => name.startsWith(begin))) {
      if (this.read(name)?.id === id) this.remove(name);
    }
  }

  /** @param at the server's time */
  write(of: Intended, at: Date, secrets: readonly string[]): Intent {
    const intent = { mark: randomUUID(), at: at.toISOString(), request: requestHash(of, secrets) };
    const name = nameOf(of, intent);
    this.used.add(intent.mark);
    fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    writeAtomically(path.join(this.folder, name), JSON.stringify(intent));
    this.names.add(name);
    return intent;
  }

  clear(of: Intended, intent: Intent): void {
    this.remove(nameOf(of, intent));
  }

  private remove(name: string): void {
    if (this.names.delete(name)) fs.rmSync(path.join(this.folder, name), { force: true });
  }

  private get names(): Set<string> {
    return (this.present ??= this.list());
  }

  private list(): Set<string> {
    if (!fs.existsSync(this.folder)) return new Set();
    const names = fs.readdirSync(this.folder);
    for (const name of names) if (!name.endsWith(suffix)) removeLeftOver(path.join(this.folder, name));
    return new Set(names.filter((name) => name.endsWith(suffix)));
  }
}

/**
 * Whether the intent is of the very arguments, and the object was made when the intent says.
 *
 * @param created in milliseconds since 1970
 * @param patience how long a request may take, in milliseconds
 */
export function isOfIntent(
  intent: Intent,
  of: Intended,
  { secrets, created, patience }: { secrets: readonly string[]; created: number; patience: number },
): boolean {
  const late = created - Date.parse(intent.at);
  return intent.request === requestHash(of, secrets) && late >= -imprecision && late <= patience + grace;
}

function removeLeftOver(file: string): void {
  const begun = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  if (Date.now() - begun > writing) fs.rmSync(file, { force: true });
}

function nameOf(of: Intended, { mark }: Intent): string {
  return `${beginOf(of)}-${sha256(mark).slice(0, 16)}${suffix}`;
}

function beginOf({ server, stack, kind, args }: Intended): string {
  return `${objectHash(server, kind, args)}-${sha256(stack).slice(0, 16)}`;
}

function objectHash(server: string, kind: AnyKind, args: Json): string {
  const distinction = kind.distinction?.(args);
  const parts = [
    server,
    kind.type,
    kind.label(args),
    ...(distinction === undefined ? [] : [canonicalJson(distinction)]),
  ];
  return sha256(JSON.stringify(parts)).slice(0, 32);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function requestHash({ kind, args }: Intended, secrets: readonly string[]): string {
  const hidden = secretsOf(kind, secrets).map((secret) => pathOf(secret)[0]);
  const shown = Object.entries(args).filter(([key]) => !hidden.includes(key));
  return sha256(canonicalJson(Object.fromEntries(shown)));
}
