import stringifyObject from "stringify-object";

/** The text of an expression, as opposed to a text that is a value. */
export class Expression {
  constructor(readonly text: string) {}
}

/** An object that takes more characters than this has a line for each of its keys. */
const lineLength = 80;

/** A value as TypeScript, as a person would write it. */
export function literal(value: unknown): string {
  return stringifyObject(
    { value },
    {
      indent: "  ",
      singleQuotes: false,
      inlineCharacterLimit: lineLength,
      transform: (holder, key, written) => {
        const part = (holder as Record<PropertyKey, unknown>)[key];
        if (part instanceof Expression) return part.text;
        if (typeof part === "string") return JSON.stringify(part);
        const isOneLine = written.startsWith("{") && written !== "{}" && !written.includes("\n");
        return isOneLine ? `{ ${written.slice(1, -1)} }` : written;
      },
    },
  )
    .replace(/^\{\s*value: /, "")
    .replace(/\s*\}$/, "")
    .replaceAll("\n  ", "\n");
}

/** Names that are used once each. */
export class Names {
  private readonly taken = new Set<string>();

  /** A variable's name in camelCase, ending in what it is, so that it is no word of the language. */
  variable(name: string, noun: string): string {
    const parts = name.split(/[^A-Za-z0-9]+/).filter((part) => part !== "");
    const camel = parts
      .map((part, i) => (i === 0 ? part[0]?.toLowerCase() : part[0]?.toUpperCase()) + part.slice(1))
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
