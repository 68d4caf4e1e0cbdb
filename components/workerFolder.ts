import * as path from "node:path";
import type { BuildContext } from "./builder";

/**
 * A folder of this machine as the worker sees it: what is below the program's folder lies below `meta-prefect:root` there. One that is neither
 * given relative to the program's folder nor lies in it is the same everywhere.
 *
 * @param given how the program names it
 */
export function workerFolder(folder: string, given: string | undefined, context: BuildContext): string {
  const { programFolder, workerFolder: root = programFolder } = context;
  const below = path.relative(programFolder, folder);
  const isElsewhere = path.isAbsolute(given ?? "") && (below.split(path.sep)[0] === ".." || path.isAbsolute(below));
  return isElsewhere ? folder : path.resolve(root, below);
}
