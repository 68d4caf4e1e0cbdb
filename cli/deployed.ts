import * as path from "node:path";
import { pageUrl } from "../provider/api/connection";
import { visible } from "../provider/api/visible";
import { shellWord } from "../report/shellWord";
import { prefectKind, type Step } from "../report/step";
import { commandLine } from "./commandLine";
import type { Flags } from "./flags";
import { environmentName } from "./project/environmentName";
import type { Project } from "./project/project";
import { scheduleLine } from "./project/scheduleLine";

/** A deployment, and what people do with it next. */
export interface DeployedFlow {
  /** What Prefect calls it: `<flow>/<deployment>`. */
  name: string;
  /** Its page in Prefect's UI. */
  url?: string;
  /** The log of its worker, a file of this machine. */
  log?: string;
  /** Whether it has schedules, none of which is active. */
  isPaused: boolean;
  /** Where the YAML has its schedule, such as `meta_prefect.yaml:7`. */
  scheduleAt?: string;
}

/** More than these are listed by a line each. */
const mostInDetail = 4;

/**
 * The deployments among what was made or changed.
 *
 * @param objects all that is there
 * @param touched URNs of what was made or changed
 */
export function deployedFlows(objects: Step[], touched: Set<string>, project: Project): DeployedFlow[] {
  const { file } = project;
  const env = environmentName(project);
  const kind = (name: string) => objects.filter(({ urn }) => prefectKind(urn) === name);
  const workers = kind("Worker");
  return kind("Deployment")
    .filter(({ urn }) => touched.has(urn))
    .map((step) => {
      const values = { ...step.new?.inputs, ...step.new?.outputs };
      const { flowName, name, server, workPoolName, schedules, paused } = values;
      const { id } = step.new ?? {};
      const url =
        typeof server === "string" && id ? pageUrl({ apiUrl: server }, `/deployments/deployment/${id}`) : undefined;
      const worker = workers.find((other) => other.new?.inputs?.workPoolName === workPoolName);
      const log = worker?.new?.outputs?.logFile;
      const all = Array.isArray(schedules) ? (schedules as { active?: boolean }[]) : [];
      const isPaused = all.length > 0 && (paused === true || all.every(({ active }) => active === false));
      const line = file !== undefined && isPaused ? scheduleLine(file, String(flowName), String(name), env) : undefined;
      return {
        name: `${String(flowName)}/${String(name)}`,
        ...(url && { url }),
        ...(typeof log === "string" && { log }),
        isPaused,
        ...(line !== undefined && { scheduleAt: `${path.basename(file as string)}:${line}` }),
      };
    });
}

/** What people do next, as lines. */
export function nextSteps(flows: DeployedFlow[], flags: Flags): string[] {
  if (flows.length === 0) return [];
  const isBrief = flows.length > mostInDetail;
  return ["", ...(isBrief ? briefly(flows, flags) : flows.flatMap((flow) => inDetail(flow, flags)))];
}

function inDetail(flow: DeployedFlow, flags: Flags): string[] {
  return [
    visible(flow.name),
    ...(flow.url ? [`  page      ${visible(flow.url)}`] : []),
    `  run once  ${visible(runCommand(flow.name, flags))}`,
    ...(flow.log ? [`  log       ${visible(flow.log)}`] : []),
    ...(flow.isPaused ? [`  schedule  paused; to switch it on, ${howToSwitchOn(flow)}`] : []),
  ];
}

function briefly(flows: DeployedFlow[], flags: Flags): string[] {
  const width = Math.max(...flows.map(({ name }) => visible(name).length));
  const logs = [...new Set(flows.flatMap(({ log }) => log ?? []))];
  const paused = flows.filter(({ isPaused }) => isPaused);
  return [
    ...flows.map(({ name, url = "" }) => `${visible(name).padEnd(width)}  ${visible(url)}`.trimEnd()),
    "",
    `run one once: ${visible(runCommand(flows[0]?.name ?? "", flags))}`,
    ...logs.map((log) => `log: ${visible(log)}`),
    ...(paused.length > 0
      ? [
          `${paused.length} ${paused.length === 1 ? "schedule is" : "schedules are"} paused; to switch one on, ${howToSwitchOn({})}`,
        ]
      : []),
  ];
}

function howToSwitchOn({ scheduleAt }: Pick<DeployedFlow, "scheduleAt">): string {
  return `write active: true in its schedule${scheduleAt ? ` (${visible(scheduleAt)})` : ""} and deploy`;
}

function runCommand(name: string, flags: Flags): string {
  return commandLine(`run ${shellWord(name)}`, flags);
}
