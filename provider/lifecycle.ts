import type { z } from "zod";
import type { PrefectClient } from "./client";
import { ApiError, ConnectionError, messageOf, PartialFailure, PrefectError } from "./errors";
import { holdsUnknown, isEqual } from "./json";
import type { AnyKind, Change, Failure, Hints, Json } from "./kind";
import { hidden, secretsOf, withoutSecrets } from "./secrets";

/** Takes over the object that exists under the name, instead of failing. */
const adopt = "adopt";

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

/** Says what is wrong with the arguments and fills in what they imply. Never asks the server. */
export function check(kind: AnyKind, olds: Json | undefined, news: Json, hints: Hints): Checked {
  const given = withoutAbsent(news);
  const secrets = secretsOf(kind, hints.secrets);
  const failures = [...(hints.failures ?? []), ...breaches(kind.rules, given, secrets), ...inexact(given)];
  if (failures.length === 0) failures.push(...(kind.validate?.(given) ?? []));
  const inputs = failures.length === 0 ? (kind.complete?.(given, olds, hints) ?? given) : given;
  return {
    inputs: withoutAbsent(stripped(kind, inputs)),
    writeOnly: Object.fromEntries(Object.entries(inputs).filter(([key]) => kind.writeOnly?.includes(key))),
    failures: failures.map(({ property, reason }) => ({ property, reason: withoutSecrets(reason, given, secrets) })),
  };
}

/** Compares what the state holds with what the program asks for. Never asks the server. */
export function diff(kind: AnyKind, olds: Json, news: Json): Difference {
  const changed = differing(kind, olds, news);
  const replaces = kind.immutable.filter((key) => changed.has(key));
  return {
    changes: changed.size > 0,
    replaces,
    deleteBeforeReplace: replaces.length > 0 && kind.sameName(olds, news),
  };
}

/** Makes the object or, when asked to, takes over the one that exists. `secrets` names arguments that no message may show. */
export async function create(
  kind: AnyKind,
  client: PrefectClient,
  args: Json,
  secrets: readonly string[] = [],
): Promise<Stored> {
  return explained(kind, args, secrets, "create", async () => {
    const existing = await kind.find(client, args);
    if (existing !== undefined) return takeOver(kind, client, args, existing);
    try {
      const made = await kind.create(client, args);
      return stored(kind, args, made);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) throw error;
      // somebody was faster; or an earlier try of this request came through, although its answer was lost
      const winner = await kind.find(client, args);
      if (winner === undefined) throw error;
      // just as it was asked for, a moment after there was none: it is ours
      if (compare(kind, args, winner).changed.length === 0) return stored(kind, args, winner);
      return takeOver(kind, client, args, winner);
    }
  });
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
    if (remote === undefined) return undefined;
    const server = kind.fromApi(remote);
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
  secrets: readonly string[] = [],
): Promise<Stored> {
  return explained(kind, { ...olds, ...news }, secrets, "update", async () => {
    const changed = differing(kind, olds, news);
    const remote = await apply(kind, client, id, { news, olds, changed }, olds);
    return stored(kind, { ...computedIn(kind, olds), ...news }, remote);
  });
}

/** Deletes the object; that it is gone already is success. */
export async function remove(
  kind: AnyKind,
  client: PrefectClient,
  id: string,
  state: Json,
  secrets: readonly string[] = [],
): Promise<void> {
  await explained(kind, state, secrets, "delete", () => kind.delete(client, id, state));
}

/** The error of an object that has something else, which can't be changed, than the arguments that are to take it over. */
export function cannotTakeOver(fixed: string[], server: Json, args: Json): PrefectError {
  const list = fixed.map((key) => `${key} ${JSON.stringify(server[key])}, not ${JSON.stringify(args[key])}`);
  return new PrefectError(`exists with ${list.join(" and ")}, which can't be changed; correct it here, or delete it`);
}

/** How an object that exists differs from the arguments that are to take it over. */
export interface Takeover {
  /** The object, as the server has it. */
  server: Json;
  /** The arguments that differ. */
  changed: string[];
  /** Those of them that can't be changed. */
  fixed: string[];
}

/** Compares an object that exists with the arguments that are to take it over. */
export function compare(kind: AnyKind, args: Json, existing: unknown): Takeover {
  const server = kind.fromApi(existing);
  const changed = argumentsOf(kind).filter(
    (key) =>
      key !== adopt &&
      key in args &&
      !holdsUnknown(args[key]) &&
      // what can't be read is written
      (kind.writeOnly?.includes(key) || !isEqual(asAsked(kind, key, server, args), args[key])),
  );
  return { server, changed, fixed: changed.filter((key) => kind.immutable.includes(key)) };
}

