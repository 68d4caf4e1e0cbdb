import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import ignore, { type Ignore } from "ignore";
import { pathHint } from "../../../provider/program/flows/pathHint";
import { packageFiles, packageFolder } from "../../../provider/program/flows/pythonPackage";
import { perProgram } from "../../../provider/program/perProgram";
import { isLikelySecret } from "./likelySecret";

/** The files of a folder that flows run from. */
export interface CodeFolder {
  /** Each file: its path below the folder, with slashes, and its size in bytes. */
  files: { name: string; bytes: number }[];
  /** The files of the package meta_prefect by their names in the archive, if flows import it and the folder has none: it travels with them. */
  carried: { name: string; file: string }[];
  /** What was left out, though no ignore file names it: likely secrets, and links that lead out of the folder or nowhere. */
  leftOut: string[];
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
  ".meta-prefect",
  "Pulumi.*.yaml",
  // a change of it is a change of what it changes, not of all code beside it
  "meta_prefect.yaml",
];
/** The Python package whose decorators flows have. */
const packageName = path.basename(packageFolder);
const uploadRules = ".prefectignore";
const ignoreFiles = [".gitignore", uploadRules];
/** What a folder may hold: a run fetches it all before it starts. */
const mostBytes = 25 * 2 ** 20;
const mostFiles = 2_000;
/** What is larger is no credential. */
const mostSecretBytes = 2 ** 20;
/** How many of the largest parts a message names. */
const namedParts = 5;

const knownFolders = perProgram(() => new Map<string, CodeFolder | { problem: string }>());

/**
 * Reads the folder that flows run from, but for what .gitignore and .prefectignore files name, what is never code, and, unless a
 * .prefectignore file takes it back, what is likely a secret or a link that leads out of the folder.
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
    return { problem: `there is no folder ${folder}${pathHint(folder)}; correct the path` };
  }
  const leftOut: string[] = [];
  const files = filesBelow(folder, "", [{ base: "", rules: ignore().add(neverCode) }], leftOut);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > mostBytes || files.length > mostFiles) return { problem: tooLarge(folder, files, bytes) };
  const hash = createHash("sha256");
  let isImported = false;
  for (const { name, bytes } of files) {
    const content = fs.readFileSync(path.join(folder, name));
    hash.update(`${name}\0${bytes}\0`).update(content);
    isImported ||= name.endsWith(".py") && importsPackage.test(content.toString("latin1"));
  }
  const isOwn = files.some(({ name }) => name === `${packageName}.py` || name.startsWith(`${packageName}/`));
  const carried = isImported && !isOwn ? packageFiles.map(inArchive) : [];
  for (const { name, file } of carried) {
    const content = fs.readFileSync(file);
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return { files, carried, leftOut, hash: hash.digest("hex").slice(0, 16) };
}

/** A line that imports the package, as far as a text shows it. */
const importsPackage = /(?:^|[:;])[^\S\n]*(?:from[^\S\n]+meta_prefect\b|import\b[^#\n]*\bmeta_prefect\b)/m;

function inArchive(name: string): CodeFolder["carried"][number] {
  return { name: `${packageName}/${name}`, file: path.join(packageFolder, name) };
}

interface Rules {
  /** The folder whose file the rules come from, below the whole, ending in a slash unless it is the whole. */
  base: string;
  rules: Ignore;
  /** The rules of a .prefectignore file that can take back what would be left out. */
  takingBack?: Ignore;
}

/** @param leftOut gets the names of what is left out, though no rule ignores it */
function filesBelow(root: string, below: string, outer: Rules[], leftOut: string[]): CodeFolder["files"] {
  const folder = path.join(root, below);
  const all = [...outer, ...ignoreFiles.flatMap((name) => rulesOf(path.join(folder, name), below))];
  const isIgnored = (name: string) => all.some(({ base, rules }) => rules.ignores(name.slice(base.length)));
  const isTakenBack = (name: string) =>
    all.some(({ base, takingBack }) => takingBack?.test(name.slice(base.length)).unignored);
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const place = path.join(root, below, entry.name);
      const name = `${below}${entry.name}${entry.isDirectory() ? "/" : ""}`;
      if (isIgnored(name)) return [];
      if (isUnsafe(root, name, entry.isSymbolicLink()) && !isTakenBack(name)) {
        leftOut.push(name);
        return [];
      }
      if (entry.isDirectory()) return filesBelow(root, name, all, leftOut);
      // a link to a folder might lead back into this one
      const status = fs.statSync(place, { throwIfNoEntry: false });
      return status?.isFile() ? [{ name, bytes: status.size }] : [];
    });
}

function rulesOf(file: string, base: string): Rules[] {
  if (!fs.existsSync(file)) return [];
  const text = fs.readFileSync(file, "utf8");
  if (path.basename(file) !== uploadRules) return [{ base, rules: ignore().add(text) }];
  // what has only wildcards, such as "!*/", means no secret
  const lines = text.split(/\r?\n/).filter((line) => !line.startsWith("!") || /[\p{L}\p{N}]/u.test(line));
  return [{ base, rules: ignore().add(text), takingBack: ignore().add(lines) }];
}

/** Whether a file, a folder or what a link leads to isn't for each run to have. */
function isUnsafe(root: string, name: string, isLink: boolean): boolean {
  const place = path.join(root, name);
  const content = () => {
    const status = fs.statSync(place);
    return status.isFile() && status.size <= mostSecretBytes ? fs.readFileSync(place, "latin1") : "";
  };
  if (!isLink) return isLikelySecret(name, content);
  const target = realPath(place);
  if (target === undefined) return true;
  const within = path.relative(fs.realpathSync(root), target).split(path.sep);
  if (within[0] === ".." || path.isAbsolute(within.join(path.sep))) return true;
  // what a link is called may be harmless, and what it leads to not
  const folders = within.map((_, i) => `${within.slice(0, i + 1).join("/")}/`).slice(0, -1);
  const reached = [name, ...folders, within.join("/")].filter((one) => one !== "");
  return (
    reached.some((one) => isLikelySecret(one, content)) ||
    ignore()
      .add(neverCode)
      .ignores(reached.at(-1) as string)
  );
}

/** What a link leads to in the end; undefined when that is nothing. */
function realPath(link: string): string | undefined {
  try {
    return fs.realpathSync(link);
  } catch {
    // a link that is broken, or one of a circle
    return undefined;
  }
}

/** Says what isn't uploaded, though no ignore file says so, and how to have it anyway. */
export function leftOutNote(folder: string, leftOut: string[]): string | undefined {
  const [first] = leftOut;
  if (first === undefined) return undefined;
  const named = leftOut.slice(0, namedParts).map(onOneLine).join(", ");
  const others = leftOut.length - namedParts;
  return (
    `the folder ${folder}: not uploaded, as likely secrets or links that lead out of it: ${named}` +
    `${others > 0 ? ` and ${others} more` : ""}; write a line for each in a ${uploadRules} file there: ` +
    `/${onOneLine(first)} leaves it out for good, and !/${onOneLine(first)} uploads it, unless it is a link to a folder`
  );
}

function onOneLine(name: string): string {
  return name.replace(/\p{C}/gu, "?");
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
