import * as fs from "node:fs";
import { Command } from "commander";
import { messageOf, PrefectError } from "../provider/api/errors";
import { beyond } from "../report/beyond";
import { reviewedIn, type ReviewedPlan } from "../report/reviewed";
import { commandLine } from "./commandLine";
import { type DeployedFlow, deployedFlows, nextSteps } from "./deployed";
import { warningsIn } from "./engine/diagnosis";
import { operate } from "./engine/operation";
import { changed, present } from "./engine/outcome";
import { forgetPending, isPendingWarning } from "./engine/pending";
import { targetWords } from "./engine/targets";
import { type Flags, withFlags } from "./flags";
import { ensureServer } from "./localServer/ensureServer";
import { changesCode, documentOf, type Plan, planned, type PreviewFlags } from "./plan";
import { openProject, type Project } from "./project/project";
import { agrees, checkAnswerable } from "./terminal/question";
import { print, printJson, say, sayLines } from "./terminal/say";
import { UsageError } from "./usageError";

interface DeployFlags extends PreviewFlags {
  yes?: boolean;
  plan?: string;
}

export const command = withFlags(new Command("deploy"))
  .argument("[flow...]", "only what belongs to these flows: <flow>, or <flow>/<deployment>")
  .option("--refresh", "compare with the server first, and mend what differs")
  .option("--yes", "ask nothing")
  .option("--plan <file>", "do nothing that wasn't reviewed, as meta-prefect preview --save-plan has written it")
  .option("--detailed-exitcode", `end with ${changesCode} when something was changed`)
  .action(async (flows: string[], flags: DeployFlags) => {
    checkAnswerable("deploy", flags.yes);
    const agreed = flags.plan === undefined ? undefined : reviewedPlan(flags.plan, flags);
    const project = await openProject(flags);
    await ensureServer(project, flags.yes);
    const plan = await planned(project, flows, flags);
    if (agreed) refuseMore(plan, agreed, flags);
    if (plan.isEmpty) return finish(project, plan, flags, { done: true, deployments: [] });
    if (!flags.yes && !(await agrees(`deploy this to ${project.env ?? "the selected stack"}?`))) {
      say("nothing was done");
      return finish(project, plan, flags, { done: false, deployments: [] });
    }
    const targets = flows.length === 0 ? [] : targetWords(plan.steps.map(({ urn }) => urn));
    const refresh = flags.refresh ? ["--refresh"] : [];
    const outcome = await operate(project, ["up", ...targets, ...refresh], {
      title: `deploying to ${project.env ?? "the selected stack"}`,
      total: plan.changes.length,
      debug: flags.debug,
    });
    const isSettled = await forgetPending(project, outcome.diagnostics);
    for (const text of warningsIn(outcome.diagnostics, outcome.steps)) {
      if (!isSettled || !isPendingWarning(text)) sayLines(`warning: ${text}`);
    }
    const touched = new Set(changed(outcome).map(({ urn }) => urn));
    say(`done: ${touched.size} ${touched.size === 1 ? "change" : "changes"} made`);
    finish(project, plan, flags, { done: true, deployments: deployedFlows(present(outcome), touched, project) });
    if (flags.detailedExitcode) process.exitCode = changesCode;
  });

/** The plan that was saved. @throws UsageError where there is none */
function reviewedPlan(file: string, flags: Flags): ReviewedPlan {
  const save = commandLine("preview --save-plan FILE", flags);
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`--plan "${file}": ${messageOf(error)}; write it by: ${save}`);
  }
  const plan = reviewedIn(text);
  if (!plan) throw new UsageError(`--plan "${file}" is no plan; write it by: ${save}`);
  return plan;
}

/** @throws PrefectError that says what would be done otherwise than it was reviewed */
function refuseMore({ all, subject }: Plan, agreed: ReviewedPlan, flags: DeployFlags): void {
  const more = beyond(all, subject, agreed);
  if (more.length === 0) return;
  const preview = `preview${flags.refresh ? " --refresh" : ""} --save-plan FILE`;
  throw new PrefectError(
    [
      `nothing was done, as this isn't what was reviewed; review it anew by: ${commandLine(preview, flags)}`,
      ...more.map((line) => `  ${line}`),
    ].join("\n"),
  );
}

/** How a deploy ended. */
interface Ended {
  /** Whether what the plan says is done by now, rather than declined. */
  done: boolean;
  /** The deployments that were made or changed. */
  deployments: DeployedFlow[];
}

function finish(project: Project, plan: Plan, flags: DeployFlags, ended: Ended): void {
  if (flags.json) printJson({ ...documentOf(project, plan), ...ended });
  else nextSteps(ended.deployments, flags).forEach(print);
}
