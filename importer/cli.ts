#!/usr/bin/env node
import * as fs from "node:fs";
import * as path from "node:path";
import { Command } from "commander";
import { PrefectClient } from "../provider/client";
import { resolveConnection } from "../provider/connection";
import { PrefectError } from "../provider/errors";
import { serverAddress } from "../provider/server";
import { readInventory } from "./inventory";
import { writeProgram } from "./program";
import { select, type Selection } from "./selection";

interface Options extends Selection {
  out: string;
}

// from the compiled file's own place
const { version } = require("../../package.json") as { version: string };

const command = new Command("meta-prefect").description("Prefect as code").version(version);

command
  .command("import")
  .description("write a Pulumi program that takes over what a Prefect server holds")
  .requiredOption("--out <dir>", "folder of the program; it must be empty or not there yet")
  .option("--tag <tag>", "only what has the tag, and what that needs")
  .option("--work-pool <name>", "only the pool, its deployments, and what they need")
  .option("--flow <name>", "only the flow, its deployments, and what they need")
  .addHelpText(
    "after",
    "\nThe server is the one of PREFECT_API_URL, or of the active Prefect profile. It is only read.\n" +
      "Values of secrets are not written: the program takes them from the stack's configuration.",
  )
  .action(importServer);

async function importServer({ out, ...selection }: Options): Promise<void> {
  const folder = path.resolve(out);
  if (fs.existsSync(folder) && fs.readdirSync(folder).length > 0) {
    throw new PrefectError(`${folder} is not empty; give an empty folder, or one that isn't there yet`);
  }
  const connection = resolveConnection(() => undefined);
  const server = serverAddress(connection.apiUrl);
  say(`reading ${server}`);
  const items = select(await readInventory(new PrefectClient(connection), (what) => say(`  ${what}`)), selection);
  if (items.length === 0) throw new PrefectError("nothing there is selected; check --tag, --work-pool and --flow");

  const project = path.basename(folder).replace(/[^\w.-]+/g, "-");
  const { files, count, secrets, leftOut } = writeProgram(items, server, project);
  for (const [file, text] of files) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  }
  say(`wrote ${count} resources to ${path.join(folder, "index.ts")}`);
  for (const { what, why } of leftOut) say(`left out ${what}: ${why}`);
  say("\nnext:");
  say(`  cd ${out} && npm install && pulumi stack init <stack>`);
  for (const key of secrets) say(`  pulumi config set --secret ${key}`);
  say("  pulumi preview    # says what taking over would change: nothing");
  say("  pulumi up");
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

command.parseAsync().catch((error: unknown) => {
  // what isn't ours to explain keeps its stack
  say(error instanceof PrefectError ? `error: ${error.message}` : String((error as Error).stack));
  process.exitCode = 1;
});
