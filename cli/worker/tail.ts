import * as fs from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as pause } from "node:timers/promises";

/** Between two looks at a log, in milliseconds. */
const every = 500;

/**
 * The last lines of a worker's log, those of its former part among them.
 *
 * @param follows whether it goes on with what is written from then on, without end; also when the log is rotated, which empties it
 */
export async function* tail(
  logFile: string,
  { count, follows }: { count: number; follows: boolean },
): AsyncGenerator<string> {
  const text = partOf(logFile, 0);
  const lines = Buffer.concat([partOf(`${logFile}.1`, 0), text])
    .toString("utf8")
    .split("\n");
  // what isn't a whole line yet
  let rest = lines.pop() ?? "";
  yield* lines.slice(-count);
  if (!follows && rest !== "") yield rest;
  const decoder = new StringDecoder("utf8");
  for (let offset = text.length; follows;) {
    await pause(every);
    const size = fs.statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
    const more = partOf(logFile, size < offset ? 0 : offset);
    offset = (size < offset ? 0 : offset) + more.length;
    const lines = (rest + decoder.write(more)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** What a file holds from a place on; nothing where there is no file. */
function partOf(file: string, offset: number): Buffer {
  if (!fs.existsSync(file)) return Buffer.alloc(0);
  const open = fs.openSync(file, "r");
  try {
    const part = Buffer.alloc(Math.max(0, fs.fstatSync(open).size - offset));
    return part.subarray(0, fs.readSync(open, part, 0, part.length, offset));
  } finally {
    fs.closeSync(open);
  }
}
