import type { AnyKind, Json } from "./kind";

/** What stands where a secret stood. */
export const hidden = "[secret]";

/** Texts shorter than this stand in ordinary words, so that they are hidden only where they are quoted. */
const shortest = 3;

/** The names of all arguments that are secret, by their kind or as they were given. */
export function secretsOf(kind: AnyKind, given: readonly string[] = []): string[] {
  return [...(kind.secret ?? []), ...(kind.writeOnly ?? []), ...given];
}

/** A text for people, without the values of the arguments that are secret. */
export function withoutSecrets(text: string, args: Json, keys: Iterable<string>): string {
  const values = [...keys].flatMap((key) => leaves(args[key])).sort((a, b) => b.length - a.length);
  return values.reduce((shown, value) => {
    if (value.length >= shortest) return shown.replaceAll(value, hidden);
    return value === "" ? shown : shown.replaceAll(`'${value}'`, hidden).replaceAll(`"${value}"`, hidden);
  }, text);
}

/** The texts and numbers in a value, also as they stand in JSON. */
function leaves(value: unknown): string[] {
  if (typeof value === "string") return [...new Set([value, JSON.stringify(value).slice(1, -1)])];
  if (typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leaves);
}
