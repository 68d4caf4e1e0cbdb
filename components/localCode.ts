import * as path from "node:path";
import type { DeploymentBuilder } from "./builder";

/** Code that lies in a folder of the worker's own machine: runs work in that folder, not on a copy. */
export function localCode(): DeploymentBuilder {
  return {
    build(plan, { programFolder }) {
      const folder = path.resolve(programFolder, plan.path ?? ".");
      const steps = [{ "prefect.deployments.steps.set_working_directory": { directory: folder } }];
      return { ...plan, path: folder, codeFolder: folder, pullSteps: plan.pullSteps ?? steps };
    },
  };
}
