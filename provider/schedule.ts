import { Cron } from "croner";
import { z } from "zod";
import { holidayDays, type HolidayDay, type HolidaySelection, holidayTypes, wrongSelection } from "./holidays";
import { holdsUnknown, isEqual } from "./json";
import type { Failure, Json } from "./kind";
import {
  canonicalRule,
  frequencyOf,
  longestRule,
  nextOccurrences,
  occurrences,
  type WallClock,
  withoutDates,
  wrongRule,
} from "./recurrence";
import * as rules from "./rules";

/** When runs of a deployment are made: exactly one of `cron`, `interval` and `rrule`. */
export interface ScheduleArgs {
  /**
   * The schedule's name within its deployment. A schedule is found again by it, so that a change keeps its runs.
   *
   * @default "schedule-1" for the first, and so on
   */
  slug?: string;
  /** A cron expression, such as "0 9 * * 1-5"; a sixth field is the second. */
  cron?: string;
  /** With `cron`: whether day of month and day of week are alternatives. @default true */
  dayOr?: boolean;
  /** Seconds between runs. */
  interval?: number;
  /** With `interval`: a moment at which it fires, in ISO 8601. @default 2020-01-01T00:00:00+00:00 */
  anchorDate?: string;
  /** A recurrence rule of RFC 5545, at most 6,500 characters; its dates are wall-clock times in `timezone`. */
  rrule?: string;
  /** An IANA time zone. @default UTC */
  timezone?: string;
  /** Whether it makes runs. @default not managed: true when it is made, and left as Prefect's UI sets it */
  active?: boolean;
  /** How many runs are made ahead, from 1 to 50 unless the server allows more. @default the server's */
  maxScheduledRuns?: number;
  /** Parameters of its runs, on top of the deployment's. */
  parameters?: Json;
  /** With `rrule`: the country whose holidays it skips, or more precisely which of them. */
  skipHolidays?: string | HolidaySelection;
}

/** A schedule as Prefect's API has it. */
export interface RemoteSchedule {
  id: string;
  slug: string | null;
  active: boolean;
  max_scheduled_runs: number | null;
  parameters: Json;
  schedule: {
    cron?: string;
    day_or?: boolean;
    interval?: number;
    anchor_date?: string;
    rrule?: string;
    timezone?: string | null;
  };
}

const defaultAnchor = "2020-01-01T00:00:00+00:00";
/** Prefect's setting PREFECT_SERVER_DEPLOYMENT_SCHEDULE_MAX_SCHEDULED_RUNS is the server's to enforce. */
const country = rules.text.min(1, "must be a country code, such as US");

export const scheduleRules = z.strictObject(
  {
    slug: rules.text.min(1, "must not be empty").optional(),
    cron: rules.text.optional(),
    dayOr: rules.flag.optional(),
    interval: z.number("must be a number of seconds").positive("must be a positive number of seconds").optional(),
    anchorDate: rules.text.refine((text) => !Number.isNaN(Date.parse(text)), "must be a date in ISO 8601").optional(),
    rrule: rules.text.optional(),
    timezone: rules.text
      .refine(isTimezone, "is not a time zone that is known; give one of the IANA database, such as US/Pacific")
      .optional(),
    active: rules.flag.optional(),
    maxScheduledRuns: rules.positive.optional(),
    parameters: rules.object.optional(),
    skipHolidays: z
      .union(
        [
          country,
          z.strictObject({
            country,
            state: rules.text.optional(),
            region: rules.text.optional(),
            types: z.array(z.enum(holidayTypes)).optional(),
            years: z.array(z.int().min(1970).max(2100)).optional(),
          }),
        ],
        `must be a country code, or { country, state?, region?, types?, years? } with types of ${holidayTypes.join(", ")}`,
      )
      .optional(),
  },
  "must be a schedule",
);

function isTimezone(text: string): boolean {
  try {
    const known = new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
    // Intl ignores case and takes offsets; Prefect's Python does neither
    return /^[A-Za-z]/.test(text) && (known === text || known.toLowerCase() !== text.toLowerCase());
  } catch {
    return false;
  }
}

