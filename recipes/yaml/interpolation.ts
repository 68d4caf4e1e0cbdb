import { nearest } from "../../provider/engine/nearest";

/** A part of a text: as it is, or named by where it comes from. */
export type Part = string | { from: "env" | "config"; key: string; written: string };

const sources = ["env", "config"] as const;

/** `$${` is the text `${`; `${source:key}` is filled in; any other `${` is a mistake. */
const notation = /\$\$\{|\$\{([^}]*)(\}?)/g;

/** Whether something is a text in which something may be filled in. */
export function isTemplate(value: unknown): value is string {
  return typeof value === "string" && value.includes("${");
}

/** The parts of a text, or what is wrong with it. */
export function partsOf(text: string): Part[] | { mistake: string } {
  const parts: Part[] = [];
  let from = 0;
  for (const found of text.matchAll(notation)) {
    const [written, inner, close] = found;
    parts.push(text.slice(from, found.index));
    from = found.index + written.length;
    if (inner === undefined) {
      parts.push("${");
      continue;
    }
    const [, source = "", key = ""] = /^(\w+):(.*)$/s.exec(inner) ?? [];
    const known = sources.find((one) => one === source);
    if (close === "" || known === undefined || !isKey(known, key))
      return { mistake: mistakeIn(written, inner, close === "") };
    parts.push({ from: known, key, written });
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== "");
}

/** Whether a source can have what is named so. */
export function isKey(source: Exclude<Part, string>["from"], key: string): boolean {
  return source === "env" ? /^[A-Za-z_]\w*$/.test(key) : /^[^\s:]+(:[^\s:]+)?$/.test(key);
}

function mistakeIn(written: string, inner: string, isOpen: boolean): string {
  const verbatim = `write $${written} for the text itself`;
  if (isOpen) return `"${written}" has no } that ends it; add it, or ${verbatim}`;
  const [, word = "", rest = ""] = /^(\w*)\W*(.*)$/s.exec(inner) ?? [];
  const source = sources.find((one) => one === word) ?? nearest(word, sources);
  const meant =
    source === undefined
      ? /^[A-Za-z_]\w*$/.test(inner)
        ? `\${env:${inner}}`
        : undefined
      : `\${${source}:${rest || "NAME"}}`;
  const question = meant === undefined || meant === written ? "" : `did you mean ${meant}? `;
  return `"${written}" can't be filled in; ${question}there are \${env:NAME} and \${config:key}; ${verbatim}`;
}
