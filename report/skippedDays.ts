import { isEqual } from "../provider/api/json";
import { plain } from "./plain";

/** How many of the days that are skipped are named. */
const mostDays = 3;

/** The holidays that schedules skip, such as "2026-11-26 Thanksgiving Day", as the outputs of a stack tell them. */
export class SkippedDays {
  private readonly known = new Map<string, string[]>();

  /** @param sources what tells them, such as the outputs of the stack, in which the program may have put forecasts anywhere; the last counts */
  constructor(...sources: unknown[]) {
    for (const source of sources) {
      for (const [key, days] of daysIn(source)) {
        const [first = [], ...others] = days;
        // deployments of several flows may be called alike
        if (others.every((other) => isEqual(other, first))) this.known.set(key, first);
        else this.known.delete(key);
      }
    }
  }

  /** Those of a deployment's schedule; by its rule, which doesn't tell their names, where the outputs don't know it. */
  of(deployment: string, slug: string, rrule: string | undefined, now: Date): string[] {
    return this.known.get(keyOf(deployment, slug)) ?? datesIn(rrule ?? "", now);
  }
}

/** All that is told of each schedule. */
function daysIn(value: unknown, found = new Map<string, string[][]>()): Map<string, string[][]> {
  if (typeof value !== "object" || value === null) return found;
  const { deployment, slug, skippedDays } = value as Record<string, unknown>;
  if (typeof deployment === "string" && typeof slug === "string" && Array.isArray(skippedDays)) {
    const key = keyOf(deployment, slug);
    found.set(key, [...(found.get(key) ?? []), skippedDays.map(plain)]);
  } else Object.values(value).forEach((part) => daysIn(part, found));
  return found;
}

function keyOf(deployment: string, slug: string): string {
  return JSON.stringify([deployment, slug]);
}

/** The next dates that a rule excludes, and how many others. */
function datesIn(rrule: string, now: Date): string[] {
  const today = now.toISOString().slice(0, 10);
  const excluded = [...rrule.matchAll(/^EXDATE[^:\n]*:(.*)$/gm)].flatMap(([, list = ""]) => list.split(","));
  const dates = excluded.map((date) => date.replace(/^(\d{4})(\d\d)(\d\d).*$/, "$1-$2-$3"));
  const next = [...new Set(dates)].filter((date) => date >= today).sort();
  const others = next.length - mostDays;
  return others > 0 ? [...next.slice(0, mostDays), `and ${others} more`] : next;
}
