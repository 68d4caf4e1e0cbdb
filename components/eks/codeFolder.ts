import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import ignore, { type Ignore } from "ignore";
import { perProgram } from "../../provider/perProgram";

/** The files of a folder that flows run from. */
export interface CodeFolder {
  /** Each file: its path below the folder, with slashes, and its size in bytes. */
  files: { name: string; bytes: number }[];
  /** Tells one state of names and contents from another. */
  hash: string;
}

/** What is never part of a flow's code; the notation is .gitignore's. */
const neverCode = [
  ".git",
  ".venv",
  "venv",
  "node_modules",
  "__pycache__",
  "*.py[co]",
  ".DS_Store",
  ".prefect",
  ".pulumi",
  "Pulumi.*.yaml",
  ".env",
];
const ignoreFiles = [".gitignore", ".prefectignore"];
/** What a folder may hold: a run fetches it all before it starts. */
const mostBytes = 25 * 2 ** 20;
const mostFiles = 2_000;
/** How many of the largest parts a message names. */
const namedParts = 5;

const knownFolders = perProgram(() => new Map<string, CodeFolder | { problem: string }>());

/**
 * Reads the folder that flows run from, but for what .gitignore and .prefectignore files name and what is never code.
 *
 * @param folder absolute path
 */
export function readCodeFolder(folder: string): CodeFolder | { problem: string } {
  const known = knownFolders();
  const found = known.get(folder) ?? read(folder);
  known.set(folder, found);
  return found;
}

function read(folder: string): CodeFolder | { problem: string } {
  if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    return { problem: `there is no folder ${folder}; correct the path` };
  }
  const files = filesBelow(folder, "", [{ base: "", rules: ignore().add(neverCode) }]);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > mostBytes || files.length > mostFiles) return { problem: tooLarge(folder, files, bytes) };
  const hash = createHash("sha256");
  for (const { name, bytes } of files) {
    hash.update(`${name}\0${bytes}\0`).update(fs.readFileSync(path.join(folder, name)));
  }
  return { files, hash: hash.digest("hex").slice(0, 16) };
}

interface Rules {
  /** The folder whose file the rules come from, below the whole, ending in a slash unless it is the whole. */
  base: string;
  rules: Ignore;
}

function filesBelow(root: string, below: string, outer: Rules[]): CodeFolder["files"] {
  const folder = path.join(root, below);
  const own = ignoreFiles
    .map((name) => path.join(folder, name))
    .filter((file) => fs.existsSync(file))
    .map((file) => ({ base: below, rules: ignore().add(fs.readFileSync(file, "utf8")) }));
  const all = [...outer, ...own];
  const isIgnored = (name: string) => all.some(({ base, rules }) => rules.ignores(name.slice(base.length)));
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = `${below}${entry.name}`;
      if (entry.isDirectory()) return isIgnored(`${name}/`) ? [] : filesBelow(root, `${name}/`, all);
      // a link to a folder might lead back into this one
      const status = fs.statSync(path.join(root, name), { throwIfNoEntry: false });
      return !status?.isFile() || isIgnored(name) ? [] : [{ name, bytes: status.size }];
    });
}

function tooLarge(folder: string, files: CodeFolder["files"], bytes: number): string {
  const parts = new Map<string, number>();
  for (const file of files) {
    const part = file.name.replace(/\/.*/, "/");
    parts.set(part, (parts.get(part) ?? 0) + file.bytes);
  }
  const largest = [...parts].sort(([, a], [, b]) => b - a).slice(0, namedParts);
  const list = largest.map(([part, size]) => `${part} (${megabytes(size)})`).join(", ");
  return (
    `the folder ${folder} is too large to be fetched by each run: ${files.length} files with ${megabytes(bytes)}, and at most ` +
    `${mostFiles} files with ${megabytes(mostBytes)} are allowed. The largest are ${list}; name what isn't code in a .prefectignore file there, ` +
    "give a smaller path, or bake the code into an image"
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
