import { PrefectError } from "../api/errors";
import type { WallClock } from "./timezone";

export type Frequency = "YEARLY" | "MONTHLY" | "WEEKLY" | "DAILY" | "HOURLY" | "MINUTELY" | "SECONDLY";

/** A weekday, from Monday as 0 on; with `nth` the nth of the month or year, or the nth last one. */
export interface Weekday {
  day: number;
  nth?: number;
}

/** One RRULE or EXRULE with its start, in terms of RFC 5545. */
export interface Recurrence {
  start: WallClock;
  frequency: Frequency;
  interval: number;
  count?: number;
  until?: WallClock;
  /** The weekday on which weeks start. */
  weekStart: number;
  months?: number[];
  weeks?: number[];
  yearDays?: number[];
  monthDays?: number[];
  weekdays?: Weekday[];
  /** Days from Easter Sunday. */
  easter?: number[];
  hours?: number[];
  minutes?: number[];
  seconds?: number[];
  positions?: number[];
}

/** How many years from now on are looked through. */
export const horizonYears = 50;
/** How many days and times are looked at, which takes about a second. */
const mostSteps = 1_000_000;

/** A rule can't be worked out in a bounded number of steps. */
export class TooManySteps extends PrefectError {
  constructor() {
    super("fires, or counts, too often to be worked out here");
  }
}

/** Counts steps, so that what can't be worked out has an end. */
export class Steps {
  constructor(private left = mostSteps) {}

  /** @throws TooManySteps when there have been too many */
  take(): void {
    this.left -= 1;
    if (this.left < 0) throw new TooManySteps();
  }
}

const second = 1_000;
const day = 86_400 * second;
const unitOf = { HOURLY: 3_600 * second, MINUTELY: 60 * second, SECONDLY: second };

/**
 * The times at which a rule fires, in order, as dateutil's `rrule` has them, on which Prefect's scheduler goes.
 *
 * It isn't the package rrule, since that looks for the next time until the year 9999, one second after the other where the rule is one of
 * seconds, and for ever where a rule never fires.
 *
 * @param from the time from which on they matter
 * @param to the time after which they don't
 * @throws TooManySteps
 */
export function* occurrencesOf(rule: Recurrence, from: WallClock, to: WallClock, steps: Steps): Generator<number> {
  const last = Math.min(to.getTime(), rule.until?.getTime() ?? Infinity);
  const start = rule.start.getTime();
  let left = rule.count ?? Infinity;
  const { frequency } = rule;
  const periods = isUnit(frequency)
    ? instants(rule, frequency, from, steps)
    : daysPeriods(rule, frequency, from, steps);
  for (const { begin, days, times } of periods) {
    if (begin > last) return;
    const open = rule.count === undefined && rule.positions === undefined;
    const mattering = open ? days.filter((one) => one + day > from.getTime()) : days;
    for (const time of chosen(rule, mattering, times, steps)) {
      if (time > last) return;
      if (time < start) continue;
      if (time >= from.getTime()) yield time;
      left -= 1;
      if (left <= 0) return;
    }
  }
}

/** One turn of the frequency: the days of it on which the rule may fire, and the times of each, in milliseconds. */
interface Period {
  begin: number;
  days: number[];
  times: number[];
}

type Unit = keyof typeof unitOf;

function isUnit(frequency: Frequency): frequency is Unit {
  return frequency in unitOf;
}

/** The times of a period in order, or those of them that BYSETPOS picks. */
function* chosen({ positions }: Recurrence, days: number[], times: number[], steps: Steps): Generator<number> {
  const size = days.length * times.length;
  const at = (i: number) => (days[Math.floor(i / times.length)] as number) + (times[i % times.length] as number);
  if (positions === undefined) {
    for (let i = 0; i < size; i += 1) {
      steps.take();
      yield at(i);
    }
    return;
  }
  const picked = positions.map((position) => (position < 0 ? size + position : position - 1));
  for (const i of [...new Set(picked)].sort((a, b) => a - b)) {
    steps.take();
    if (i >= 0 && i < size) yield at(i);
  }
}