async function takeOver(kind: AnyKind, client: PrefectClient, args: Json, existing: unknown): Promise<Stored> {
  if (args[adopt] !== true) {
    throw new PrefectError("already exists; set adopt: true to manage it here, or choose another name");
  }
  const { server, changed, fixed } = compare(kind, args, existing);
  if (fixed.length > 0) throw cannotTakeOver(fixed, server, args);
  const remote = await apply(
    kind,
    client,
    kind.id(existing),
    { news: args, olds: server, changed: new Set(changed) },
    {},
  );
  return stored(kind, { ...args, ...kind.outputs?.(existing) }, remote);
}

async function apply(
  kind: AnyKind,
  client: PrefectClient,
  id: string,
  change: Change<Json>,
  state: Json,
): Promise<unknown> {
  const remote = await kind.update(client, id, change, state);
  if (remote === undefined) {
    throw new PrefectError("was deleted in Prefect; run `pulumi up --refresh` to make it again");
  }
  return remote;
}

function stored(kind: AnyKind, args: Json, remote: unknown): Stored {
  return {
    id: kind.id(remote),
    outputs: withoutAbsent(stripped(kind, { ...args, ...withoutAbsent(kind.outputs?.(remote) ?? {}) })),
  };
}

/** The arguments that differ between the state's outputs, which hold all arguments, and the arguments asked for. */
function differing(kind: AnyKind, olds: Json, news: Json): Set<string> {
  const counting = argumentsOf(kind).filter((key) => key !== adopt && !kind.writeOnly?.includes(key));
  return new Set(counting.filter((key) => !isEqual(olds[key], news[key])));
}

function argumentsOf(kind: AnyKind): string[] {
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
  if (!kind.writeOnly) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !kind.writeOnly?.includes(key)));
}

/** An integer that JavaScript can't hold (the client reads it as a bigint) is kept as its digits, so that its drift shows. */
function storable(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, storable(part)]));
}

/** The integers that JavaScript has rounded, or may have, before they came here. */
function inexact(value: unknown, path: PropertyKey[] = []): Failure[] {
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const reason =
      `${value} is beyond 2^53, where JavaScript and Pulumi round integers, so that Prefect might get another number; ` +
      "give it as a text";
    return [{ property: propertyPath(path), reason }];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    inexact(part, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** `null` is what some callers write for "not given"; Pulumi refuses `undefined` in what a resource returns. */
function withoutAbsent(value: Json): Json {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined && part !== null));
}

/** Where the arguments break the rules; a part that isn't known yet breaks none. */
export function breaches(rules: z.ZodObject, args: Json, secrets: readonly string[]): Failure[] {
  const { error } = rules.safeParse(args);
  return (error?.issues ?? []).flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      const known = namesAt(rules, issue.path).join(", ");
      return issue.keys.map((key) => ({
        property: propertyPath([...issue.path, key]),
        reason: `there is no such argument${known && `; allowed are ${known}`}`,
      }));
    }
    const value = valueAt(args, issue.path);
    if (holdsUnknown(value)) return [];
    const shown = secrets.includes(String(issue.path[0])) ? hidden : (JSON.stringify(value) ?? "nothing");
    return [{ property: propertyPath(issue.path), reason: `${issue.message}, not ${shown}` }];
  });
}

/** The names that the rules know in the object at a path. */
function namesAt(rules: z.ZodObject, path: PropertyKey[]): string[] {
  const at = path.reduce<RulePart | undefined>((part, key) => {
    const { shape, element } = unwrapped(part) ?? {};
    return shape?.[key] ?? element;
  }, rules as RulePart);
  return Object.keys(unwrapped(at)?.shape ?? {});
}

/** What zod's objects, arrays and optional values have of each other. */
interface RulePart {
  shape?: Record<PropertyKey, RulePart>;
  element?: RulePart;
  unwrap?: () => RulePart;
}

function unwrapped(part: RulePart | undefined): RulePart | undefined {
  return part && !part.element && part.unwrap ? part.unwrap() : part;
}

function valueAt(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

/** Pulumi's notation of a property's path, such as `schedules[0].timezone`. */
function propertyPath(path: PropertyKey[]): string {
  return path.map((part, i) => (typeof part === "number" ? `[${part}]` : `${i ? "." : ""}${String(part)}`)).join("");
}

/** Names the object in each failure. A failure to connect is about the server, not the object. */
async function explained<T>(
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
    const cause = withoutSecrets(messageOf(error), args, secretsOf(kind, secrets));
    const message = `${kind.noun} "${kind.label(args)}": ${error instanceof ApiError ? `could not ${verb}; ` : ""}${cause}`;
    throw error instanceof PartialFailure
      ? new PartialFailure(error.id, error.missing, message)
      : new PrefectError(message);
  }
}
