import { randomUUID } from "node:crypto";
import { Command } from "commander";
import { path } from "../provider/api/path";
import type { FlowRunResponse } from "../provider/api/prefect";
import { type Flags, withFlags } from "./flags";
import { logPrinter } from "./flowRun/logPrinter";
import { runParameters } from "./flowRun/parameters";
import { runDocument } from "./flowRun/runDocument";
import { checkCompleted } from "./flowRun/state";
import { watch } from "./flowRun/watch";
import { deploymentOnServer } from "./project/deploymentOnServer";
import { meantDeployment } from "./project/meantDeployment";
import { openStack } from "./project/project";
import { printJson, say } from "./terminal/say";

interface RunFlags extends Flags {
  param: string[];
  watch?: boolean;
}

export const command = withFlags(new Command("run"))
  .argument("<flow>", "the deployment: <flow>, or <flow>/<deployment> where the flow has several")
  .option(
    "--param <name=value>",
    "a parameter of the run, JSON or text; again for each",
    (text, all) => [...all, text],
    [] as string[],
  )
  .option("--watch", "show the log to the end; the exit code says whether the run completed")
  .action(async (flow: string, flags: RunFlags) => {
    const project = await openStack(flags);
    const { chosen, client } = await meantDeployment(flow, project);
    const { parameter_openapi_schema: schema, parameters: defaults } = await deploymentOnServer(client, chosen, flags);
    const parameters = runParameters(flags.param, { schema, defaults });
    const body = { parameters, idempotency_key: randomUUID() };
    const run = await client.post<FlowRunResponse>(path`/deployments/${chosen.id}/create_flow_run`, body);
    const made = runDocument(client, run, chosen);
    say(`run "${made.name}" of ${made.deployment}`);
    say(`  page  ${made.url}`);
    if (!flags.watch) {
      if (flags.json) printJson(made);
      return;
    }
    const printer = logPrinter(flags);
    const state = await watch(client, run.id, printer, flags);
    if (flags.json) printJson({ ...made, state, logs: printer.kept });
    checkCompleted(run.name, state);
  });
