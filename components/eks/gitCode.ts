import * as fs from "node:fs";
import * as path from "node:path";
import type { DeploymentBuilder } from "../builder";

/** A git repository that runs clone, in the words of Prefect's step `git_clone`. */
export interface GitSource {
  /** Its address. */
  repository: string;
  branch?: string;
  /** Excludes `branch`. */
  commitSha?: string;
  includeSubmodules?: boolean;
  /** A template that Prefect fills in, such as "{{ prefect.blocks.secret.git-token }}"; never the token itself. */
  accessToken?: string;
  /** The folder of the repository that the entrypoint is relative to. @default where the deployment's `path` lies in its clone here */
  directory?: string;
}

/** Code that each run clones from git; here it is only read. */
export function gitCode({ directory, ...source }: GitSource): DeploymentBuilder {
  return {
    build({ path: given = ".", ...plan }, { programFolder }) {
      const folder = path.resolve(programFolder, given);
      const place = directory ?? placeInClone(folder);
      const cloned = ["{{ clone.directory }}", place].filter((part) => part !== "").join("/");
      const steps = [
        {
          "prefect.deployments.steps.git_clone": {
            id: "clone",
            repository: source.repository,
            ...(source.branch !== undefined && { branch: source.branch }),
            ...(source.commitSha !== undefined && { commit_sha: source.commitSha }),
            ...(source.includeSubmodules !== undefined && { include_submodules: source.includeSubmodules }),
            ...(source.accessToken !== undefined && { access_token: source.accessToken }),
          },
        },
        { "prefect.deployments.steps.set_working_directory": { directory: cloned } },
      ];
      return { ...plan, codeFolder: folder, pullSteps: plan.pullSteps ?? steps };
    },
  };
}

/** Where a folder lies in its clone; nowhere special when it is in none. */
function placeInClone(folder: string): string {
  for (let top = folder; top !== path.dirname(top); top = path.dirname(top)) {
    if (fs.existsSync(path.join(top, ".git"))) return path.relative(top, folder).split(path.sep).join("/");
  }
  return "";
}
