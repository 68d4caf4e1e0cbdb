import { isEqual } from "../provider/api/json";
import type { Json } from "../provider/engine/kind";
import { perProgram } from "../provider/program/perProgram";
import { hasEngine, stackName } from "../provider/program/program";
import { readOfState } from "../provider/program/stateReads";
import { completeSchedules } from "../provider/schedule/completion";
import { forecasts, type ScheduleForecast } from "../provider/schedule/forecast";
import type { DeploymentPlan } from "./builder";

/** The next runs of one schedule of a deployment, and the days it skips. */
export interface DeploymentForecast extends ScheduleForecast {
  /** The deployment's name. */
  deployment: string;
}

type Foretellable = Pick<DeploymentPlan, "name" | "paused" | "schedules">;

/** What the schedules of some deployments will do, as of their last change. */
export async function foretold(plans: Foretellable[]): Promise<DeploymentForecast[]> {
  return steadyForecasts(plans, await lastOutputs(), new Date());
}

/**
 * Foretells what schedules will do. A forecast that the stack's last outputs hold stays, runs that have passed included, until its
 * schedule changes: an output that changes by itself is noise in each preview, where nobody sees what did change. Its `asOf` says how
 * old it is.
 *
 * @param outputs the stack's last outputs, in which the program may have put forecasts anywhere
 */
export function steadyForecasts(plans: Foretellable[], outputs: unknown, now: Date): DeploymentForecast[] {
  const last = forecastsIn(outputs);
  return plans.flatMap(({ name, paused, schedules = [] }) => {
    const asOf = (moment: Date) =>
      forecasts(schedules, moment, undefined, paused === true).map((one) => ({ deployment: name, ...one }));
    return asOf(now).map((fresh, i) => {
      const known = last.find(({ deployment, slug }) => deployment === name && slug === fresh.slug);
      if (!known) return fresh;
      const then = new Date(known.asOf);
      // the holidays of another year are another rule
      const isSameRule = isEqual(completeSchedules(schedules, then)[i], completeSchedules(schedules, now)[i]);
      return isSameRule && isEqual(asOf(then)[i], known) ? known : fresh;
    });
  });
}

function forecastsIn(value: unknown): DeploymentForecast[] {
  if (typeof value !== "object" || value === null) return [];
  return isForecast(value) ? [value] : Object.values(value).flatMap(forecastsIn);
}

function isForecast(value: object): value is DeploymentForecast {
  const { deployment, slug, asOf } = value as Json;
  const areTexts = [deployment, slug, asOf].every((part) => typeof part === "string");
  return areTexts && !Number.isNaN(Date.parse(asOf as string));
}

/** The outputs of the stack's last `pulumi up`, which the engine reads for stack references as well. */
const lastOutputs = perProgram(async (): Promise<unknown> => {
  if (!hasEngine()) return {};
  return (await readOfState("pulumi:pulumi:readStackOutputs", { name: stackName() })).outputs;
});
