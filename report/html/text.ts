import { visible } from "../../provider/api/visible";
import type { Item, Phrase, Table } from "../words/phrase";

/** A text in HTML, also within an attribute; nothing in it acts, and nothing in it is cut. */
export function escaped(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** A sentence. */
export function phrase(parts: Phrase): string {
  return parts
    .map((part) => {
      if (typeof part === "string") return escaped(part);
      return `<code>${escaped("code" in part ? part.code : part.typed)}</code>`;
    })
    .join("");
}

/** A list, with what belongs to each of its items. */
export function list(items: Item[]): string {
  return items.length === 0 ? "" : `<ul>\n${items.map((item) => `<li>${itemText(item)}</li>`).join("\n")}\n</ul>`;
}

function itemText({ phrase: head, items, table }: Item): string {
  const inner = list(items.map((one) => ({ phrase: one, items: [] })));
  return [phrase(head), ...(inner === "" ? [] : [inner]), ...(table ? [tableText(table)] : [])].join("\n");
}

function tableText({ heads, rows }: Table): string {
  const line = (tag: string, texts: string[]) =>
    `<tr>${texts.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join("")}</tr>`;
  return ["<table>", line("th", heads), ...rows.map((row) => line("td", row)), "</table>"].join("\n");
}
