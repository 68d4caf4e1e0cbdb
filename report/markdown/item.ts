import type { Item, Table } from "../words/phrase";
import { phrase, prose } from "./text";

/** The lines of a list's item. */
export function itemLines({ phrase: head, items, table }: Item): string[] {
  return [
    `- ${phrase(head)}`,
    ...items.map((one) => `  - ${phrase(one)}`),
    ...(table ? ["", ...tableLines(table).map((line) => `  ${line}`), ""] : []),
  ];
}

function tableLines({ heads, rows }: Table): string[] {
  const cells = (texts: string[]) => `| ${texts.join(" | ")} |`;
  return [cells(heads), cells(heads.map(() => "---")), ...rows.map((row) => cells(row.map((text) => prose(text))))];
}
