import { RRule, Weekday as RuleWeekday, type WeekdayStr } from "rrule";
import { horizonYears, occurrencesOf, type Recurrence, Steps } from "./occurrences";
import type { WallClock } from "./timezone";

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
  UNTIL: { allowed: "a date such as 20271231T000000", test: isDate },
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
    } else if (!value.split(",").every(isDate)) {
      return `has ${name} "${value}"; dates are written 20271231T090000`;
    }
  }
  const isMade = linesOf(rule).some(({ name }) => name === "RRULE" || name === "RDATE");
  return isMade ? undefined : "has no RRULE line";
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

/**
 * When a rule fires from one wall-clock time to another, both included.
 *
 * @throws TooManySteps when it fires, or counts, too often to be worked out
 */
export function occurrences(rule: string, from: WallClock, to: WallClock): WallClock[] {
  return [...timesOf(rule, from, to)];
}

/**
 * The times at which a rule fires after a wall-clock time, in the next `horizonYears`.
 *
 * @throws TooManySteps when the next one can't be worked out
 */
export function* occurrencesAfter(rule: string, after: WallClock): Generator<WallClock, void> {
  const to = new Date(after);
  to.setUTCFullYear(to.getUTCFullYear() + horizonYears);
  for (const time of timesOf(rule, after, to)) if (time > after) yield time;
}

/** The times of all lines, once each and in order, but for those of EXRULE and EXDATE. */
function* timesOf(rule: string, from: WallClock, to: WallClock): Generator<WallClock> {
  const lines = linesOf(canonicalRule(rule));
  const steps = new Steps();
  const start = lines.find(({ name }) => name === "DTSTART")?.value ?? "";
  const of = (rules: string, dates: string) =>
    merged([
      ...lines
        .filter(({ name }) => name === rules)
        .map(({ value }) => occurrencesOf(recurrenceOf(value, dateOf(start)), from, to, steps)),
      within(
        lines.filter(({ name }) => name === dates).flatMap(({ value }) => value.split(",").map(dateOf)),
        from,
        to,
      ),
    ]);
  const taken = of("EXRULE", "EXDATE");
  let out = taken.next();
  for (const time of of("RRULE", "RDATE")) {
    while (!out.done && out.value < time) out = taken.next();
    if (out.done || out.value !== time) yield new Date(time);
  }
}

function within(dates: WallClock[], from: WallClock, to: WallClock): Iterator<number> {
  const inside = dates.filter((date) => date >= from && date <= to).map((date) => date.getTime());
  return inside.sort((a, b) => a - b).values();
}

/** What several iterators give, each in order, in one order and once each. */
function* merged(iterators: Iterator<number>[]): Generator<number> {
  const heads = iterators.map((iterator) => ({ iterator, head: iterator.next() }));
  for (;;) {
    const next = Math.min(...heads.map(({ head }) => (head.done ? Infinity : head.value)));
    if (next === Infinity) return;
    yield next;
    for (const one of heads) if (!one.head.done && one.head.value === next) one.head = one.iterator.next();
  }
}

/** As rrule numbers them. */
const frequencies = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"] as const;
/** Turns longer than all of the calendar are one as long as another. */
const longestInterval = 1e12;

function recurrenceOf(value: string, start: WallClock): Recurrence {
  const given = RRule.parseString(value);
  const { freq = 0, interval = 1, count, until, wkst } = given;
  return {
    start,
    frequency: frequencies[freq],
    interval: Math.min(interval, longestInterval),
    ...(typeof count === "number" && { count }),
    ...(until && { until }),
    weekStart: dayOf(wkst ?? 0),
    months: listOf(given.bymonth),
    weeks: listOf(given.byweekno),
    yearDays: listOf(given.byyearday),
    monthDays: listOf(given.bymonthday),
    weekdays: listOf(given.byweekday)?.map((weekday) => ({
      day: dayOf(weekday),
      ...(weekday instanceof RuleWeekday && weekday.n !== undefined && { nth: weekday.n }),
    })),
    easter: listOf(given.byeaster),
    hours: listOf(given.byhour),
    minutes: listOf(given.byminute),
    seconds: listOf(given.bysecond),
    positions: listOf(given.bysetpos),
  };
}

function listOf<Part>(given: Part | Part[] | null | undefined): Part[] | undefined {
  return given === null || given === undefined ? undefined : ([given].flat() as Part[]);
}

function dayOf(weekday: WeekdayStr | RuleWeekday | number): number {
  if (typeof weekday === "number") return weekday;
  return typeof weekday === "string" ? RuleWeekday.fromStr(weekday).weekday : weekday.weekday;
}

/** Whether a text such as 20271231T090000 is a date that there is. */
function isDate(text: string): boolean {
  return /^(?!0000)\d{8}(T\d{6}Z?)?$/.test(text) && digits(dateOf(text)).startsWith(text.replace("Z", ""));
}

/** The wall-clock time that a text such as 20271231T090000 stands for. */
function dateOf(text: string): WallClock {
  const [, date = "", time = "000000"] = /^(\d{8})(?:T(\d{6}))?/.exec(text) ?? [];
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6)].map(Number) as [
    number,
    number,
    number,
  ];
  const [hours, minutes, seconds] = [time.slice(0, 2), time.slice(2, 4), time.slice(4)].map(Number) as [
    number,
    number,
    number,
  ];
  const found = new Date(0);
  // Date.UTC would take the year 26 for 1926
  found.setUTCFullYear(year, month - 1, day);
  found.setUTCHours(hours, minutes, seconds);
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

function digits(date: WallClock): string {
  return date.toISOString().slice(0, 19).replace(/[-:]/g, "");
}
