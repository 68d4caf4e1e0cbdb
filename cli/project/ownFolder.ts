import * as fs from "node:fs";
import * as path from "node:path";
import { writeAtomically } from "../../processes/atomicWrite";
import { ownFolder } from "./place";

/** Makes the folder of our own beside a YAML, of which nothing belongs into git; gives its path. */
export function makeOwnFolder(folder: string): string {
  const own = path.join(folder, ownFolder);
  fs.mkdirSync(own, { recursive: true });
  writeIfOther(path.join(own, ".gitignore"), "*\n");
  return own;
}

/** Writes what isn't there in that form yet: two commands at once read one whole file or the other, which are the same. */
export function writeIfOther(file: string, text: string): void {
  if (!fs.existsSync(file) || fs.readFileSync(file, "utf8") !== text) writeAtomically(file, text, { flush: false });
}
