import * as fs from "node:fs";
import * as path from "node:path";
import { PrefectError } from "../../provider/api/errors";
import { visible } from "../../provider/api/visible";
import { askingGit, GitFailure } from "../../provider/program/git";
import { describedByGit, type GitVersion } from "../../provider/program/gitVersion";

/** What a copy may hold: it is read as text, and data of any size may lie beside the code. */
const bounds = { file: 8 * 2 ** 20, all: 512 * 2 ** 20, files: 50_000 };
/** How many files a message names. */
const mostNamed = 5;

/** A copy of the files of a repository. */
export interface Copy {
  /** What was left out, in words. */
  left: string[];
}

/** A file that may be copied: its path below the repository's top, with slashes. */
interface Listed {
  name: string;
  bytes: number;
  /** git's name of its content. */
  object: string;
}

/**
 * The git repository that a folder is in. Its files are copied as they are: no filter, attribute or hook of the repository has a say in it, links
 * aren't followed, and submodules are left out.
 */
export class Repository {
  /** Absolute path of its top. */
  readonly top: string;
  private readonly ask: ReturnType<typeof askingGit>;

  /** @throws PrefectError where there is none */
  constructor(
    private readonly folder: string,
    environment: NodeJS.ProcessEnv = process.env,
  ) {
    const ask = askingGit(folder, environment);
    this.ask = (...given) => {
      try {
        return ask(...given);
      } catch (error) {
        throw error instanceof GitFailure ? new PrefectError(explained(folder, error)) : error;
      }
    };
    this.top = this.ask(["rev-parse", "--show-toplevel"]).toString().replace(/\n$/, "");
  }

  /** The hash of a commit. @throws PrefectError where the repository hasn't got it */
  commit(name: string): string {
    try {
      return this.ask(["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`])
        .toString()
        .trim();
    } catch {
      throw new PrefectError(
        `--against "${visible(name)}": the repository of ${this.folder} has no such commit; a checkout of CI is shallow, so fetch it: ` +
          "fetch-depth: 0 of actions/checkout, GIT_DEPTH: 0 of GitLab, or git fetch origin <commit>",
      );
    }
  }

  /** What `git describe --tags --always` says of a commit; of the folder itself without one. */
  version(commit?: string): GitVersion {
    if (commit === undefined) return describedByGit(this.folder);
    return { version: this.ask(["describe", "--tags", "--always", commit]).toString().trim() };
  }

  /** Copies the files of a commit into an empty folder. */
  copyCommit(commit: string, into: string): Copy {
    const left = new LeftOut();
    const listed = this.entries(["ls-tree", "-r", "-z", "-l", "--full-tree", commit]).flatMap((entry): Listed[] => {
      const [, mode = "", object = "", size = "", name = ""] =
        /^(\d+) \w+ ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(entry) ?? [];
      return left.takes(name, mode.startsWith("100"), Number(size)) ? [{ name, object, bytes: Number(size) }] : [];
    });
    const objects = checked(listed).map(({ object }) => `${object}\n`);
    const contents = this.ask(["cat-file", "--batch"], objects.join(""));
    let from = 0;
    for (const { name, object, bytes } of listed) {
      const head = `${object} blob ${bytes}\n`;
      if (contents.toString("latin1", from, from + head.length) !== head) {
        throw new PrefectError(
          `--against: the repository lacks the content of ${visible(name)}; fetch it whole, without a filter`,
        );
      }
      from += head.length;
      write(into, name, (place) => fs.writeFileSync(place, contents.subarray(from, from + bytes), { flag: "wx" }));
      from += bytes + 1;
    }
    return { left: left.words };
  }

  /** Copies the files of the working tree that git knows, or would not ignore, into an empty folder. */
  copyFolder(into: string): Copy {
    const left = new LeftOut();
    const words = ["ls-files", "-z", "--full-name", "--cached", "--others", "--exclude-standard", ":/"];
    const listed = [...new Set(this.entries(words))].flatMap((name): Listed[] => {
      const place = path.join(this.top, name);
      const status = fs.lstatSync(place, { throwIfNoEntry: false });
      if (!status) return [];
      // what lies behind a link to a folder isn't of the repository
      const isOwn = status.isFile() && fs.realpathSync(place) === place;
      return left.takes(name, isOwn, status.size) ? [{ name, object: "", bytes: status.size }] : [];
    });
    for (const { name } of checked(listed)) {
      write(into, name, (place) => {
        fs.copyFileSync(path.join(this.top, name), place, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE);
        // nothing of it is a program
        fs.chmodSync(place, 0o600);
      });
    }
    return { left: left.words };
  }

  private entries(words: string[]): string[] {
    return this.ask(words)
      .toString()
      .split("\0")
      .filter((entry) => entry !== "");
  }
}

/** What of a repository isn't copied. */
class LeftOut {
  private readonly links: string[] = [];
  private readonly large: string[] = [];

  /** Whether a file is copied; else it is noted. */
  takes(name: string, isFile: boolean, bytes: number): boolean {
    // no checkout makes these
    const isOdd = name.split("/").some((part) => ["", ".", "..", ".git"].includes(part.toLowerCase()));
    if (!isFile || isOdd) this.links.push(name);
    else if (bytes > bounds.file) this.large.push(name);
    else return true;
    return false;
  }

  get words(): string[] {
    return [
      said(this.links, "links and submodules aren't followed"),
      said(this.large, `files of more than ${bounds.file / 2 ** 20} MiB aren't read`),
    ].flat();
  }
}

function said(names: string[], what: string): string[] {
  if (names.length === 0) return [];
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : "";
  return [`${what}: ${names.slice(0, mostNamed).map(visible).join(", ")}${more}`];
}

/** @throws PrefectError when they are more than are read */
function checked(files: Listed[]): Listed[] {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (files.length <= bounds.files && bytes <= bounds.all) return files;
  throw new PrefectError(
    `the repository has ${files.length} files with ${Math.ceil(bytes / 2 ** 20)} MiB, and at most ${bounds.files} with ` +
      `${bounds.all / 2 ** 20} MiB are read by --against; keep data out of git`,
  );
}

function write(into: string, name: string, make: (place: string) => void): void {
  const place = path.join(into, name);
  fs.mkdirSync(path.dirname(place), { recursive: true });
  make(place);
}

function explained(folder: string, { started, said: text }: GitFailure): string {
  if (started?.code === "ENOENT") return "--against needs the git command, which isn't on the PATH; install it";
  if (started) return `--against: git ${started.code === "ETIMEDOUT" ? "takes too long" : "fails"} in ${folder}`;
  if (text.includes("not a git repository")) {
    return `--against needs a git repository, and ${folder} isn't in one; run this in a clone`;
  }
  const [first = "", ...rest] = text.trim().split("\n");
  const remedy = rest.find((line) => line.includes("git config"))?.trim();
  return `--against: git says "${visible(first.replace(/^fatal: /, ""))}"${remedy === undefined ? "" : `; ${visible(remedy)}`}`;
}
