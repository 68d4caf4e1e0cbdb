#!/usr/bin/env node
import { constants } from "node:os";
import { Command, CommanderError } from "commander";
import { version } from "../importer/ownPackage";
import { useCompileCache } from "./compileCache";
import { Interrupted } from "./engine/interruption";
import { explanation } from "./explanation";
import type { Flags } from "./flags";
import { printJson, say, sayLines } from "./terminal/say";
import { UsageError } from "./usageError";

useCompileCache();

/** Each command: what it does, and its file, which is loaded when it is meant. */
const commands: Record<string, { does: string; load: () => { command: Command } }> = {
  init: {
    does: "write a meta_prefect.yaml for the flows that are found",
    load: () => require("./init") as typeof import("./init"),
  },
  preview: { does: "show what would change", load: () => require("./preview") as typeof import("./preview") },
  deploy: { does: "deploy the flows", load: () => require("./deploy") as typeof import("./deploy") },
  list: {
    does: "show what is deployed, when it runs next, and how it is",
    load: () => require("./list") as typeof import("./list"),
  },
  run: { does: "run a deployment once", load: () => require("./run") as typeof import("./run") },
  logs: { does: "show the log of a deployment's last run", load: () => require("./logs") as typeof import("./logs") },
  schedule: {
    does: "pause the schedules of a deployment, and resume them",
    load: () => require("./schedule") as typeof import("./schedule"),
  },
  worker: {
    does: "look after the workers of this machine",
    load: () => require("./worker") as typeof import("./worker"),
  },
  destroy: { does: "take down what is deployed", load: () => require("./destroy") as typeof import("./destroy") },
  doctor: {
    does: "check what is needed here, and say how to mend it",
    load: () => require("./doctor") as typeof import("./doctor"),
  },
  server: {
    does: "start, stop or look at a Prefect server of this folder's own",
    load: () => require("./server") as typeof import("./server"),
  },
  pulumi: {
    does: "run the Pulumi CLI on the project, with its backend and pass phrase",
    load: () => require("./pulumi") as typeof import("./pulumi"),
  },
  import: {
    does: "write a Pulumi program that takes over what a Prefect server holds",
    load: () => require("./import") as typeof import("./import"),
  },
  completion: {
    does: "print what completes command lines in bash, zsh or fish",
    load: () => require("./completion") as typeof import("./completion"),
  },
};

const words = process.argv.slice(2);
const asks = {
  json: words.includes("--json"),
  debug: words.includes("--debug"),
  follow: words.includes("--follow"),
};

const program = new Command("meta-prefect")
  .description("Prefect deployments as code")
  .version(version, "--version", "print the version")
  .helpCommand(false)
  .enablePositionalOptions()
  .exitOverride()
  .configureOutput({ outputError: () => undefined });

for (const [name, { does, load }] of Object.entries(commands)) {
  // the others are listed in the help, and no more is asked of them
  const command = words.includes(name) ? load().command : new Command(name);
  program.addCommand(inheriting(command.description(does), program));
}

/** A command, and those below it, with the settings of the one above. */
function inheriting(command: Command, above: Command): Command {
  command.copyInheritedSettings(above).helpCommand(false);
  for (const below of command.commands) inheriting(below, command);
  return command;
}

program
  .command("help")
  .argument("[command]")
  .description("show the help of a command")
  .action((name?: string) => {
    const command = name === undefined ? program : program.commands.find((one) => one.name() === name);
    if (!command)
      throw new UsageError(`unknown command '${name ?? ""}'; there are: ${Object.keys(commands).join(", ")}`);
    command.outputHelp();
  });

let flags: Flags = {};
program.hook("preAction", (_, command) => {
  flags = command.opts();
});

/** What writing fails with when whoever reads it, such as `head`, has enough, or the terminal is gone. */
const unread = ["EPIPE", "EIO"];

// what was begun comes to its end, with its own exit code, whether or not somebody reads how
process.stderr.on("error", () => undefined);
process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
  if (!unread.includes(code ?? "")) {
    say(`error: standard output can't be written (${message})`);
    process.once("exit", () => (process.exitCode ||= 1));
  } else if (asks.follow) {
    // a log that goes on for ever has no other end
    process.exit(128 + constants.signals.SIGPIPE);
  }
});

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    const isAnswered = ["commander.helpDisplayed", "commander.version"].includes(error.code);
    if (isAnswered) return;
    process.exitCode = 2;
    // the help that stands for a command that is missing has been shown
    if (error.code !== "commander.help") fail(misuse(error));
    return;
  }
  process.exitCode = error instanceof UsageError ? 2 : error instanceof Interrupted ? error.exitCode : 1;
  // loaded late, as what it looks at is
  const { startHint } = require("./localServer/startHint") as typeof import("./localServer/startHint");
  const message = explanation(error, asks.debug);
  fail(message + startHint(message, flags));
});

/** What is wrong with the words of a command line. */
function misuse({ message, code }: CommanderError): string {
  const text = message.replace(/^error: /, "");
  const first = program.commands.find((command) => command.name() === words[0]);
  // one that has others below it
  const above = first && first.commands.length > 0 ? first : program;
  if (code === "commander.unknownCommand" && !text.includes("\n")) {
    return `${text}; there are: ${namesBelow(above).join(", ")}`;
  }
  const isBeforeCommand = code === "commander.unknownOption" && words[above === program ? 0 : 1]?.startsWith("-");
  return isBeforeCommand ? `${text}; options are written after the command` : text;
}

function namesBelow(command: Command): string[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((below) => below.name());
}

function fail(message: string): void {
  sayLines(`error: ${message}`);
  if (asks.json) printJson({ error: message });
}
