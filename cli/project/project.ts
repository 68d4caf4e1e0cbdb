import * as fs from "node:fs";
import * as path from "node:path";
import { onPath } from "../../processes/onPath";
import type { Flags } from "../flags";
import { withOwnServer } from "../localServer/ownServer";
import { backendVariables } from "./backend";
import { environmentName } from "./environmentName";
import { ensureManifest } from "./manifest";
import { linkAt } from "./packages";
import { findPlace, ownFolder } from "./place";
import { writeProgram } from "./program";
import { pathWithPulumi } from "./pulumiCli";
import { checkSystem } from "./system";

/** A Pulumi project on which a command works, ready for the Pulumi CLI. */
export interface Project {
  /** The folder of Pulumi.yaml, in which Pulumi runs. */
  folder: string;
  /** The YAML, an absolute path; undefined in a Pulumi program of one's own. */
  file?: string;
  /** The stack; undefined for the one that Pulumi has selected. */
  env?: string;
  /** The folder with the state, when it is that of our own backend. */
  ownState?: string;
  /** The environment in which Pulumi runs. */
  variables: NodeJS.ProcessEnv;
}

/** Finds the project, and makes what a YAML needs to be one. */
export async function openProject(flags: Flags & { yes?: boolean }, environment = process.env): Promise<Project> {
  checkSystem();
  const place = findPlace(flags, process.cwd(), environment);
  const { folder, file, env } = place;
  const manifest = file === undefined ? "" : ensureManifest(place, file, environment);
  const PATH = await pathWithPulumi(environment, flags.yes);
  const { META_PREFECT__ENV: _, ...others } = environment;
  const variables: NodeJS.ProcessEnv = {
    // the stack's name is that of the environment
    ...withOwnServer(place, flags.env === undefined ? environment : others),
    PATH,
    ...(env !== undefined && { PULUMI_STACK: env }),
    PULUMI_SKIP_UPDATE_CHECK: environment.PULUMI_SKIP_UPDATE_CHECK ?? "true",
  };
  if (file === undefined) return { folder, env, variables };
  await writeProgram(folder, { file, env: environmentName(place) ?? "dev", yes: flags.yes });
  const backend = backendVariables({ folder, manifest, env: env as string }, variables);
  return {
    folder,
    file,
    env,
    ownState: backend.ownState,
    variables: { ...variables, PATH: withThisNode(PATH, folder), ...backend.variables },
  };
}

/** The PATH with the Node.js that runs this, for which the packages are, where another or none would be found. */
function withThisNode(PATH: string, folder: string): string {
  const found = onPath("node", { PATH });
  if (found !== undefined && fs.realpathSync(found) === fs.realpathSync(process.execPath)) return PATH;
  const own = path.join(folder, ownFolder, "bin");
  linkAt(path.join(own, "node"), process.execPath);
  return [own, PATH].join(path.delimiter);
}
