import * as fs from "node:fs";
import * as path from "node:path";
import ignore, { type Ignore } from "ignore";

/** Rules of an ignore file, and the folder to which they belong. */
interface Rules {
  folder: string;
  rules: Ignore;
}

const ignoreFiles = [".gitignore", ".prefectignore"];
const never = new Set(["node_modules", "__pycache__", "site-packages"]);

/**
 * The Python files below a folder, by their paths below it: but for what .gitignore and .prefectignore files name, those above the folder in
 * its Git repository among them, virtual environments, hidden folders and what is installed. Links to folders aren't followed.
 */
export function pythonFiles(folder: string): string[] {
  return below(folder, folder, rulesAbove(folder));
}

function below(root: string, folder: string, outer: Rules[]): string[] {
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  if (folder !== root && entries.some(({ name }) => name === "pyvenv.cfg")) return [];
  const all = [...outer, ...rulesIn(folder)];
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const place = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name.startsWith(".") || never.has(entry.name) || isIgnored(place, true, all)) return [];
        return below(root, place, all);
      }
      const isPython =
        entry.name.endsWith(".py") && isFileElsewhere(place, entry, root) && !isIgnored(place, false, all);
      return isPython ? [path.relative(root, place)] : [];
    });
}

/** Whether it is a file, or a link to one that isn't found below the folder as well. */
function isFileElsewhere(place: string, entry: fs.Dirent, root: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  if (!fs.statSync(place, { throwIfNoEntry: false })?.isFile()) return false;
  return path.relative(fs.realpathSync(root), fs.realpathSync(place)).startsWith("..");
}

function isIgnored(place: string, isFolder: boolean, all: Rules[]): boolean {
  return all.some(({ folder, rules }) => {
    const name = path.relative(folder, place).split(path.sep).join("/");
    return rules.ignores(isFolder ? `${name}/` : name);
  });
}

/** The rules of the folders above, up to the top of the Git repository that the folder belongs to. */
function rulesAbove(folder: string): Rules[] {
  const above: string[] = [];
  for (let place = folder; !fs.existsSync(path.join(place, ".git")); place = path.dirname(place)) {
    // no repository at all
    if (place === path.dirname(place)) return [];
    above.unshift(path.dirname(place));
  }
  return above.flatMap(rulesIn);
}

function rulesIn(folder: string): Rules[] {
  return ignoreFiles.flatMap((name) => {
    const file = path.join(folder, name);
    return fs.existsSync(file) ? [{ folder, rules: ignore().add(fs.readFileSync(file, "utf8")) }] : [];
  });
}
