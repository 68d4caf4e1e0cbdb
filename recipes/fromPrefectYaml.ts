import type { RecipeDeployment } from "../components/builder";
import type { Json } from "../provider/engine/kind";

/** What a program adds to a prefect.yaml. */
export interface PrefectYamlOptions {
  /**
   * What build and push steps give, by their ids: they aren't run here. That of a step that names an image and its tag is known without it.
   *
   * @example { "build-image": { image: "registry.example/flows:4f2a9c1" } }
   */
  outputs?: Record<string, Json>;
}

/**
 * Reads a prefect.yaml as `prefect deploy --all` does, and gives its deployments as the plain data that every recipe takes; `PlainDeployer` makes
 * what `prefect deploy` would. Templates are filled in from the server (`prefect.blocks`, `prefect.variables`), the environment and, as far as
 * they are known without being run, the outputs of steps. What Prefect would refuse, leave out or lose is read as it is meant; each
 * such place is a warning with its line, as is each step that has to be done by hand.
 *
 * @param file its path; a relative one belongs to the program's folder. Entrypoints belong to the file's own
 * @throws RunError that says all that is wrong in the file, each with its line and what to write instead
 *
 * @example
 * // Pulumi waits for an entry that is a function
 * export = async () => {
 *   const deployer = new PlainDeployer("etl", { deployments: await fromPrefectYaml("prefect.yaml") });
 *   return { deployed: deployer.deployed };
 * };
 */
export async function fromPrefectYaml(
  file = "prefect.yaml",
  { outputs = {} }: PrefectYamlOptions = {},
): Promise<RecipeDeployment[]> {
  // loaded late: most programs read no prefect.yaml
  const { deploymentsIn } = require("./prefectYaml/deployments") as typeof import("./prefectYaml/deployments");
  return deploymentsIn(file, outputs);
}
