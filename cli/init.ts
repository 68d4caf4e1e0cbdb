import * as path from "node:path";
import { Command } from "commander";
import { convertedProgram } from "../importer/prefectYaml/convertedProgram";
import { convertedYaml } from "../importer/prefectYaml/convertedYaml";
import { projectName } from "../importer/projectName";
import { PrefectError } from "../provider/api/errors";
import { visible } from "../provider/api/visible";
import { type FlowsBelow, flowsBelow, type FoundFlow } from "../provider/program/flows/findFlows";
import { shellWord } from "../report/shellWord";
import { commandLine } from "./commandLine";
import { type Aim, type Flags, withFlags } from "./flags";
import { nameWithout } from "./project/manifest";
import { npmIsMissing } from "./project/npm";
import { yamlIn } from "./project/place";
import { aboutAdoption, conversionOf, deploymentsOf, noteLine, settingLines, sourceOf } from "./starter/conversion";
import { checkNoYaml, programName, programPlace, yamlName, yamlPlace } from "./starter/places";
import { starterDeployments } from "./starter/starterDeployments";
import { manifestOfYaml, writeProgram, writeYaml } from "./starter/starterFiles";
import { starterProgram } from "./starter/starterProgram";
import { starterYaml } from "./starter/starterYaml";
import { yamlProgram } from "./starter/yamlProgram";
import { canAsk, chosen } from "./terminal/question";
import { print, printJson, say } from "./terminal/say";
import { UsageError } from "./usageError";

interface InitFlags extends Flags {
  yes?: boolean;
  typescript?: boolean;
  from?: string;
}

export const command = withFlags(new Command("init"))
  .option("--yes", "take all flows that are found")
  .option("--typescript", "write a Pulumi program in TypeScript, in place of the YAML")
  .option("--from <file>", "a prefect.yaml, whose deployments are written")
  .addHelpText(
    "after",
    "\nFlows are the functions with @flow in the Python files below the folder. Their text is read; nothing is executed,\n" +
      "nor is a step of a prefect.yaml.",
  )
  .action((flags: InitFlags) => (flags.from === undefined ? init(flags) : initFrom(flags.from, flags)));

async function init(flags: InitFlags): Promise<void> {
  const file = flags.typescript ? programPlace(flags, process.cwd()) : yamlPlace(flags, process.cwd());
  const folder = path.dirname(file);
  const yaml = flags.typescript ? yamlIn(folder) : undefined;
  if (yaml !== undefined) return initOfYaml(yaml, file, flags);
  const found = flowsBelow(folder);
  if (found.flows.length === 0) throw new PrefectError(nothingFound(folder, found));
  const flows = flags.yes || found.flows.length === 1 || !canAsk() ? found.flows : await choice(found.flows);
  const { deployments, leftOut } = starterDeployments(flows, found.flows);
  if (deployments.length === 0) {
    throw new PrefectError(leftOut.map(({ entrypoint, why }) => `flow ${entrypoint}: ${why}`).join("\n"));
  }
  const { written, kept } = flags.typescript
    ? writeProgram(file, starterProgram(deployments), projectName(path.basename(folder), "flows"))
    : writeYaml(file, starterYaml(deployments));

  if (flags.json) {
    printJson({ folder, written, kept, deployments: deployments.map(shown), leftOut, unread: found.unread });
    return;
  }
  print(visible(`wrote ${written.join(", ")} in ${folder}:`));
  for (const { flow, entrypoint, name } of deployments) print(visible(`  ${flow}/${name}  (${entrypoint})`));
  for (const { entrypoint, why } of leftOut) say(`warning: left out ${entrypoint}: ${why}`);
  for (const { file: python, error } of found.unread) say(`warning: ${python} can't be read: ${error}`);
  sayKept(kept, flags, folder);
  printNext(nextLines(flags, file, kept));
}

/** Writes a program that goes on with what a YAML of its folder deploys. */
function initOfYaml(yaml: string, file: string, flags: InitFlags): void {
  const folder = path.dirname(file);
  const name = path.basename(yaml);
  const { written, kept } = writeProgram(file, yamlProgram(name), nameWithout({ folder }, yaml));
  if (flags.json) {
    printJson({ folder, written, kept, reads: name });
    return;
  }
  print(visible(`wrote ${written.join(", ")} in ${folder}: a program that deploys what ${name} says`));
  sayKept(kept, flags, folder);
  printNext(nextLines(flags, file, kept));
}

