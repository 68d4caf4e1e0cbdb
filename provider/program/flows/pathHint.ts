import * as path from "node:path";

/** What to know of a place that isn't there, when its path is written as only a shell or Windows takes it; else nothing. */
export function pathHint(place: string): string {
  const parts = place.split("/");
  const home = parts.lastIndexOf("~");
  if (home >= 0) {
    const below = parts.slice(home + 1).map((part) => `, ${JSON.stringify(part)}`);
    return `, as only a shell expands ~: write path.join(os.homedir()${below.join("")})`;
  }
  const variable = parts.find((part) => /^\$\w+$|^\$\{\w+\}$/.test(part))?.replace(/\W/g, "");
  if (variable !== undefined) return `, as only a shell expands $${variable}: write process.env.${variable}`;
  if (path.sep === "/" && place.includes("\\")) return ", as folders are separated by /, not by \\";
  return "";
}
