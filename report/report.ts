import type { BrokenCalls } from "./broken";
import type { CodeChange } from "./code";
import type { CutOffs } from "./cutOff";
import { type DeploymentReport, deploymentReport } from "./deployment";
import { driftOf, isCompared, ofProgram, type ServerDrift } from "./drift";
import { inOrder } from "./inOrder";
import { changesOf, type Preview } from "./preview";
import { type PropertyChange, propertyChanges } from "./propertyChanges";
import type { Moment } from "./schedules";
import { SkippedDays } from "./skippedDays";
import { isChange, isObject, prefectKind, stackOf, type Step, titleOf, typeOf } from "./step";
import type { Language } from "./written";

/** How another object than a deployment changes. */
export interface ObjectReport {
  op: Step["op"];
  urn: string;
  /** Such as `work pool "etl"`. */
  title: string;
  changes: PropertyChange[];
}

/** What a preview comes to, as one value, which each output renders. */
export interface Report {
  project: string;
  /** The stack. */
  env: string;
  /** Objects that are deleted, or replaced by another of their kind, deployments among them. */
  gone: ObjectReport[];
  /** Deployments that are made or changed. */
  deployments: DeploymentReport[];
  /** What else is made or changed. */
  objects: ObjectReport[];
  /** Workers that only start again. */
  restarts: string[];
  unchanged: number;
  /** What calls the deployments and won't come to a good end; absent where that wasn't looked at. */
  broken?: BrokenCalls;
  /** What on the server hangs on that which goes; absent where that wasn't looked at. */
  cutOffs?: CutOffs;
  /** The files behind each change of code that git can tell of, by the URNs of the deployments; absent where that wasn't looked at. */
  code?: Record<string, CodeChange>;
  /** What somebody changed on the server since the last deploy; absent where the preview hasn't compared with it. */
  drift?: ServerDrift;
}

/** What a report tells besides what the preview says. */
export interface Known {
  /** What the program is written in. @default YAML */
  language?: Language;
  /** What somebody changed on the server, with what else is known of that. */
  drift?: ServerDrift;
  /** The holidays that schedules will skip, as the program tells. */
  skippedDays?: unknown;
  /** The stack that it is about. @default that of the steps, of which there may be none */
  subject?: { project: string; stack: string };
}

/**
 * What a preview comes to. It is the same for the same preview and the same moment. What only mends what somebody changed on the server is
 * told as drift, and as nothing else.
 *
 * @param now the moment from which runs are foretold
 * @param known what is known besides
 */
export function reportOf({ steps }: Pick<Preview, "steps">, now: Date, known: Known = {}): Report {
  const changes = changesOf({ steps: steps.flatMap((step) => ofProgram(step) ?? []) });
  const { project, stack: env } = known.subject ?? stackOf(steps);
  const gone = changes.filter(goes);
  const others = changes.filter((step) => !goes(step));
  const moment = momentOf(steps, now, known.skippedDays);
  const deployments = others.filter(isDeployment).map((step) => deploymentReport(step, moment));
  const rest = others.filter((step) => !isDeployment(step)).map(objectReport);
  const restarts = rest.filter(isRestart);
  const objects = rest.filter((one) => !isRestart(one));
  return {
    project,
    env,
    gone: inOrder(gone.map(objectReport), ({ title }) => title),
    deployments: inOrder(deployments, ({ name }) => name),
    objects: inOrder(objects, ({ title }) => title),
    restarts: restarts.map(({ title }) => title).sort(),
    unchanged: steps.filter((step) => isObject(step) && !isChange(step) && step.op !== "refresh").length,
    ...(isCompared({ steps }) && { drift: known.drift ?? serverDriftOf({ steps }, now, known.language) }),
  };
}

/** What somebody changed on the server, as far as a preview says it. */
export function serverDriftOf({ steps }: Pick<Preview, "steps">, now: Date, language: Language = "YAML"): ServerDrift {
  return { objects: driftOf({ steps }, momentOf(steps, now), language), left: [] };
}

function momentOf(steps: Step[], now: Date, told?: unknown): Moment {
  const stack = steps.find(({ urn }) => typeOf(urn) === "pulumi:pulumi:Stack");
  return {
    now,
    skipped: { before: new SkippedDays(stack?.old?.outputs), after: new SkippedDays(stack?.new?.outputs, told) },
  };
}

/** Whether nothing of what a preview says is worth a word. */
export function isQuiet({ gone, deployments, objects, restarts, broken, drift }: Report): boolean {
  const { breaches = [], calls = [], untold = [] } = broken ?? {};
  const told = [...breaches, ...calls, ...untold, ...(drift?.objects ?? [])];
  return [gone, deployments, objects, restarts, told].every((all) => all.length === 0);
}

/** Whether runs of a deployment come at other times than before. */
export function runsAtOtherTimes({ op, schedules }: DeploymentReport): boolean {
  return op !== "create" && schedules.some((schedule) => schedule.runsAtOtherTimes);
}

function goes({ op }: Step): boolean {
  return op === "delete" || op === "replace";
}

function isDeployment({ urn }: Step): boolean {
  return prefectKind(urn) === "Deployment";
}

function objectReport(step: Step): ObjectReport {
  return { op: step.op, urn: step.urn, title: titleOf(step), changes: propertyChanges(step) };
}

/** A worker that is updated although it is the same is started again, as for another version of this package. */
function isRestart({ op, urn, changes }: ObjectReport): boolean {
  return op === "update" && prefectKind(urn) === "Worker" && changes.length === 0;
}
