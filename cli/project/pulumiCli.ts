import * as fs from "node:fs";
import * as path from "node:path";
import { cacheFolder } from "../../processes/cacheFolder";
import { foldersOfPath, onPath } from "../../processes/onPath";
import { PrefectError } from "../../provider/api/errors";
import { agrees, canAsk } from "../terminal/question";
import { say } from "../terminal/say";
import { installed } from "./installed";

export const byHand = "install it by hand (https://www.pulumi.com/docs/install), so that `pulumi` is on the PATH";

/** The PATH on which the Pulumi CLI is found: as it is, or with that of the cache, which is installed by Pulumi's own installer after asking. */
export async function pathWithPulumi(environment: NodeJS.ProcessEnv, yes: boolean | undefined): Promise<string> {
  const found = foundPulumi(environment);
  if (found !== undefined) return found;
  const { kept, version } = cached();
  const what = "the Pulumi CLI isn't on the PATH";
  if (!yes && !canAsk()) throw new PrefectError(`${what}; ${byHand}, or let preview --yes or deploy --yes install it`);
  if (!yes && !(await agrees(`${what}. Install version ${version} into ${kept}?`))) {
    throw new PrefectError(`${what}; ${byHand}`);
  }
  say(`installing the Pulumi CLI ${version} into ${kept}`);
  await installed(kept, (folder) => install(folder));
  return withCached(environment);
}

/** The PATH on which the Pulumi CLI is found; undefined where it is neither on it nor in the cache. */
export function foundPulumi(environment: NodeJS.ProcessEnv): string | undefined {
  if (onPath("pulumi", environment) !== undefined) return environment.PATH;
  return fs.existsSync(cached().kept) ? withCached(environment) : undefined;
}

function withCached(environment: NodeJS.ProcessEnv): string {
  return [path.join(cached().kept, "bin"), ...foldersOfPath(environment)].join(path.delimiter);
}

function cached(): { kept: string; version: string } {
  const { version } = require("@pulumi/pulumi/package.json") as { version: string };
  return { kept: cacheFolder(`pulumi-cli-${version}`), version };
}

async function install(root: string): Promise<void> {
  // loaded late: it takes a second, and is needed once
  const { PulumiCommand } = require("@pulumi/pulumi/automation") as typeof import("@pulumi/pulumi/automation");
  try {
    await PulumiCommand.install({ root });
  } catch (error) {
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new PrefectError(`the Pulumi CLI couldn't be installed (${reason}); ${byHand}`);
  }
}
