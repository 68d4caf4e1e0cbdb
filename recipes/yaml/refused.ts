import * as fs from "node:fs";
import * as path from "node:path";
import type { WrittenFile } from "./reader";
import type { Wanted } from "./wanted";

/** Refuses recipes of the file's own, whose modules are programs. @throws RunError that says all that is wrong so far */
export function refuseModules({ recipes, mistakes }: WrittenFile): void {
  for (const [key, { module }] of recipes) {
    if (!module) continue;
    const why = "and nothing of the folder is run here; preview it without --against, where its code is trusted";
    mistakes.add(module.span, `recipe "${key}" is a program of the folder's own (${module.value}), ${why}`);
  }
  mistakes.throwAny();
}

/** Refuses code that lies on this machine, but not below a folder: it isn't the repository's to read. A path may be one of an image's. */
export function refuseElsewhere({ folder, mistakes }: WrittenFile, wanted: Wanted[], below: string): void {
  for (const { flow, at, deployment } of wanted) {
    const { entrypoint, path: given = "." } = deployment;
    const code = path.resolve(folder, given);
    const file = path.resolve(code, entrypoint.slice(0, Math.max(0, entrypoint.lastIndexOf(":"))));
    const isHere = (place: string) => !path.isAbsolute(given) || fs.existsSync(place);
    if ([code, file].some((place) => !isBelow(place, below) && isHere(place)))
      mistakes.add(at, `the code of flow "${flow}" lies outside of the repository, where nothing is read`);
  }
}

function isBelow(place: string, folder: string): boolean {
  const [first] = path.relative(folder, place).split(path.sep);
  return first !== ".." && !path.isAbsolute(first ?? "");
}
