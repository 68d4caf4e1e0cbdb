import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { PrefectError } from "../../provider/api/errors";
import { visible } from "../../provider/api/visible";
import { pythonOutside } from "../../provider/program/flows/pythonOutside";
import type { Base } from "../../provider/program/gitChanges";
import type { Preview } from "../../report/preview";
import type { Diagnostic, Step } from "../../report/step";
import { checkedSide, type Side, stepsBetween } from "../../report/stepsBetween";
import { brokenCalls } from "../engine/brokenCalls";
import { codeChanges } from "../engine/codeChanges";
import { errorsIn } from "../engine/diagnosis";
import type { Looks } from "../engine/looks";
import type { Flags } from "../flags";
import { findPlace, type Place } from "../project/place";
import type { Project } from "../project/project";
import { UsageError } from "../usageError";
import type { Answer } from "./asked";
import { Repository } from "./repository";
import { projectIn, readSide } from "./side";

/** A folder's plan, compared with that of a commit. */
export interface Compared {
  project: Project;
  seen: Preview;
  /** What calls the deployments, as far as the folder tells. */
  look: () => Promise<Looks>;
}

/** A place, what its YAML registers, and that checked. */
interface Read extends Side {
  project: string;
  answer: Answer;
}

/** What a reviewer has to know of such a report. */
function unasked({ name, commit }: Base): string {
  const short = commit.slice(0, 7);
  const named = name === short ? `commit ${short}` : `${visible(name)} (${short})`;
  return `this is compared with ${named}, not with what is deployed, and no server was asked what calls the deployments`;
}

/**
 * Compares what a folder's YAML says with what it says at a commit, each as if nothing were deployed, for a pull request whose author may make
 * nothing run here: only text is read, from copies of what git has, and with nothing of this process's environment.
 *
 * @param use gets it while the copies are there
 * @throws PrefectError with all that is wrong, or where a program would have to be run
 */
