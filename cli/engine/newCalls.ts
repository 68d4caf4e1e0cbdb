import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type FoundCall, runDeploymentsBelow } from "../../provider/program/flows/runDeployments";
import { type Base, type GitChange, WorkTree, workTreeOf } from "../../provider/program/gitChanges";

/** A folder whose files git knows. */
export interface Versioned {
  folder: string;
  variables: NodeJS.ProcessEnv;
  /** Where the pull request begins, where that is known; else git is asked. */
  begins?: Base;
}

/**
 * Which of some calls their files didn't have where the pull request begins; none where git can't tell. The files of then are read as text, as
 * those of now.
 */
export function newCalls({ folder, variables, begins }: Versioned, calls: FoundCall[]): FoundCall[] {
  const top = workTreeOf(folder);
  if (top === undefined) return [];
  const tree = new WorkTree(top, variables);
  const base = begins ?? tree.begun(variables);
  const changes = base && tree.changes(base.commit);
  if (!changes) return [];
  const placed = calls.map((call) => ({ call, change: changes.get(path.join(fs.realpathSync(folder), call.file)) }));
  const changed = placed.flatMap(({ call, change }) => (change ? [{ call, change }] : []));
  const before = callsBefore(tree, new Map(changed.map(({ call, change }) => [call.file, change])));
  const known = before.map(keyOf);
  return changed.flatMap(({ call }) => {
    const at = known.indexOf(keyOf(call));
    // each stands for one: a second call that is the same is new
    if (at >= 0) known.splice(at, 1);
    return at >= 0 ? [] : [call];
  });
}

/** What a call is, wherever in its file. */
function keyOf({ line: _, ...call }: FoundCall): string {
  return JSON.stringify(call);
}

function callsBefore(tree: WorkTree, files: Map<string, GitChange>): FoundCall[] {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "meta-prefect-before-")));
  try {
    for (const [name, { before }] of files) {
      const text = before === undefined ? undefined : tree.content(before);
      if (text === undefined) continue;
      const file = path.join(folder, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
    }
    return runDeploymentsBelow(folder).calls;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
