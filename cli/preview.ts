import * as fs from "node:fs";
import { Command, Option } from "commander";
import { PrefectError } from "../provider/api/errors";
import { visible } from "../provider/api/visible";
import { withoutValues } from "../report/broken";
import type { Report } from "../report/report";
import { Interrupted } from "./engine/interruption";
import type { Looks } from "./engine/looks";
import { explanation } from "./explanation";
import { withFlags } from "./flags";
import { changesCode, documentOf, type Plan, planned, type PreviewFlags, shown } from "./plan";
import type { HostName } from "./post/postReport";
import { openProject, type Project } from "./project/project";
import { stackSubject } from "./project/stackSubject";
import { printJson, sayLines } from "./terminal/say";
import { UsageError } from "./usageError";

interface ReportFlags extends PreviewFlags {
  yes?: boolean;
  strict?: boolean;
  savePlan?: string;
  against?: string;
  markdown?: string;
  html?: string;
  post?: HostName;
}

export const command = withFlags(new Command("preview"))
  .argument("[flow...]", "only what belongs to these flows: <flow>, or <flow>/<deployment>")
  .option("--refresh", "compare with the server first")
  .option("--detailed-exitcode", `end with ${changesCode} when there are changes`)
  .addOption(
    new Option("--post <host>", "write what would change as a comment on the pull request that CI works for").choices([
      "github",
      "gitlab",
    ] satisfies HostName[]),
  )
  .option("--strict", "fail when something that calls a deployment would be refused")
  .option("--save-plan <file>", "write what was reviewed, for meta-prefect deploy --plan")
  .option("--markdown <file>", "write a report for a pull request, or print it in place of the list by -")
  .option("--html <file>", "write the same report as a page, of which nothing is cut")
  .option("--against <commit>", "compare with the folder at a commit in place of the stack, and run nothing of it")
  .option("--yes", "install what is missing, such as the Pulumi CLI, without asking")
  .action(async (flows: string[], flags: ReportFlags) => {
    checkFlags(flows, flags);
    const { plan, looks, report } = await reporting(flags, () => previewed(flows, flags));
    if (flags.detailedExitcode && !plan.isEmpty) process.exitCode = changesCode;
    if (flags.post) {
      const { postReport } = require("./post/postReport") as typeof import("./post/postReport");
      // the comment has nothing to say of the stack's own outputs
      const hasChanges = plan.changes.length > 0;
      await postReport(flags.post, plan.subject, () => ({
        markdown: markdownOf(report()),
        hasChanges,
        isBroken: isBroken(looks),
      }));
    }
    if (flags.strict && isBroken(looks)) {
      throw new PrefectError(
        "this would break what calls the deployments, as is said above; mend it, or leave out --strict",
      );
    }
  });

interface Previewed {
  plan: Plan;
  /** What else was looked at, where that was asked for. */
  looks: Looks | undefined;
  /** What the plan comes to; made when it is first asked for. */
  report: () => Report;
}

/** Whether a report is for people who review it: what calls the deployments is looked at for them. */
function isForReview({ markdown, html, post }: ReportFlags): boolean {
  return markdown !== undefined || html !== undefined || post !== undefined;
}

/** Asks what would change, and writes it wherever it is asked for but on the pull request. */
async function previewed(flows: string[], flags: ReportFlags): Promise<Previewed> {
  const isAside = flags.json === true || flags.markdown === "-";
  const isReported = flags.json === true || isForReview(flags);
  if (flags.against === undefined) {
    const project = await openProject(flags);
    const plan = await planned(project, flows, { ...flags, isAside, isReported });
    return written(project, plan, flags, () => looked(project, plan));
  }
  const { against } = require("./against/against") as typeof import("./against/against");
  return against(flags.against, flags, async ({ project, seen, look }) =>
    written(project, await shown(seen, project, [], { ...flags, isAside }), flags, look),
  );
}