export async function against<Used>(
  name: string,
  flags: Flags,
  use: (compared: Compared) => Promise<Used>,
): Promise<Used> {
  const given = flags.file === undefined ? process.cwd() : path.dirname(path.resolve(flags.file));
  if (!fs.existsSync(given)) throw new UsageError(`--file "${flags.file}": there is no such file`);
  const folder = fs.realpathSync(given);
  const repository = new Repository(folder);
  // what reads Python in this process is this one, too
  process.env.META_PREFECT__PYTHON = pythonFor(repository);
  const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "meta-prefect-against-")));
  const comparison = new Comparison(repository, folder, scratch, flags);
  try {
    return await use(comparison.of(name));
  } catch (error) {
    if (error instanceof Error) error.message = comparison.inOwnWords(error.message);
    throw error;
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/** A Python that isn't the repository's. */
function pythonFor({ top }: Repository): string {
  const { python } = pythonOutside([top]);
  if (python !== undefined) return python;
  throw new PrefectError(
    `--against needs a Python to read flows, and no python3 on the PATH is outside of ${top}; install one, or name one by META_PREFECT__PYTHON`,
  );
}

class Comparison {
  /** Where both copies are, one after the other: what depends on the place is alike. */
  private readonly tree: string;
  private readonly diagnostics: Diagnostic[] = [];

  constructor(
    private readonly repository: Repository,
    private readonly folder: string,
    private readonly scratch: string,
    private readonly flags: Flags,
  ) {
    this.tree = path.join(scratch, "tree", path.basename(repository.top));
  }

  /** Messages name the folder, not its copy. */
  inOwnWords(text: string): string {
    return text.replaceAll(this.tree, this.repository.top);
  }

  of(name: string): Compared {
    const { folder, repository } = this;
    const commit = repository.commit(name);
    const base = this.base(name, commit);
    const left = this.copy((tree) => repository.copyFolder(tree));
    this.warn(left);
    const place = findPlace(this.placed(), this.copyOf(folder));
    const { project } = projectIn(place);
    if (base && base.project !== project) {
      throw new PrefectError(
        `the project's name is "${project}", and at ${visible(name)} it is "${base.project}": another name is another project, whose plan can't be compared; keep the name`,
      );
    }
    const head = this.read(place, base);
    this.diagnostics.push(...head.answer.diagnostics);
    const steps = stepsOf(place, project, base, head);
    const complaints = errorsIn([...head.answer.diagnostics, ...head.failures], steps);
    if (complaints.length > 0) throw new PrefectError(complaints.join("\n"));
    const { env } = place;
    const diagnostics = this.diagnostics.map((one) => ({ ...one, message: this.inOwnWords(one.message) }));
    return {
      project: { folder, env, variables: {} },
      seen: { steps, diagnostics },
      look: () =>
        this.look(steps, place, unknownsOf(base, head), {
          // a hash is as good as its beginning
          name: commit.startsWith(name) ? commit.slice(0, 7) : name,
          commit,
        }),
    };
  }

  /** What there was at the commit; undefined where that has no project here. */
  private base(name: string, commit: string): Read | undefined {
    this.copy((tree) => this.repository.copyCommit(commit, tree));
    const place = this.placeAtBase();
    if (!place) return undefined;
    try {
      const read = this.read(place, undefined, commit);
      const complaints = errorsIn([...read.answer.diagnostics, ...read.failures], []);
      if (complaints.length > 0) throw new PrefectError(complaints.join("\n"));
      return read;
    } catch (error) {
      if (error instanceof Error) error.message = `at ${visible(name)}: ${error.message}`;
      throw error;
    }
  }

  private placeAtBase(): Place | undefined {
    const folder = this.copyOf(this.folder);
    if (!fs.existsSync(folder)) return undefined;
    try {
      return findPlace(this.placed(), folder);
    } catch (error) {
      if (error instanceof UsageError) return undefined;
      throw error;
    }
  }

  private read(place: Place, before: Read | undefined, commit?: string): Read {
    const { tree, scratch, folder, repository } = this;
    const { project } = projectIn(place);
    // what was found out of the other side isn't of this one
    fs.rmSync(path.join(scratch, "home"), { recursive: true, force: true });
    fs.mkdirSync(path.join(scratch, "home"));
    const answer = readSide(place, {
      tree,
      scratch: path.join(scratch, "home"),
      top: repository.top,
      folder,
      gitVersion: repository.version(commit),
      python: process.env.META_PREFECT__PYTHON as string,
    });
    return { project, answer, ...checkedSide(answer.resources, before) };
  }

  private async look(steps: Step[], place: Place, unknowns: string[], begins: Base): Promise<Looks> {
    const versioned = { folder: this.folder, env: place.env, variables: process.env, begins };
    const found = await brokenCalls({ ...versioned, folder: place.folder, variables: {} }, steps, undefined, versioned);
    const untold = unknowns.map(
      (text) =>
        `${text}: the environment fills it in where it is deployed, so that what changes by it isn't known here`,
    );
    const left = [unasked(begins), ...found.left].map((text) => this.inOwnWords(text));
    const code = codeChanges(versioned, steps, begins);
    return { broken: { ...found, left, ...(untold.length > 0 && { untold }) }, cutOffs: { of: {}, left: [] }, code };
  }

  private copy(fill: (tree: string) => { left: string[] }): string[] {
    fs.rmSync(this.tree, { recursive: true, force: true });
    // as the top of a repository, to those who look for it; git isn't asked of it
    fs.mkdirSync(path.join(this.tree, ".git"), { recursive: true });
    return fill(this.tree).left;
  }

  private copyOf(folder: string): string {
    return path.join(this.tree, path.relative(this.repository.top, folder));
  }

  private placed(): Flags {
    const { env, file } = this.flags;
    return { env, ...(file !== undefined && { file: path.basename(file) }) };
  }

  private warn(texts: string[]): void {
    this.diagnostics.push(...texts.map((message): Diagnostic => ({ severity: "warning", message })));
  }
}

/** The steps, those of the stack before all. */
function stepsOf({ env = "" }: Place, project: string, base: Read | undefined, head: Read): Step[] {
  const type = "pulumi:pulumi:Stack";
  const urn = `urn:pulumi:${env}::${project}::${type}::${project}-${env}`;
  const state = ({ answer: { outputs } }: Read) => ({ urn, type, custom: false, inputs: {}, outputs });
  const stack: Step = base
    ? { op: "same", urn, old: state(base), new: state(head) }
    : { op: "create", urn, new: state(head) };
  return [stack, ...stepsBetween(base ?? { resources: new Map(), failures: [] }, head)];
}

/** The texts that the environment fills in that weren't there before. */
function unknownsOf(base: Read | undefined, head: Read): string[] {
  const known = base?.answer.unknowns ?? [];
  return [...new Set(head.answer.unknowns)].filter((text) => !known.includes(text));
}
