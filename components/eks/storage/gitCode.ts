import * as fs from "node:fs";
import * as path from "node:path";
import type { DeploymentBuilder } from "../../builder";

/** A git repository that runs clone, in the words of Prefect's step `git_clone`. */
export interface GitSource {
  /** Its address, without a user, password or token: for these there is `accessToken`. */
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

/** The parameters of an address that are credentials by their names. */
const secretParameter = /token|secret|passw|auth|credential|api_?key|private|signature|^(sig|key|pat)$/i;

/**
 * Whether an address has credentials in it. A user by itself is one for HTTP, where a token may stand in its place, and not for SSH. What
 * Prefect fills in is none.
 */
export function holdsCredentials(address: string): boolean {
  const filled = address.trim().replace(/\{\{.*?\}\}/g, "{}");
  const [, scheme, authority = ""] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(filled) ?? [];
  const [, login = ""] = /^(.*)@/.exec(scheme === undefined ? (filled.split("/")[0] ?? "") : authority) ?? [];
  const [user = "", ...rest] = login.split(":");
  const password = rest.join(":");
  if (password !== "" && password !== "{}") return true;
  if (/^(git\+)?https?$/i.test(scheme ?? "") && user !== "" && !login.includes("{}")) return true;
  const parameters = /[?#](.*)$/s.exec(filled)?.[1] ?? "";
  return [...new URLSearchParams(parameters)].some(
    ([name, value]) => secretParameter.test(name) && value !== "" && value !== "{}",
  );
}

/** Where a folder lies in its clone; nowhere special when it is in none. */
function placeInClone(folder: string): string {
  for (let top = folder; top !== path.dirname(top); top = path.dirname(top)) {
    if (fs.existsSync(path.join(top, ".git"))) return path.relative(top, folder).split(path.sep).join("/");
  }
  return "";
}
