/** "2026-11-28T05:24:34.1Z" as "2026-11-28 05:24 UTC"; what is no moment as it is. */
export function momentText(at: string): string {
  const moment = new Date(at);
  return Number.isNaN(moment.getTime()) ? at : `${moment.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
