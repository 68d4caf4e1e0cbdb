import type { RRuleSet } from "rrule";
import { type RRule, rrulestr } from "rrule";

/** Prefect's limit on the length of a recurrence rule (its `validators.py`). */
export const longestRule = 6_500;
/** What Prefect assumes when a rule has no start (its `validators.py`). */
const defaultStart = "DTSTART:20200101T000000";

const integers =
  (least: number, most: number, signed = false) =>
  (value: string) =>
    value.split(",").every((text) => {
      const number = Number(text);
      const size = signed ? Math.abs(number) : number;
      return /^[+-]?\d+$/.test(text) && size >= least && size <= most;
    });
const matching = (pattern: RegExp) => (value: string) => pattern.test(value);

/** The parts of an RRULE and what each may be (RFC 5545, section 3.3.10, as dateutil takes it). */
const parts: Record<string, { allowed: string; test: (value: string) => boolean }> = {
  FREQ: {
    allowed: "YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY or SECONDLY",
    test: matching(/^(YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY|MINUTELY|SECONDLY)$/),
  },
  INTERVAL: { allowed: "an integer from 1 on", test: matching(/^0*[1-9]\d*$/) },
  COUNT: { allowed: "an integer from 1 on", test: matching(/^0*[1-9]\d*$/) },
  UNTIL: { allowed: "a date such as 20271231T000000", test: matching(/^\d{8}(T\d{6}Z?)?$/) },
  WKST: { allowed: "one of MO, TU, WE, TH, FR, SA, SU", test: matching(/^(MO|TU|WE|TH|FR|SA|SU)$/) },
  BYSECOND: { allowed: "integers from 0 to 59", test: integers(0, 59) },
  BYMINUTE: { allowed: "integers from 0 to 59", test: integers(0, 59) },
  BYHOUR: { allowed: "integers from 0 to 23", test: integers(0, 23) },
  BYDAY: {
    allowed: "days such as MO,WE or 4TH",
    test: matching(/^([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU))*$/),
  },
  BYMONTHDAY: { allowed: "integers from 1 to 31 or -1 to -31", test: integers(1, 31, true) },
  BYYEARDAY: { allowed: "integers from 1 to 366 or -1 to -366", test: integers(1, 366, true) },
  BYWEEKNO: { allowed: "integers from 1 to 53 or -1 to -53", test: integers(1, 53, true) },
  BYMONTH: { allowed: "integers from 1 to 12", test: integers(1, 12) },
  BYSETPOS: { allowed: "integers from 1 to 366 or -1 to -366", test: integers(1, 366, true) },
  BYEASTER: { allowed: "integers", test: integers(0, 366, true) },
};

/** What is wrong with a recurrence rule, if anything. */
export function wrongRule(rule: string): string | undefined {
  if (rule.length > longestRule) return `is ${rule.length} characters long; Prefect takes at most ${longestRule}`;
  for (const line of linesOf(rule)) {
    const { name, value } = line;
    if (name === "RRULE" || name === "EXRULE") {
      const wrong = wrongParts(value);
      if (wrong) return wrong;
    } else if (!["DTSTART", "RDATE", "EXDATE"].includes(name)) {
      return `has a line "${name}"; allowed are DTSTART, RRULE, EXRULE, RDATE and EXDATE`;
    } else if (!/^\d{8}(T\d{6}Z?)?(,\d{8}(T\d{6}Z?)?)*$/.test(value)) {
      return `has ${name} "${value}"; dates are written 20271231T090000`;
    }
  }
  if (!linesOf(rule).some(({ name }) => name === "RRULE" || name === "RDATE")) return "has no RRULE line";
  try {
    parse(rule);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wrongParts(value: string): string | undefined {
  const seen = new Map<string, string>();
  for (const part of value.split(";")) {
    const [key = "", ...rest] = part.split("=");
    const rule = parts[key];
    const text = rest.join("=");
    if (!rule) return `has "${part}"; allowed parts are ${Object.keys(parts).join(", ")}`;
    if (!rule.test(text)) return `has ${key}=${text}; allowed: ${rule.allowed}`;
    if (seen.has(key)) return `has ${key} twice`;
    seen.set(key, text);
  }
  if (!seen.has("FREQ")) return `has no FREQ; give one of ${parts.FREQ?.allowed}`;
  return undefined;
}

interface Line {
  name: string;
  value: string;
}

/** The lines of a rule without what Prefect discards: it reads all digits as wall-clock time in the schedule's time zone. */
function linesOf(rule: string): Line[] {
  return rule
    .trim()
    .split(/\s*\n\s*/)
    .map((line) => {
      const [, name = "RRULE", value = line] = /^([A-Z]+)(?:;[^:]*)?:(.*)$/.exec(line) ?? [];
      return { name, value: value.replace(/(\d{6})Z/g, "$1") };
    });
}

/** How often the rule may fire at most: the frequency of its first RRULE line. */
export function frequencyOf(rule: string): string {
  return /FREQ=([A-Z]+)/.exec(rule)?.[1] ?? "";
}

/** A date whose UTC digits are the wall-clock time in the schedule's zone. */
export type WallClock = Date;

/** When a rule fires from one wall-clock time to another, both included. */
export function occurrences(rule: string, from: WallClock, to: WallClock): WallClock[] {
  return parse(rule).between(from, to, true);
}

/** The first `count` times at which a rule fires after a wall-clock time. */
export function nextOccurrences(rule: string, after: WallClock, count: number): WallClock[] {
  const found: WallClock[] = [];
  const parsed = parse(rule);
  for (let at = parsed.after(after); at && found.length < count; at = parsed.after(at)) found.push(at);
  return found;
}

/**
 * The rule with dates taken out: one EXDATE line, sorted and without duplicates, and an explicit start. A date counts only
 * when it is exactly a wall-clock time at which the rule fires; Prefect ignores any other silently.
 */
export function withoutDates(rule: string, dates: WallClock[]): string {
  const lines = linesOf(rule);
  const excluded = [
    ...lines.filter(({ name }) => name === "EXDATE").flatMap(({ value }) => value.split(",")),
    ...dates.map(digits),
  ];
  const kept = lines
    .filter(({ name }) => name !== "EXDATE" && name !== "DTSTART")
    .map(({ name, value }) => `${name}:${value}`);
  const start = lines.find(({ name }) => name === "DTSTART");
  const exclusion = [...new Set(excluded)].sort().join(",");
  return [start ? `DTSTART:${start.value}` : defaultStart, ...kept, ...(exclusion ? [`EXDATE:${exclusion}`] : [])].join(
    "\n",
  );
}

/** One text for all ways to write a rule that mean the same to Prefect, which adds a start to a rule that has none. */
export function canonicalRule(rule: string): string {
  const lines = linesOf(rule).map(({ name, value }) => `${name}:${value}`);
  return (lines.some((line) => line.startsWith("DTSTART:")) ? lines : [defaultStart, ...lines]).join("\n");
}

function parse(rule: string): RRule | RRuleSet {
  // the library fires in the order in which times of the day are listed; Prefect's sorts them
  const sorted = canonicalRule(rule).replace(
    /(BY(?:HOUR|MINUTE|SECOND)=)([\d,]+)/g,
    (_, part: string, list: string) => {
      const numbers = list.split(",").map(Number);
      return part + numbers.sort((a, b) => a - b).join(",");
    },
  );
  return rrulestr(sorted);
}

function digits(date: WallClock): string {
  return date.toISOString().slice(0, 19).replace(/[-:]/g, "");
}
