import type { ScheduleArgs } from "../provider/schedule/schedule";
import type { DeploymentBuilder } from "./builder";

/**
 * When a deployment runs: `schedule` or `schedules`, with what the recipe thinks is right where the user says nothing.
 *
 * @param defaults arguments of each schedule that the user may override
 */
export function schedules(defaults: Partial<ScheduleArgs> = {}): DeploymentBuilder {
  // what isn't a list of objects stays as it is, for the rules of the deployment to name it
  const completed = (one: unknown): unknown =>
    typeof one === "object" && one !== null && !Array.isArray(one) ? { ...defaults, ...one } : one;
  return {
    build({ schedule, ...plan }) {
      const given: unknown = plan.schedules ?? (isGiven(schedule) ? [schedule] : undefined);
      const isOne = isGiven(schedule) && !isGiven(plan.schedules);
      const failures =
        isGiven(schedule) && !isOne ? [{ property: "schedules", reason: "excludes schedule; give one of them" }] : [];
      return {
        ...plan,
        ...(isGiven(given) && { schedules: (Array.isArray(given) ? given.map(completed) : given) as ScheduleArgs[] }),
        ...(isOne && { writtenAs: { ...plan.writtenAs, "schedules[0]": "schedule" } }),
        failures: [...(plan.failures ?? []), ...failures],
      };
    },
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
