import { identityOf } from "../../components/deployer";
import { checkAll } from "./checked";
import { environmentsOf } from "./environments";
import { fillingEnvironment } from "./filling";
import { isPattern } from "./overlay";
import { readFile } from "./reader";
import { wantedIn } from "./wanted";

/** What a meta_prefect.yaml means in one environment, for those who don't run it as a program. */
export interface YamlProject {
  /** The Pulumi project, if the file names one. */
  name?: string;
  /** Absolute path of the file's folder. */
  folder: string;
  /** The environments that the file names, without patterns. */
  environments: string[];
  deployments: ProjectDeployment[];
}

/** A deployment of an environment. */
export interface ProjectDeployment {
  /** The key of its flow in the file, which is the flow's name unless its entrypoint is given. */
  flow: string;
  /** Its name in the file, to which recipes add the environment. */
  name: string;
  /** What deploys it, which is also the deployer's Pulumi name. */
  recipe: string;
  /** Its Pulumi name, unless the recipe is one that gives others. */
  pulumiName: string;
  entrypoint: string;
  /** The folder that the entrypoint is relative to, as it is written. @default the file's folder */
  path?: string;
  /** Where it is written, from 1 on. */
  line: number;
  column: number;
}

/**
 * Reads a meta_prefect.yaml, and finds the flows of an environment, without a program of Pulumi's: `${config:...}` stays as it is.
 *
 * @throws RunError that says all that is wrong in the file, each with its line and what to write instead
 */
export function readYamlProject(given: string, env: string): YamlProject {
  const file = readFile(given);
  checkAll(file);
  const wanted = wantedIn(file, env, fillingEnvironment(file.mistakes));
  file.mistakes.throwAny();
  return {
    ...(file.name !== undefined && { name: file.name }),
    folder: file.folder,
    environments: environmentsOf(file).filter((key) => !isPattern(key)),
    deployments: wanted.map(({ flow, recipe, at, deployment }) => ({
      flow,
      name: deployment.name,
      recipe,
      pulumiName: `${recipe}-${identityOf(deployment)}`,
      entrypoint: deployment.entrypoint,
      ...(deployment.path !== undefined && { path: deployment.path }),
      ...file.source.position(at),
    })),
  };
}
