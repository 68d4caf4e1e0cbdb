import * as fs from "node:fs";
import * as path from "node:path";
import { debug } from "../api/debug";
import { asker, filtersOff, GitError } from "./gitVersion";

/** A commit with which files are compared. */
export interface Base {
  /** What it is to a person: a branch, or a version. */
  name: string;
  /** Its whole hash. */
  commit: string;
}

/** How a file differs from a commit. */
export interface GitChange {
  added: number;
  removed: number;
  /** The hash of what the commit has; undefined where it has nothing. */
  before?: string;
}

const hash = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
/** Names that mean nothing else to git. */
const plainName = /^(?!.*\.\.)[\w.+][\w.+/-]*$/;

/** A work tree of git, of which is asked what has changed. The repository is data, of which nothing is run. What git can't tell is undefined. */
export class WorkTree {
  private readonly ask: ReturnType<typeof asker>;

  /** @param folder the top of its work tree, a real path */
  constructor(
    readonly folder: string,
    environment: NodeJS.ProcessEnv = process.env,
  ) {
    this.ask = asker(folder, environment);
  }

  /** The commit that a deployment's version names, be it by its hash, by what `git describe` says of it, or by a tag. */
  named(version: string): Base | undefined {
    if (!plainName.test(version)) return undefined;
    const [, short] = /^(?:.+-\d+-g)?([0-9a-f]{7,40})$/.exec(version) ?? [];
    const byHash = short === undefined ? undefined : this.commit(short);
    // a branch can have a hash's name, and a version that only counts is no tag's
    const isHash = short !== undefined && byHash?.startsWith(short);
    const commit = isHash ? byHash : /^\d+$/.test(version) ? undefined : this.commit(`refs/tags/${version}`);
    return commit === undefined ? undefined : { name: version, commit };
  }

  /** Where a pull request begins, as the variables of CI say; else where the branch has left the default branch of `origin`. */
  begun(environment: NodeJS.ProcessEnv): Base | undefined {
    const { GITHUB_BASE_REF: github, CI_MERGE_REQUEST_DIFF_BASE_SHA: gitlab } = environment;
    if (github) return plainName.test(github) ? this.left(github) : undefined;
    if (gitlab) {
      const commit = hash.test(gitlab) ? this.commit(gitlab) : undefined;
      const name = environment.CI_MERGE_REQUEST_TARGET_BRANCH_NAME ?? gitlab.slice(0, 7);
      return commit === undefined ? undefined : { name, commit };
    }
    const head = this.answer("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD");
    const [, branch] = /^refs\/remotes\/origin\/(.+)$/.exec(head ?? "") ?? [];
    return branch !== undefined && plainName.test(branch) ? this.left(branch) : undefined;
  }

  /** The files that differ between a commit and the work tree, by their real paths; those that git doesn't know yet are new. */
  changes(commit: string): Map<string, GitChange> | undefined {
    try {
      return this.differences(commit);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      debug(`git doesn't tell what has changed in ${this.folder}: ${error.message}`);
      return undefined;
    }
  }

  /** A file's content as a commit has it, by its hash. */
  content(blob: string): string | undefined {
    try {
      return hash.test(blob) ? this.ask("cat-file", "blob", blob) : undefined;
    } catch (error) {
      if (error instanceof GitError) return undefined;
      throw error;
    }
  }

  private differences(commit: string): Map<string, GitChange> {
    const asIs = [
      "--no-ext-diff",
      "--no-textconv",
      "--text",
      "--no-renames",
      "--no-relative",
      "--ignore-submodules=all",
    ];
    const words = this.ask(
      ...filtersOff(this.ask),
      "diff",
      ...asIs,
      "--raw",
      "--no-abbrev",
      "--numstat",
      "-z",
      commit,
      "--",
    ).split("\0");
    const before = new Map<string, string>();
    const found = new Map<string, GitChange>();
    const note = (name: string, change: GitChange) => found.set(path.join(this.folder, name), change);
    for (let i = 0; i < words.length; i++) {
      const word = words[i] ?? "";
      if (word.startsWith(":")) {
        const [, , blob = ""] = word.split(" ");
        before.set(words[++i] ?? "", blob);
        continue;
      }
      const [, added, removed, name = ""] = /^(\d+)\t(\d+)\t([^]+)$/.exec(word) ?? [];
      if (added === undefined) continue;
      const blob = before.get(name) ?? "";
      const isNew = /^0*$/.test(blob);
      note(name, { added: Number(added), removed: Number(removed), ...(!isNew && { before: blob }) });
    }
    const unknown = this.ask("ls-files", "--others", "--exclude-standard", "-z").split("\0");
    for (const name of unknown) if (name !== "") note(name, { added: 0, removed: 0 });
    return found;
  }

  private left(branch: string): Base | undefined {
    const commit = this.answer("merge-base", "HEAD", `refs/remotes/origin/${branch}`);
    return commit !== undefined && hash.test(commit) ? { name: branch, commit } : undefined;
  }

  private commit(name: string): string | undefined {
    return this.answer("rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`);
  }

  private answer(...args: string[]): string | undefined {
    try {
      return this.ask(...args).trim();
    } catch (error) {
      if (error instanceof GitError) return undefined;
      throw error;
    }
  }
}

/** The top of the work tree that a folder belongs to, a real path; undefined where there is none. */
export function workTreeOf(folder: string): string | undefined {
  for (let place = fs.realpathSync(folder); ; place = path.dirname(place)) {
    if (fs.existsSync(path.join(place, ".git"))) return place;
    if (place === path.dirname(place)) return undefined;
  }
}