/** Periods of a day and more. Those before `from` are left out, unless the rule counts. */
function* daysPeriods(
  rule: Recurrence,
  frequency: Exclude<Frequency, Unit>,
  from: WallClock,
  steps: Steps,
): Generator<Period> {
  const { start, interval, weekStart } = rule;
  const fires = dayFilter(rule);
  const times = timesOfDay(rule);
  const startDay = floorTo(start.getTime(), day);
  const [year, month] = [start.getUTCFullYear(), start.getUTCMonth()];
  const firstOfWeek = startDay - ((weekdayOf(startDay) - weekStart + 7) % 7) * day;
  const bounds = {
    YEARLY: (k: number) => [dateOf(year + k, 0), dateOf(year + k + 1, 0)],
    MONTHLY: (k: number) => [dateOf(year, month + k), dateOf(year, month + k + 1)],
    WEEKLY: (k: number) => [Math.max(startDay, firstOfWeek + 7 * k * day), firstOfWeek + 7 * (k + 1) * day],
    DAILY: (k: number) => [startDay + k * day, startDay + (k + 1) * day],
  };
  const elapsed = {
    YEARLY: from.getUTCFullYear() - year,
    MONTHLY: (from.getUTCFullYear() - year) * 12 + from.getUTCMonth() - month,
    WEEKLY: (from.getTime() - firstOfWeek) / (7 * day),
    DAILY: (from.getTime() - startDay) / day,
  };
  for (let k = firstTurn(rule, elapsed[frequency]); ; k += interval) {
    const [begin = NaN, end = NaN] = bounds[frequency](k);
    if (Number.isNaN(end)) return;
    const days: number[] = [];
    for (let one = begin; one < end; one += day) {
      steps.take();
      if (fires(one)) days.push(one);
    }
    yield { begin, days, times };
  }
}

/** Periods of an hour, a minute or a second. Where a day, an hour or a minute doesn't fit, the rest of it is passed over at once. */
function* instants(rule: Recurrence, frequency: Unit, from: WallClock, steps: Steps): Generator<Period> {
  const { start, interval, hours, minutes, seconds } = rule;
  const unit = unitOf[frequency];
  const fires = dayFilter(rule);
  const [ofHour, ofMinute] = [new Set(hours), new Set(minutes)];
  const origin = floorTo(start.getTime(), unit);
  const byMinute = frequency === "HOURLY" ? (minutes ?? [start.getUTCMinutes()]) : [0];
  const bySecond = frequency === "SECONDLY" ? [0] : (seconds ?? [start.getUTCSeconds()]);
  const times = sorted(byMinute).flatMap((m) => sorted(bySecond).map((s) => (m * 60 + s) * second));
  const ofSecond = new Set(seconds);
  const misfit = (time: Date): number | undefined => {
    const at = time.getTime();
    if (!fires(floorTo(at, day))) return floorTo(at, day) + day;
    if (hours && !ofHour.has(time.getUTCHours())) return floorTo(at, unitOf.HOURLY) + unitOf.HOURLY;
    if (frequency === "HOURLY") return undefined;
    if (minutes && !ofMinute.has(time.getUTCMinutes())) return floorTo(at, unitOf.MINUTELY) + unitOf.MINUTELY;
    if (frequency === "MINUTELY") return undefined;
    return seconds && !ofSecond.has(time.getUTCSeconds()) ? at + second : undefined;
  };
  for (let k = firstTurn(rule, (from.getTime() - origin) / unit); ;) {
    const begin = origin + k * unit;
    steps.take();
    const time = new Date(begin);
    if (Number.isNaN(time.getTime())) return;
    const next = misfit(time);
    yield { begin, days: next === undefined ? [begin] : [], times };
    const turns = next === undefined ? 1 : Math.ceil((next - begin) / (interval * unit));
    k += turns * interval;
  }
}

/** The turn of the frequency at which to begin: the last one that isn't after what matters, and the first where each one counts. */
function firstTurn({ count, interval }: Recurrence, elapsed: number): number {
  return count === undefined ? Math.max(0, Math.floor(elapsed / interval)) * interval : 0;
}

