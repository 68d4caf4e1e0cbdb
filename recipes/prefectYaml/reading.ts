import { dataOf, type Entry, type Tree } from "../yaml/tree";
import { type PrefectFile, spanIn, textIn } from "./prefectFile";
import { isTimestamp } from "./pyYaml";

/** Values of a prefect.yaml in the forms that Prefect takes; what it refuses is noted, and read as it is meant where that can be told. */
export class Reading {
  constructor(readonly file: PrefectFile) {}

  /** A text that says something; an empty one is none to Prefect. */
  text(entry: Entry | undefined, noun: string): string | undefined {
    if (!entry || isNothing(entry.value)) return undefined;
    if (entry.value.kind !== "scalar") {
      this.refuse(entry, `${noun} must be a text`);
      return undefined;
    }
    const { value } = entry.value;
    // an output, which is known later
    if (typeof value === "object") return value as unknown as string;
    return textIn(entry.value, this.file, `${noun} must be a text`) || undefined;
  }

  /**
   * A flag, in the forms that pydantic takes.
   *
   * @param safe what counts where it can't be read, since without it something might start that was off
   */
  flag(entry: Entry | undefined, noun: string, safe?: boolean): boolean | undefined {
    if (!entry || isNothing(entry.value)) return undefined;
    const value = entry.value.kind === "scalar" ? entry.value.value : undefined;
    const text = String(value).toLowerCase();
    if (["true", "t", "yes", "y", "on", "1"].includes(text)) return true;
    if (["false", "f", "no", "n", "off", "0"].includes(text)) return false;
    const instead = `it is written as ${safe}, so that nothing starts unasked: write what it is to be`;
    this.refuse(entry, `${noun} must be true or false`, safe === undefined ? undefined : instead);
    return safe;
  }

  /** A whole number, which may be written as a text. */
  integer(entry: Entry | undefined, noun: string): number | undefined {
    if (!entry || isNothing(entry.value)) return undefined;
    const value = entry.value.kind === "scalar" ? entry.value.value : undefined;
    const number =
      typeof value === "string" && value.trim() !== ""
        ? Number(value)
        : typeof value === "boolean"
          ? Number(value)
          : value;
    if (typeof number === "number" && Number.isInteger(number)) return number;
    this.refuse(entry, `${noun} must be a whole number`);
    return undefined;
  }

  /** Seconds: a number, or a duration such as PT1H, 1:30:00 or "2 days, 3:00:00". */
  seconds(entry: Entry | undefined, noun: string): number | undefined {
    if (!entry || isNothing(entry.value)) return undefined;
    const value = entry.value.kind === "scalar" ? entry.value.value : undefined;
    if (typeof value === "number") return value;
    if (typeof value === "boolean") return Number(value);
    const duration = typeof value === "string" ? durationIn(value) : undefined;
    if (duration !== undefined) return duration;
    if (typeof value === "string" && /^\d+(\.\d+)?$/.test(value.trim())) {
      this.file.notes.add(
        spanIn(entry),
        `${noun} is the text ${JSON.stringify(value)}, for which prefect deploy refuses the whole file; it is taken for seconds`,
      );
      return Number(value);
    }
    this.refuse(entry, `${noun} must be a number of seconds, or a duration such as PT1H`);
    return undefined;
  }

  /** A mapping of free keys. */
  object(entry: Entry | undefined, noun: string): Record<string, unknown> | undefined {
    if (!entry) return undefined;
    if (entry.value.kind === "mapping") {
      return Object.fromEntries(
        [...entry.value.entries].map(([key, { at, value, written }]) => {
          if (written === undefined) return [key, dataOf(value)];
          this.file.notes.add(
            at,
            `the key ${written} of ${noun} is no text, for which prefect deploy refuses the whole file; it is taken for "${written}"`,
          );
          return [written, dataOf(value)];
        }),
      );
    }
    if (isNothing(entry.value)) {
      this.file.notes.add(
        entry.at,
        `${noun} is nothing, for which prefect deploy refuses the whole file; it is taken for {}`,
      );
      return {};
    }
    this.refuse(entry, `${noun} must be a mapping`);
    return undefined;
  }

  /** Whether a value is written as a date or a moment, without quotes. */
  isTimestamp({ value }: Entry): boolean {
    return isTimestamp(this.file.source.text.slice(value.span.start, value.span.end));
  }

  /** The items of a list; one that stands for itself is an item, with a note. */
  items(entry: Entry | undefined, noun: string): Tree[] | undefined {
    if (!entry || isNothing(entry.value)) return undefined;
    const { at, value } = entry;
    if (value.kind === "list") return value.items;
    const isEmpty = value.kind === "mapping" && value.entries.size === 0;
    this.file.notes.add(
      at,
      `${noun} is no list, for which prefect deploy refuses the whole file; it is taken for ${isEmpty ? "an empty one" : "its one item"}`,
    );
    return isEmpty ? [] : [value];
  }

  /** Notes what can't be read, and what is taken in its place, if something is. */
  private refuse(entry: Entry, rule: string, instead?: string): void {
    this.file.mistakes.add(spanIn(entry), `${rule}, not ${shown(entry.value)}`, instead);
  }
}

export function isNothing(tree: Tree): boolean {
  return tree.kind === "scalar" && tree.value === null;
}

/** Whether an entry is there and isn't nothing. */
export function isGiven(entry: Entry | undefined): entry is Entry {
  return entry !== undefined && !isNothing(entry.value);
}

function shown(tree: Tree): string {
  if (tree.kind === "list") return "a list";
  if (tree.kind === "mapping") return "a mapping";
  return typeof tree.value === "object" ? "what is a secret" : JSON.stringify(tree.value);
}

const iso =
  /^([-+])?P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?=\d)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const clock = /^(?:(-?\d+) ?(?:days?|d)(?:, ?| )?)?(?:(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d+)?))?)?$/;

/** The seconds of a duration of ISO 8601, or as Python writes one. */
function durationIn(text: string): number | undefined {
  const trimmed = text.trim();
  const [whole, sign, ...parts] = partsOf(iso, trimmed);
  if (whole !== undefined && parts.some((part) => part !== undefined)) {
    const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0));
    return (sign === "-" ? -1 : 1) * (((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds);
  }
  const [found, ...clockParts] = partsOf(clock, trimmed);
  if (found === undefined || found === "") return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = clockParts.map((part) => Number(part ?? 0));
  return days * 86_400 + hours * 3600 + minutes * 60 + seconds;
}

/** The parts that a pattern finds, of which any may be missing. */
function partsOf(pattern: RegExp, text: string): (string | undefined)[] {
  return pattern.exec(text) ?? [];
}
