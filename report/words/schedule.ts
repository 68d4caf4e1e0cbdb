import type { ScheduleChange, ScheduleView } from "../schedules";
import type { Item, Phrase, Table } from "./phrase";

/** What the columns of runs are called. */
export interface Heads {
  before: string;
  after: string;
}

export const plannedHeads: Heads = { before: "next runs now", after: "after this" };

/**
 * What becomes of a schedule: its rule, and its next runs before and after.
 *
 * @param isOfNew whether the deployment is new, so that all of it is
 */
export function scheduleItem(change: ScheduleChange, heads: Heads, isOfNew: boolean): Item {
  const { slug, before, after } = change;
  const rule = isOfNew && after ? viewPhrase(after) : rulePhrase(change);
  return {
    phrase: ["schedule ", { code: slug }, ": ", ...rule],
    items: skippedPhrases(before, after),
    ...(change.runsAtOtherTimes && { table: runsTable(before, after, heads) }),
  };
}

function rulePhrase({ before, after }: ScheduleChange): Phrase {
  if (!before && after) return [...viewPhrase(after), ", which is new"];
  if (before && !after) return [...viewPhrase(before), " is removed"];
  if (!before || !after) return [];
  const [old, now] = [viewPhrase(before), viewPhrase(after)];
  if (JSON.stringify(old) !== JSON.stringify(now)) return [...old, " → ", ...now];
  const isOfParameters = JSON.stringify(before.parameters) !== JSON.stringify(after.parameters);
  return isOfParameters ? [...now, ", with other parameters: ", { code: JSON.stringify(after.parameters) }] : now;
}

function viewPhrase({ rule, timezone, isPaused }: ScheduleView): Phrase {
  return [{ code: rule }, ` in ${timezone}${isPaused ? ", paused" : ""}`];
}

function skippedPhrases(before: ScheduleView | undefined, after: ScheduleView | undefined): Phrase[] {
  const [olds, news] = [before?.skippedDays ?? [], after?.skippedDays ?? []];
  if (JSON.stringify(olds) === JSON.stringify(news)) return [];
  return [[news.length === 0 ? "skips no days any more" : `skips ${news.join(", ")}`]];
}

/** The next runs, side by side where there are some now. */
function runsTable(before: ScheduleView | undefined, after: ScheduleView | undefined, heads: Heads): Table {
  const [olds, news] = [runsOf(before), runsOf(after)];
  if (!before) return { heads: ["next runs"], rows: news.map((run) => [run]) };
  const rows = Array.from({ length: Math.max(olds.length, news.length) }, (_, i) => [olds[i] ?? "", news[i] ?? ""]);
  return { heads: [heads.before, heads.after], rows };
}

function runsOf(view: ScheduleView | undefined): string[] {
  if (!view) return ["none"];
  const runs = view.runs.map(runText);
  if (runs.length === 0) return [view.isPaused ? "none while it is paused" : (view.note ?? "none")];
  return view.note === undefined ? runs : [...runs, view.note];
}

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** "2026-11-27T09:00:00-08:00" as "Fri 2026-11-27 09:00 -08:00". */
function runText(run: string): string {
  const [, day = "", time = "", offset = ""] = /^(\d{4}-\d\d-\d\d)T([\d:.]+)(.*)$/.exec(run) ?? [];
  const weekday = days[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? "";
  return `${weekday} ${day} ${time.replace(/:00$/, "")} ${offset}`;
}