async function written(
  project: Project,
  plan: Plan,
  flags: ReportFlags,
  look: () => Promise<Looks>,
): Promise<Previewed> {
  const looks = flags.strict === true || isForReview(flags) ? await look() : undefined;
  if (looks) sayLooks(looks);
  let made: Report | undefined;
  const report = () => (made ??= reportFor(project, plan, looks));
  if (flags.savePlan !== undefined) write("--save-plan", flags.savePlan, planText(plan));
  if (flags.markdown === "-") process.stdout.write(markdownOf(report()));
  else if (flags.markdown !== undefined) write("--markdown", flags.markdown, markdownOf(report()));
  if (flags.html !== undefined) write("--html", flags.html, htmlOf(report()));
  if (flags.json) printJson({ ...documentOf(project, plan), report: shownReport(report()) });
  return { plan, looks, report };
}

/** Has the pull request say so when a preview fails; a command line that is wrong, or a signal, says nothing of it. */
async function reporting(flags: ReportFlags, preview: () => Promise<Previewed>): Promise<Previewed> {
  try {
    return await preview();
  } catch (error) {
    if (flags.post && !(error instanceof UsageError) && !(error instanceof Interrupted)) {
      const { postFailure } = require("./post/postFailure") as typeof import("./post/postFailure");
      await postFailure(flags.post, () => stackSubject(flags), explanation(error));
    }
    throw error;
  }
}

function looked(project: Project, { all }: Plan): Promise<Looks> {
  // loaded late: most previews don't ask for it
  const { looksAt } = require("./engine/looks") as typeof import("./engine/looks");
  return looksAt(project, all);
}

/** Whether something would be refused that isn't yet, or calls what is deleted. */
function isBroken(looks: Looks | undefined): boolean {
  const { breaches = [], calls = [] } = looks?.broken ?? {};
  return breaches.some(({ isNew }) => isNew) || calls.some(({ kind }) => kind === "deleted");
}

function sayLooks({ broken: { breaches, calls, left, untold = [] }, cutOffs }: Looks): void {
  for (const { isNew, message } of breaches) sayLines(`${isNew ? "breaks" : "is broken already"}: ${message}`);
  for (const { message } of calls) sayLines(`warning: ${message}`);
  for (const text of [...untold, ...left, ...cutOffs.left]) sayLines(`warning: ${text}`);
}

function checkFlags(flows: string[], { post, markdown, json, against, savePlan, refresh }: ReportFlags): void {
  const [other] = [...(savePlan === undefined ? [] : ["--save-plan"]), ...(refresh ? ["--refresh"] : []), ...flows];
  if (against !== undefined && other !== undefined) {
    throw new UsageError(
      `--against compares the whole of two plans, neither of which is deployed; leave out "${other}"`,
    );
  }
  if (post && flows.length > 0) {
    throw new UsageError(`--post ${post}: the comment is about the whole stack; leave out "${flows.join(" ")}"`);
  }
  if (markdown === "-" && json) {
    throw new UsageError("--markdown - and --json both print on standard output; name a file");
  }
}

function planText({ steps, subject }: Plan): string {
  const { reviewed } = require("../report/reviewed") as typeof import("../report/reviewed");
  return `${JSON.stringify(reviewed(steps, subject), undefined, 2)}\n`;
}

function markdownOf(report: Report): string {
  // loaded late: most previews are read on a terminal
  const { markdown } = require("../report/markdown/markdown") as typeof import("../report/markdown/markdown");
  return markdown(report);
}

function htmlOf(report: Report): string {
  const { page } = require("../report/html/page") as typeof import("../report/html/page");
  return page(report);
}

/** What is printed of a report for programs. */
function shownReport({ broken, ...report }: Report) {
  return { ...report, ...(broken && { broken: withoutValues(broken) }) };
}

/** What a plan comes to, as one value. */
function reportFor(project: Project, { all, drift, skippedDays, subject }: Plan, looks: Looks | undefined): Report {
  const { languageOf } = require("./engine/serverDrift") as typeof import("./engine/serverDrift");
  const { reportOf } = require("../report/report") as typeof import("../report/report");
  const known = { language: languageOf(project), drift, skippedDays, subject };
  return { ...reportOf({ steps: all }, new Date(), known), ...looks };
}

/** @throws PrefectError that names the option where the file can't be written */
function write(option: string, file: string, text: string): void {
  try {
    fs.writeFileSync(file, text);
  } catch (error) {
    const what = `${option} "${visible(file)}": it can't be written (${(error as NodeJS.ErrnoException).code})`;
    throw new PrefectError(`${what}; name a file in a folder that is there and may be written to`);
  }
}
