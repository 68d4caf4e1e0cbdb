/** A name of ours as Prefect writes it. */
export const snake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
export const camel = (key: string) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Structured arguments with Prefect's own keys, at every depth. What stands under a verbatim key is passed on as it is. */
export function toSnake(value: unknown, verbatim: ReadonlySet<string>): unknown {
  return renamed(value, snake, (key) => verbatim.has(key));
}

/** What Prefect gives with our keys, at every depth; the inverse of `toSnake`. */
export function toCamel(value: unknown, verbatim: ReadonlySet<string>): unknown {
  return renamed(value, camel, (key) => verbatim.has(camel(key)));
}

function renamed(value: unknown, rename: (key: string) => string, isVerbatim: (key: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((part) => renamed(part, rename, isVerbatim));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>).map(([key, part]) => [
      rename(key),
      isVerbatim(key) ? part : renamed(part, rename, isVerbatim),
    ]),
  );
}
