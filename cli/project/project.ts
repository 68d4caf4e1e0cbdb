import * as fs from "node:fs";
import * as path from "node:path";
import { onPath } from "../../processes/onPath";
import { compileCache } from "../compileCache";
import type { Aim, Flags } from "../flags";
import { withOwnServer } from "../localServer/ownServer";
import { backendVariables } from "./backend";
import { environmentName } from "./environmentName";
import { ensureManifest } from "./manifest";
import { linkAt } from "./packages";
import { findPlace, ownFolder, stackName } from "./place";
import { writeProgram } from "./program";
import { pathWithPulumi } from "./pulumiCli";
import { checkSystem } from "./system";

/** A Pulumi project on which a command works, ready for the Pulumi CLI. */
export interface Project {
  /** The folder of Pulumi.yaml, in which Pulumi runs. */
  folder: string;
  /** The YAML, an absolute path; undefined in a Pulumi program of one's own. */
  file?: string;
  /** Pulumi.yaml, an absolute path. */
  manifest?: string;
  /** The stack's own name; undefined where it is the one that Pulumi has selected, as long as that hasn't said it. */
  env?: string;
  /** What the command line itself says of it. */
  given?: Aim;
  /** The folder with the state, when it is that of our own backend. */
  ownState?: string;
  /** The environment in which Pulumi runs. */
  variables: NodeJS.ProcessEnv;
}

interface OpeningFlags extends Flags {
  /** Whether a question is answered already. */
  yes?: boolean;
}

/** Finds the project with what its program needs, for what runs the program or its resources' code. */
export async function openProject(flags: OpeningFlags, environment = process.env): Promise<Project> {
  const project = await openStack(flags, environment);
  const { folder, file, env, given, variables } = project;
  if (file === undefined || env === undefined) return project;
  await writeProgram(folder, { file, env: environmentName(project) ?? env, given, yes: flags.yes });
  return { ...project, variables: { ...variables, PATH: withThisNode(variables.PATH ?? "", folder) } };
}

/** Finds the project, for what needs no more of it than state and settings: of its program nothing is made, linked or installed. */
export async function openStack(flags: OpeningFlags, environment = process.env): Promise<Project> {
  checkSystem();
  const found = findPlace(flags, process.cwd(), environment);
  const { folder, file, given } = found;
  const manifest = file === undefined ? found.manifest : ensureManifest(found, file, environment);
  // a program's is also selected by Pulumi's own variable
  const stack = found.env ?? (environment.PULUMI_STACK || undefined);
  const env = stack === undefined ? undefined : stackName(stack);
  const PATH = await pathWithPulumi(environment, flags.yes);
  const { META_PREFECT__ENV: _, ...others } = environment;
  const variables: NodeJS.ProcessEnv = {
    // the stack's name is that of the environment
    ...withOwnServer({ folder, env }, flags.env === undefined ? environment : others),
    PATH,
    ...(stack !== undefined && { PULUMI_STACK: stack }),
    NODE_COMPILE_CACHE: compileCache,
    PULUMI_SKIP_UPDATE_CHECK: environment.PULUMI_SKIP_UPDATE_CHECK ?? "true",
  };
  const backend = backendVariables({ folder, file, manifest, env }, variables);
  return {
    folder,
    file,
    manifest,
    env,
    given,
    ownState: backend.ownState,
    variables: { ...variables, ...backend.variables },
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
