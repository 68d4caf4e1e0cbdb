import { programError } from "../../provider/program/programError";

/** What steers a terminal, ends a line, turns the reading direction around or can't be seen. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu;
const holdsUnseen = new RegExp(unseen.source, "u");

/** What tools that read YAML 1.1 take for something else than a text: numbers, times and dates, flags, nothing. */
const misread =
  /^(~|null|true|false|yes|no|on|off|=|<<|[-+]?\.(inf|nan)|[-+]?\.?\d[\d_.,:eE+\-TZ ]*|[-+]?0x[\da-f_]+|[-+]?0[ob]?[\d_]+)$/i;
/** What has no meaning of its own in YAML, wherever it stands. */
const harmless = /^[\p{L}\p{N}_./$~^+(\\;<=][\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;
/** What ends a text, or begins something else in it; an asterisk is none, but people write cron expressions in quotes. */
const meaningful = /: |:$| #| $|\*/;

/**
 * A scalar on one line: a text is in quotes only where it would be read as something else.
 *
 * @param isInFlow whether it stands in brackets
 * @throws RunError for what is no data of JSON
 */
export function scalarText(value: unknown, isInFlow: boolean): string {
  if (typeof value === "string") return isPlain(value, isInFlow) ? value : quoted(value);
  if (typeof value === "boolean" || value === null) return String(value);
  if (typeof value === "number" && Number.isFinite(value)) return numberText(value);
  const shown = typeof value === "number" ? String(value) : `a ${typeof value}`;
  throw programError(`${shown} is no value that YAML and JSON both have; give a text, a number or a flag`);
}

function numberText(value: number): string {
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  // YAML 1.1 takes 1e+21 for a text
  return /^-?\d+e/.test(text) ? text.replace("e", ".0e") : text;
}

function isPlain(text: string, isInFlow: boolean): boolean {
  if (!harmless.test(text) || meaningful.test(text) || misread.test(text) || holdsUnseen.test(text)) return false;
  // YAML 1.1 has no question marks in brackets
  return !isInFlow || !/[,[\]{}?]/.test(text);
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(unseen, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
}

/** The head and the lines of a text as a literal block; undefined for one that is written on one line. */
export function literalBlock(value: unknown): { head: string; lines: string[] } | undefined {
  if (typeof value !== "string" || !value.includes("\n")) return undefined;
  const hasEnd = value.endsWith("\n");
  const lines = (hasEnd ? value.slice(0, -1) : value).split("\n");
  const isReadable = lines.every((line) => !/\s$/.test(line) && !holdsUnseen.test(line));
  if (lines.length === 1 || !isReadable || !/^\S/.test(lines[0] ?? "") || lines.at(-1) === "") return undefined;
  return { head: hasEnd ? "|" : "|-", lines };
}

/** The lines of a comment; what of it comes from elsewhere can't end it. */
export function commentLines(lines: readonly string[]): string[] {
  return lines
    .flatMap((line) => line.split(/\r\n|[\n\r]/))
    .map((line) => {
      const text = line
        .trimEnd()
        .replace(unseen, (character) => (character === "\t" ? character : quoted(character).slice(1, -1)));
      return text === "" || /^[\s#!]/.test(text) ? `#${text}` : `# ${text}`;
    });
}