/** Rules across the arguments of the schedules of one deployment. */
export function scheduleFailures(schedules: ScheduleArgs[], now = new Date()): Failure[] {
  const slugs = schedules.map(({ slug }) => slug).filter((slug) => slug !== undefined);
  return schedules.flatMap((schedule, i) => {
    if (holdsUnknown(schedule)) return [];
    const at = `schedules[${i}]`;
    const fail = (part: string, reason: string): Failure[] => [{ property: part ? `${at}.${part}` : at, reason }];
    const { cron, interval, rrule, slug } = schedule;
    const given = (["cron", "interval", "rrule"] as const).filter((key) => schedule[key] !== undefined);
    if (given.length !== 1) {
      const found = given.length === 0 ? "none" : given.join(" and ");
      return fail(given[1] ?? "", `must have exactly one of cron, interval and rrule, not ${found}`);
    }
    if (slug !== undefined && slugs.filter((other) => other === slug).length > 1) {
      return fail("slug", `"${slug}" is the slug of several schedules; give each its own`);
    }
    if (schedule.dayOr !== undefined && cron === undefined) return fail("dayOr", "goes with cron only");
    if (schedule.anchorDate !== undefined && interval === undefined)
      return fail("anchorDate", "goes with interval only");
    if (cron !== undefined) {
      const wrong = wrongCron(cron);
      if (wrong) return fail("cron", `"${cron}" ${wrong}`);
    }
    if (rrule !== undefined) {
      const wrong = wrongRule(rrule);
      if (wrong) return fail("rrule", `"${shortened(rrule)}" ${wrong}`);
    }
    return holidayFailures(schedule, now).flatMap(({ property, reason }) => fail(property, reason));
  });
}

function holidayFailures({ skipHolidays, rrule, timezone }: ScheduleArgs, now: Date): Failure[] {
  if (skipHolidays === undefined) return [];
  if (rrule === undefined) {
    return [
      { property: "skipHolidays", reason: "goes with rrule only: Prefect can take days out of no other schedule" },
    ];
  }
  if (["MINUTELY", "SECONDLY"].includes(frequencyOf(rrule))) {
    const reason =
      "goes with rules that fire at set times of the day; write FREQ=DAILY with BYHOUR and BYMINUTE instead";
    return [{ property: "skipHolidays", reason }];
  }
  const selection = selectionOf(skipHolidays);
  const wrong = wrongSelection(selection);
  if (wrong) {
    const property = typeof skipHolidays === "string" ? "skipHolidays" : `skipHolidays.${wrong.part}`;
    return [{ property, reason: `${wrong.part} ${wrong.reason}` }];
  }
  const { rule } = skipping(rrule, selection, yearIn(timezone, now));
  if (rule.length <= longestRule) return [];
  const reason =
    `makes the rule ${rule.length} characters long, and Prefect takes at most ${longestRule}; ` +
    "name fewer years, or let the rule fire at fewer times of the day";
  return [{ property: "skipHolidays", reason }];
}

/** Prefect's cron (croniter) takes five fields, or six with the second last; its random and hashed fields are refused. */
function wrongCron(text: string): string | undefined {
  if (/[HR]/.test(text.replace(/[A-Z]{3}/gi, ""))) return "uses H or R, which Prefect refuses";
  try {
    new Cron(cronerPattern(text), { paused: true });
    return undefined;
  } catch (error) {
    return `is not a cron expression (${error instanceof Error ? error.message : String(error)}); give five fields, such as 0 9 * * 1-5`;
  }
}

function cronerPattern(text: string): string {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 6) return text;
  return [fields[5], ...fields.slice(0, 5)].join(" ");
}

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

function selectionOf(skipHolidays: string | HolidaySelection): HolidaySelection {
  return typeof skipHolidays === "string" ? { country: skipHolidays } : skipHolidays;
}

interface Skipping {
  rule: string;
  /** The holidays on which the rule would have fired. */
  skipped: HolidayDay[];
}

const skippings = new Map<string, Skipping>();

function skipping(rule: string, selection: HolidaySelection, thisYear: number): Skipping {
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

/**
 * What a schedule will do: its next runs, as ISO 8601 wall-clock times in its zone, and the holidays that it skips, such as
 * "2026-11-26 Thanksgiving Day".
 */
export interface ScheduleForecast {
  slug: string;
  timezone: string;
  /** Whether it makes these runs; undefined when Prefect's UI decides. */
  active?: boolean;
  nextRuns: string[];
  skippedDays: string[];
}

/** Foretells the next runs and the days skipped of each schedule; nothing of schedules whose arguments are wrong. */
export function forecasts(schedules: ScheduleArgs[], now = new Date(), count = 5): ScheduleForecast[] {
  if (holdsUnknown(schedules) || !z.array(scheduleRules).safeParse(schedules).success) return [];
  if (scheduleFailures(schedules, now).length > 0) return [];
  return completeSchedules(schedules, now).map((completed, i) => {
    const { slug = "", timezone = "UTC", active } = completed;
    const { rrule, skipHolidays } = schedules[i] as ScheduleArgs;
    const skipped =
      rrule === undefined || skipHolidays === undefined
        ? []
        : skipping(rrule, selectionOf(skipHolidays), yearIn(timezone, now)).skipped;
    const skippedDays = skipped.map(({ date, name }) => `${date} ${name}`);
    const nextRuns = runsAfter(completed, timezone, now, count).map((time) => time.toISOString().slice(0, 19));
    return { slug, timezone, ...(active !== undefined && { active }), nextRuns, skippedDays };
  });
}

function runsAfter(schedule: ScheduleArgs, timezone: string, now: Date, count: number): WallClock[] {
  const { cron, dayOr, interval, anchorDate, rrule } = schedule;
  if (rrule !== undefined) return nextOccurrences(rrule, wallClock(now, timezone), count);
  if (cron !== undefined) {
    const pattern = new Cron(cronerPattern(cron), { paused: true, timezone, domAndDow: dayOr === false });
    return pattern.nextRuns(count, now).map((time) => wallClock(time, timezone));
  }
  const anchor = Date.parse(anchorDate ?? defaultAnchor);
  const step = (interval ?? 0) * 1000;
  const first = anchor + (Math.floor((now.getTime() - anchor) / step) + 1) * step;
  return Array.from({ length: count }, (_, i) => wallClock(new Date(first + i * step), timezone));
}

function wallClock(time: Date, timezone: string): WallClock {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: timezone,
    hourCycle: "h23",
    ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
  }).formatToParts(time);
  const part = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  return new Date(Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second")));
}

