import { visible } from "../provider/api/visible";

/** The text of an expression, as opposed to a text that is a value. */
export class Expression {
  constructor(readonly text: string) {}
}

/** An object or list that takes more characters than this has a line for each of its parts. */
const lineLength = 80;

/** A value as TypeScript, as a person would write it. */
export function literal(value: unknown): string {
  if (value instanceof Expression) return value.text;
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return enclosed("[", value.map(literal), "]");
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  const parts = Object.entries(value).map(([key, part]) => `${propertyName(key)}: ${literal(part)}`);
  return parts.length === 0 ? "{}" : enclosed("{ ", parts, " }");
}

function enclosed(open: string, parts: string[], close: string): string {
  const line = `${open}${parts.join(", ")}${close}`;
  if (line.length <= lineLength && !line.includes("\n")) return line;
  return `${open.trim()}\n${parts.join(",\n").replace(/^/gm, "  ")}\n${close.trim()}`;
}

function propertyName(key: string): string {
  // in a literal this one would set the prototype, in quotes as well
  if (key === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
}

/** A text in quotes. */
export function quoted(text: string): string {
  return visible(JSON.stringify(text));
}

/** A text with the values of expressions in it, which may be outputs. */
export function interpolated(parts: (string | Expression)[]): Expression {
  return new Expression(`pulumi.interpolate${templated(parts).text}`);
}

/** A text with the values of expressions in it. */
export function templated(parts: (string | Expression)[]): Expression {
  const written = parts.map((part) =>
    part instanceof Expression ? `\${${part.text}}` : quoted(part).slice(1, -1).replace(/[`$]/g, "\\$&"),
  );
  return new Expression(`\`${written.join("")}\``);
}

/** A JSON text with a line for each part. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2).replace(/[^\n]+/g, (line) => visible(line))}\n`;
}

const longestStem = 80;
/** What Windows takes for a device, whatever comes after the dot. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** A name for files, made of a text: in lower case, since some disks take no notice of it. */
export function fileStem(text: string): string {
  const words = text.toLowerCase().replace(/[^\w-]+/g, "-");
  const stem = words.slice(0, longestStem).replace(/^-+|-+$/g, "") || "unnamed";
  return devices.test(stem) ? `the-${stem}` : stem;
}

/** Names that are used once each. */
export class Names {
  private readonly taken: Set<string>;

  /** @param taken names that something else has */
  constructor(...taken: string[]) {
    this.taken = new Set(taken);
  }

  /** A variable's name in camelCase, ending in what it is, so that it is no word of the language. */
  variable(name: string, noun: string): string {
    const parts = name.split(/[^A-Za-z0-9]+/).filter((part) => part !== "");
    const camel = parts
      .map((part, i) => (i === 0 ? part.charAt(0).toLowerCase() : part.charAt(0).toUpperCase()) + part.slice(1))
      .join("");
    const base = /^[a-z]/.test(camel) ? camel : `the${camel}`;
    const whole = base.toLowerCase().endsWith(noun.toLowerCase()) ? base : base + noun;
    return this.unique(whole);
  }

  /** The first of the names that is free, or the last with a number. */
  unique(...names: string[]): string {
    const last = names.at(-1) ?? "";
    let chosen = names.find((name) => !this.taken.has(name));
    for (let number = 2; chosen === undefined; number += 1) {
      if (!this.taken.has(`${last}${number}`)) chosen = `${last}${number}`;
    }
    this.taken.add(chosen);
    return chosen;
  }
}
