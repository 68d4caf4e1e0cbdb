import { plain } from "../plain";

/** A part of a sentence: words, a name or a value, or a line to be typed just so. */
export type PhrasePart = string | { code: string } | { typed: string };

/** A sentence, whatever it is rendered to. */
export type Phrase = PhrasePart[];

/** A sentence with what belongs to it. */
export interface Item {
  phrase: Phrase;
  items: Phrase[];
  table?: Table;
}

export interface Table {
  heads: string[];
  rows: string[][];
}

/** A value; what is a secret or known later in words. */
export function value(given: unknown): PhrasePart {
  if (given === undefined) return "nothing";
  if (given === "[secret]") return "(secret)";
  if (given === "[unknown]") return "(known after the deploy)";
  return { code: plain(given) };
}

/** A value before and after. */
export function fromTo(change: { before?: unknown; after?: unknown; isUncertain?: true | undefined }): Phrase {
  if (change.isUncertain) return [value(change.after), ", which may change"];
  if (!("before" in change)) return [value(change.after), ", which is new"];
  if (!("after" in change)) return [value(change.before), " is removed"];
  const [before, after] = [value(change.before), value(change.after)];
  return JSON.stringify(before) === JSON.stringify(after) ? ["changed"] : [before, " → ", after];
}

/** A sentence of which nothing more is said. */
export function item(...phrase: Phrase): Item {
  return { phrase, items: [] };
}

/** The first of some things, with commas, and how many others there are. */
export function listed<One>(all: One[], most: number, phraseOf: (one: One) => Phrase): Phrase {
  const more = all.length - most;
  const named = all.slice(0, most).flatMap((one, i): Phrase => [i === 0 ? "" : ", ", ...phraseOf(one)]);
  return more > 0 ? [...named, ` and ${more} more`] : named;
}

/** A number of things, such as "1 deployment" or "3 deployments". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
