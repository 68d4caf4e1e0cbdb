import { z } from "zod";
import { holdsUnknown } from "../api/json";
import type { Failure, Json } from "../engine/kind";
import * as rules from "../kinds/shared/rules";
import { selectionOf, skipping, yearIn } from "./completion";
import { wrongCron } from "./cron";
import { type HolidaySelection, holidayTypes, wrongSelection } from "./holidays";
import { TooManySteps } from "./occurrences";
import { frequencyOf, longestRule, wrongRule } from "./recurrence";
import { isTimezone, timezonesLike } from "./timezone";

/** When runs of a deployment are made: exactly one of `cron`, `interval` and `rrule`. */
export interface ScheduleArgs {
  /**
   * The schedule's name within its deployment. A schedule is found again by it, so that a change keeps its runs.
   *
   * @default "schedule-1" for the first, and so on
   */
  slug?: string;
  /** A cron expression, such as "0 9 * * 1-5"; a sixth field is the second, a seventh the year. */
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

/** Prefect's setting PREFECT_SERVER_DEPLOYMENT_SCHEDULE_MAX_SCHEDULED_RUNS is the server's to enforce. */
const country = rules.text.min(1, "must be a country code, such as US");

const scheduleRules = z.strictObject(
  {
    slug: rules.text
      .min(1, "must not be empty")
      .regex(
        /(?<!--renewed-(active|paused))$/,
        "must not end in --renewed-active or --renewed-paused, by which a change of schedules knows what it has begun",
      )
      .optional(),
    cron: rules.text.optional(),
    dayOr: rules.flag.optional(),
    interval: z.number("must be a number of seconds").positive("must be a positive number of seconds").optional(),
    anchorDate: rules.text.refine(isMoment, "must be a date in ISO 8601, such as 2026-01-01T00:00:00+00:00").optional(),
    rrule: rules.text.optional(),
    timezone: rules.text
      .refine(isTimezone, {
        error: ({ input }) => `must be a time zone of the IANA database, such as ${zonesFor(input)}`,
      })
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
  { error: ({ input }) => `must be an object such as ${scheduleFor(input)}` },
);

/** The rule of a deployment's schedules. */
export const scheduleListRules = z.array(scheduleRules, {
  error: ({ input }) => `must be a list of objects such as [${scheduleFor(input)}]`,
});

/** How a schedule is written that was given in another form, such as a bare cron expression. */
function scheduleFor(given: unknown): string {
  if (typeof given === "number") return `{ interval: ${given} }`;
  if (typeof given === "string" && given.includes("FREQ=")) return `{ rrule: ${JSON.stringify(given)} }`;
  const cron = typeof given === "string" && !wrongCron(given) ? given : "0 6 * * *";
  return `{ cron: ${JSON.stringify(cron)} }`;
}

function zonesFor(given: unknown): string {
  const near = typeof given === "string" ? timezonesLike(given) : [];
  return (near.length > 0 ? near : ["US/Pacific"]).join(" or ");
}

/** Whether Prefect reads the text as a date, which may be without time and without offset. */
function isMoment(text: string): boolean {
  const [, day] =
    /^(\d{4}-\d\d-\d\d)([T ]([01]\d|2[0-3])(:[0-5]\d){1,2}(\.\d+)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text) ?? [];
  // JavaScript takes the 30th of February for the 2nd of March
  return day !== undefined && !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
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

/** What is wrong with the holidays that a schedule skips, as far as that can be told without working out the days. */
export function selectionFailures({ skipHolidays, rrule }: ScheduleArgs): Failure[] {
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
  const wrong = wrongSelection(selectionOf(skipHolidays));
  if (!wrong) return [];
  const property = typeof skipHolidays === "string" ? "skipHolidays" : `skipHolidays.${wrong.part}`;
  return [{ property, reason: `${wrong.part} ${wrong.reason}` }];
}

function holidayFailures(schedule: ScheduleArgs, now: Date): Failure[] {
  const { skipHolidays, rrule, timezone } = schedule;
  const wrong = selectionFailures(schedule);
  if (wrong.length > 0 || skipHolidays === undefined || rrule === undefined) return wrong;
  let rule: string;
  try {
    ({ rule } = skipping(rrule, selectionOf(skipHolidays), yearIn(timezone, now)));
  } catch (error) {
    if (!(error instanceof TooManySteps)) throw error;
    const reason = `goes with no rule that ${error.message}; let it fire at fewer times of the day, or give it a later start`;
    return [{ property: "skipHolidays", reason }];
  }
  if (rule.length <= longestRule) return [];
  const reason =
    `makes the rule ${rule.length} characters long, and Prefect takes at most ${longestRule}; ` +
    "name fewer years, or let the rule fire at fewer times of the day";
  return [{ property: "skipHolidays", reason }];
}

function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}
