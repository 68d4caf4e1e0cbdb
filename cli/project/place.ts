import * as fs from "node:fs";
import * as path from "node:path";
import { nearest } from "../../provider/engine/nearest";
import type { Aim, Flags } from "../flags";
import { UsageError } from "../usageError";
import { readSettings } from "./settings";

/** What is kept beside a YAML: the program that reads it, the packages that it needs, and unless a backend is configured the state. */
export const ownFolder = ".meta-prefect";
export const yamlNames = ["meta_prefect.yaml", "meta_prefect.yml"];
const manifestNames = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/** The stack where none is asked for, nor selected. */
export const usualStack = "dev";

/** What a command works on. */
export interface Place {
  /** The folder of Pulumi.yaml. */
  folder: string;
  /** The YAML, an absolute path; undefined in a Pulumi program of one's own. */
  file?: string;
  /** Pulumi.yaml, an absolute path; undefined where there is none yet. */
  manifest?: string;
  /** The environment, if one is asked for; that of a Pulumi program is else the selected stack. */
  env?: string;
  /** What the command line itself says of it. */
  given?: Aim;
}

/** There is neither a YAML nor a Pulumi program. */
class NothingHere extends UsageError {}

/** Where a command line is at work that also works in a folder without anything; undefined there, unless an environment is asked for. */
export function placeIfAny(flags: Flags): Place | undefined {
  try {
    return findPlace(flags);
  } catch (error) {
    if (error instanceof NothingHere && flags.env === undefined) return undefined;
    throw error;
  }
}

/** Where a command line is at work. @throws UsageError where there is neither a YAML nor a Pulumi program, or two that don't go together */
export function findPlace(flags: Flags, cwd = process.cwd(), environment = process.env): Place {
  const env = checkedEnv(flags.env, "--env") ?? checkedEnv(environment.META_PREFECT__ENV, "META_PREFECT__ENV");
  const named = flags.file === undefined ? undefined : path.resolve(cwd, flags.file);
  if (named !== undefined) checkYaml("--file", named, flags.file as string);
  const folder = named === undefined ? cwd : path.dirname(named);
  const file = named ?? existing(folder, yamlNames);
  const manifest = manifestIn(folder);
  const isOfProgram = named === undefined && manifest !== undefined && readsYaml(folder, manifest);
  if (file === undefined && manifest === undefined) throw new NothingHere(nothingIn(folder));
  const given = { env: flags.env, file: flags.file };
  if (file === undefined || isOfProgram || isManifest(file)) return { folder, manifest: named ?? manifest, env, given };
  if (env?.includes("/")) throw new UsageError(notAName(flags.env === undefined ? "META_PREFECT__ENV" : "--env", env));
  return { folder, file, manifest, env: env ?? usualStack, given };
}

/** Pulumi's settings of a folder's project, an absolute path; undefined where there are none. */
export function manifestIn(folder: string): string | undefined {
  return existing(folder, manifestNames);
}

/** The YAML that a folder's deployments are in, an absolute path; undefined where there is none, whatever Pulumi.yaml says. */
export function yamlIn(folder: string): string | undefined {
  const manifest = manifestIn(folder);
  return existing(folder, manifest === undefined ? yamlNames : [...yamlNames, ...yamlsOf(manifest)]);
}

/** What the YAML may be called whose Pulumi.yaml this is; nothing for that of a program of one's own. */
export function yamlsOf(manifest: string): string[] {
  if (!isOwnManifest(manifest)) return [];
  const { main } = readSettings(manifest);
  const program = path.relative(ownFolder, path.normalize(String(main)));
  return program === "" || program === "index.js" ? yamlNames : [program.replace(/\.js$/, "")];
}

/** Whether the Pulumi.yaml of a folder is that of our own program, which reads a YAML. */
export function isOwnManifest(manifest: string): boolean {
  const { main } = readSettings(manifest);
  return typeof main === "string" && path.normalize(main).split(path.sep)[0] === ownFolder;
}

/** Whether the program of a folder is a person's own that reads the YAML itself. */
function readsYaml(folder: string, manifest: string): boolean {
  if (isOwnManifest(manifest)) return false;
  const { main: given } = readSettings(manifest);
  const main = path.resolve(folder, typeof given === "string" ? given : ".");
  const files = [main, ...["index.ts", "index.js"].map((name) => path.join(main, name))];
  return files.some(
    (file) =>
      fs.statSync(file, { throwIfNoEntry: false })?.isFile() &&
      fs.readFileSync(file, "utf8").includes("deployFromYaml"),
  );
}

/** Pulumi's settings of a stack, whose file has the ending of the project's. */
export function settingsFile(
  { folder, manifest = "Pulumi.yaml" }: Pick<Place, "folder" | "manifest">,
  stack: string,
): string {
  return path.join(folder, `Pulumi.${stackName(stack)}${path.extname(manifest)}`);
}

/** The stack's own name, before which those of organization and project may stand. */
export function stackName(env: string): string {
  return env.replace(/^.*\//, "");
}

function existing(folder: string, names: string[]): string | undefined {
  return names.map((name) => path.join(folder, name)).find((file) => fs.existsSync(file));
}

function isManifest(file: string): boolean {
  return manifestNames.includes(path.basename(file));
}

/**
 * Checks that a YAML is there, or Pulumi's settings of a project.
 *
 * @param option the option of the command line that names it
 * @param given as the option names it
 */
export function checkYaml(option: string, file: string, given: string): void {
  const status = fs.statSync(file, { throwIfNoEntry: false });
  if (status?.isDirectory()) throw new UsageError(`${option} "${given}": that is a folder; name the YAML file in it`);
  if (status && !/\.ya?ml$/.test(file) && !isManifest(file)) {
    throw new UsageError(`${option} "${given}": that is no YAML file; its name ends in .yaml or .yml`);
  }
  if (status) return;
  const folder = path.dirname(file);
  const others = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
  const near = nearest(path.basename(file), others);
  throw new UsageError(`${option} "${given}": there is no such file${near ? `; did you mean ${near}?` : ""}`);
}

function nothingIn(folder: string): string {
  const above = path.dirname(folder);
  const found = above === folder ? undefined : existing(above, [...yamlNames, ...manifestNames]);
  const hint = found ? `, or cd to ${above}, which has ${path.basename(found)}` : "";
  return `there is no meta_prefect.yaml and no Pulumi.yaml in ${folder}; run: meta-prefect init${hint}`;
}

/** A stack's name as Pulumi takes it; before that of a program may stand those of organization and project. */
function checkedEnv(name: string | undefined, source: string): string | undefined {
  if (name === undefined || (name === "" && source !== "--env")) return undefined;
  if (/^([\w.-]+\/){0,2}\w[\w.-]{0,99}$/.test(name)) return name;
  throw new UsageError(notAName(source, name));
}

function notAName(source: string, name: string): string {
  return `${source} "${name}": an environment's name has letters, digits, "-", "_" and "." alone, at most 100, and begins with none of "-" and "."`;
}
