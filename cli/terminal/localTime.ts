/** A moment in this machine's time zone, such as "2026-10-09 09:00:12". */
export function localTime(moment: string): string {
  // Sweden's way to write it
  return new Date(moment).toLocaleString("sv-SE");
}
