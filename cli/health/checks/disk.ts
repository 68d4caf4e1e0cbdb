import * as fs from "node:fs";
import { type Finding, problem } from "../finding";

/** In bytes: below this, installing and logs come to grief. */
const little = 1_000_000_000;
const none = 100_000_000;

/** The space that is left where the state and the logs are. */
export function checkDisk(folder: string, isNeeded: boolean): Finding {
  const part = "disk";
  const { bavail, bsize } = fs.statfsSync(folder);
  const free = bavail * bsize;
  const found = `${(free / 1e9).toFixed(1)} GB free`;
  return free >= little
    ? { part, level: "ok", found }
    : problem(
        part,
        isNeeded && free < none,
        `${found} at ${folder}`,
        "make room; docker and pip caches are often the largest",
      );
}
