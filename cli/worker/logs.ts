import * as fs from "node:fs";
import { Command, Option } from "commander";
import { PrefectError } from "../../provider/api/errors";
import { type Flags, withFlags } from "../flags";
import { visibleLine } from "../flowRun/visibleLine";
import { checkHere, chosenWorker, isHere } from "../project/chosenWorkers";
import { openStack } from "../project/project";
import { stackState } from "../project/stackState";
import { print, printJson, say } from "../terminal/say";
import { tail } from "./tail";

/** How many lines of a log are shown. */
const count = 200;

interface LogsFlags extends Flags {
  follow?: boolean;
}

export const command = withFlags(new Command("logs"))
  .description(`show the last ${count} lines of the log of a worker of this machine`)
  .argument("[name]", "the worker, where there are several: <name>, or <work pool>/<name>")
  .addOption(new Option("--follow", "go on with what is written, until Ctrl-C").conflicts("json"))
  .action(async (name: string | undefined, flags: LogsFlags) => {
    const project = await openStack(flags);
    const all = (await stackState(project))?.workers ?? [];
    const worker = chosenWorker(name, name === undefined ? all.filter(isHere) : all, project);
    checkHere(worker);
    const { logFile } = worker.supervised;
    if (!fs.existsSync(logFile)) throw new PrefectError(`worker "${worker.args.name}" has no log: ${logFile} is gone`);
    say(`log of worker "${worker.args.name}": ${logFile}`);
    const lines: string[] = [];
    for await (const line of tail(logFile, { count, follows: flags.follow ?? false })) {
      if (flags.json) lines.push(line);
      else print(visibleLine(line));
    }
    if (flags.json) printJson({ name: worker.args.name, workPoolName: worker.args.workPoolName, logFile, lines });
  });
