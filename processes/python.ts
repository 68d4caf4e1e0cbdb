import * as fs from "node:fs";
import * as path from "node:path";

/**
 * The Python that runs the user's flows, and so has Prefect and what the flows import: META_PREFECT__PYTHON, else the active
 * virtual environment, else a `.venv` or `venv` in one of the folders or above it, else `python3` on the PATH.
 */
export function findPython(folders: string[], environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.META_PREFECT__PYTHON) return environment.META_PREFECT__PYTHON;
  const places = [environment.VIRTUAL_ENV, ...folders.flatMap(selfAndAbove).flatMap(virtualEnvironmentsIn)];
  const interpreters = places.flatMap((place) => (place ? [path.join(place, "bin", "python")] : []));
  return interpreters.find((file) => fs.existsSync(file)) ?? "python3";
}

function selfAndAbove(folder: string): string[] {
  const above = path.dirname(folder);
  return above === folder ? [folder] : [folder, ...selfAndAbove(above)];
}

function virtualEnvironmentsIn(folder: string): string[] {
  return [".venv", "venv"].map((name) => path.join(folder, name));
}
