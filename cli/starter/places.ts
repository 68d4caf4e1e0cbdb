import * as fs from "node:fs";
import * as path from "node:path";
import { PrefectError } from "../../provider/api/errors";
import { commandLine } from "../commandLine";
import type { Aim } from "../flags";
import { isThere } from "../project/madeOnce";
import { isOwnManifest, manifestIn, yamlIn, yamlNames } from "../project/place";
import { readSettings } from "../project/settings";
import { UsageError } from "../usageError";

export const yamlName = "meta_prefect.yaml";
export const programName = "index.ts";

/**
 * The YAML that is to be written.
 *
 * @param aim what the command line says, the file if it has one
 * @param folder where it is else
 * @throws PrefectError where one is there, or a program that would need Pulumi.yaml to itself
 */
export function yamlPlace({ env, file: given }: Aim, folder: string): string {
  const file = path.resolve(given ?? path.join(folder, yamlName));
  const own = path.dirname(file);
  if (!/\.ya?ml$/.test(file)) throw new UsageError(`--file "${given}": the name of a YAML file ends in .yaml or .yml`);
  if (!fs.statSync(own, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`--file "${given}": there is no folder ${own}; make it first`);
  }
  const isUsual = given === undefined || given === yamlName;
  const there = [file, ...(isUsual ? yamlNames.map((name) => path.join(own, name)) : [])].find(isThere);
  if (there !== undefined) {
    const isNamed = given !== undefined || own !== process.cwd();
    const deploy = commandLine("deploy", { env, ...(isNamed && { file: path.relative(process.cwd(), there) }) });
    throw new PrefectError(alreadyThere(there, deploy, "or name another file by --file"));
  }
  const manifest = manifestIn(own);
  if (manifest !== undefined && !isOwnManifest(manifest)) {
    throw new PrefectError(`${hasProgram(manifest)}, or write ${path.basename(file)} into a folder of its own`);
  }
  return file;
}

/** The program that is to be written. @throws PrefectError where one is there, or Pulumi.yaml names another */
export function programPlace({ env, file }: Aim, folder: string): string {
  if (file !== undefined) throw new UsageError("--typescript writes index.ts; leave out --file");
  const place = path.join(folder, programName);
  if (isThere(place))
    throw new PrefectError(alreadyThere(place, commandLine("deploy", { env }), "or write one into another folder"));
  const manifest = manifestIn(folder);
  if (manifest !== undefined && !isOwnManifest(manifest) && !runs(manifest, place)) {
    throw new PrefectError(`${hasProgram(manifest)}, or write ${programName} into a folder of its own`);
  }
  return place;
}

/** @throws PrefectError where a YAML is in the folder, which is what the commands go by */
export function checkNoYaml(folder: string): void {
  const yaml = yamlIn(folder);
  if (yaml === undefined) return;
  throw new PrefectError(
    `${path.basename(yaml)} is in this folder, and is what the commands deploy; for a program that goes on with it: ` +
      "meta-prefect init --typescript; for another in its place, move it away first",
  );
}

/** Whether a project would run a program that isn't there yet, as far as its settings tell. */
function runs(manifest: string, program: string): boolean {
  const folder = path.dirname(manifest);
  const { runtime, main = "." } = readSettings(manifest);
  const language = typeof runtime === "object" && runtime !== null && "name" in runtime ? runtime.name : runtime;
  if (language !== "nodejs" || typeof main !== "string") return false;
  const { main: present = "index.js" } = readSettings(path.join(folder, "package.json"));
  return [folder, program].includes(path.resolve(folder, main)) && !isThere(path.join(folder, String(present)));
}

function hasProgram(manifest: string): string {
  return (
    `${path.dirname(manifest)} has a Pulumi program of its own (${path.basename(manifest)}), with which the commands work already; ` +
    "add a deployer to it"
  );
}

function alreadyThere(file: string, deploy: string, other: string): string {
  return `${file} is there already, and stays as it is; deploy what it says by: ${deploy}, move it away, ${other}`;
}
