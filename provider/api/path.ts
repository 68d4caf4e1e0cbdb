import { PrefectError } from "./errors";

/**
 * A path below the API's address whose parts are escaped: ``path`/work_pools/${name}` ``.
 *
 * @throws PrefectError for a part that is `.` or `..`: every URL is rid of them, also as `%2e%2e`, so that it would be another path
 */
export function path(texts: TemplateStringsArray, ...parts: string[]): string {
  const dots = parts.find((part) => part === "." || part === "..");
  if (dots !== undefined) {
    throw new PrefectError(`the name "${dots}" can't be part of an address; choose another name`);
  }
  return texts.reduce((whole, text, i) => whole + encodeURIComponent(parts[i - 1] ?? "") + text);
}
