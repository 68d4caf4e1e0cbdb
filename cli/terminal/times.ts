/** A moment in a time zone, such as "Sat 2026-11-28 09:00 Europe/Zurich". */
export function momentText(at: string, timezone: string): string {
  const date = new Date(at);
  const weekday = new Intl.DateTimeFormat("en", { timeZone: timezone, weekday: "short" }).format(date);
  // the one locale that writes dates as ISO 8601 does
  const text = new Intl.DateTimeFormat("sv", { timeZone: timezone, dateStyle: "short", timeStyle: "short" });
  return `${weekday} ${text.format(date)} ${timezone}`;
}

const units: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** How far a moment is from another, such as "5 minutes ago" or "in 2 hours". */
export function distanceText(at: string, now = Date.now()): string {
  const seconds = Math.round((Date.parse(at) - now) / 1_000);
  const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  // of zero it would say "in 0 seconds", although minus zero was long ago
  return new Intl.RelativeTimeFormat("en").format(Math.trunc(seconds / length) || -0, unit);
}
