import * as fs from "node:fs";
import * as path from "node:path";
import { startDetached } from "../../../processes/localProcess";
import { folderVariable } from "./workerEnvironment";

/** Bytes after which a log is rotated; as many are kept of each of the `kept` former ones. */
const limit = 10 * 1024 * 1024;
/** Seconds from one look at a log's size to the next. */
const interval = 5;
/** How many of the log's last lines an error shows. */
const shownLines = 20;

/**
 * Rotates a log while a process writes to it. The process has the file open, so the file is copied and emptied; since it appends, it goes
 * on at the start. What is written at that very moment may be lost. A shell does it, which takes 2 MB: Node.js takes 40 MB for each
 * worker and Python 8, and a pipe to any of them would end the worker with its reader.
 */
const rotation = `umask 077
while kill -0 "$1" 2>/dev/null; do
  if [ "$(wc -c < "$2")" -gt "$3" ]; then
    [ -f "$2.2" ] && mv -f "$2.2" "$2.3"
    [ -f "$2.1" ] && mv -f "$2.1" "$2.2"
    tail -c "$3" "$2" > "$2.1"
    : > "$2"
  fi
  sleep ${interval}
done`;

/**
 * Goes on with a worker's log, or begins it, by a line that says what is started now. Only its owner can read it.
 *
 * @returns where the output of what is started begins, in bytes
 */
export function continueLog(logFile: string, line: string): number {
  fs.appendFileSync(logFile, `${new Date().toISOString()} | meta-prefect | ${line}\n`, { mode: 0o600 });
  // that of an earlier build
  fs.chmodSync(logFile, 0o600);
  return fs.statSync(logFile).size;
}

/** Keeps a log from growing without end while the process `pid` is running; the former parts are `<logFile>.1` to `.3`. */
export async function boundLog(logFile: string, pid: number): Promise<void> {
  const folder = path.dirname(logFile);
  await startDetached("sh", ["-c", rotation, "sh", String(pid), logFile, String(limit)], {
    cwd: folder,
    env: { PATH: process.env.PATH, [folderVariable]: folder },
    logFile,
  });
}

/** The last lines of a log that were written from `offset` on, for an error. */
export function lastLines(logFile: string, offset: number): string {
  const text = fs.readFileSync(logFile);
  // it may have been rotated since
  const lines = text
    .subarray(text.length < offset ? 0 : offset)
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .slice(-shownLines);
  return `the last lines of ${logFile}:\n${lines.join("\n")}`;
}