/** Whether the rule may fire on a day. */
function dayFilter(rule: Recurrence): (day: number) => boolean {
  const { start, frequency, weekStart, months, weeks, yearDays, monthDays, weekdays, easter } = rule;
  const isOpen = !weeks && !yearDays && !monthDays && !weekdays && !easter;
  const startMonth = frequency === "YEARLY" && isOpen ? [start.getUTCMonth() + 1] : undefined;
  const startDay = ["YEARLY", "MONTHLY"].includes(frequency) && isOpen ? [start.getUTCDate()] : undefined;
  const startWeekday: Weekday[] | undefined =
    frequency === "WEEKLY" && isOpen ? [{ day: weekdayOf(start.getTime()) }] : undefined;
  const ofMonth = setOf(months ?? startMonth);
  const ofMonthDay = setOf(monthDays ?? startDay);
  const ofYearDay = setOf(yearDays);
  const ofWeek = setOf(weeks);
  const ofEaster = setOf(easter);
  // in shorter periods the number of a weekday means nothing
  const isLong = frequency === "YEARLY" || frequency === "MONTHLY";
  const all = weekdays ?? startWeekday ?? [];
  const plain = setOf(all.filter(({ nth }) => nth === undefined || !isLong).map(({ day }) => day));
  const numbered = isLong ? all.filter(({ nth }) => nth !== undefined) : [];
  const isOfYear = frequency === "YEARLY" && !months;
  return (at) => {
    const date = new Date(at);
    const [year, month, dayOfMonth] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
    if (ofMonth && !ofMonth.has(month + 1)) return false;
    const daysInMonth = (dateOf(year, month + 1) - dateOf(year, month)) / day;
    if (ofMonthDay && !ofMonthDay.has(dayOfMonth) && !ofMonthDay.has(dayOfMonth - daysInMonth - 1)) return false;
    const weekday = weekdayOf(at);
    if (plain && !plain.has(weekday)) return false;
    const daysInYear = (dateOf(year + 1, 0) - dateOf(year, 0)) / day;
    const dayOfYear = (at - dateOf(year, 0)) / day;
    if (ofYearDay && !ofYearDay.has(dayOfYear + 1) && !ofYearDay.has(dayOfYear - daysInYear)) return false;
    if (numbered.length > 0) {
      const [i, size] = isOfYear ? [dayOfYear, daysInYear] : [dayOfMonth - 1, daysInMonth];
      const [nth, nthLast] = [Math.floor(i / 7) + 1, -Math.floor((size - 1 - i) / 7) - 1];
      if (!numbered.some((one) => one.day === weekday && (one.nth === nth || one.nth === nthLast))) return false;
    }
    if (ofWeek && !weekNumbers(at, weekStart).some((number) => ofWeek.has(number))) return false;
    return !ofEaster || ofEaster.has((at - easterSunday(year)) / day);
  };
}

/** The numbers of a day's week, from the start of the year to which the week belongs and from its end. */
function weekNumbers(at: number, weekStart: number): number[] {
  const year = new Date(at).getUTCFullYear();
  // the first week is the first that has four days of the year
  const firstWeek = (of: number) => {
    const fourth = dateOf(of, 0) + 3 * day;
    return fourth - ((weekdayOf(fourth) - weekStart + 7) % 7) * day;
  };
  if (at >= firstWeek(year + 1)) return [1];
  const [begin, end] =
    at < firstWeek(year) ? [firstWeek(year - 1), firstWeek(year)] : [firstWeek(year), firstWeek(year + 1)];
  return [Math.floor((at - begin) / (7 * day)) + 1, -Math.ceil((end - at) / (7 * day))];
}

/** Easter Sunday of the Gregorian calendar, by the algorithm of Meeus, Jones and Butcher. */
function easterSunday(year: number): number {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const days = h + l - 7 * m + 114;
  return dateOf(year, Math.floor(days / 31) - 1) + (days % 31) * day;
}

function timesOfDay({ start, hours, minutes, seconds }: Recurrence): number[] {
  return sorted(hours ?? [start.getUTCHours()]).flatMap((h) =>
    sorted(minutes ?? [start.getUTCMinutes()]).flatMap((m) =>
      sorted(seconds ?? [start.getUTCSeconds()]).map((s) => ((h * 60 + m) * 60 + s) * second),
    ),
  );
}

function sorted(numbers: number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function setOf(numbers: number[] | undefined): Set<number> | undefined {
  return numbers && numbers.length > 0 ? new Set(numbers) : undefined;
}

/** The first of a month; `Date.UTC` would take the year 26 for 1926. */
function dateOf(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1);
}

function weekdayOf(at: number): number {
  return (new Date(at).getUTCDay() + 6) % 7;
}

function floorTo(at: number, unit: number): number {
  return Math.floor(at / unit) * unit;
}
