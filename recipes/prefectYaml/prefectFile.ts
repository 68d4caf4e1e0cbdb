import * as fs from "node:fs";
import * as path from "node:path";
import { programError } from "../../provider/program/programError";
import { programFolder } from "../../provider/program/programFolder";
import { Mistakes, Source, type Span } from "../yaml/source";
import { type Dialect, type Entry, type Mapping, type Tree, treeOf } from "../yaml/tree";
import { Notes } from "./notes";
import { pythonText } from "./placeholders";
import { isTimestamp, pyYaml } from "./pyYaml";

/** A prefect.yaml, read: its parts as they are written. */
export interface PrefectFile {
  source: Source;
  /** The file's folder, an absolute path. */
  folder: string;
  name?: string;
  /** The steps at the top of the file; undefined where there are none. */
  steps: Partial<Record<StepKind, Entry>>;
  deployments: Tree[];
  mistakes: Mistakes;
  notes: Notes;
}

export const stepKinds = ["build", "push", "pull"] as const;
export type StepKind = (typeof stepKinds)[number];

/** What Prefect knows at the top of a file; below `definitions` stands what anchors repeat. */
const ofFile = ["name", "prefect-version", "description", "definitions", "deployments", ...stepKinds];

/**
 * Reads a prefect.yaml as `prefect deploy` does; what is wrong in its form is a mistake, and what Prefect would leave out in silence a note.
 *
 * @param given its path; a relative one belongs to the program's folder
 * @throws RunError when there is no such file, or it can't be read
 */
export function readPrefectFile(given: string): PrefectFile {
  const file = path.resolve(programFolder(), given);
  const below = path.relative(process.cwd(), file);
  const source = new Source(below.startsWith("..") ? file : below, textOf(file));
  const [mistakes, notes] = [new Mistakes(source), new Notes(source)];
  const root = treeOf(source, mistakes, dialect(source, notes));
  const read: PrefectFile = { source, folder: path.dirname(file), steps: {}, deployments: [], mistakes, notes };
  if (!root && mistakes.areNone) mistakes.add({ start: 0, end: 0 }, "the file is empty; write deployments:");
  if (!root) return read;
  if (root.kind !== "mapping") {
    mistakes.add(root.span, "the file must be a mapping, such as deployments: ...");
    return read;
  }
  return { ...read, ...parts(root, read) };
}

function textOf(file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(fs.readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) throw programError(`${file} is not in UTF-8; save it in UTF-8`);
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "does not exist" : code === "EISDIR" ? "is a folder" : `can't be read (${code})`;
    throw programError(`${file} ${why}; name a prefect.yaml`);
  }
}

function dialect(source: Source, notes: Notes): Dialect {
  return {
    version: "1.1",
    schema: pyYaml,
    // as JSON has the keys of Python
    nameOf: (key) => (typeof key === "boolean" ? String(key) : pythonText(key)),
    isNoText: isTimestamp,
    repeated(name, at, first) {
      const { line } = source.position(first);
      notes.add(at, `"${name}" is given twice, first in line ${line}; the last one counts, as for prefect deploy`);
    },
  };
}

function parts(
  root: Mapping,
  { notes, source, mistakes }: PrefectFile,
): Pick<PrefectFile, "name" | "steps" | "deployments"> {
  for (const [key, { at }] of root.entries) {
    if (!ofFile.includes(key)) notes.add(at, `prefect deploy knows no "${key}" here, and leaves it out`);
  }
  for (const key of ["name", "prefect-version"]) {
    const entry = root.entries.get(key);
    if (entry) textIn(entry.value, { notes, source }, `${key} must be a text`);
  }
  for (const kind of stepKinds) {
    const steps = root.entries.get(kind)?.value;
    if (steps?.kind === "scalar" && steps.value !== null)
      notes.add(steps.span, `${kind} must be a list of steps, and prefect deploy refuses the whole file`);
  }
  const name = root.entries.get("name")?.value;
  const deployments = root.entries.get("deployments");
  const steps = Object.fromEntries(
    stepKinds.flatMap((kind) => {
      const entry = root.entries.get(kind);
      return entry ? [[kind, entry]] : [];
    }),
  );
  if (!deployments) mistakes.add(root.span, "there are no deployments; write deployments: with a list below it");
  return {
    ...(name?.kind === "scalar" && typeof name.value === "string" && { name: name.value }),
    steps,
    deployments: deployments ? items(deployments, notes, mistakes) : [],
  };
}

/** The deployments of the list; Prefect refuses a file in which they are anything else. */
function items({ at, value }: Entry, notes: Notes, mistakes: Mistakes): Tree[] {
  if (value.kind === "list") return value.items;
  if (value.kind === "mapping") {
    notes.add(
      at,
      "deployments is a mapping, for which prefect deploy refuses the whole file; its values are taken for the list",
    );
    return [...value.entries.values()].map((entry) => entry.value);
  }
  mistakes.add(at, "deployments must be a list, such as - name: nightly");
  return [];
}

/** A text, or what is written where a text is due, which Prefect refuses; undefined for nothing and for what is no scalar. */
export function textIn(
  tree: Tree,
  { notes, source }: Pick<PrefectFile, "notes" | "source">,
  rule: string,
): string | undefined {
  if (tree.kind !== "scalar" || tree.value === null) return undefined;
  const inFile = source.text.slice(tree.span.start, tree.span.end);
  if (typeof tree.value === "string" && !isTimestamp(inFile)) return tree.value;
  // what is filled in isn't in the file
  const written = inFile.includes("{{") ? pythonText(tree.value) : inFile;
  notes.add(
    tree.span,
    `${rule}, and prefect deploy takes ${written} for something else, for which it refuses the whole file; it is taken for "${written}"`,
  );
  return written;
}

/** The span of a part, or where it would stand. */
export function spanIn({ at, value }: Entry): Span {
  return value.kind === "scalar" && value.value === null ? at : value.span;
}
