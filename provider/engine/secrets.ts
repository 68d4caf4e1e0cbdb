import { type AnyKind, type Json, secret, writeOnly } from "./kind";

/** What stands where a secret stood. */
export const hidden = "[secret]";

/** Texts shorter than this stand in ordinary words, so that they are hidden only where they are quoted. */
const shortest = 3;

/**
 * All arguments, or parts of them, that are secret, by their kind or as they were given: each a name, or a path in the notation of JSON
 * pointers, such as "/jobVariables/env/TOKEN". They are kept in the state, so their form can't change.
 */
export function secretsOf(kind: AnyKind, given: readonly string[] = []): string[] {
  return [...secret(kind), ...writeOnly(kind), ...given];
}

/** The form in which a secret part is kept. */
export function secretAt(path: readonly string[]): string {
  const [name = "", ...rest] = path;
  return rest.length === 0 ? name : path.map((part) => `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The path of a secret part. */
export function pathOf(secret: string): string[] {
  if (!secret.startsWith("/")) return [secret];
  return secret
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Whether what stands at a path is a secret, or a part of one. */
export function isSecretAt(secrets: readonly string[], path: readonly PropertyKey[]): boolean {
  return secrets.some((secret) => pathOf(secret).every((part, i) => part === String(path[i])));
}

/** A text for people, without the values of the arguments that are secret. */
export function withoutSecrets(text: string, args: Json, keys: Iterable<string>): string {
  const at = (path: string[]) => path.reduce<unknown>((value, part) => (value as Json | undefined)?.[part], args);
  const values = [...keys].flatMap((key) => leaves(at(pathOf(key)))).sort((a, b) => b.length - a.length);
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
