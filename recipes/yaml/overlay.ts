import type { Mapping, Tree } from "./tree";

/** What an overlay makes of a value: mappings merge deeply, null removes, anything else takes the place of what was there. */
export function overlaid(base: Tree | undefined, overlay: Tree): Tree {
  if (overlay.kind !== "mapping") return overlay;
  const entries = new Map(base?.kind === "mapping" ? base.entries : []);
  for (const [key, { at, value }] of overlay.entries) {
    if (value.kind === "scalar" && value.value === null) entries.delete(key);
    else entries.set(key, { at, value: overlaid(entries.get(key)?.value, value) });
  }
  return { ...overlay, entries } satisfies Mapping;
}

/** Whether the key of an overlay is a pattern, in which * stands for any text. */
export function isPattern(key: string): boolean {
  return key.includes("*");
}

/**
 * The key of the overlay that counts in an environment, if there is one: the environment's own name, else the longest pattern that matches
 * it; several, when they are equally long.
 */
export function overlaysFor(env: string, keys: string[]): string[] {
  if (keys.includes(env)) return [env];
  const matching = keys.filter((key) => isPattern(key) && matches(key, env));
  const longest = Math.max(...matching.map(({ length }) => length));
  return matching.filter(({ length }) => length === longest);
}

function matches(pattern: string, env: string): boolean {
  const escaped = pattern.split("*").map((part) => part.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`, "s").test(env);
}
