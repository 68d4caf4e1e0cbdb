import { setTimeout as pause } from "node:timers/promises";

export interface Waiting {
  /** Milliseconds from one look to the next. */
  every: number;
  /** Milliseconds after which it is given up. @default never */
  patience?: number;
}

/**
 * Looks until there is something, and gives it; undefined when there was nothing in time. It looks at least once, and
 * what `look` throws ends it.
 */
export async function until<Found>(
  look: () => Found | false | undefined | Promise<Found | false | undefined>,
  { every, patience = Infinity }: Waiting,
): Promise<Found | undefined> {
  for (const deadline = Date.now() + patience; ; await pause(every)) {
    const found = await look();
    if (found !== false && found !== undefined) return found;
    if (Date.now() >= deadline) return undefined;
  }
}
