/** A `{{ name }}` in a text. */
export interface Placeholder {
  /** As it is written. */
  full: string;
  /** With the dots and the `$` that it has. */
  name: string;
  kind: "block" | "variable" | "env" | "standard";
}

const notation = /{{\s*([\w.\-[\]$]+)\s*}}/g;

/** The placeholders of a text, each once, as Prefect finds them. */
export function placeholdersIn(text: string): Placeholder[] {
  const found = new Map([...text.matchAll(notation)].map(([full, name = ""]) => [full, name]));
  return [...found].map(([full, name]) => ({ full, name, kind: kindOf(name) }));
}

/** A text as what stands in it: texts, and placeholders. */
export function partsOf(text: string): (string | Placeholder)[] {
  const parts: (string | Placeholder)[] = [];
  let from = 0;
  for (const { 0: full, 1: name = "", index } of text.matchAll(notation)) {
    parts.push(text.slice(from, index), { full, name, kind: kindOf(name) });
    from = index + full.length;
  }
  return [...parts, text.slice(from)].filter((part) => part !== "");
}

function kindOf(name: string): Placeholder["kind"] {
  if (name.startsWith("prefect.blocks.")) return "block";
  if (name.startsWith("prefect.variables.")) return "variable";
  return name.startsWith("$") ? "env" : "standard";
}

/** The name of a variable or of a block's value, or of an environment variable, without what says which it is. */
export function bareName({ name }: Placeholder): string {
  return name.replace(/^prefect\.(blocks|variables)\.|^\$+/, "");
}

/** What a dotted name such as `image.tags[0]` means in some values; undefined when there is nothing. */
export function valueAt(values: unknown, name: string): unknown {
  const keys = name.replaceAll("[", ".").replaceAll("]", "").split(".");
  return keys.reduce((value: unknown, key) => {
    if (Array.isArray(value)) return /^-?\d+$/.test(key) ? (value.at(Number(key)) as unknown) : undefined;
    const isObject = typeof value === "object" && value !== null;
    return isObject && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  }, values);
}

/** A value within a text, as Python's `str` writes it. */
export function pythonText(value: unknown): string {
  return typeof value === "string" ? value : representation(value);
}

function representation(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") return pythonNumber(value);
  if (Array.isArray(value)) return `[${value.map(representation).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([key, part]) => `${quoted(key)}: ${representation(part)}`)
    .join(", ")}}`;
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const short: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", " ": " " };
  const escaped = text.replace(/[\\\p{C}\p{Z}]/gu, (one) => short[one] ?? codeOf(one));
  return quote + escaped.replaceAll(quote, `\\${quote}`) + quote;
}

/** A character that can't be seen. */
function codeOf(one: string): string {
  const hex = (one.codePointAt(0) ?? 0).toString(16);
  if (hex.length <= 2) return `\\x${hex.padStart(2, "0")}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** JavaScript has 1e+21 for what Python writes with at least two digits after the e, and 0.00001 for 1e-05. */
function pythonNumber(value: number): string {
  const isTiny = value !== 0 && Math.abs(value) < 1e-4;
  const [digits = "", exponent] = (isTiny ? value.toExponential() : String(value)).split("e");
  return exponent === undefined ? digits : `${digits}e${exponent.replace(/^([+-])(\d)$/, "$10$2")}`;
}
