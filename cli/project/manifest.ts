import * as fs from "node:fs";
import * as path from "node:path";
import { isMap, parseDocument } from "yaml";
import { projectName } from "../../importer/projectName";
import { writeAtomically } from "../../processes/atomicWrite";
import { PrefectError } from "../../provider/api/errors";
import { commandLine } from "../commandLine";
import { isConfigured } from "./backend";
import { madeOnce } from "./madeOnce";
import { isOwnManifest, ownFolder, type Place, yamlNames, yamlsOf } from "./place";
import { readSettings } from "./settings";

/** What a YAML is called when its folder's name has nothing that a project's name may have. */
const fallback = "flows";

/** Sees to the Pulumi.yaml of a YAML: an ordinary one, for git, whose program is ours. One that is there is left as it is. */
export function ensureManifest(
  { folder, manifest = path.join(folder, "Pulumi.yaml"), given: { file: named } = {} }: Place,
  file: string,
  environment: NodeJS.ProcessEnv,
): string {
  const name = nameIn(file);
  const yaml = path.basename(file);
  if (madeOnce(manifest, textFor(yaml, name ?? nameOf(folder)))) return manifest;
  if (!isOwnManifest(manifest)) {
    throw new PrefectError(
      `${path.basename(manifest)} in ${folder} is that of a Pulumi program of your own, which ${yaml} would need to itself; ` +
        `move ${yaml} to a folder of its own, or use the program: --file ${path.basename(manifest)}`,
    );
  }
  const { name: given, main } = readSettings(manifest);
  if (path.normalize(String(main)) !== path.normalize(mainOf(file))) {
    throw new PrefectError(
      `${path.basename(manifest)} in ${folder} is that of another file (main: ${String(main)}); put ${yaml} into a folder of its own`,
    );
  }
  if (name !== undefined && name !== given) {
    if (!isConfigured(manifest, environment) && !isDeployed(folder, String(given))) {
      const document = parseDocument(fs.readFileSync(manifest, "utf8"));
      document.set("name", name);
      writeAtomically(manifest, document.toString());
      return manifest;
    }
    throw new PrefectError(
      `project "${name}": what is deployed from here belongs to the project "${String(given)}" of ${path.basename(manifest)}; ` +
        `write name: ${String(given)} in ${yaml}, or take all down by "${commandLine("destroy", { file: named })}" in each environment, and delete Pulumi.yaml`,
    );
  }
  return manifest;
}

/** What a YAML is called that gives itself no name. */
function nameOf(folder: string): string {
  return projectName(path.basename(folder), fallback);
}

/** The name of a YAML's project, without making it one. */
export function nameWithout({ folder, manifest }: Place, file: string): string {
  const { name } = manifest === undefined ? {} : readSettings(manifest);
  return typeof name === "string" ? name : (nameIn(file) ?? nameOf(folder));
}

/** The program of a YAML as Pulumi.yaml names it: the folder, or for a file of another name a program of that name. */
function mainOf(file: string): string {
  return `${ownFolder}/${programFile(file) === "index.js" ? "" : programFile(file)}`;
}

/** The program's file in `.meta-prefect`. */
export function programFile(file: string): string {
  const name = path.basename(file);
  return yamlNames.includes(name) ? "index.js" : `${name}.js`;
}

/** Whether a Pulumi.yaml is word for word what is written here for a YAML. */
export function isAsWritten(manifest: string): boolean {
  const name = String(readSettings(manifest).name);
  const text = fs.readFileSync(manifest, "utf8");
  return yamlsOf(manifest).some((yaml) => textFor(yaml, name) === text);
}

/** The Pulumi.yaml of a YAML. */
function textFor(yaml: string, name: string): string {
  const text = [
    `name: ${JSON.stringify(name)}`,
    `description: what ${JSON.stringify(yaml).slice(1, -1)} deploys, by meta-prefect`,
    "runtime:",
    "  name: nodejs",
    "  options:",
    "    typescript: false",
    `main: ${JSON.stringify(mainOf(yaml))}`,
    "",
  ];
  return text.join("\n");
}

/** The name that a YAML gives itself; undefined where it gives none, or isn't YAML, which the program says with its line. */
function nameIn(file: string): string | undefined {
  const { contents } = parseDocument(fs.readFileSync(file, "utf8"));
  const name = isMap(contents) ? contents.get("name") : undefined;
  if (name === undefined || (typeof name === "string" && /^[\w.-]{1,100}$/.test(name))) return name;
  // what is wrong with it is said with its line, before a project is made under another name
  (require("../../recipes/deployFromYaml") as typeof import("../../recipes/deployFromYaml")).loadYaml(file);
  return undefined;
}

/** Whether a project of our own backend holds anything, or may. */
function isDeployed(folder: string, project: string): boolean {
  const stacks = path.join(folder, ownFolder, "state", ".pulumi", "stacks", project);
  const files = fs.existsSync(stacks) ? fs.readdirSync(stacks).filter((name) => name.endsWith(".json")) : [];
  return files.some((name) => {
    const { checkpoint } = JSON.parse(fs.readFileSync(path.join(stacks, name), "utf8")) as {
      checkpoint?: { latest?: { resources?: unknown[] } | null };
    };
    return (checkpoint?.latest?.resources ?? []).length > 0;
  });
}
