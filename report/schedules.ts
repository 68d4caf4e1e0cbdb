import { isEqual } from "../provider/api/json";
import { completeSchedules } from "../provider/schedule/completion";
import { forecasts } from "../provider/schedule/forecast";
import { type ScheduleArgs, scheduleListRules } from "../provider/schedule/schedule";
import { isHidden, plain } from "./plain";
import type { SkippedDays } from "./skippedDays";

/** What a schedule is and does, as of one moment. */
export interface ScheduleView {
  /** Its rule, such as "0 9 * * *", "every 15 minutes" or "FREQ=DAILY". */
  rule: string;
  timezone: string;
  isPaused: boolean;
  /** The next runs in its zone, such as "2026-11-27T09:00:00-08:00"; none while it is paused. */
  runs: string[];
  /** Why fewer runs are foretold than usual. */
  note?: string;
  /** The next holidays that it skips, such as "2026-11-26 Thanksgiving Day". */
  skippedDays: string[];
  parameters: Record<string, unknown>;
}

/** A schedule before and after; one that isn't there is absent. */
export interface ScheduleChange {
  slug: string;
  before?: ScheduleView;
  after?: ScheduleView;
  /** Whether runs come at other times than before. */
  runsAtOtherTimes: boolean;
}

/** When a report is made, and which holidays are skipped. */
export interface Moment {
  /** The moment from which runs are foretold. */
  now: Date;
  skipped: { before: SkippedDays; after: SkippedDays };
}

/** Whether schedules can be foretold: all of their rules are known, and none is a secret. */
export function areForetold(schedules: unknown): boolean {
  const read = scheduleListRules.safeParse(schedules);
  return read.success && !read.data.some((schedule) => Object.values(schedule).some(isHidden));
}

/** The schedules of a deployment that differ, in the order of what is to be. */
export function scheduleChanges(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  { now, skipped }: Moment,
): ScheduleChange[] {
  const [olds, news] = [viewsOf(before, now, skipped.before), viewsOf(after, now, skipped.after)];
  const slugs = [...new Set([...news.keys(), ...olds.keys()])];
  return slugs.flatMap((slug) => {
    const [old, view] = [olds.get(slug), news.get(slug)];
    if (isEqual(old, view)) return [];
    const runsAtOtherTimes = !isEqual(old?.runs ?? [], view?.runs ?? []);
    return [{ slug, ...(old && { before: old }), ...(view && { after: view }), runsAtOtherTimes }];
  });
}

/** The schedules of a deployment's arguments, by their slugs; none where they aren't known yet. */
function viewsOf(
  { name, schedules, paused }: Record<string, unknown>,
  now: Date,
  days: SkippedDays,
): Map<string, ScheduleView> {
  const read = scheduleListRules.safeParse(schedules);
  if (!read.success) return new Map();
  const given = completeSchedules(read.data, now);
  const foretold = new Map(forecasts(given, now, undefined, paused === true).map((one) => [one.slug, one]));
  return new Map(
    given.map((schedule) => {
      const { slug = "", timezone = "UTC", active, parameters = {}, rrule } = schedule;
      const { nextRuns: runs = [], note } = foretold.get(slug) ?? {};
      const skippedDays = days.of(plain(name), slug, rrule, now);
      const isPaused = paused === true || active === false;
      const view: ScheduleView = { rule: ruleOf(schedule), timezone, isPaused, runs, skippedDays, parameters };
      return [slug, note === undefined ? view : { ...view, note }];
    }),
  );
}

const units: [seconds: number, one: string][] = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
];

/** A number of seconds in the largest unit that it is whole in: "day", "15 minutes", "90 seconds". */
function duration(seconds: number): string {
  const [size, one] = units.find(([size]) => seconds % size === 0) ?? [1, "second"];
  return seconds === size ? one : `${seconds / size} ${one}s`;
}

function ruleOf({ cron, dayOr, interval, anchorDate, rrule = "" }: ScheduleArgs): string {
  if (cron !== undefined) return dayOr === false ? `${cron} (both days)` : cron;
  if (interval !== undefined)
    return `every ${duration(interval)}${anchorDate === undefined ? "" : ` from ${anchorDate}`}`;
  const [rule] = /^RRULE:.*$/m.exec(rrule) ?? [];
  // the days that are skipped are named apart, and so is a start that nobody wrote
  return rule !== undefined && /^EXDATE/m.test(rrule) ? rule.slice("RRULE:".length) : rrule;
}
