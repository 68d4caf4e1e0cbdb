import { nearest } from "../engine/nearest";

/**
 * The time zones that Prefect takes, in their exact spelling: neither `utc`, nor an offset, nor an abbreviation such as PST, all of which
 * Intl would take. Prefect checks those of a rule less strictly, but never makes a run in one that isn't here. Loaded late, since most
 * schedules name none.
 */
function timezones(): readonly string[] {
  return require("./timezones.json") as typeof import("./timezones.json");
}

export function isTimezone(text: string): boolean {
  return timezones().includes(text);
}

/** What people write for zones that have other names. */
const abbreviations: Record<string, string[]> = {
  PST: ["America/Los_Angeles", "US/Pacific"],
  PDT: ["America/Los_Angeles", "US/Pacific"],
  MDT: ["America/Denver", "US/Mountain"],
  CST: ["America/Chicago", "US/Central", "Asia/Shanghai"],
  CDT: ["America/Chicago", "US/Central"],
  EDT: ["America/New_York", "US/Eastern"],
  BRT: ["America/Sao_Paulo"],
  BST: ["Europe/London"],
  CEST: ["Europe/Berlin", "Europe/Paris"],
  EEST: ["Europe/Athens", "Europe/Helsinki"],
  MSK: ["Europe/Moscow"],
  IST: ["Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"],
  SGT: ["Asia/Singapore"],
  HKT: ["Asia/Hong_Kong"],
  JST: ["Asia/Tokyo"],
  KST: ["Asia/Seoul"],
  AEST: ["Australia/Brisbane", "Australia/Sydney"],
  AEDT: ["Australia/Sydney"],
  NZST: ["Pacific/Auckland"],
  NZDT: ["Pacific/Auckland"],
};

/** The zones that a text which is none may stand for: an abbreviation, an offset, a misspelling or a place. */
export function timezonesLike(text: string): string[] {
  const written = text.trim().replaceAll(" ", "_");
  const abbreviated = abbreviations[written.toUpperCase()];
  if (abbreviated) return abbreviated;
  const [, sign, hours] = /^(?:UTC|GMT)?([+-])0?(\d{1,2})(?::?00)?$/i.exec(written) ?? [];
  // the names of POSIX count to the west
  if (hours !== undefined) return [`Etc/GMT${sign === "+" ? "-" : "+"}${hours}`].filter(isTimezone);
  const near = nearest(written, timezones());
  if (near !== undefined) return [near];
  const placeOf = (zone: string) => zone.slice(zone.lastIndexOf("/") + 1).toLowerCase();
  return timezones().filter((zone) => placeOf(zone) === written.toLowerCase());
}

/** A date whose UTC digits are the wall-clock time in the schedule's zone. */
export type WallClock = Date;

const clocks = new Map<string, Intl.DateTimeFormat | undefined>();

/** The clock of a zone; undefined when this Node doesn't know it, as its zones may be older than Prefect's. */
function clockOf(timezone: string): Intl.DateTimeFormat | undefined {
  if (!clocks.has(timezone)) clocks.set(timezone, newClock(timezone));
  return clocks.get(timezone);
}

function newClock(timezone: string): Intl.DateTimeFormat | undefined {
  const digits = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: timezone, hourCycle: "h23", ...digits, second: "numeric" });
  } catch {
    return undefined;
  }
}

/** Whether this Node can tell the time in a zone. */
export function hasClock(timezone: string): boolean {
  return clockOf(timezone) !== undefined;
}

/** The wall-clock time of a moment in a zone; in UTC when this Node doesn't know the zone. */
export function wallClock(time: Date, timezone: string): WallClock {
  const parts = clockOf(timezone)?.formatToParts(time);
  if (!parts) return time;
  const part = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  return new Date(Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second")));
}

const day = 24 * 3_600_000;

/**
 * The moment of a wall-clock time in a zone. Of the two moments of an hour that the clocks repeat it is the first, and a time that they
 * leave out is an hour earlier, as in Prefect's scheduler.
 */
export function momentOf(time: WallClock, timezone: string): Date {
  return new Date(Math.min(...momentsOf(time, timezone)));
}

/**
 * The moment at which a zone's clock shows so many milliseconds more. Of the two moments of an hour that the clocks repeat it is the second,
 * and a time that they leave out is an hour later, as in Prefect's intervals.
 */
export function laterByClock(moment: Date, milliseconds: number, timezone: string): Date {
  const time = new Date(moment.getTime() + offsetAt(moment, timezone) + milliseconds);
  return new Date(Math.max(...momentsOf(time, timezone)));
}

/** The moments that a zone's clock shows as a time; where it leaves the time out, those by the offsets before and after. */
function momentsOf(time: WallClock, timezone: string): number[] {
  const offsets = [-day, day].map((apart) => offsetAt(new Date(time.getTime() + apart), timezone));
  const moments = offsets.map((offset) => time.getTime() - offset);
  const shown = moments.filter((moment) => moment + offsetAt(new Date(moment), timezone) === time.getTime());
  return shown.length > 0 ? shown : moments;
}

function offsetAt(moment: Date, timezone: string): number {
  const whole = new Date(Math.floor(moment.getTime() / 1000) * 1000);
  return wallClock(whole, timezone).getTime() - whole.getTime();
}

/** A moment in ISO 8601, as a zone's clock shows it, with its offset from UTC: "2026-11-27T09:00:00-08:00". */
export function withOffset(moment: Date, timezone: string): string {
  const minutes = Math.round(offsetAt(moment, timezone) / 60_000);
  const two = (number: number) => String(Math.floor(number)).padStart(2, "0");
  const offset = `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
  return wallClock(moment, timezone).toISOString().slice(0, 19) + offset;
}

/** A date in milliseconds; Prefect takes one without an offset as UTC, JavaScript as the time of this machine. */
export function momentGiven(date: string): number {
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(date.slice(10)) || date.length === 10 ? date : `${date}Z`);
}