function yearIn(timezone: string | undefined, now: Date): number {
  return wallClock(now, timezone ?? "UTC").getUTCFullYear();
}

/** A schedule as Prefect's API takes it. */
export function scheduleToApi(schedule: ScheduleArgs): Json {
  const { cron, interval, rrule, timezone = "UTC" } = schedule;
  const body: Json = { slug: schedule.slug, schedule: {}, parameters: schedule.parameters ?? {} };
  if (cron !== undefined) body.schedule = { cron, timezone, day_or: schedule.dayOr ?? true };
  else if (interval !== undefined)
    body.schedule = { interval, timezone, anchor_date: schedule.anchorDate ?? defaultAnchor };
  else body.schedule = { rrule, timezone };
  if (schedule.active !== undefined) body.active = schedule.active;
  if (schedule.maxScheduledRuns !== undefined) body.max_scheduled_runs = schedule.maxScheduledRuns;
  return body;
}

/** A schedule as Prefect's API has it, with every argument. */
export function scheduleFromApi(remote: RemoteSchedule): ScheduleArgs {
  const { cron, day_or, interval, anchor_date, rrule, timezone } = remote.schedule;
  return defined({
    slug: remote.slug ?? undefined,
    cron,
    dayOr: day_or,
    interval,
    anchorDate: anchor_date,
    rrule,
    timezone: timezone ?? undefined,
    active: remote.active,
    maxScheduledRuns: remote.max_scheduled_runs ?? undefined,
    parameters: remote.parameters,
  });
}

/**
 * The slug of each of the server's schedules. One that has none, as Prefect's own tools make them, goes by the slug of the known one
 * that it is equal to, if there is one.
 */
export function slugsOf(server: ScheduleArgs[], known: ScheduleArgs[]): (string | undefined)[] {
  const taken = new Set(server.map(({ slug }) => slug));
  return server.map((schedule) => {
    if (schedule.slug !== undefined) return schedule.slug;
    const same = known.find(({ slug, ...rest }) => !taken.has(slug) && isEqual(scheduleAsAsked(schedule, rest), rest));
    taken.add(same?.slug);
    return same?.slug;
  });
}

/** The server's schedules in the terms of those asked for; others that it has come last, whole. */
export function schedulesAsAsked(found: ScheduleArgs[], asked: ScheduleArgs[]): ScheduleArgs[] {
  const slugs = slugsOf(found, asked);
  const server = found.map((schedule, i) => defined({ ...schedule, slug: slugs[i] }));
  const bySlug = new Map(server.map((schedule) => [schedule.slug, schedule]));
  const wantedOnes = asked.flatMap((wanted) => {
    const schedule = bySlug.get(wanted.slug);
    return schedule ? [scheduleAsAsked(schedule, wanted)] : [];
  });
  const others = server.filter(({ slug }) => !asked.some((wanted) => wanted.slug === slug));
  return [...wantedOnes, ...others];
}

const kindsOfSchedule = ["cron", "interval", "rrule"] as const;

function scheduleAsAsked(server: ScheduleArgs, asked: ScheduleArgs): ScheduleArgs {
  const keys = [...Object.keys(asked), ...kindsOfSchedule] as (keyof ScheduleArgs)[];
  return defined(Object.fromEntries(keys.map((key) => [key, means(key, server, asked) ? asked[key] : server[key]])));
}

function means(key: keyof ScheduleArgs, server: ScheduleArgs, asked: ScheduleArgs): boolean {
  if (key === "anchorDate") return Date.parse(server.anchorDate ?? "") === Date.parse(asked.anchorDate ?? "");
  if (key === "rrule" && server.rrule !== undefined && asked.rrule !== undefined) {
    return canonicalRule(server.rrule) === canonicalRule(asked.rrule);
  }
  // Prefect forgets an interval's time zone
  if (key === "timezone" && asked.interval !== undefined) return true;
  return isEqual(server[key], asked[key]);
}

function defined(schedule: ScheduleArgs): ScheduleArgs {
  return Object.fromEntries(Object.entries(schedule).filter(([, value]) => value !== undefined));
}

function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}
