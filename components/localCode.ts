import * as path from "node:path";
import type { DeploymentBuilder } from "./builder";
import { setWorkingDirectory } from "./pullSteps";
import { workerFolder } from "./workerFolder";

/**
 * Code that lies in a folder of the worker's own machine: runs work in that folder, not on a copy. Prefect is given the folder's absolute
 * path, which is another one on a colleague's machine unless `meta-prefect:root` (META_PREFECT__ROOT) names a place where each of them has
 * the program's folder, as by a link: what is below the program's folder is then deployed as lying below that place. It is still read
 * from the program's own folder.
 */
export function localCode(): DeploymentBuilder {
  return {
    build(plan, context) {
      const folder = path.resolve(context.programFolder, plan.path ?? ".");
      const directory = workerFolder(folder, plan.path, context);
      return {
        ...plan,
        path: directory,
        codeFolder: folder,
        pullSteps: plan.pullSteps ?? [setWorkingDirectory(directory)],
      };
    },
  };
}
