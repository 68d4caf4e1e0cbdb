import type { Log } from "../../provider/api/prefect";
import type { Colours } from "../terminal/colours";
import { visibleLine } from "./visibleLine";

const levels: [from: number, name: string][] = [
  [50, "CRITICAL"],
  [40, "ERROR"],
  [30, "WARNING"],
  [20, "INFO"],
  [0, "DEBUG"],
];

/** One entry of a log, in this machine's time zone, as Prefect's own command line shows it. */
export function logLine({ timestamp, level, message }: Log, colours: Colours): string {
  const name = levels.find(([from]) => level >= from)?.[1] ?? "";
  const paint = level >= 40 ? colours.red : level >= 30 ? colours.yellow : (text: string) => text;
  const time = new Date(timestamp).toTimeString().slice(0, 8);
  const [first = "", ...rest] = message.split("\n");
  const head = `${colours.dim(time)} ${paint(name.padEnd(8))} ${visibleLine(first)}`;
  return [head, ...rest.map((line) => `${" ".repeat(18)}${visibleLine(line)}`)].join("\n");
}
