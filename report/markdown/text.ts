import { visible } from "../../provider/api/visible";
import { count, fromTo as phraseFromTo, type Phrase } from "../words/phrase";

/** The longest value that is shown whole, in characters. */
const longestValue = 160;
const longestSentence = 1000;
/** The longest that is said of one deployment or object, in bytes. */
const longestPart = 6_000;

/** A text as code, whatever is in it: neither Markdown nor HTML gets at it, also within a table. */
export function code(text: string): string {
  return fenced(shortened(visible(text)).replaceAll("|", "¦"));
}

/** A line to be typed as it is, as code; not within a table. */
function typed(text: string): string {
  return fenced(shortened(visible(text), longestSentence));
}

function fenced(plain: string): string {
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  // a space keeps the text's own backticks away from the fence
  const pad = plain.startsWith("`") || plain.endsWith("`") || plain.trim() === "" ? " " : "";
  return `${fence}${pad}${plain}${pad}${fence}`;
}

/** A name or a value in HTML. */
export function html(text: string): string {
  return escaped(shortened(visible(text)));
}

/** A sentence in HTML. */
export function prose(text: string): string {
  return escaped(shortened(visible(text), longestSentence));
}

/** What stands for itself: a name isn't somebody who is told, nor a number an issue or a merge request, nor a word between colons a picture. */
function escaped(text: string): string {
  // hosts look for those when entities are read already: what can't be seen stands between; nothing else like it is in a visible text
  const parted = text.replace(/[@#!%$~&[](?=[\w"])|:(?=[\w+-]+:)/g, "$&\u200b");
  const tags = parted.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  // an underscore within a word stands for itself
  return tags.replace(
    /[\\@#!%$`*~[\]|\u200b]|(?<![a-z0-9])_|_(?![a-z0-9])/gi,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}

/** A sentence. */
export function phrase(parts: Phrase): string {
  return parts
    .map((part) => (typeof part === "string" ? prose(part) : "code" in part ? code(part.code) : typed(part.typed)))
    .join("");
}

/** A value before and after. */
export function fromTo(change: { before?: unknown; after?: unknown }): string {
  return phrase(phraseFromTo(change));
}

/** The beginning of a text, cut between two characters. */
export function shortened(text: string, most = longestValue): string {
  return text.length > most ? `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…` : text;
}

/** A part of the text, and what stands for it where there is no room. */
export interface Part {
  text: string;
  /** What is counted where it is left out. */
  noun: string;
  number: number;
}

/** The first lines, as many as one part has room for; the others are counted. */
export function bounded(lines: string[]): string[] {
  let room = longestPart;
  const kept = lines.findIndex((line) => (room -= bytesOf(line) + 1) < 0);
  if (kept === -1) return lines;
  // a list goes on after a table by an empty line alone
  return [...lines.slice(0, kept), "", `- and ${count(lines.length - kept, "line")} more`];
}

/** How long a text is in UTF-8. */
export function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
