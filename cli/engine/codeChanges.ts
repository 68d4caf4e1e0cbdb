import * as fs from "node:fs";
import * as path from "node:path";
import { debug } from "../../provider/api/debug";
import { messageOf } from "../../provider/api/errors";
import { codeFiles, type FlowPlace, sameCode } from "../../provider/program/flows/codeFiles";
import { codeHere } from "../../provider/program/flows/codeHere";
import { type Base, type GitChange, WorkTree, workTreeOf } from "../../provider/program/gitChanges";
import type { ChangedFile, CodeChange } from "../../report/code";
import { prefectKind, type Step } from "../../report/step";
import type { Project } from "../project/project";

/** With how many commits files are compared at most; and how many files, of what size, are compared but for comments. */
const most = { commits: 10, files: 50, bytes: 2 ** 20 };

/** A deployment whose code changes. */
interface Coded extends FlowPlace {
  urn: string;
  /** The version that is deployed. */
  version: unknown;
}

/**
 * The files behind each deployment's `codeHash` that differs, by URN: of those that its flow's code consists of, the ones that differ from the
 * commit that is deployed, where the deployment's version tells it, else from where the pull request begins. Deployments of which git can't
 * tell are left out. Nothing is executed.
 *
 * @param begins where that is, where it is known; else git is asked
 */
export function codeChanges({ folder, variables }: Project, steps: Step[], begins?: Base): Record<string, CodeChange> {
  const coded = steps.flatMap((step) => codedIn(step, folder));
  if (coded.length === 0) return {};
  try {
    const files = filesOf(folder, coded);
    const compared = new Comparison(variables, begins);
    const found = coded.flatMap((one): [string, CodeChange][] => {
      const change = compared.changeOf(one, files.get(keyOf(one)) ?? []);
      return change ? [[one.urn, change]] : [];
    });
    compared.tellSame(folder);
    return Object.fromEntries(found);
  } catch (error) {
    debug(`which files of flows have changed isn't told: ${messageOf(error)}`);
    return {};
  }
}

function codedIn({ urn, op, old, new: now }: Step, folder: string): Coded[] {
  if (prefectKind(urn) !== "Deployment" || op !== "update" || !old || !now) return [];
  const [before, after] = [old.inputs?.codeHash, now.inputs?.codeHash];
  if (typeof before !== "string" || typeof after !== "string" || before === after) return [];
  const { entrypoint } = now.inputs ?? {};
  // what a worker fetches, or has in its image, may be here as well
  const place = codeHere(now.inputs ?? {}, folder) ?? codeHere({ entrypoint }, folder);
  if (place === undefined) return [];
  return [{ urn, folder: place, entrypoint: entrypoint as string, version: old.inputs?.version }];
}

/** By what a flow's code is known: all functions of a file have the same. */
function keyOf({ folder, entrypoint }: FlowPlace): string {
  return JSON.stringify([folder, entrypoint.slice(0, entrypoint.lastIndexOf(":"))]);
}

function filesOf(folder: string, coded: Coded[]): Map<string, string[]> {
  const places = new Map(coded.map((each) => [keyOf(each), { folder: each.folder, entrypoint: each.entrypoint }]));
  const answers = codeFiles(folder, [...places.values()]);
  return new Map([...places.keys()].map((key, i) => [key, answers[i] ?? []]));
}

/** Compares files with commits; each repository is asked once of each commit. */
class Comparison {
  private readonly repositories = new Map<string, { repository: WorkTree; begun: Base | undefined }>();
  private readonly versions = new Map<string, Base | undefined>();
  private readonly changes = new Map<string, Map<string, GitChange> | undefined>();
  /** The files that differ, each once for a commit. */
  private readonly differing = new Map<
    string,
    { file: ChangedFile; place: string; before: () => string | undefined }
  >();

  constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly begins: Base | undefined,
  ) {}

  changeOf({ folder, version }: Coded, files: string[]): CodeChange | undefined {
    const top = workTreeOf(folder);
    if (top === undefined || files.length === 0) return undefined;
    const { repository, begun } = this.repositoryAt(top);
    const deployed = typeof version === "string" ? this.deployedAs(repository, version) : undefined;
    const ofDeployed = deployed && this.changesSince(repository, deployed);
    const [base, changes] = ofDeployed
      ? [deployed, ofDeployed]
      : [begun, begun && this.changesSince(repository, begun)];
    if (!base || !changes) return undefined;
    const differing = files.flatMap((place) => {
      const change = changes.get(place);
      return change ? [this.fileOf(repository, base, place, change)] : [];
    });
    const isDeployed = base === deployed;
    return { base: base.name, commit: base.commit.slice(0, 7), isDeployed, files: differing };
  }

  /** Notes which files are the same but for comments and layout. */
  tellSame(folder: string): void {
    const readable = [...this.differing.values()].slice(0, most.files).flatMap(({ file, place, before }) => {
      if (!place.endsWith(".py") || (fs.statSync(place, { throwIfNoEntry: false })?.size ?? Infinity) > most.bytes)
        return [];
      const text = before();
      return text === undefined ? [] : [{ file, before: Buffer.from(text), after: fs.readFileSync(place) }];
    });
    const same = sameCode(folder, readable);
    readable.forEach(({ file }, i) => same[i] && (file.isSame = true));
  }

  private repositoryAt(top: string) {
    const known = this.repositories.get(top);
    if (known) return known;
    const repository = new WorkTree(top, this.environment);
    const one = { repository, begun: this.begins ?? repository.begun(this.environment) };
    this.repositories.set(top, one);
    return one;
  }

  private deployedAs(repository: WorkTree, version: string): Base | undefined {
    const key = JSON.stringify([repository.folder, version]);
    if (!this.versions.has(key)) this.versions.set(key, repository.named(version));
    return this.versions.get(key);
  }

  private changesSince(repository: WorkTree, { commit }: Base): Map<string, GitChange> | undefined {
    const key = JSON.stringify([repository.folder, commit]);
    if (!this.changes.has(key) && this.changes.size < most.commits) this.changes.set(key, repository.changes(commit));
    return this.changes.get(key);
  }

  private fileOf(repository: WorkTree, { commit }: Base, place: string, change: GitChange): ChangedFile {
    const key = JSON.stringify([commit, place]);
    const known = this.differing.get(key);
    if (known) return known.file;
    const { added, removed, before } = change;
    const name = path.relative(repository.folder, place).split(path.sep).join("/");
    const file: ChangedFile = { name, added, removed, ...(before === undefined && { isNew: true }) };
    this.differing.set(key, {
      file,
      place,
      before: () => (before === undefined ? undefined : repository.content(before)),
    });
    return file;
  }
}
