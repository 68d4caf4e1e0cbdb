import { Command } from "commander";
import { type Flags, withFlags } from "./flags";
import { setPaused } from "./schedule/setPaused";

const flow = ["<flow>", "the deployment: <flow>, or <flow>/<deployment> where the flow has several"] as const;

export const command = new Command("schedule")
  .addCommand(
    withFlags(new Command("pause"))
      .description("pause a deployment's schedules, until they are resumed; a deploy leaves them paused")
      .argument(...flow)
      .action((name: string, flags: Flags) => setPaused(name, true, flags)),
  )
  .addCommand(
    withFlags(new Command("resume"))
      .description("resume a deployment's schedules")
      .argument(...flow)
      .action((name: string, flags: Flags) => setPaused(name, false, flags)),
  );
