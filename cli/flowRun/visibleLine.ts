import { visible } from "../../provider/api/visible";

/** How many columns lie between the tab stops of a terminal. */
const tabWidth = 8;

/** A line of a log, in which nothing acts unseen. A tab only moves on to the next stop, as spaces do. */
export function visibleLine(line: string): string {
  const spaced = line.replace(/([^\t]*)\t/g, (_, cell: string) =>
    cell.padEnd((Math.floor(cell.length / tabWidth) + 1) * tabWidth),
  );
  return visible(spaced);
}
