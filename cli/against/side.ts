import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { PrefectError } from "../../provider/api/errors";
import { pathOutside } from "../../provider/program/flows/pathOutside";
import type { GitVersion } from "../../provider/program/gitVersion";
import { nameWithout } from "../project/manifest";
import { isOwnManifest, type Place } from "../project/place";
import { isEncrypted, textOf, writtenSettings } from "../project/writtenSettings";
import type { Answer, Asked } from "./asked";

/** How long a side may take to be read, in milliseconds. */
const patience = 300_000;
/** What stands for settings that are the environment's where the stack doesn't say them. */
const unsaid = { "prefect:apiUrl": "https://prefect.invalid/api", "aws:region": "us-east-1" };
/** The variables of a person's or a job's that say how deployments are named; no value of others is in reach of what is read. */
const settings = [
  "META_PREFECT__TAGS",
  "META_PREFECT__VERSION",
  "META_PREFECT__ROOT",
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
];

/** Where a side is read. */
export interface Reading {
  /** The copy of the repository. */
  tree: string;
  /** A folder for what is made meanwhile. */
  scratch: string;
  /** The repository's own folder, and the project's in it. */
  top: string;
  folder: string;
  gitVersion: GitVersion;
  /** The Python that reads flows, which isn't the repository's. */
  python: string;
}

/** What the project of a YAML is called. @throws PrefectError where the folder has a program of its own */
export function projectIn(place: Place): { file: string; project: string } {
  const { file, folder, manifest } = place;
  if (file === undefined || (manifest !== undefined && !isOwnManifest(manifest))) {
    throw new PrefectError(
      `${path.basename(manifest ?? file ?? "")} in ${folder} is that of a Pulumi program, which isn't run to be compared with a commit, as it may be anybody's; ` +
        "only what a meta_prefect.yaml says is read by --against",
    );
  }
  const project = nameWithout(place, file);
  if (/^[\w.-]{1,100}$/.test(project)) return { file, project };
  throw new PrefectError(
    `project ${JSON.stringify(project)} in ${folder}: give a name of at most 100 letters, digits, dots, dashes and underscores, as Pulumi's projects have`,
  );
}

/** Reads what a YAML says, in a process that has nothing of this one's environment. */
export function readSide(place: Place, { tree, scratch, top, folder, gitVersion, python }: Reading): Answer {
  const { file, project } = projectIn(place);
  const stack = place.env as string;
  const asked: Asked = {
    file,
    below: tree,
    project,
    stack,
    gitVersion,
    ...configurationOf(place.folder, project, stack),
  };
  const own = settings.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  const env: NodeJS.ProcessEnv = {
    // where the worker has the code, whatever the copy's folder is
    META_PREFECT__ROOT: folder,
    ...(Object.fromEntries(own) as NodeJS.ProcessEnv),
    PATH: pathOutside([top], process.env).join(path.delimiter),
    HOME: scratch,
    META_PREFECT__FLOWS: "static",
    META_PREFECT__PYTHON: python,
  };
  const { status, signal, error, stdout, stderr } = spawnSync(process.execPath, [path.join(__dirname, "register.js")], {
    cwd: scratch,
    env,
    input: JSON.stringify(asked),
    encoding: "utf8",
    timeout: patience,
    maxBuffer: Infinity,
  });
  if (status === 0) return JSON.parse(stdout) as Answer;
  const why = error?.message ?? `it ended by ${signal ?? status}: ${stderr.trim().split("\n").at(-1)}`;
  throw new PrefectError(`${path.basename(file)} in ${place.folder} could not be read (${why})`);
}

/** The stack's configuration, as its file in the folder says it; what is encrypted stays so. */
function configurationOf(folder: string, project: string, stack: string): Pick<Asked, "configuration" | "secretKeys"> {
  const keyed = [...writtenSettings(folder, stack)].map(([key, value]): [string, unknown] => [
    key.includes(":") ? key : `${project}:${key}`,
    value,
  ]);
  return {
    configuration: { ...unsaid, ...Object.fromEntries(keyed.map(([key, value]) => [key, textOf(value)])) },
    secretKeys: keyed.flatMap(([key, value]) => (isEncrypted(value) ? [key] : [])),
  };
}
