/**
 * A path below the API's address whose parts are escaped: ``path`/work_pools/${name}` ``.
 */
export function path(texts: TemplateStringsArray, ...parts: string[]): string {
  return texts.reduce((whole, text, i) => whole + encodeURIComponent(parts[i - 1] ?? "") + text);
}
