import { Command } from "commander";
import { ConnectionError } from "../../provider/api/errors";
import { type Flags, withFlags } from "../flags";
import type { WorkerCondition } from "../health/workerState";
import { workerStates, type WorkerWithState } from "../health/workerStates";
import { chosenWorkers } from "../project/chosenWorkers";
import { openStack, type Project } from "../project/project";
import { stackClient } from "../project/stackClient";
import { stackState, type StackWorker } from "../project/stackState";
import { type Colours, coloursOf } from "../terminal/colours";
import { print, printJson, say } from "../terminal/say";
import { tableLines } from "../terminal/table";

/** How long the server is waited for, in milliseconds: what this machine knows is told without it. */
const firstContact = 3_000;

export const command = withFlags(new Command("status"))
  .description("show how the workers of the stack are")
  .argument("[name]", "one alone: <name>, or <work pool>/<name> where several are called so")
  .action(async (name: string | undefined, flags: Flags) => {
    const project = await openStack(flags);
    const all = (await stackState(project))?.workers ?? [];
    const found = await statesOf(project, chosenWorkers(name, all, project));
    if (flags.json) {
      printJson({ env: project.env, folder: project.folder, workers: found.map(documentOf) });
      return;
    }
    if (found.length === 0) say(`no worker is deployed in ${project.env ?? "the selected stack"}`);
    else tableLines(["WORKER", "WORK POOL", "STATE"], ...rowsOf(found)).forEach(print);
  });

/** How workers are, also when only this machine can tell. */
async function statesOf(project: Project, workers: StackWorker[]): Promise<WorkerWithState[]> {
  if (workers.length === 0) return [];
  try {
    return await workerStates(await stackClient(project, { firstContact }), workers);
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    say(`warning: ${error.message}`);
    return workerStates(undefined, workers);
  }
}

const paints: Record<WorkerCondition, keyof Colours> = {
  online: "green",
  running: "yellow",
  unheard: "yellow",
  restarted: "red",
  ended: "red",
  offline: "red",
  unknown: "yellow",
};

function rowsOf(found: WorkerWithState[]): [rows: Parameters<typeof tableLines>[1], colours: Colours] {
  const colours = coloursOf(process.stdout);
  const rows = found.map(({ worker: { args }, state }) => [
    args.name,
    args.workPoolName,
    { text: state.says, paint: colours[paints[state.condition]] as (text: string) => string },
  ]);
  return [rows, colours];
}

function documentOf({ worker: { args, supervised }, state: { condition, says } }: WorkerWithState) {
  const { host, pid, logFile } = supervised ?? {};
  return { name: args.name, workPoolName: args.workPoolName, condition, says, host, pid, logFile };
}
