import * as path from "node:path";
import type { DeploymentBuilder } from "../../builder";

/** Code that is in the image of the flow's pods, in a folder of it; here it is only read. */
export function imageCode(directory: string): DeploymentBuilder {
  return {
    build({ path: given = ".", ...plan }, { programFolder }) {
      const steps = [{ "prefect.deployments.steps.set_working_directory": { directory } }];
      return { ...plan, codeFolder: path.resolve(programFolder, given), pullSteps: plan.pullSteps ?? steps };
    },
  };
}
