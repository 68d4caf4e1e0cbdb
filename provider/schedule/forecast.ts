import { holdsUnknown } from "../api/json";
import { completeSchedules, selectionOf, skipping, yearIn } from "./completion";
import { cronTimesAfter, isRandomCron } from "./cron";
import type { HolidayDay } from "./holidays";
import { horizonYears, TooManySteps } from "./occurrences";
import { occurrencesAfter } from "./recurrence";
import { type ScheduleArgs, scheduleFailures, scheduleListRules } from "./schedule";
import { defaultAnchor } from "./scheduleApi";
import { hasClock, laterByClock, momentGiven, momentOf, type WallClock, wallClock, withOffset } from "./timezone";

/** What a schedule will do, as of one moment. */
export interface ScheduleForecast {
  slug: string;
  timezone: string;
  /** Whether it makes runs; undefined when Prefect's UI decides. */
  active?: boolean;
  /** True when it makes no runs, as it isn't active or its deployment is paused. */
  paused?: true;
  /** The moment from which on it is foretold. */
  asOf: string;
  /** Its next runs in its zone, such as "2026-11-27T09:00:00-08:00"; none while it is paused. */
  nextRuns: string[];
  /** Why fewer runs are foretold than usual, or none. */
  note?: string;
  /** The next holidays that it skips, such as "2026-11-26 Thanksgiving Day", and how many others. */
  skippedDays: string[];
}

/** How many of the days that are skipped are named. */
const mostDays = 3;

/**
 * Foretells the next runs and the days skipped of each schedule; nothing of schedules whose arguments are wrong.
 *
 * @param isPaused whether the deployment is paused, and with it all of its schedules
 */
export function forecasts(
  schedules: ScheduleArgs[],
  now = new Date(),
  count = 5,
  isPaused = false,
): ScheduleForecast[] {
  if (holdsUnknown(schedules) || !scheduleListRules.safeParse(schedules).success) return [];
  if (scheduleFailures(schedules, now).length > 0) return [];
  return completeSchedules(schedules, now).map((completed, i) => {
    const { slug = "", timezone = "UTC", active } = completed;
    const paused = isPaused || active === false;
    const { runs, note } = paused ? { runs: [] } : runsAfter(completed, timezone, now, count);
    return {
      slug,
      timezone,
      ...(active !== undefined && { active }),
      ...(paused && { paused }),
      asOf: withOffset(now, timezone),
      nextRuns: runs.map((time) => withOffset(time, timezone)),
      ...(note !== undefined && { note }),
      skippedDays: daysListed(daysSkipped(schedules[i] as ScheduleArgs, now)),
    };
  });
}

/** The holidays from today on that a schedule skips. */
function daysSkipped({ rrule, skipHolidays, timezone = "UTC" }: ScheduleArgs, now: Date): HolidayDay[] {
  if (rrule === undefined || skipHolidays === undefined) return [];
  const today = wallClock(now, timezone).toISOString().slice(0, 10);
  const { skipped } = skipping(rrule, selectionOf(skipHolidays), yearIn(timezone, now));
  return skipped.filter(({ date }) => date >= today);
}

function daysListed(days: HolidayDay[]): string[] {
  const named = days.slice(0, mostDays).map(({ date, name }) => `${date} ${name}`);
  const others = days.length - named.length;
  return others > 0 ? [...named, `and ${others} more until ${days.at(-1)?.date}`] : named;
}

/** The moments of the next runs, and why they are fewer than asked for; none in a zone of which this Node can't tell the time. */
function runsAfter(
  schedule: ScheduleArgs,
  timezone: string,
  now: Date,
  count: number,
): { runs: Date[]; note?: string } {
  const { interval, anchorDate = defaultAnchor, cron } = schedule;
  if (!hasClock(timezone)) return { runs: [] };
  if (interval !== undefined)
    return { runs: intervalRuns(interval * 1000, momentGiven(anchorDate), timezone, now, count) };
  if (cron !== undefined && isRandomCron(cron)) return { runs: [], note: "fires at random times" };
  const runs: Date[] = [];
  try {
    for (const time of timesAfter(schedule, wallClock(now, timezone))) {
      const moment = momentOf(time, timezone);
      // when the clocks change, several times are one moment, or one that has passed
      if (moment > (runs.at(-1) ?? now)) runs.push(moment);
      if (runs.length >= count) return { runs };
    }
  } catch (error) {
    if (!(error instanceof TooManySteps)) throw error;
    return { runs, note: error.message };
  }
  return { runs, note: `${runs.length === 0 ? "none" : "no others"} in the next ${horizonYears} years` };
}

const day = 24 * 3_600_000;

/**
 * The moments of an interval, in milliseconds. One of less than a day goes by the time that has passed. A longer one does so up to now, and
 * from there on by the wall clock, as in Prefect's scheduler.
 */
function intervalRuns(interval: number, anchor: number, timezone: string, now: Date, count: number): Date[] {
  const passed = (now.getTime() - anchor) / interval;
  if (interval < day) {
    const first = anchor + (Math.floor(passed) + 1) * interval;
    return Array.from({ length: count }, (_, i) => new Date(first + i * interval));
  }
  const runs: Date[] = [];
  let run = new Date(anchor + Math.trunc(passed) * interval);
  while (runs.length < count) {
    if (run > now) runs.push(run);
    run = laterByClock(run, interval, timezone);
  }
  return runs;
}

/** When a cron expression or a rule fires by the wall clock, on which Prefect's scheduler goes for both. */
function timesAfter({ cron = "", dayOr = true, rrule }: ScheduleArgs, after: WallClock): Generator<WallClock, void> {
  return rrule === undefined ? cronTimesAfter(cron, dayOr, after) : occurrencesAfter(rrule, after);
}
