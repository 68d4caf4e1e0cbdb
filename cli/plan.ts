import type { ServerDrift } from "../report/drift";
import { changesOf, isEmpty, type Preview } from "../report/preview";
import { propertyChanges } from "../report/propertyChanges";
import { isChange, isObject, stackOf, type Step, titleOf } from "../report/step";
import { printedIn, warningsIn } from "./engine/diagnosis";
import { preview } from "./engine/operation";
import { belongingTo } from "./engine/targets";
import type { Flags } from "./flags";
import { environmentName } from "./project/environmentName";
import type { Project } from "./project/project";
import { coloursOf } from "./terminal/colours";
import { countLine, planLines } from "./terminal/planText";
import { print, sayLines } from "./terminal/say";

export interface PreviewFlags extends Flags {
  refresh?: boolean;
  detailedExitcode?: boolean;
}

/** The exit code that tells that there are changes, where it is asked for. */
export const changesCode = 3;

/** What a command is going to do. */
export interface Plan {
  /** All that the preview says of the objects that are meant, those that stay among them. */
  all: Step[];
  /** All steps that change something, be it the stack or a component. */
  steps: Step[];
  /** Those of real objects. */
  changes: Step[];
  /** How many objects stay as they are; those of single flows aren't counted. */
  unchanged: number;
  /** How many changes belong to other flows, and are left. */
  left: number;
  isEmpty: boolean;
  /** What somebody changed on the server; undefined where the preview hasn't compared with it. */
  drift?: ServerDrift;
  /** The holidays that schedules will skip, as the program tells. */
  skippedDays?: unknown[];
  /** The stack, by which its comment on a pull request is found again. */
  subject: { project: string; stack: string };
}

interface Showing extends PreviewFlags {
  /** Whether it is shown on standard error. */
  isAside?: boolean;
  /** Whether a report is made of it. */
  isReported?: boolean;
}

/** Asks what would change and shows it. */
export async function planned(project: Project, flows: string[], showing: Showing): Promise<Plan> {
  const { refresh, debug, isReported: namesHolidays } = showing;
  return shown(await preview(project, { refresh, debug, namesHolidays }), project, flows, showing);
}

/** Shows what would change. */
export async function shown(
  seen: Preview,
  project: Project,
  flows: string[],
  { isAside, json }: Showing,
): Promise<Plan> {
  const plan = planOf(seen, flows, project);
  const isOnError = isAside ?? json ?? false;
  const show = isOnError ? (text: string) => process.stderr.write(`${text}\n`) : print;
  const colours = coloursOf(isOnError ? process.stderr : process.stdout);
  for (const text of printedIn(seen.diagnostics)) sayLines(text);
  for (const text of warningsIn(seen.diagnostics, seen.steps)) sayLines(`warning: ${text}`);
  await addDrift(project, plan);
  if (plan.drift) showDrift(plan.drift, { env: plan.subject.stack, file: project.given?.file }, { show, colours });
  for (const line of planLines(plan.changes, colours)) show(line);
  const counts = [countLine(plan.changes), plan.unchanged > 0 ? `${plan.unchanged} unchanged` : ""].filter(
    (text) => text !== "",
  );
  if (plan.isEmpty) show("nothing to change");
  else if (plan.changes.length === 0) show("nothing to change but the stack itself");
  else show(colours.bold(counts.join(", ")));
  if (plan.left > 0)
    show(`${plan.left} other ${plan.left === 1 ? "change is" : "changes are"} left for a whole deploy`);
  return plan;
}

/** Finds out what somebody changed on the server, where the preview has compared with it. */
async function addDrift(project: Project, plan: Plan): Promise<void> {
  if (!plan.all.some(({ deployed }) => deployed)) return;
  // loaded late: most previews don't compare
  const { withSecretDrift } = require("./engine/secretDrift") as typeof import("./engine/secretDrift");
  const { serverDrift } = require("./engine/serverDrift") as typeof import("./engine/serverDrift");
  plan.all = await withSecretDrift(project, plan.all);
  plan.drift = await serverDrift(project, plan.all);
}

function showDrift(
  { objects, left }: ServerDrift,
  aim: { env: string; file?: string },
  { show, colours }: { show: (text: string) => void; colours: ReturnType<typeof coloursOf> },
): void {
  for (const text of left) sayLines(`warning: ${text}`);
  const { driftLines } = require("./terminal/driftText") as typeof import("./terminal/driftText");
  for (const line of driftLines(objects, aim, colours)) show(line);
}

function planOf(seen: Preview, flows: string[], project: Project): Plan {
  const steps = flows.length === 0 ? seen.steps.filter(isChange) : belongingTo(seen, flows, environmentName(project));
  const changes = changesOf({ steps });
  return {
    all: flows.length === 0 ? seen.steps : steps,
    steps,
    changes,
    unchanged: flows.length > 0 ? 0 : seen.steps.filter((step) => isObject(step) && !isChange(step)).length,
    left: changesOf(seen).length - changes.length,
    isEmpty: flows.length === 0 ? isEmpty(seen) && !isUnfinished(seen, project) : steps.length === 0,
    ...(seen.skippedDays && { skippedDays: seen.skippedDays }),
    subject: stackOf(seen.steps),
  };
}

/** Whether the outputs of a YAML's stack were never stored, as an interruption came before. */
function isUnfinished({ steps }: Preview, { file }: Project): boolean {
  const stack = steps.find(({ urn }) => urn.includes("::pulumi:pulumi:Stack::"));
  return file !== undefined && stack?.op === "same" && !("deployed" in (stack.old?.outputs ?? {}));
}

/** What is printed for programs. */
export function documentOf({ env, folder }: Project, { changes, unchanged, left }: Plan) {
  return {
    env,
    folder,
    changes: changes.map((step) => ({
      op: step.op,
      what: titleOf(step),
      urn: step.urn,
      properties: propertyChanges(step),
    })),
    unchanged,
    left,
  };
}
