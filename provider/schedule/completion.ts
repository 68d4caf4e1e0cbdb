import { holdsUnknown } from "../api/json";
import { type HolidayDay, holidayDays, type HolidaySelection } from "./holidays";
import { occurrences, withoutDates } from "./recurrence";
import type { ScheduleArgs } from "./schedule";
import { type WallClock, wallClock } from "./timezone";

/** Fills in slugs, and takes the holidays out of the rules. A schedule of which a part isn't known yet stays as it is. */
export function completeSchedules(schedules: ScheduleArgs[], now = new Date()): ScheduleArgs[] {
  const taken = new Set(schedules.map(({ slug }) => slug));
  return schedules.map((schedule, i) => {
    let number = i + 1;
    while (schedule.slug === undefined && taken.has(`schedule-${number}`)) number += 1;
    const slug = schedule.slug ?? `schedule-${number}`;
    taken.add(slug);
    const { skipHolidays, ...rest } = schedule;
    if (skipHolidays === undefined || rest.rrule === undefined || holdsUnknown(schedule)) return { ...schedule, slug };
    const { rule } = skipping(rest.rrule, selectionOf(skipHolidays), yearIn(rest.timezone, now));
    return { ...rest, slug, rrule: rule };
  });
}

export function selectionOf(skipHolidays: string | HolidaySelection): HolidaySelection {
  return typeof skipHolidays === "string" ? { country: skipHolidays } : skipHolidays;
}

/** A rule that doesn't fire on holidays. */
interface Skipping {
  rule: string;
  /** The holidays on which the rule would have fired. */
  skipped: HolidayDay[];
}

const skippings = new Map<string, Skipping>();

/** The rule without the holidays of the selection; worked out once in a process. */
export function skipping(rule: string, selection: HolidaySelection, thisYear: number): Skipping {
  const key = JSON.stringify([rule, selection, thisYear]);
  const known = skippings.get(key) ?? takeOutHolidays(rule, selection, thisYear);
  skippings.set(key, known);
  return known;
}

function takeOutHolidays(rule: string, selection: HolidaySelection, thisYear: number): Skipping {
  const days = holidayDays(selection, thisYear);
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return { rule: withoutDates(rule, []), skipped: [] };
  const firing = occurrences(rule, new Date(`${first.date}T00:00:00Z`), new Date(`${last.date}T23:59:59Z`));
  const dateOf = (time: WallClock) => time.toISOString().slice(0, 10);
  const holidays = new Set(days.map(({ date }) => date));
  const excluded = firing.filter((time) => holidays.has(dateOf(time)));
  const skipped = new Set(excluded.map(dateOf));
  return { rule: withoutDates(rule, excluded), skipped: days.filter(({ date }) => skipped.has(date)) };
}

/** The year in a zone. */
export function yearIn(timezone: string | undefined, now: Date): number {
  return wallClock(now, timezone ?? "UTC").getUTCFullYear();
}
