import * as fs from "node:fs";
import * as path from "node:path";
import { outside, pathOutside } from "./pathOutside";

/**
 * A Python that the code in some folders has no say in: META_PREFECT__PYTHON, else the first `python3` on the PATH that
 * lies outside of the folders and of the Git repositories that they belong to, if there is one; and that part of the
 * PATH.
 */
export function pythonOutside(folders: string[], environment: NodeJS.ProcessEnv = process.env) {
  const { META_PREFECT__PYTHON: named } = environment;
  const isOutside = outside(folders);
  const places = pathOutside(folders, environment);
  const python = named?.includes(path.sep)
    ? path.resolve(named)
    : places.map((place) => path.join(place, named ?? "python3")).find((file) => isExecutable(file) && isOutside(file));
  return { python, path: places.join(path.delimiter) };
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
