import * as fs from "node:fs";
import * as path from "node:path";
import type { BuildContext, DeploymentBuilder, DeploymentPlan } from "./builder";
import { folderHere } from "./folderHere";
import { setWorkingDirectory } from "./pullSteps";
import { workerFolder } from "./workerFolder";

/** Where Prefect's images have the code, unless a pull step says otherwise. */
const imageFolder = "/opt/prefect";

/**
 * Where the code of a deployment is, and how a run gets there, as it is written. The flow is read in the folder of its `path` or, where that is
 * no folder of this machine, in the program's. Without `path`, `pullSteps` and `storageDocumentId` a run works in that folder or, when the
 * job variables name an image, in `/opt/prefect`, as with `prefect deploy`.
 */
export function codeAsWritten(): DeploymentBuilder {
  return {
    build(plan, context) {
      const unwritten = folderHere(plan);
      const { path: given, ...rest } = plan;
      const folder = codeFolder(plan, context);
      const isWritten = given !== undefined && unwritten === undefined;
      return {
        ...rest,
        ...(isWritten && { path: given }),
        codeFolder: folder,
        ...inModule(plan.entrypoint, folder),
        ...steps(plan, isWritten, folder, context),
      };
    },
  };
}

function codeFolder({ path: given, entrypoint }: DeploymentPlan, { programFolder }: BuildContext): string {
  const folder = path.resolve(programFolder, given ?? ".");
  const [, file] = /^(.*\.py):/s.exec(entrypoint) ?? [];
  return fs.existsSync(path.join(folder, file ?? "")) ? folder : programFolder;
}

/** Where in the folder the flow is that an entrypoint names by its module, such as `package.flows:load` or `package.flows.load`. */
function inModule(entrypoint: string, folder: string): Pick<DeploymentPlan, "codeEntrypoint"> {
  const [, module, flow] = /^([\w.]+):([\w.]+)$/.exec(entrypoint) ?? /^([\w.]+)\.(\w+)$/.exec(entrypoint) ?? [];
  if (module === undefined || module.endsWith(".py")) return {};
  const file = module.replaceAll(".", "/");
  const found = [`${file}.py`, `${file}/__init__.py`].find((one) => fs.existsSync(path.join(folder, one)));
  return found === undefined ? {} : { codeEntrypoint: `${found}:${flow}` };
}

function steps(
  plan: DeploymentPlan,
  hasPath: boolean,
  folder: string,
  context: BuildContext,
): Pick<DeploymentPlan, "pullSteps"> {
  if (hasPath || plan.pullSteps !== undefined || plan.storageDocumentId !== undefined) return {};
  const hasImage = Boolean(plan.jobVariables?.image);
  return { pullSteps: [setWorkingDirectory(hasImage ? imageFolder : workerFolder(folder, plan.path, context))] };
}
