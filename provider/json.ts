import { isDeepStrictEqual } from "node:util";

/** Stands for a value that isn't known yet while Pulumi previews (Pulumi's own constant, `unknownValue`). */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether something in `value` isn't known yet. */
export function holdsUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}

/** Whether two JSON values are the same; the order of keys doesn't matter, that of lists does. */
export const isEqual: (a: unknown, b: unknown) => boolean = isDeepStrictEqual;

/** JSON with its keys in order, so that equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
