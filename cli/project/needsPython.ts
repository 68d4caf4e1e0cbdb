import { flowsMode } from "../../provider/program/flows/flowsMode";

/** Recipes that start no worker here, whatever a deployment says. */
const withoutWorker = ["plain_deployer", "eks_dask_deployer"];

/**
 * Whether the deployments of an environment ask this machine for a Python with Prefect: to read flows by an import, or for a worker. What is
 * wrong in the file, or how flows are to be read, the program says.
 */
export function needsPython({ file, env }: { file: string; env: string }, environment: NodeJS.ProcessEnv): boolean {
  try {
    if (flowsMode(environment) === "import") return true;
    const { readFile } = require("../../recipes/yaml/reader") as typeof import("../../recipes/yaml/reader");
    const { deploymentsIn } =
      require("../../recipes/yaml/environments") as typeof import("../../recipes/yaml/environments");
    return deploymentsIn(readFile(file, []), env).some(({ recipe, variables }) => {
      const hasOwnPool = recipe === "local_run_deployer" && variables.entries.has("workPoolName");
      return recipe !== undefined && !hasOwnPool && !withoutWorker.includes(recipe);
    });
  } catch {
    return true;
  }
}
