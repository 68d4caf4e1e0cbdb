import * as fs from "node:fs";
import { forecasts } from "../provider/schedule/forecast";
import type { DeploymentPlan } from "./builder";
import { skippedDaysFile } from "./skippedDaysFile";

/** Tells by their names the holidays that the schedules of some deployments skip, a line of JSON for each schedule that skips some. */
export function tellSkippedDays(
  plans: Pick<DeploymentPlan, "name" | "schedules">[],
  now = new Date(),
  environment: NodeJS.ProcessEnv = process.env,
): void {
  const file = environment[skippedDaysFile];
  if (!file) return;
  const told = plans
    .filter(skips)
    .flatMap(({ name, schedules = [] }) =>
      forecasts(schedules, now).map(({ slug, skippedDays }) => ({ deployment: name, slug, skippedDays })),
    );
  fs.appendFileSync(file, told.map((one) => `${JSON.stringify(one)}\n`).join(""));
}

/** Whether some holidays are to be skipped, whatever else is wrong with the schedules: runs of a thousand others aren't foretold for nothing. */
function skips({ schedules }: Pick<DeploymentPlan, "schedules">): boolean {
  const given: unknown = schedules;
  return Array.isArray(given) && given.some((one: { skipHolidays?: unknown } | null) => Boolean(one?.skipHolidays));
}
