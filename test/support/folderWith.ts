import * as fs from "node:fs";
import * as path from "node:path";
import { temporaryFolder } from "./environment";

/** The real path of a new folder with some files, by their paths below it. */
export function folderWith(files: Record<string, string>): string {
  const folder = fs.realpathSync(temporaryFolder());
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}
