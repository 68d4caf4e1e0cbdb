import type { Json } from "../../provider/engine/kind";
import type { ScheduleArgs } from "../../provider/schedule/schedule";
import type { Entry, Tree } from "../yaml/tree";
import { isGiven, type Reading } from "./reading";

const known = [
  ...["cron", "interval", "rrule", "timezone", "anchor_date", "day_or", "active", "parameters", "slug", "replaces"],
  // Prefect's API has it, but not its YAML
  "max_scheduled_runs",
];
/** Keys that schedules once had or are thought to have, and what to write instead. */
const instead: Record<string, string> = {
  max_active_runs: "the deployment's concurrency_limit says how many of its runs may be under way",
  catchup: "Prefect makes no runs for the past",
  max_scheduled_runs: "it is taken, as Prefect's API knows it",
};

/**
 * The schedules of a deployment; undefined where there are none. `prefect init` writes an empty list or nothing, and `prefect deploy` then leaves
 * those that were made in Prefect's UI.
 */
export function schedulesOf(entry: Entry | undefined, reading: Reading): ScheduleArgs[] | undefined {
  if (!entry) return undefined;
  const schedules = (reading.items(entry, "schedules") ?? []).flatMap((item) => scheduleOf(item, reading));
  return schedules.length > 0 ? schedules : undefined;
}

function scheduleOf(item: Tree, reading: Reading): ScheduleArgs[] {
  const { notes, mistakes } = reading.file;
  if (item.kind !== "mapping") {
    mistakes.add(item.span, `a schedule must be a mapping, such as cron: "0 9 * * *"`);
    return [];
  }
  const nested = item.entries.get("schedule");
  if (nested?.value.kind === "mapping") {
    notes.add(
      nested.at,
      "a schedule within a schedule, for which prefect deploy fails; it is taken for the schedule itself",
    );
    const entries = new Map([...item.entries, ...nested.value.entries]);
    entries.delete("schedule");
    return scheduleOf({ ...item, entries }, reading);
  }
  for (const [key, { at }] of item.entries) {
    if (known.includes(key) && key !== "max_scheduled_runs") continue;
    const remedy = instead[key] ?? "it is left out";
    notes.add(at, `a schedule has no "${key}", for which prefect deploy refuses the whole file; ${remedy}`);
  }
  const part = (key: string) => item.entries.get(key);
  const text = (key: string) => reading.text(part(key), `a schedule's ${key}`);
  const [cron, rrule] = [text("cron"), text("rrule")];
  const interval = reading.seconds(part("interval"), "a schedule's interval");
  const given = ["cron", "interval", "rrule"].filter((key) => isGiven(part(key)));
  if (given.length !== 1) {
    mistakes.add(
      item.span,
      `a schedule must have exactly one of cron, interval and rrule, not ${given.join(" and ") || "none"}`,
    );
    return [];
  }
  if (isGiven(part("replaces")))
    notes.add(
      part("replaces")?.at ?? item.span,
      `"replaces" isn't needed: a schedule whose slug changes takes the place of the other`,
    );
  for (const [key, needs] of [
    ["anchor_date", "interval"],
    ["day_or", "cron"],
  ] as const) {
    const entry = part(key);
    if (isGiven(entry) && !given.includes(needs))
      notes.add(entry.at, `${key} goes with ${needs} alone, and prefect deploy leaves it out`);
  }
  const slug = text("slug");
  const common = {
    timezone: text("timezone"),
    active: reading.flag(part("active"), "a schedule's active", false),
    maxScheduledRuns: reading.integer(part("max_scheduled_runs"), "a schedule's max_scheduled_runs"),
    parameters: filledObject(reading.object(part("parameters"), "a schedule's parameters")),
  };
  const anchor = part("anchor_date");
  const others = [...item.entries.keys()].filter((key) => !["interval", "anchor_date", "timezone"].includes(key));
  if (anchor && others.length > 0 && reading.isTimestamp(anchor))
    notes.add(
      anchor.value.span,
      `anchor_date is no text, for which prefect deploy, with ${others.join(", ")} beside it, refuses the whole file; quote it`,
    );
  if (cron !== undefined) {
    return [defined({ slug, cron, dayOr: reading.flag(part("day_or"), "a schedule's day_or"), ...common })];
  }
  if (interval !== undefined) {
    return [defined({ slug, interval, anchorDate: anchorOf(part("anchor_date"), reading), ...common })];
  }
  if (rrule !== undefined) return [defined({ slug, rrule, ...common, ...ruleOf(rrule, common.timezone) })];
  const entry = part(given[0] ?? "");
  mistakes.add(entry?.at ?? item.span, `a schedule's ${given[0]} is empty; write it, or remove the schedule`);
  return [];
}

/** A moment without a zone is in UTC to Prefect, whatever the schedule's time zone is. */
function anchorOf(entry: Entry | undefined, reading: Reading): string | undefined {
  if (!isGiven(entry)) return undefined;
  // a date without quotes is taken as one
  const text = entry.value.kind === "scalar" && typeof entry.value.value === "string" ? entry.value.value.trim() : "";
  const [, day, time, zone] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[-+]\d\d:?\d\d)?)?$/.exec(text) ?? [];
  if (day !== undefined) return `${day}T${withSeconds(time ?? "00:00:00")}${zone ?? "+00:00"}`;
  if (text !== "")
    reading.file.mistakes.add(
      entry.value.span,
      `a schedule's anchor_date must be a moment such as 2026-01-01T07:00:00+00:00, not ${JSON.stringify(text)}`,
    );
  return undefined;
}

function withSeconds(time: string): string {
  return time.length === 5 ? `${time}:00` : time;
}

/** A rule may be written as JSON of Prefect's own object. */
function ruleOf(text: string, timezone: string | undefined): Pick<ScheduleArgs, "rrule" | "timezone"> {
  try {
    const parsed = JSON.parse(text) as Json;
    if (typeof parsed.rrule === "string") {
      return {
        rrule: parsed.rrule,
        timezone: timezone ?? (typeof parsed.timezone === "string" ? parsed.timezone : undefined),
      };
    }
  } catch {
    // an ordinary rule
  }
  return { rrule: text };
}

function filledObject(value: Json | undefined): Json | undefined {
  return value && Object.keys(value).length > 0 ? value : undefined;
}

/** Without what isn't given. */
export function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}
