import Table from "cli-table3";
import { visible } from "../../provider/api/visible";
import type { Colours } from "./colours";

/** A cell: a text, or one with how it is painted. */
export type Cell = string | { text: string; paint: (text: string) => string };

/** Rows below their heads in columns without lines, as lines. */
export function tableLines(heads: string[], rows: Cell[][], { bold }: Colours): string[] {
  const none = { top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "" };
  const table = new Table({
    chars: {
      ...none,
      ...{ "bottom-left": "", "bottom-right": "", left: "", "left-mid": "", mid: "", "mid-mid": "", right: "" },
      ...{ "right-mid": "", middle: "  " },
    },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  table.push(
    heads.map((head) => bold(head)),
    ...rows.map((row) =>
      row.map((cell) => (typeof cell === "string" ? visible(cell) : cell.paint(visible(cell.text)))),
    ),
  );
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
}
