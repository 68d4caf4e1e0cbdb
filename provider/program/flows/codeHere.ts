import * as fs from "node:fs";
import * as path from "node:path";
import type { Json } from "../../engine/kind";

/** The arguments of a deployment that say where its code is. */
export interface CodeArgs {
  entrypoint?: unknown;
  path?: unknown;
  pullSteps?: unknown;
  storageDocumentId?: unknown;
}

const setWorkingDirectory = "prefect.deployments.steps.set_working_directory";

/**
 * The folder of this machine in which the code of a deployment lies, if it does: code that other steps fetch, that is in storage, or in a
 * folder that isn't here is the worker's alone. Arguments that aren't known while the program runs tell nothing.
 *
 * @param programFolder to which relative paths belong
 */
export function codeHere({ entrypoint, path: given, pullSteps, storageDocumentId }: CodeArgs, programFolder: string) {
  if (typeof entrypoint !== "string" || storageDocumentId !== undefined) return undefined;
  const stated = pullSteps === undefined ? (given ?? ".") : directoryOf(pullSteps);
  if (typeof stated !== "string") return undefined;
  const folder = path.resolve(programFolder, stated);
  const colon = entrypoint.lastIndexOf(":");
  // a module may be installed on the worker alone
  if (colon < 0) return undefined;
  return fs.existsSync(path.resolve(folder, entrypoint.slice(0, colon))) ? folder : undefined;
}

/** The directory that the steps go to when they do nothing else. */
function directoryOf(steps: unknown): unknown {
  if (!Array.isArray(steps) || steps.length !== 1) return undefined;
  const [step] = steps as Json[];
  return (step?.[setWorkingDirectory] as Json | undefined)?.directory;
}
