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
  /** Pulumi's id of the object, when it has been made. */
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

/** How long after its intent an object may have been made to be that of the intent, in milliseconds: more than any request's patience. */
const longest = 5 * 60_000;
/** How much the server's clock may be ahead of what was known of it, in milliseconds. */
const imprecision = 2_000;

/** The intents of this machine: small files, each gone as soon as the state has its object, or the request has surely made nothing. */
export class Intents {
  private readonly folder = stateFolder("intents");
  private present?: Set<string>;

  /** The intent of an earlier process that ended before the state had its object. */
  find(of: Intended): Intent | undefined {
    return this.read(nameOf(of));
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

  /** Keeps what the intended object's id is, by which its deletion knows the intent. */
  made(of: Intended, id: string): void {
    const intent = this.find(of);
    if (!intent) return;
    writeAtomically(path.join(this.folder, nameOf(of)), JSON.stringify({ ...intent, id }), { flush: false });
  }

  /** Clears the intent of an object that the state has, whichever stack's it is. */
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
    const name = nameOf(of);
    fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    writeAtomically(path.join(this.folder, name), JSON.stringify(intent));
    this.names.add(name);
    return intent;
  }

  clear(of: Intended): void {
    if (this.names.size > 0) this.remove(nameOf(of));
  }

  private remove(name: string): void {
    if (this.names.delete(name)) fs.rmSync(path.join(this.folder, name), { force: true });
  }

  private get names(): Set<string> {
    return (this.present ??= new Set(fs.existsSync(this.folder) ? fs.readdirSync(this.folder) : []));
  }
}

/**
 * Whether the intent is of the very arguments, and the object was made when the intent says.
 *
 * @param created in milliseconds since 1970
 */
export function isOfIntent(intent: Intent, of: Intended, secrets: readonly string[], created: number): boolean {
  const late = created - Date.parse(intent.at);
  return intent.request === requestHash(of, secrets) && late >= -imprecision && late <= longest;
}

function nameOf({ server, stack, kind, args }: Intended): string {
  return `${objectHash(server, kind, args)}-${sha256(stack).slice(0, 16)}.json`;
}

function objectHash(server: string, kind: AnyKind, args: Json): string {
  return sha256(JSON.stringify([server, kind.type, kind.label(args)])).slice(0, 32);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function requestHash({ kind, args }: Intended, secrets: readonly string[]): string {
  const hidden = secretsOf(kind, secrets).map((secret) => pathOf(secret)[0]);
  const shown = Object.entries(args).filter(([key]) => !hidden.includes(key));
  return sha256(canonicalJson(Object.fromEntries(shown)));
}