/** Converts a prefect.yaml, beside which the result is, as its entrypoints are relative to its folder. */
function initFrom(from: string, flags: InitFlags): void {
  const source = sourceOf(from);
  const folder = path.dirname(source);
  if (flags.file !== undefined && path.dirname(path.resolve(flags.file)) !== folder) {
    throw new UsageError(
      `--file "${flags.file}": entrypoints are relative to the folder of ${path.basename(source)}; name a file in ${folder}`,
    );
  }
  const file = flags.typescript ? programPlace(flags, folder) : yamlPlace(flags, folder);
  if (flags.typescript) checkNoYaml(folder);
  const conversion = conversionOf(source);
  const { converted } = conversion;
  const { written, kept } = flags.typescript
    ? writeProgram(file, convertedProgram(converted), projectName(converted.name ?? path.basename(folder), "flows"))
    : writeYaml(file, convertedYaml(converted));

  const deployments = deploymentsOf(conversion);
  if (flags.json) {
    printJson({ folder, written, kept, deployments, notes: converted.notes, needs: conversion.needs });
    return;
  }
  const count = deployments.length === 1 ? "1 deployment" : `${deployments.length} deployments`;
  print(visible(`wrote ${written.join(", ")} in ${folder}: ${count} of ${path.basename(source)}`));
  for (const note of converted.notes) say(`warning: ${noteLine(note)}`);
  sayKept(kept, flags, folder);
  const set = `${commandLine("pulumi", aim(flags, file))} config set`;
  printNext(nextLines(flags, file, kept, settingLines(conversion, set)));
  print(aboutAdoption);
}

function sayKept(kept: string[], { typescript }: InitFlags, folder: string): void {
  for (const name of kept) say(`${name} is there already, and stays as it is`);
  if (!typescript) return;
  const manifest = manifestOfYaml(folder);
  if (manifest !== undefined) {
    say(
      `${manifest} names the program of a YAML still; write "runtime: nodejs" in it, and delete its line "main: ..."`,
    );
  }
  npmIsMissing().forEach(say);
}

function printNext(lines: string[]): void {
  print("next:");
  for (const line of lines) print(`  ${line}`);
}

function shown({ flow, name, entrypoint }: { flow: string; name: string; entrypoint: string }) {
  return { flow, name, entrypoint };
}

function nothingFound(folder: string, { unread }: FlowsBelow): string {
  return [
    `no flow was found below ${folder}; looked for functions with Prefect's @flow in the Python files there, ` +
      "but for virtual environments, hidden folders, node_modules and what .gitignore and .prefectignore name",
    ...unread.map(({ file, error }) => `${file} can't be read: ${error}`),
    "a flow is written like this, in a file such as flows.py:",
    "  from prefect import flow",
    "",
    "  @flow",
    "  def hello():",
    '      print("hello")',
  ].join("\n");
}

function choice(flows: FoundFlow[]): Promise<FoundFlow[]> {
  return chosen(
    "which flows are to be deployed?",
    flows.map((flow) => ({ name: `${flow.name ?? flow.function}  (${flow.entrypoint})`, value: flow })),
  );
}

/**
 * The commands to go on with.
 *
 * @param settings those that set what is needed
 */
function nextLines(flags: InitFlags, file: string, kept: string[], settings: string[] = []): string[] {
  const folder = path.dirname(file);
  // a program is deployed from its folder
  const cd =
    flags.typescript && folder !== process.cwd() ? [`cd ${shellWord(path.relative(process.cwd(), folder))}`] : [];
  const deploy = commandLine("deploy", aim(flags, file));
  if (!flags.typescript) return [...settings, deploy];
  const hasPackage = kept.includes("package.json");
  const install = hasPackage
    ? `npm pkg set main=${programName} && npm install meta-prefect typescript@5.9 @types/node@20`
    : "npm install";
  return [...cd, install, ...settings, deploy];
}

/** What the commands are told to find what was written. */
function aim({ typescript, env }: InitFlags, file: string): Aim {
  const isUsual = typescript || file === path.resolve(yamlName);
  return { env, ...(!isUsual && { file: path.relative(process.cwd(), file) }) };
}
