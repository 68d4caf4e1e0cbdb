import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { findPython } from "../../../processes/python";
import { PrefectError } from "../../api/errors";
import type { Reader } from "./flowReader";
import { pythonFiles } from "./pythonFiles";
import { reading } from "./readers";

/** What the text of a file says. */
export interface FileAnswer<Answer> {
  /** Path of the file below the folder, with slashes. */
  file: string;
  /** What is found in it, or why it can't be read. */
  answer: Answer | { error: string };
}

/** How long all files may take to be read, in milliseconds. */
const patience = 60_000;
const mostOutput = 64 * 2 ** 20;

/**
 * Asks a script of each Python file below a folder, as its text is; nothing is executed.
 *
 * @param script its name, in this folder: it takes paths as lines of JSON, and answers each with a line of JSON
 * @param what is looked for, for the error
 * @throws PrefectError when there is no Python that reads them
 */
export function askOfFiles<Answer extends object>(folder: string, script: string, what: string): FileAnswer<Answer>[] {
  const files = pythonFiles(folder).map((file) => file.split(path.sep).join("/"));
  const answers = askedInText<Answer>(
    folder,
    script,
    what,
    files.map((file) => path.join(folder, file)),
  );
  return files.map((file, i) => ({ file, answer: answers[i] ?? { error: "no answer" } }));
}

/**
 * Asks a script of each of some things below a folder; nothing there is executed.
 *
 * @param script its name, in this folder: it takes lines of JSON, and answers each with a line of JSON
 * @throws PrefectError when there is no Python that reads them
 */
export function askedInText<Answer extends object>(
  folder: string,
  script: string,
  what: string,
  questions: unknown[],
): (Answer | { error: string })[] {
  if (questions.length === 0) return [];
  const { python, args, cwd, env } = reading(folder, findPython([folder]), script) as Reader;
  const { error, status, signal, stdout, stderr } = spawnSync(python, args, {
    cwd,
    env,
    input: questions.map((question) => `${JSON.stringify(question)}\n`).join(""),
    encoding: "utf8",
    timeout: patience,
    maxBuffer: mostOutput,
  });
  // a process that couldn't be started has said nothing, whatever the types say
  const why =
    error?.message ??
    (status === 0 ? undefined : `it ended by ${signal ?? status}: ${stderr.trim().split("\n").at(-1)}`);
  if (why !== undefined) {
    throw new PrefectError(
      `the ${what} below ${folder} can't be found, because ${python} could not read them (${why}); ` +
        "install Python 3, or name one by META_PREFECT__PYTHON",
    );
  }
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Answer | { error: string });
}
