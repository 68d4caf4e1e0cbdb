import { isDeepStrictEqual } from "node:util";

/** Stands for a value that isn't known yet while Pulumi previews (Pulumi's own constant, `unknownValue`). */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The key by which Pulumi tells assets, secrets and the like from data (Pulumi's own constant, `specialSigKey`). */
export const signature = "4dabf18193072939515e22adb298388d";

/** Whether something in `value` isn't known yet. */
export function holdsUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}

/** Whether two JSON values are the same; the order of keys doesn't matter, that of lists does. */
export const isEqual: (a: unknown, b: unknown) => boolean = isDeepStrictEqual;

/** Whether a value is an object of JSON, rather than a list or nothing. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What an object itself has under a key, which may be named as what all objects inherit: "constructor" is a name like any other. */
export function ownValue(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** JSON with its keys in order, so that equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** An object without what is absent, and without what goes without saying. */
export function withoutUsual<T extends object>(value: T, usual: object): T {
  const said = Object.entries(value).filter(
    ([key, part]) => part !== undefined && !(Object.hasOwn(usual, key) && isEqual(part, Reflect.get(usual, key))),
  );
  return Object.fromEntries(said) as T;
}
