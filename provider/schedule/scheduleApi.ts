import { isEqual, withoutUsual } from "../api/json";
import type { CronSchedule, DeploymentSchedule, IntervalScheduleOutput, RRuleSchedule } from "../api/prefect";
import type { Json } from "../engine/kind";
import { canonicalRule } from "./recurrence";
import type { ScheduleArgs } from "./schedule";
import { momentGiven } from "./timezone";

/** The moment at which an interval fires of which nothing else is said. */
export const defaultAnchor = "2020-01-01T00:00:00+00:00";

/** A schedule as Prefect's API takes it. */
export function scheduleToApi(schedule: ScheduleArgs): Json {
  const { cron, interval, rrule, timezone = "UTC" } = schedule;
  const body: Json = { slug: schedule.slug, schedule: {}, parameters: schedule.parameters ?? {} };
  // without a zone Prefect counts in UTC, and its UI says so by none
  if (cron !== undefined) body.schedule = { cron, timezone: schedule.timezone ?? null, day_or: schedule.dayOr ?? true };
  else if (interval !== undefined)
    body.schedule = { interval, timezone, anchor_date: schedule.anchorDate ?? defaultAnchor };
  else body.schedule = { rrule, timezone };
  if (schedule.active !== undefined) body.active = schedule.active;
  if (schedule.maxScheduledRuns !== undefined) body.max_scheduled_runs = schedule.maxScheduledRuns;
  return body;
}

/** A schedule as Prefect's API has it, with every argument. */
export function scheduleFromApi(remote: DeploymentSchedule): ScheduleArgs {
  const rule: Partial<CronSchedule & IntervalScheduleOutput & RRuleSchedule> = remote.schedule;
  const { cron, day_or, interval, anchor_date, rrule, timezone } = rule;
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
 * that it is equal to, if there is one. Those tools anchor an interval at the moment at which it is made, unless they are told another one.
 */
export function slugsOf(server: ScheduleArgs[], known: ScheduleArgs[]): (string | undefined)[] {
  const taken = new Set(server.map(({ slug }) => slug));
  return server.map((schedule) => {
    if (schedule.slug !== undefined) return schedule.slug;
    const same = known.find(({ slug, ...rest }) => {
      const given = { anchorDate: schedule.anchorDate, ...rest };
      return !taken.has(slug) && isEqual(scheduleAsAsked(schedule, given), defined(given));
    });
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
  // an interval is anchored, also where the program doesn't say at which moment
  if (asked.interval !== undefined) keys.push("anchorDate");
  return defined(Object.fromEntries(keys.map((key) => [key, means(key, server, asked) ? asked[key] : server[key]])));
}

function means(key: keyof ScheduleArgs, server: ScheduleArgs, asked: ScheduleArgs): boolean {
  if (key === "anchorDate")
    return momentGiven(server.anchorDate ?? "") === momentGiven(asked.anchorDate ?? defaultAnchor);
  if (key === "rrule" && server.rrule !== undefined && asked.rrule !== undefined) {
    return canonicalRule(server.rrule) === canonicalRule(asked.rrule);
  }
  // without a zone Prefect counts in UTC
  if (key === "timezone") return (server.timezone ?? "UTC") === (asked.timezone ?? "UTC");
  return isEqual(server[key], asked[key]);
}

function defined(schedule: ScheduleArgs): ScheduleArgs {
  return Object.fromEntries(Object.entries(schedule).filter(([, value]) => value !== undefined));
}

const initial = { active: true, parameters: {}, timezone: "UTC", dayOr: true };

/** A schedule of the server as a person would write it. */
export function scheduleAsWritten(schedule: ScheduleArgs): ScheduleArgs {
  const { rrule, ...kept } = withoutUsual(schedule, initial);
  if (rrule === undefined) return kept;
  const [first = "", ...rest] = rrule.split("\n");
  // Prefect writes its own start before a rule that has none
  const short = rest.join("\n");
  const isPrefects = first.startsWith("DTSTART:") && short !== "" && canonicalRule(short) === canonicalRule(rrule);
  return { ...kept, rrule: isPrefects ? short : rrule };
}
