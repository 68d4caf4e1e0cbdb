import { Command } from "commander";
import { PrefectError } from "../provider/api/errors";
import type { FlowRunResponse } from "../provider/api/prefect";
import { shellWord } from "../report/shellWord";
import { commandLine } from "./commandLine";
import { type Flags, withFlags } from "./flags";
import { isDue, lastRuns, meantRun } from "./flowRun/lastRun";
import { logPrinter } from "./flowRun/logPrinter";
import { runDocument } from "./flowRun/runDocument";
import { RunLogs } from "./flowRun/runLogs";
import { checkCompleted, isEnd, stateOf } from "./flowRun/state";
import { watch } from "./flowRun/watch";
import { deploymentOnServer } from "./project/deploymentOnServer";
import { meantDeployment } from "./project/meantDeployment";
import { openStack } from "./project/project";
import { localTime } from "./terminal/localTime";
import { printJson, say } from "./terminal/say";

interface LogsFlags extends Flags {
  follow?: boolean;
}

export const command = withFlags(new Command("logs"))
  .argument("<flow>", "the deployment: <flow>, or <flow>/<deployment> where the flow has several")
  .option("--follow", "go on to the run's end; the exit code says whether it completed")
  .action(async (flow: string, flags: LogsFlags) => {
    const project = await openStack(flags);
    const { chosen, client } = await meantDeployment(flow, project);
    await deploymentOnServer(client, chosen, flags);
    const runs = await lastRuns(client, chosen.id);
    const run = meantRun(runs, flags.follow ?? false, client.serverTime());
    if (!run) {
      const name = `${chosen.flowName}/${chosen.name}`;
      throw new PrefectError(
        `${name} has never run, and no run of it waits; to run it: ${commandLine(`run ${shellWord(flow)}`, flags)}`,
      );
    }
    const made = runDocument(client, run, chosen);
    say(`run "${made.name}" of ${made.deployment}: ${howItIs(run)}`);
    say(`  page  ${made.url}`);
    const { waiting } = runs;
    if (waiting && waiting !== run && isDue(waiting, client.serverTime())) {
      say(`  another, "${waiting.name}", waits: ${howItIs(waiting)}`);
    }
    const printer = logPrinter(flags);
    if (flags.follow) {
      const state = await watch(client, run.id, printer, flags);
      if (flags.json) printJson({ ...made, state, logs: printer.kept });
      checkCompleted(run.name, state);
      return;
    }
    for await (const log of new RunLogs(client, run.id).missed()) printer.log(log);
    if (flags.json) printJson({ ...made, state: stateOf(run), logs: printer.kept });
  });

/** The state of a run, and when it began, ended or is to begin. */
function howItIs(run: FlowRunResponse): string {
  const state = stateOf(run);
  const { start_time: begun, end_time: ended, expected_start_time: expected } = run;
  if (isEnd(state) && ended) return `${state.name}, ended ${localTime(ended)}`;
  if (begun) return `${state.name}, begun ${localTime(begun)}`;
  return `${state.name}${expected ? `, due ${localTime(expected)}` : ""}`;
}
