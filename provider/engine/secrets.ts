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
  const values = [...keys].flatMap((key) => leaves(at(pathOf(key)))).sort((a, b) => b.length - a.length);
  return values.reduce(withoutValue, text);
}

/** The texts and numbers in a value. */
function leaves(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leaves);
}

function withoutValue(text: string, value: string): string {
  const sought = unquoted(value).text.trim();
  if (sought === "") return text;
  const isLong = sought.length >= shortest;
  const shown = isLong ? text.replaceAll(value, hidden) : text;
  const forms = isLong ? [sought] : [`'${sought}'`, `"${sought}"`];
  return forms.reduce((rest, form) => withoutForm(rest, form), shown);
}

/** A text without what is the same as another when neither is quoted. */
function withoutForm(text: string, form: string): string {
  const { text: plain, begins, ends } = unquoted(text);
  let shown = "";
  let done = 0;
  for (let at = plain.indexOf(form); at >= 0; at = plain.indexOf(form, at + form.length)) {
    shown += text.slice(done, begins[at]) + hidden;
    done = ends[at + form.length - 1] ?? text.length;
  }
  return shown + text.slice(done);
}

/** A character as it is, or what JSON and Python write for it, in which each time that it is quoted puts more backslashes. */
const written = /\\+(?:([nrtbfv])|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U(00(?:0[\da-fA-F]|10)[\da-fA-F]{4}))?|[^]/g;

/**
 * A text as it is the same however often it was quoted, as in JSON, in Python's `repr` and in either of them within the other: without
 * backslashes, and with one space for all white space, which messages fold. With where each of its characters begins and ends in the text.
 */
function unquoted(text: string): { text: string; begins: number[]; ends: number[] } {
  const characters: string[] = [];
  const begins: number[] = [];
  const ends: number[] = [];
  for (const { 0: whole, 1: space, 2: byte, 3: unit, 4: point, index } of text.matchAll(written)) {
    const code = byte ?? unit ?? point;
    const character = space ? " " : code ? String.fromCodePoint(parseInt(code, 16)) : whole.replace(/^\\+$/, "");
    for (const half of character.split("")) {
      const one = /[\s\p{Cc}\p{Z}]/u.test(half) ? " " : half.replace("\\", "");
      if (one === "" || (one === " " && characters.at(-1) === " ")) continue;
      characters.push(one);
      begins.push(index);
      ends.push(index + whole.length);
    }
  }
  return { text: characters.join(""), begins, ends };
}
