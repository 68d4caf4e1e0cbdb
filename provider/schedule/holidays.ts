import type Holidays from "date-holidays";

/** Whose holidays a schedule skips, in the words of the date-holidays package. */
export interface HolidaySelection {
  /** Code of the country, such as "US". */
  country: string;
  /** Code of the state, such as "CA". */
  state?: string;
  /** Code of the region in the state. */
  region?: string;
  /** The kinds of holidays that are skipped. @default ["public"] */
  types?: HolidayType[];
  /** The calendar years whose holidays are skipped. @default this year and next */
  years?: number[];
}

export const holidayTypes = ["public", "bank", "school", "optional", "observance"] as const;
export type HolidayType = (typeof holidayTypes)[number];

export interface HolidayDay {
  /** Calendar day, such as "2026-11-26". */
  date: string;
  /** Name in the country's language. */
  name: string;
}

type Holiday = ReturnType<Holidays["getHolidays"]>[number];

/** Loaded late: the calendars take a tenth of a second, which only the schedules that skip holidays should cost. */
function newCalendar(): Holidays {
  const Calendar = require("date-holidays") as typeof Holidays;
  return new Calendar();
}

/** Says which countries, states and regions there are; made once, as it takes a millisecond. */
let calendarOfPlaces: Holidays | undefined;

/** What is wrong with the selection, if anything: the part, and what is allowed. */
export function wrongSelection(
  selection: HolidaySelection,
): { part: "country" | "state" | "region"; reason: string } | undefined {
  const { country, state, region } = selection;
  const known = (calendarOfPlaces ??= newCalendar());
  const choose = (part: "country" | "state" | "region", value: string, allowed: Record<string, string> | undefined) =>
    allowed && Object.hasOwn(allowed, value)
      ? undefined
      : { part, reason: `"${value}" is not known; ${choices(Object.keys(allowed ?? {}))}` };
  return (
    choose("country", country, known.getCountries()) ??
    (state === undefined ? undefined : choose("state", state, known.getStates(country))) ??
    (region === undefined ? undefined : choose("region", region, known.getRegions(country, state ?? "")))
  );
}

function choices(codes: string[]): string {
  if (codes.length === 0) return "there are none to choose from";
  if (codes.length <= 60) return `allowed are ${codes.join(", ")}`;
  return "give the two capital letters of ISO 3166, such as US or DE";
}

/**
 * The days that are holidays, in order: each legal holiday, and the weekday on which it is observed when it falls on a
 * weekend, even when only the civil service and banks observe that weekday.
 *
 * @param thisYear the year in which the default years begin
 */
export function holidayDays(selection: HolidaySelection, thisYear: number): HolidayDay[] {
  const { country, state, region, types = ["public"], years = [thisYear, thisYear + 1] } = selection;
  const calendar = newCalendar();
  calendar.init(country, state as string, region as string);
  // a day observed in place of New Year's Day may lie in the year before
  const read = new Set(years.flatMap((year) => [year, year + 1]));
  const byDate = new Map<string, string>();
  for (const year of read) {
    const holidays = calendar.getHolidays(year);
    for (const holiday of holidays.filter((h) => isSkipped(h, holidays, types))) {
      for (const date of daysOf(holiday)) {
        if (years.includes(Number(date.slice(0, 4))) && !byDate.has(date)) byDate.set(date, holiday.name);
      }
    }
  }
  return [...byDate].map(([date, name]) => ({ date, name })).sort((a, b) => (a.date < b.date ? -1 : 1));
}

function isSkipped(holiday: Holiday, all: Holiday[], types: HolidayType[]): boolean {
  if (types.includes(holiday.type)) return true;
  // "substitutes 11-11 if sunday then next monday ...": the rule of the day that it stands for comes first
  const original = /^substitutes (\S+)/.exec(holiday.rule)?.[1];
  return (
    holiday.type === "bank" &&
    original !== undefined &&
    all.some((other) => types.includes(other.type) && other.rule.split(" ")[0] === original)
  );
}

const hour = 3_600_000;

/** The calendar days of a holiday. Its `date` is the civil day, also of one that begins at the sunset before. */
function daysOf({ date, start, end }: Holiday): string[] {
  const first = Date.parse(`${date.slice(0, 10)}T${date.slice(11, 19)}Z`);
  const last = first + (end.getTime() - start.getTime());
  const midnight = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
  const days: string[] = [];
  for (let day = midnight; day < last; day += 24 * hour) {
    const overlap = Math.min(last, day + 24 * hour) - Math.max(first, day);
    // an hour less, for a day on which the clocks change
    if (overlap >= 11 * hour) days.push(new Date(day).toISOString().slice(0, 10));
  }
  return days.length > 0 ? days : [date.slice(0, 10)];
}
