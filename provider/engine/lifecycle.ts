import { brief } from "../api/answer";
import type { PrefectClient } from "../api/client";
import { ApiError, ConnectionError, messageOf, PartialFailure, PrefectError } from "../api/errors";
import { isEqual } from "../api/json";
import { breaches, inexact } from "./breaches";
import { type AnyKind, type Failure, type Hints, immutable, type Json, type Program, writeOnly } from "./kind";
import { nearestKnown } from "./propertyPath";
import { secretsOf, withoutSecrets } from "./secrets";

/** Takes over the object that exists under the name, instead of failing. */
export const adopt = "adopt";

export interface Checked {
  /** What is to be stored. */
  inputs: Json;
  /** What is to be sent, but not stored. */
  writeOnly: Json;
  failures: Failure[];
}

export interface Difference {
  changes: boolean;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

export interface Stored {
  id: string;
  outputs: Json;
}

/** A program that has nothing else. */
export const noProgram: Program<Json> = { others: [] };

/** Says what is wrong with the arguments and fills in what they imply. Never asks the server. */
export function check(
  kind: AnyKind,
  olds: Json | undefined,
  news: Json,
  hints: Hints,
  others: Iterable<Json> = [],
): Checked {
  const given = withoutAbsent(news);
  const secrets = [...secretsOf(kind, hints.secrets), ...(hints.unshown ?? [])];
  const failures = [...(hints.failures ?? []), ...breaches(kind.rules, given, secrets), ...inexact(given)];
  if (failures.length === 0) failures.push(...(kind.validate?.(given, hints, others) ?? []));
  const inputs: Json = failures.length === 0 ? { ...(kind.complete?.(given, olds, hints) ?? given) } : given;
  const unstored = writeOnly(kind);
  return {
    inputs: withoutAbsent(stripped(kind, inputs)),
    writeOnly: Object.fromEntries(Object.entries(inputs).filter(([key]) => unstored.includes(key))),
    failures: failures.map(({ property, reason }) => {
      const written = asWritten(property, hints.writtenAs);
      const place = nearestKnown(written, (path) => hints.places?.[path]);
      const shown = withoutSecrets(reason, given, secrets);
      return { property: written, reason: place === undefined ? shown : `${shown} (${place})` };
    }),
  };
}

/** What the program calls an argument or a part of one. */
function asWritten(property: string, writtenAs: Record<string, string> = {}): string {
  const name = Object.keys(writtenAs).find((name) => property === name || property.startsWith(`${name}.`));
  return name === undefined ? property : (writtenAs[name] ?? name) + property.slice(name.length);
}

/** Compares what the state holds with what the program asks for. Never asks the server. */
export function diff(kind: AnyKind, olds: Json, news: Json): Difference {
  const changed = differing(kind, olds, news);
  const replaces = [...immutable(kind).filter((key) => changed.has(key)), ...(kind.replaces?.(olds, news) ?? [])];
  return {
    changes: changed.size > 0 || (kind.isRenewed?.(olds) ?? false),
    replaces,
    deleteBeforeReplace: replaces.length > 0 && kind.sameName(olds, news),
  };
}

/** Reads the object; undefined when it is gone. What the program never set isn't managed, so it isn't read either. */
export async function read(
  kind: AnyKind,
  client: PrefectClient,
  id: string,
  state: Json,
  secrets: readonly string[] = [],
): Promise<(Stored & { inputs: Json }) | undefined> {
  return explained(kind, state, secrets, "read", async () => {
    const remote = await kind.get(client, id, state);
    if (remote === undefined || isAnother(kind, remote, state)) return undefined;
    if (kind.id(remote) !== id && !kind.isRenumbered) {
      throw new PrefectError(
        `the server answered with another object, ${kind.id(remote)} instead of ${id}; check whether a proxy keeps answers`,
      );
    }
    const server: Json = { ...kind.fromApi(remote) };
    const inputs: Json = {};
    for (const key of argumentsOf(kind).filter((key) => key in state)) {
      inputs[key] = key === adopt ? state[key] : storable(asAsked(kind, key, server, state));
    }
    return { ...stored(kind, withoutAbsent(inputs), remote), inputs: withoutAbsent(inputs) };
  });
}

/** Changes what differs, and nothing else. */
export async function update(
  kind: AnyKind,
  client: PrefectClient,
  id: string,
  olds: Json,
  news: Json,
  { secrets = [], program = noProgram }: { secrets?: readonly string[]; program?: Program<Json> } = {},
): Promise<Stored> {
  return explained(kind, { ...olds, ...news }, secrets, "update", async () => {
    if (await isSupplanted(kind, client, id, olds)) throw deletedElsewhere();
    const changed = differing(kind, olds, news);
    const now = await kind.update(client, id, { news, olds, changed }, olds, program);
    if (now === false) throw deletedElsewhere();
    if (now !== true) return stored(kind, news, now);
    return { id, outputs: storedOutputs(kind, { ...computedIn(kind, olds), ...news }) };
  });
}

/** Deletes the object; that it is gone already, also where another one has its name now, is success. */
export async function remove(
  kind: AnyKind,
  client: PrefectClient,
  id: string,
  state: Json,
  secrets: readonly string[] = [],
): Promise<void> {
  await explained(kind, state, secrets, "delete", async () => {
    if (!(await isSupplanted(kind, client, id, state))) await kind.delete(client, id, state);
  });
}

export function deletedElsewhere(): PrefectError {
  return new PrefectError("was deleted in Prefect; run `pulumi up --refresh` to make it again");
}

/** Prefect's own id of an object in the state, which Pulumi's is but for what has a name for it. */
export function prefectId(id: string, state: Json): string {
  return typeof state.uuid === "string" ? state.uuid : id;
}

/** The same of an object of the server. */
export function uuidOf(kind: AnyKind, object: unknown): string {
  return prefectId(kind.id(object), { ...kind.outputs?.(object) });
}

/**
 * Whether what the server has under an object's id is another object, so that the state's is gone: where the id is a name, somebody may have
 * given it to something else. A state of an earlier release may not have Prefect's own id.
 */
function isAnother(kind: AnyKind, remote: unknown, state: Json): boolean {
  return typeof state.uuid === "string" && uuidOf(kind, remote) !== state.uuid;
}

/** The same of what the server has now. It is asked only where an id is a name. */
async function isSupplanted(kind: AnyKind, client: PrefectClient, id: string, state: Json): Promise<boolean> {
  if (typeof state.uuid !== "string") return false;
  const remote = await kind.get(client, id, state);
  return remote !== undefined && isAnother(kind, remote, state);
}

/**
 * By what an object is known while the program runs: its id or, where the server may give it another one, the arguments that stay as long
 * as it does. Such names hold no slash.
 */
export function claimOf(kind: AnyKind, id: string, args: Json): string {
  return kind.isRenumbered
    ? immutable(kind)
        .map((key) => String(args[key]))
        .join("/")
    : id;
}

/** What the state is to hold of an object, and its id. */
export function stored(kind: AnyKind, args: Json, remote: unknown): Stored {
  return {
    id: kind.id(remote),
    outputs: storedOutputs(kind, { ...args, ...withoutAbsent(kind.outputs?.(remote) ?? {}) }),
  };
}

function storedOutputs(kind: AnyKind, values: Json): Json {
  return withoutAbsent(stripped(kind, values));
}

/** The arguments that differ between the state's outputs, which hold all arguments, and the arguments asked for. */
function differing(kind: AnyKind, olds: Json, news: Json): Set<string> {
  const unstored = writeOnly(kind);
  const counting = argumentsOf(kind).filter((key) => key !== adopt && !unstored.includes(key));
  return new Set(counting.filter((key) => !isEqual(olds[key], news[key])));
}

/** The arguments of a kind, `adopt` among them. */
export function argumentsOf(kind: AnyKind): string[] {
  return Object.keys(kind.rules.shape);
}

/** What the server has for an argument, in the terms of what is asked for. */
export function asAsked(kind: AnyKind, key: string, server: Json, asked: Json): unknown {
  return kind.asAsked ? kind.asAsked(key, server[key], asked[key]) : server[key];
}

/** What the state holds besides arguments, such as Prefect's own id of a work pool: an update needn't ask for it again. */
function computedIn(kind: AnyKind, state: Json): Json {
  return Object.fromEntries(Object.entries(state).filter(([key]) => !(key in kind.rules.shape)));
}

function stripped(kind: AnyKind, value: Json): Json {
  const unstored = writeOnly(kind);
  return unstored.length === 0
    ? value
    : Object.fromEntries(Object.entries(value).filter(([key]) => !unstored.includes(key)));
}

/** An integer that JavaScript can't hold (the client reads it as a bigint) is kept as its digits, so that its drift shows. */
function storable(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, storable(part)]));
}

/** `null` is what some callers write for "not given"; Pulumi refuses `undefined` in what a resource returns. */
function withoutAbsent(value: Json): Json {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined && part !== null));
}

/** Names the object in each failure. A failure to connect is about the server, not the object. */
export async function explained<T>(
  kind: AnyKind,
  args: Json,
  secrets: readonly string[],
  verb: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConnectionError) throw error;
    const whole = withoutSecrets(messageOf(error), args, secretsOf(kind, secrets));
    const cause = error instanceof ApiError ? brief(whole) : whole;
    const message = `${kind.noun} "${kind.label(args)}": ${error instanceof ApiError ? `could not ${verb}; ` : ""}${cause}`;
    throw error instanceof PartialFailure
      ? new PartialFailure(error.id, error.known, message)
      : new PrefectError(message);
  }
}
