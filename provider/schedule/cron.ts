import { horizonYears, Steps } from "./occurrences";
import type { WallClock } from "./timezone";

/** The fields of an expression in their order, with the least and the greatest value of each. */
const fields = [
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of month", least: 1, most: 31 },
  { name: "month", least: 1, most: 12 },
  { name: "day of week", least: 0, most: 6 },
  { name: "second", least: 0, most: 59 },
  { name: "year", least: 1970, most: 2099 },
] as const;
type Field = (typeof fields)[number];
const [, , dayField, monthField, weekdayField] = fields;

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const aliases: Record<string, string> = {
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

/** What a field allows: numbers, "*" for all of them, and "l" for the last day of the month. */
type Values = Set<number | "*" | "l">;

/** An expression, as it is understood by croniter, on which Prefect's scheduler goes. */
interface CronExpression {
  values: Values[];
  /** The weekdays that are meant only as the nth, or the last, of a month. */
  nth: Map<number, Set<number | "l">>;
  isRandom: boolean;
}

class CronError extends Error {}

/** What Prefect would refuse about a cron expression, if anything: it takes just what croniter does, but for H and R as a field. */
export function wrongCron(text: string): string | undefined {
  try {
    readCron(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    return `has ${error.message}, which Prefect refuses; give five fields, such as 0 9 * * 1-5`;
  }
}

/** Whether Prefect draws lots for the times at which a cron expression fires. */
export function isRandomCron(text: string): boolean {
  return readCron(text).isRandom;
}

/**
 * The times at which a cron expression fires after a wall-clock time, in the next `horizonYears`, after which Prefect gives up as well.
 *
 * @param dayOr whether days of the month and of the week are alternatives
 * @throws TooManySteps
 */
export function cronTimesAfter(text: string, dayOr: boolean, after: WallClock): Generator<WallClock, void> {
  const { values, nth } = readCron(text);
  const steps = new Steps();
  const times = (fires: DayFilter) => timesOn(fires, values, after, steps);
  const [isDay, isWeekday] = [ofMonth(values), ofWeek(values, nth)];
  const both: DayFilter = (date) => isDay(date) && isWeekday(date);
  const [, , days, , weekdayValues] = values as [Values, Values, Values, Values, Values];
  if (!dayOr || days.has("*") || weekdayValues.has("*")) return times(both);
  // croniter goes by numbered weekdays on either side
  return eitherOf(times(nth.size > 0 ? both : isDay), times(isWeekday));
}

type DayFilter = (date: Date) => boolean;

/** The times on the days of a filter. */
function* timesOn(fires: DayFilter, values: Values[], after: WallClock, steps: Steps): Generator<WallClock, void> {
  const [minutes = [], hours = [], , monthNumbers = [], , seconds = [0], years] = values.map((each, i) =>
    all(each, fields[i] as Field),
  );
  const date = new Date(Date.UTC(after.getUTCFullYear(), after.getUTCMonth(), after.getUTCDate()));
  let last = date.getUTCFullYear() + horizonYears;
  for (; date.getUTCFullYear() <= last; date.setUTCDate(date.getUTCDate() + 1)) {
    steps.take();
    if (years && !years.includes(date.getUTCFullYear())) continue;
    if (!monthNumbers.includes(date.getUTCMonth() + 1) || !fires(date)) continue;
    for (const hour of hours) {
      for (const minute of minutes) {
        for (const second of seconds) {
          steps.take();
          const time = new Date(date);
          time.setUTCHours(hour, minute, second);
          if (time > after) yield time;
        }
      }
    }
    last = date.getUTCFullYear() + horizonYears;
  }
}

/** The times of both, in order and once each. Where one of them has no more, croniter finds none. */
function* eitherOf(one: Generator<WallClock, void>, other: Generator<WallClock, void>): Generator<WallClock, void> {
  let [a, b] = [one.next(), other.next()];
  while (!a.done && !b.done) {
    const [first, second] = [a.value.getTime(), b.value.getTime()];
    yield new Date(Math.min(first, second));
    if (first <= second) a = one.next();
    if (second <= first) b = other.next();
  }
}

/** The numbers of a field in order. */
function all(values: Values, { least, most }: Field): number[] {
  const range = Array.from({ length: most - least + 1 }, (_, i) => least + i);
  return values.has("*") ? range : range.filter((value) => values.has(value));
}

function ofMonth([, , days]: Values[]): DayFilter {
  const allowed = days as Values;
  return (date) => allowed.has("*") || allowed.has(date.getUTCDate()) || (allowed.has("l") && isLast(date, 1));
}

function ofWeek([, , , , days]: Values[], nth: CronExpression["nth"]): DayFilter {
  const allowed = days as Values;
  if (nth.size === 0) return (date) => allowed.has("*") || allowed.has(date.getUTCDay());
  return (date) => {
    const meant = nth.get(date.getUTCDay());
    return meant !== undefined && (meant.has(Math.ceil(date.getUTCDate() / 7)) || (meant.has("l") && isLast(date, 7)));
  };
}

/** Whether a day is one of the last of its month. */
function isLast(date: Date, days: number): boolean {
  return new Date(date.getTime() + days * 86_400_000).getUTCMonth() !== date.getUTCMonth();
}

/** @throws CronError saying what Prefect refuses */
function readCron(text: string): CronExpression {
  const lower = text.toLowerCase();
  const given = (aliases[lower] ?? lower).trim().split(/\s+/);
  if (given.length < 5 || given.length > 7) {
    throw new CronError(given.length === 1 ? "one field" : `${given.length} fields`);
  }
  const nth: CronExpression["nth"] = new Map();
  const values = given.map((field, i) => {
    try {
      return valuesOf(field, fields[i] as Field, given, nth);
    } catch (error) {
      throw error instanceof CronError ? new CronError(`"${field}" as its ${fields[i]?.name}${error.message}`) : error;
    }
  });
  const named = values[4] as Values;
  const mixed = [...named].some((value) => value !== "*" && !nth.has(value as number));
  if (nth.size > 0 && mixed && named.size !== 7) throw new CronError("numbered weekdays beside plain ones");
  return { values, nth, isRandom: given.some((field) => field.startsWith("r")) };
}

/** The values of one field, by the steps of croniter's `_expand`. */
function valuesOf(text: string, field: Field, given: string[], nth: CronExpression["nth"]): Values {
  const expanded = withoutRandom(text, field);
  const values: Values = new Set();
  const marked = expanded === "?" && (field === dayField || field === weekdayField) ? "*" : expanded;
  if (marked.includes("?")) throw new CronError("");
  const left = marked.split(",");
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    const { item, number } = field === weekdayField ? numbered(part) : { item: part };
    const range = rangeOf(item, field);
    if (range) {
      const steps = stepsOf(range, field, given.length);
      left.push(...steps.map((step) => (typeof number === "number" ? `${step}#${number}` : String(step))));
      continue;
    }
    const value = item === "*" || (item === "l" && field === dayField) ? item : numberOf(item, field, given.length);
    if (typeof value === "number" && (value < field.least || value > field.most)) {
      throw new CronError(`, which goes from ${field.least} to ${field.most}`);
    }
    values.add(value);
    if (number !== undefined) nth.set(value as number, (nth.get(value as number) ?? new Set()).add(number));
  }
  if (values.size !== field.most - field.least + 1) return values;
  // all days of one kind are still alternatives to some of the other, unless these are "*"
  const other = { [dayField.name]: given[4], [weekdayField.name]: given[2] }[field.name as string];
  return other !== undefined && !other.includes("*") ? values : new Set(["*"]);
}

/** Takes the least of the random values, which is as right as any other. */
function withoutRandom(text: string, { least, most }: Field): string {
  const found = /^([hr])(?:\((\d+)-(\d+)\))?(?:\/(\d+))?$/.exec(text);
  if (!found) return text;
  const [, kind, begin, end, divisor] = found;
  if (kind === "h" || text === "r") throw new CronError("");
  if (Number(begin) >= Number(end) || Number(divisor) === 0) throw new CronError("");
  if (divisor === undefined) return String(Number(begin));
  return `${Number(begin ?? least)}-${Number(end ?? most)}/${divisor}`;
}

/** A weekday with its number in the month: "5#2" is the second Friday, "l5" the last one. */
function numbered(text: string): { item: string; number?: number | "l" } {
  const [, last, item, count] =
    /^(?:l(\d+)|((?:sun|mon|tue|wed|thu|fri|sat)-(?:sun|mon|tue|wed|thu|fri|sat)|\w+)#(\d+))$/.exec(text) ?? [];
  if (last !== undefined) return { item: last, number: "l" };
  if (item === undefined) return { item: text };
  const number = Number(count);
  if (number < 1 || number > 5) throw new CronError(`; a month has no weekday ${number} times`);
  return { item, number };
}

interface Range {
  low: string;
  high: string;
  step: number;
}

/** What "1-5", "1-5/2", "1/2" or "*" with a step stand for; undefined of a single value. */
function rangeOf(text: string, { least, most }: Field): Range | undefined {
  const pattern = /^([^-]+)-([^-/]+)(?:\/(\d+))?$/;
  const found =
    pattern.exec(text.replace(/^\*(?=\/.)/, `${least}-${most}`)) ??
    pattern.exec(text.replace(/^(.+)\/(.+)$/, (_, low: string, step: string) => `${low}-${most}/${step}`));
  if (!found) return undefined;
  const [, low = "", high = "", step = "1"] = found;
  return { low, high, step: Number(step) };
}

/** The values of a range. One that ends before it begins goes round, and one that ends where it begins is the whole. */
function stepsOf({ low: lowText, high: highText, step }: Range, field: Field, fieldCount: number): number[] {
  const low = numberOf(lowText, field, fieldCount);
  const high = field === dayField && highText === "l" ? 31 : numberOf(highText, field, fieldCount);
  const { least, most } = field;
  if (step === 0) throw new CronError(", a step of 0");
  if (Math.max(low, high) > most) throw new CronError(`, which goes from ${least} to ${most}`);
  const steps = (first: number, last: number) =>
    Array.from({ length: Math.max(0, Math.floor((last - first) / step) + 1) }, (_, i) => first + i * step);
  if (low < high) return steps(low, high);
  if (low === high) return steps(least, most);
  const first = steps(low, most);
  const over = most - (first.at(-1) as number);
  const isOver = most - over - least + step > most - least + 1 && over < step;
  return [...first, ...steps(least + (isOver ? step - over : 0), high)];
}

function numberOf(text: string, field: Field, fieldCount: number): number {
  const names = field === monthField ? months : field === weekdayField ? weekdays : [];
  const place = names.indexOf(text);
  if (place >= 0) return place + field.least;
  if (!/^\d+$/.test(text)) throw new CronError("");
  const number = Number(text);
  // croniter's own exceptions
  if (field === weekdayField && number === 7 && fieldCount === 5) return 0;
  if (field === dayField && number === 0 && fieldCount === 6) return 1;
  return number;
}
