import * as fs from "node:fs";
import * as path from "node:path";
import { Command } from "commander";
import { readInventory } from "../importer/inventory";
import { convertedProgram } from "../importer/prefectYaml/convertedProgram";
import { writeProgram } from "../importer/program";
import { projectFiles } from "../importer/projectFiles";
import { projectName } from "../importer/projectName";
import { select, type Selection } from "../importer/selection";
import { PrefectClient } from "../provider/api/client";
import { type Connection, settings } from "../provider/api/connection";
import { ConnectionError, PrefectError } from "../provider/api/errors";
import { serverAddress } from "../provider/engine/server";
import { shellWord } from "../report/shellWord";
import { type Flags, withFlags } from "./flags";
import { nothingSelected } from "./nothingSelected";
import { connectionIn } from "./project/connectionIn";
import { npmIsMissing } from "./project/npm";
import { placeIfAny } from "./project/place";
import { aboutAdoption, conversionOf, deploymentsOf, noteLine, settingLines, sourceOf } from "./starter/conversion";
import { printJson, say } from "./terminal/say";
import { UsageError } from "./usageError";

interface Options extends Flags, Selection {
  out?: string;
  from?: string;
}

export const command = withFlags(new Command("import"))
  .option("--out <dir>", "folder of the program; it must be empty or not there yet")
  .option("--tag <tag>", "only what has the tag, and what that needs")
  .option("--work-pool <name>", "only the pool, its deployments, and what they need")
  .option("--flow <name>", "only the flow, its deployments, and what they need")
  .option("--from <file>", "write what a prefect.yaml says, in place of what a server holds")
  .addHelpText(
    "after",
    "\nThe server is that of the folder's stack, of PREFECT_API_URL, of the active Prefect profile, or the folder's own. It is only read.\n" +
      "Values of secrets are not written: the program takes them from the stack's configuration.",
  )
  .action((options: Options) =>
    options.from === undefined ? importServer(options) : importFile(options.from, options),
  );

async function importServer(options: Options): Promise<void> {
  const { out } = options;
  checkEmpty(out);
  const place = placeIfAny(options);
  try {
    await importFrom(await connectionIn(place, options), out, options);
  } catch (error) {
    throw place === undefined ? inTermsOfVariables(error) : error;
  }
}

async function importFrom(connection: Connection, out: string, { json, ...selection }: Options): Promise<void> {
  const folder = path.resolve(out);
  const server = serverAddress(connection.apiUrl);
  const client = new PrefectClient(connection);
  say(`reading ${server}`);
  await client.greet();
  const all = await readInventory(client, (what) => say(`  ${what}`));
  const items = select(all, selection);
  if (items.length === 0) throw nothingSelected(all, selection, server);

  const { files, count, secrets, leftOut } = writeProgram(items, server, projectName(path.basename(folder), "prefect"));
  for (const [file, text] of files) write(path.join(folder, file), text);
  say(`wrote ${count} resources to ${path.join(folder, "index.ts")}`);
  for (const { what, why } of leftOut) say(`left out ${what}: ${why}`);
  npmIsMissing().forEach(say);
  say("");
  say("next:");
  say(`  cd ${shellWord(out)} && npm install && pulumi stack init <stack>`);
  for (const key of secrets) say(`  pulumi config set --secret ${key}`);
  say("  pulumi preview    # says what taking over would change: nothing");
  say("  pulumi up");
  if (json) printJson({ folder, files: [...files.keys()], resources: count, secrets, leftOut });
}

/** Writes the program of a prefect.yaml; no server is asked. */
function importFile(from: string, { out, json, ...selection }: Options): void {
  for (const [option, value] of [
    ["--tag", selection.tag],
    ["--work-pool", selection.workPool],
    ["--flow", selection.flow],
  ] as const) {
    if (value !== undefined) throw new UsageError(`${option} selects what a server holds; leave it out beside --from`);
  }
  checkEmpty(out);
  const source = sourceOf(from);
  const folder = path.resolve(out);
  const conversion = conversionOf(source);
  const { converted } = conversion;
  const project = projectName(converted.name ?? path.basename(folder), "prefect");
  const below = path.relative(folder, path.dirname(source)) || ".";
  const files = [["index.ts", convertedProgram(converted, below)] as const, ...projectFiles(project)];
  for (const [file, text] of files) write(path.join(folder, file), text);
  const deployments = deploymentsOf(conversion);
  say(
    `wrote ${deployments.length === 1 ? "1 deployment" : `${deployments.length} deployments`} to ${path.join(folder, "index.ts")}`,
  );
  for (const note of converted.notes) say(`warning: ${noteLine(note)}`);
  npmIsMissing().forEach(say);
  say("");
  say("next:");
  say(`  cd ${shellWord(out)} && npm install && pulumi stack init <stack>`);
  for (const line of settingLines(conversion, "pulumi config set")) say(`  ${line}`);
  say("  pulumi preview");
  say("  pulumi up");
  say(aboutAdoption);
  if (json)
    printJson({
      folder,
      files: files.map(([file]) => file),
      deployments,
      notes: converted.notes,
      needs: conversion.needs,
    });
}

function checkEmpty(out: string | undefined): asserts out is string {
  if (out === undefined) throw new UsageError("import needs a folder for the program; write --out DIR");
  const folder = path.resolve(out);
  if (fs.existsSync(folder) && fs.readdirSync(folder).length > 0) {
    throw new PrefectError(`${folder} is not empty; give an empty folder, or one that isn't there yet`);
  }
}

/** Only their owner may read the files: a person may have left a secret where Prefect doesn't expect one. */
function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  fs.writeFileSync(file, text, { mode: 0o600, flag: "wx" });
}

/** The connection is set by variables alone where there is no stack that would have a configuration. */
function inTermsOfVariables(error: unknown): unknown {
  if (!(error instanceof ConnectionError)) return error;
  return new PrefectError(
    Object.values(settings).reduce(
      (text, { key, variable }) =>
        text
          .replace(`, or run \`pulumi config set ${key} <address>\``, "")
          .replace(new RegExp(`${key}( \\((or )?${variable}\\))?`, "g"), variable),
      error.message,
    ),
  );
}
