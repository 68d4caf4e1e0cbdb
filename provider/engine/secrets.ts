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

/** A text for people, without the values of the arguments that are secret, in whatever quotes they stand. */
export function withoutSecrets(text: string, args: Json, keys: Iterable<string>): string {
  const at = (path: string[]) => path.reduce<unknown>((value, part) => (value as Json | undefined)?.[part], args);
  const values = new Set([...keys].flatMap((key) => leaves(at(pathOf(key)))).map((value) => value.trim()));
  const longestFirst = [...values].filter((value) => value !== "").sort((a, b) => b.length - a.length);
  return longestFirst.reduce((shown, value) => {
    const quoted = quotedForms(value);
    return shown.replace(new RegExp(value.length >= shortest ? quoted : `(\\\\*['"])${quoted}\\1`, "g"), hidden);
  }, text);
}

/** The texts and numbers in a value. */
function leaves(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leaves);
}

/** White space, of which messages are folded, and the same as JSON and Python escape it. */
const space = String.raw`(?:\s|\\+(?:[nrtfv]|x[\da-fA-F]{2}|u[\da-fA-F]{4}))+`;

/**
 * A regular expression of a text as it is, and as it stands in JSON, in Python's `repr` and in either of them within the other: what a
 * server says of a wrong value has been quoted once or several times, and each time more backslashes stand before the same characters.
 */
function quotedForms(text: string): string {
  return text.replace(/\s+|\\+|[^]/gu, (part) => {
    if (/^\s/.test(part)) return space;
    if (part.startsWith("\\")) return String.raw`\\{${part.length},}`;
    if (/[a-z\d]/i.test(part)) return part;
    return String.raw`(?:\\*${literally(part)}|${escapes(part).join("|")})`;
  });
}

/** The character alone, in a regular expression. */
function literally(character: string): string {
  return /[\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

/** What JSON and Python write for a character that can't be printed, or isn't ASCII. */
function escapes(character: string): string[] {
  const point = character.codePointAt(0) ?? 0;
  const units = [...Array(character.length).keys()].map((i) => `\\\\+u${hex(character.charCodeAt(i), 4)}`);
  const short = character === "\b" ? ["\\\\+b"] : [];
  return [...short, units.join(""), `\\\\+x${hex(point, 2)}`, `\\\\+U${hex(point, 8)}`];
}

/** A number in digits of either case. */
function hex(number: number, width: number): string {
  const digits = number.toString(16).padStart(width, "0");
  return digits.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}
