import { isRecord, ownValue, signature, unknown } from "../provider/api/json";
import { hidden as secret } from "../provider/engine/secrets";
import type { ResourceState, Step } from "./step";

/** One input of a resource that changes. */
export interface PropertyChange {
  /** Where it is, such as `schedules[0].cron`. */
  path: string;
  /** The value in the state; absent where there is none. A secret is the text "[secret]". */
  before?: unknown;
  /** The value that the program gives; absent where it gives none, "[unknown]" for one that is known later. */
  after?: unknown;
  /** Whether it may change, and may not: a secret looks the same before and after. */
  isUncertain?: true | undefined;
}

/** Inputs that are there for the provider alone. */
const hidden = /^__/;
/** What providers of others put within. */
const hiddenWithin = "__defaults";

/** The inputs of a resource as they may be shown. */
export function shownInputs(state: ResourceState | undefined): Record<string, unknown> {
  const inputs = Object.entries(state?.inputs ?? {}).filter(([name]) => !hidden.test(name));
  return Object.fromEntries(inputs.map(([name, value]) => [name, shown(value)]));
}

/**
 * The inputs of a resource that a step changes, the innermost that differ. Where the provider compares by itself, and doesn't say what differs, its
 * secrets are among them.
 */
export function propertyChanges({ old, new: now, diffs = [] }: Step): PropertyChange[] {
  const [before, after] = [shownInputs(old), shownInputs(now)];
  const found = compared("", before, after);
  if (diffs.length === 0) {
    const secrets = alikeSecrets("", before, after);
    const isOnly = found.length + secrets.length === 1;
    return [...found, ...secrets.map((one) => (isOnly ? one : { ...one, isUncertain: true as const }))];
  }
  const names = new Set(found.map(({ path }) => path.split(/[.[]/)[0]));
  const alike = diffs
    .map((diff) => diff.split(/[.[]/)[0] ?? "")
    .filter((name) => !names.has(name) && !hidden.test(name));
  return [
    ...found,
    ...[...new Set(alike)].map((path) => ({ path, before: ownValue(before, path), after: ownValue(after, path) })),
  ];
}

/** The secrets that look the same before and after. */
function alikeSecrets(path: string, before: unknown, after: unknown): PropertyChange[] {
  if (before === secret && after === secret) return [{ path, before, after }];
  return partsOf(path, before, after)?.flatMap((part) => alikeSecrets(...part)) ?? [];
}

/** A value as it may be shown: secrets masked, what the provider alone needs left out. */
function shown(value: unknown): unknown {
  if (value === unknown) return "[unknown]";
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  if (signature in value) return "[secret]";
  const parts = Object.entries(value).filter(([key]) => key !== hiddenWithin);
  return Object.fromEntries(parts.map(([key, part]) => [key, shown(part)]));
}

function compared(path: string, before: unknown, after: unknown): PropertyChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const parts = partsOf(path, before, after);
  if (parts) return parts.flatMap((part) => compared(...part));
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

/** The parts of what is compared part by part, each with its path; undefined for what is compared as a whole. */
function partsOf(path: string, before: unknown, after: unknown): [string, unknown, unknown][] | undefined {
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.map((key) => [path === "" ? key : `${path}.${key}`, ownValue(before, key), ownValue(after, key)]);
  }
  const areLists = Array.isArray(before) && Array.isArray(after) && before.length === after.length;
  return areLists && before.every(isRecord) ? before.map((part, i) => [`${path}[${i}]`, part, after[i]]) : undefined;
}
