import type * as pulumi from "@pulumi/pulumi";
import { visible } from "../api/visible";
import type { Hints } from "../engine/kind";
import { askingGit, GitFailure } from "./git";
import { perProgram } from "./perProgram";
import { programFolder } from "./programFolder";
import { known } from "./values";

/** What a version is that git gives. */
const git = "git";

/** What git says of a folder, or why it doesn't. */
export type GitVersion = { version: string } | { error: string };

const versions = perProgram(() => new Map<string, GitVersion>());

/** Says what git says of a folder in which it can't be asked, as one that is a copy of a commit. */
export function foretellGitVersion(folder: string, version: GitVersion): void {
  versions().set(folder, version);
}

/**
 * What `check` has to know of a deployment whose version is "git", besides other hints. git is asked once in a program for each program's
 * folder, and only when it is needed.
 */
export function withGitVersion(hints: Hints | undefined, version: unknown): pulumi.Input<Hints | undefined> {
  const folder = programFolder();
  const found = (value: unknown) => (value === git ? { ...hints, ...gitHints(folder, hints) } : hints);
  const isGiven = typeof version !== "object" || version === null;
  return isGiven ? found(version) : known(version).then(found);
}

function gitHints(folder: string, { failures = [] }: Hints = {}): Hints {
  const answers = versions();
  const answer = answers.get(folder) ?? describedByGit(folder);
  answers.set(folder, answer);
  if ("version" in answer) return { gitVersion: answer.version };
  return { failures: [...failures, { property: "version", reason: answer.error }] };
}

/**
 * What `git describe --tags --always --dirty` says of a folder. The repository is data: nothing that its configuration names is run, be it a
 * hook, a filter, a monitor of files or a way to fetch what is missing. So a file counts as changed by its bytes where the repository's own
 * configuration has a filter for it and its time isn't that of its commit's checkout; and of a submodule it counts which commit is
 * checked out, not what has changed since.
 */
export function describedByGit(folder: string, environment: NodeJS.ProcessEnv = process.env): GitVersion {
  const ask = asker(folder, environment);
  try {
    const version = ask("describe", "--tags", "--always");
    const changes = ask(
      ...filtersOff(ask),
      ...["status", "--porcelain", "--no-renames", "--untracked-files=no", "--ignore-submodules=dirty"],
    );
    return { version: `${version.trim()}${changes === "" ? "" : "-dirty"}` };
  } catch (error) {
    if (error instanceof GitError) return { error: error.message };
    throw error;
  }
}

/** What may be asked of git by a text of a repository: what is checked out, by words that name no other program. */
const questions = [
  /^rev-parse( --short(=\d{1,2})?)?( --verify)? HEAD$/,
  /^rev-parse --abbrev-ref HEAD$/,
  /^branch --show-current$/,
  /^describe( --(tags|always|abbrev=\d{1,2}|long|exact-match))*$/,
  /^log -1 --(format|pretty)=(format:)?["']?%[hH]["']?$/,
];

/** Whether a command asks git what is checked out, and nothing else. */
export function isGitQuestion(command: string): boolean {
  return questions.some((question) => question.test(wordsOf(command)));
}

/** What stands after `git`. */
function wordsOf(command: string): string {
  return /^git +(.*)$/.exec(command.trim().replace(/\s+/g, " "))?.[1] ?? "";
}

/** The answer to a `git ...` that asks what is checked out in a folder; undefined for anything else, and when git can't tell. */
export function gitAnswer(folder: string, command: string): string | undefined {
  if (!isGitQuestion(command)) return undefined;
  try {
    return asker(folder, process.env)(...wordsOf(command).replace(/["']/g, "").split(" ")).trim();
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}

/** Why git doesn't answer. */
export class GitError extends Error {}

/** Asks git of a folder by words, whose answer is a text; throws GitError when git can't tell. */
export function asker(folder: string, environment: NodeJS.ProcessEnv): (...args: string[]) => string {
  const ask = askingGit(folder, environment);
  return (...args) => {
    try {
      return ask(args).toString();
    } catch (error) {
      if (error instanceof GitFailure) throw new GitError(explained(folder, error));
      throw error;
    }
  };
}

/**
 * Options that switch off the filters of the repository's own configuration, which are commands. A person's own ones stay.
 *
 * @param ask what asks git
 */
export function filtersOff(ask: (...args: string[]) => string): string[] {
  return optionsAgainst(ask("config", "--null", "--show-scope", "--name-only", "--list"));
}

function optionsAgainst(list: string): string[] {
  const words = list.split("\0");
  const filters = words.flatMap((name, i) => {
    const isOwn = i % 2 === 1 && ["local", "worktree"].includes(words[i - 1] ?? "");
    const [, filter] = (isOwn && /^filter\.([^]+)\.[^.]+$/.exec(name)) || [];
    return filter === undefined ? [] : [filter];
  });
  return [...new Set(filters)].flatMap((filter) => {
    // an option can't name it
    if (filter.includes("=")) {
      throw new GitError(
        `"git" can't be told: the repository's configuration has a filter whose name has a "="; remove it, or give a text or "auto"`,
      );
    }
    return ["clean=", "process=", "required=false"].flatMap((setting) => ["-c", `filter.${filter}.${setting}`]);
  });
}

function explained(folder: string, { started: error, said: message }: GitFailure): string {
  const instead = 'or give a text or "auto"';
  if (error?.code === "ENOENT") return `"git" needs the git command, which isn't on the PATH; install it, ${instead}`;
  if (error) return `"git" can't be told: git ${error.code === "ETIMEDOUT" ? "takes too long" : "fails"}; ${instead}`;
  if (message.includes("not a git repository"))
    return `"git" needs a git repository, and ${folder} isn't in one; run this in a clone, ${instead}`;
  if (message.includes("Not a valid object name HEAD"))
    return `"git" needs a commit, and the repository of ${folder} has none; commit, ${instead}`;
  const [first = "", ...rest] = message.trim().split("\n");
  const remedy = rest.find((line) => line.includes("git config"))?.trim() ?? "mend it";
  return `"git" can't be told: git says "${visible(first.replace(/^fatal: /, ""))}"; ${visible(remedy)}, ${instead}`;
}
