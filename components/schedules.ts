import type { ScheduleArgs } from "../provider/schedule";
import type { DeploymentBuilder } from "./builder";

/**
 * When a deployment runs: `schedule` or `schedules`, with what the recipe thinks is right where the user says nothing.
 *
 * @param defaults arguments of each schedule that the user may override
 */
export function schedules(defaults: Partial<ScheduleArgs> = {}): DeploymentBuilder {
  return {
    build({ schedule, ...plan }) {
      const given = schedule ? [schedule, ...(plan.schedules ?? [])] : plan.schedules;
      const failures =
        schedule && plan.schedules ? [{ property: "schedules", reason: "excludes schedule; give one of them" }] : [];
      return {
        ...plan,
        ...(given && { schedules: given.map((one) => ({ ...defaults, ...one })) }),
        failures: [...(plan.failures ?? []), ...failures],
      };
    },
  };
}
