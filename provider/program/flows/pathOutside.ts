import * as fs from "node:fs";
import * as path from "node:path";

/** The places of the PATH that the code in some folders has no say in: those outside of the folders and of the Git repositories that they belong to. */
export function pathOutside(folders: string[], { PATH = "" }: NodeJS.ProcessEnv): string[] {
  const isOutside = outside(folders);
  return PATH.split(path.delimiter).filter(
    (place) => path.isAbsolute(place) && fs.existsSync(place) && isOutside(place),
  );
}

/** Tells whether a place that exists lies outside of some folders and of the Git repositories that they belong to. */
export function outside(folders: string[]): (place: string) => boolean {
  const trees = folders.flatMap((folder) => [folder, repositoryOf(folder)]).map((tree) => fs.realpathSync(tree));
  return (place) => !trees.some((tree) => isAt(fs.realpathSync(place), tree));
}

function repositoryOf(folder: string): string {
  for (let place = folder; ; place = path.dirname(place)) {
    if (fs.existsSync(path.join(place, ".git"))) return place;
    if (place === path.dirname(place)) return folder;
  }
}

function isAt(place: string, tree: string): boolean {
  return `${place}${path.sep}`.startsWith(path.join(tree, path.sep));
}
