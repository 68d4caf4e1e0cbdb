import * as fs from "node:fs";
import * as path from "node:path";

/** The first file of a name in the folders of a PATH; undefined where none has it. */
export function onPath(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  return foldersOfPath(environment)
    .map((folder) => path.join(folder, name))
    .find((file) => fs.existsSync(file));
}

/** The folders of a PATH. */
export function foldersOfPath({ PATH = "" }: NodeJS.ProcessEnv): string[] {
  return PATH.split(path.delimiter).filter((folder) => folder !== "");
}
