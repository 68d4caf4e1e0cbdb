import * as path from "node:path";
import { Command } from "commander";
import { isRunning } from "../../processes/localProcess";
import type { PrefectClient } from "../../provider/api/client";
import { PrefectError } from "../../provider/api/errors";
import { visible } from "../../provider/api/visible";
import { isThere } from "../../provider/kinds/worker/workerHealth";
import { supervisedIn } from "../../provider/kinds/worker/workerRecord";
import { restartOf, restartVariable } from "../../provider/kinds/worker/workerRestart";
import { rowOf } from "../../provider/kinds/worker/workerRow";
import { runsIn } from "../../provider/kinds/worker/workerRuns";
import { commandLine } from "../commandLine";
import { operate, preview } from "../engine/operation";
import { present } from "../engine/outcome";
import { targetWords } from "../engine/targets";
import { type Flags, withFlags } from "../flags";
import { workerState } from "../health/workerState";
import { checkHere, chosenWorker, isHere, type LocalWorker } from "../project/chosenWorkers";
import { openProject, type Project } from "../project/project";
import { stackClient } from "../project/stackClient";
import { stackState, type StackWorker } from "../project/stackState";
import { isAgreed } from "../terminal/question";
import { print, printJson, say } from "../terminal/say";

interface RestartFlags extends Flags {
  yes?: boolean;
}

/** A worker that was started again. */
interface Restarted {
  name: string;
  workPoolName: string;
  pid: number;
  logFile: string;
}

export const command = withFlags(new Command("restart"))
  .description("start again what is down of this machine's workers, or the one that is named")
  .argument("[name]", "one alone, also when it is fine: <name>, or <work pool>/<name> where several are called so")
  .option("--yes", "ask nothing, also when runs are under way, which end with their worker")
  .action(async (name: string | undefined, flags: RestartFlags) => {
    const project = await openProject(flags);
    const all = (await stackState(project))?.workers ?? [];
    const due = name === undefined ? await down(project, all) : [named(name, all, project)];
    if (due.length === 0) say("nothing to restart");
    else await checkProgram(project, due, flags);
    const isMeant = due.length > 0 && (await isAllowed(due, flags));
    const restarted = isMeant ? await restart(project, due, flags) : [];
    if (flags.json) printJson({ env: project.env, folder: project.folder, restarted });
    else restarted.flatMap(linesOf).forEach(print);
  });

function named(name: string, all: StackWorker[], project: Project): LocalWorker {
  const worker = chosenWorker(name, all, project);
  checkHere(worker);
  return worker;
}

/** This machine's workers that are down; says which of the others stay as they are. */
async function down(project: Project, all: StackWorker[]): Promise<LocalWorker[]> {
  const local = all.filter(isHere);
  if (local.length === 0) {
    say(`no worker of ${project.env ?? "the selected stack"} runs on this machine`);
    return [];
  }
  const client = await stackClient(project);
  const found = await Promise.all(local.map(async (worker) => ((await isFine(client, worker)) ? [] : [worker])));
  return found.flat();
}

async function isFine(client: PrefectClient, worker: LocalWorker): Promise<boolean> {
  const { name, workPoolName } = worker.args;
  const row = () => rowOf(client, workPoolName, name);
  const { condition, says } = await workerState(worker, await row());
  const isSeen = async () => (await row())?.status === "ONLINE";
  if (condition === "unheard") say(`worker "${name}": ${says}; waiting whether it comes back`);
  const isBack = condition === "unheard" && (await isThere(worker.supervised, isSeen));
  if (condition !== "online" && !isBack) return false;
  say(`worker "${name}" stays as it is (${isBack ? "online again" : says}); to restart it all the same, name it`);
  return true;
}

/** Nothing is ended before it is known that the program still has it, and that it can be previewed. */
async function checkProgram(project: Project, due: LocalWorker[], flags: Flags): Promise<void> {
  const { steps } = await preview(project, flags);
  for (const { urn, args } of due) {
    const op = steps.find((step) => step.urn === urn)?.op ?? "delete";
    if (op === "same" || op === "update") continue;
    throw new PrefectError(
      `worker "${args.name}" ${op === "delete" ? "isn't in the program any more" : "is another one in the program by now"}; ` +
        `bring what is deployed up to date first: ${commandLine("deploy", flags)}`,
    );
  }
}

/** Whether what ends with the workers may end; says so where it may not. */
async function isAllowed(due: LocalWorker[], { yes }: RestartFlags): Promise<boolean> {
  for (const question of due.flatMap(questionOf)) {
    if (await isAgreed(question, yes)) continue;
    say("nothing was done");
    return false;
  }
  return true;
}

/** What is asked before a worker is ended that has runs under way, as far as this system tells. */
function questionOf({ args: { name }, supervised }: LocalWorker): string[] {
  if (!isRunning(supervised)) return [];
  if (process.platform !== "linux") return [`What worker "${name}" has under way ends with it. Restart it?`];
  const { size } = runsIn(path.dirname(supervised.logFile));
  if (size === 0) return [];
  const what = size === 1 ? "1 run under way, which ends" : `${size} runs under way, which end`;
  return [`worker "${name}" has ${what} with it, as CRASHED. Restart it?`];
}

/**
 * Has Pulumi update the workers, although nothing of them differs: so their state and their processes stay one, whatever interrupts it.
 */
async function restart(project: Project, due: LocalWorker[], { debug }: Flags): Promise<Restarted[]> {
  const variables = { ...project.variables, [restartVariable]: restartOf(due.map(({ args }) => args)) };
  const names = due.map(({ args }) => `"${args.name}"`).join(", ");
  const outcome = await operate({ ...project, variables }, ["up", ...targetWords(due.map(({ urn }) => urn))], {
    title: `restarting ${due.length === 1 ? "worker" : "workers"} ${names}`,
    total: due.length,
    debug,
  });
  return due.map(({ urn, args: { name, workPoolName }, supervised }) => {
    const now = supervisedIn(present(outcome).find((step) => step.urn === urn)?.new?.outputs ?? {});
    if (now && now.pid !== supervised.pid) return { name, workPoolName, pid: now.pid, logFile: now.logFile };
    throw new PrefectError(`worker "${name}" was not started again: the meta-prefect that the program uses is too old`);
  });
}

function linesOf({ name, pid, logFile }: Restarted): string[] {
  return [`worker "${visible(name)}" is online, process ${pid}`, `  log  ${visible(logFile)}`];
}
