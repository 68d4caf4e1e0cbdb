/** What is known of the schedules of a deployment. */
export interface Schedules {
  /** What the program asks for. */
  inputs: Record<string, unknown>;
  /** What the server has. */
  paused: boolean;
  schedules: { active: boolean }[];
}

/**
 * Why a deployment's schedules can't be paused, or resumed, in Prefect:
 * - `none`: it has no schedules;
 * - `paused`: the program says whether it is paused, and the next deploy would go by that;
 * - `inactive`: the program has each of its schedules inactive;
 * - `inactive in Prefect`: somebody has switched each of them off there.
 */
export type Obstacle = "none" | "paused" | "inactive" | "inactive in Prefect";

/** Whether the schedules of a deployment make no runs, so far as anybody has said so. */
export function isAtRest({ paused, schedules }: Schedules): boolean {
  return schedules.length > 0 && (paused || schedules.every(({ active }) => !active));
}

/** What stands in the way of pausing schedules that make runs, or of resuming some that are at rest; undefined when nothing does. */
export function obstacle({ inputs, schedules }: Schedules, toPause: boolean): Obstacle | undefined {
  if (schedules.length === 0) return "none";
  if (inputs.paused !== undefined && inputs.paused !== toPause) return "paused";
  if (toPause || schedules.some(({ active }) => active)) return undefined;
  const asked = Array.isArray(inputs.schedules) ? (inputs.schedules as { active?: unknown }[]) : [];
  return asked.some(({ active }) => active === false) ? "inactive" : "inactive in Prefect";
}
