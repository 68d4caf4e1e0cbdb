import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type Diagnostic, prefectKind } from "../../report/step";
import type { Project } from "../project/project";
import { say } from "../terminal/say";
import type { Exported } from "./exported";
import { pulumi } from "./pulumi";

/**
 * Forgets the creations that an interruption left pending in the state, once the objects are in it. Pulumi keeps them, and warns of them for ever,
 * since it can't know whether the object was made. Our provider does, by its intents (docs/explanation/interruptions.md): the operation that
 * has just ended well took the object over, or made it. `pulumi refresh --clear-pending-creates` does the same, but asks the server for each object.
 * What belongs to other providers, or isn't in the state, stays.
 *
 * @returns whether none is left
 */
export async function forgetPending(project: Project, diagnostics: Diagnostic[]): Promise<boolean> {
  if (!diagnostics.some(({ message }) => isPendingWarning(message))) return true;
  const exported = await pulumi(project, ["stack", "export"]);
  if (exported.code !== 0) return false;
  const state = JSON.parse(exported.stdout) as Exported;
  const { pending_operations: pending = [] } = state.deployment;
  const known = present(state);
  const isSettled = (urn: string) => known.has(urn) && prefectKind(urn) !== undefined;
  const left = pending.filter(({ type, resource }) => type !== "creating" || !isSettled(resource.urn));
  if (left.length === pending.length) return left.length === 0;
  state.deployment.pending_operations = left;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "meta-prefect-"));
  try {
    const file = path.join(folder, "state.json");
    fs.writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
    const imported = await pulumi(project, ["stack", "import", "--file", file]);
    if (imported.code !== 0) return false;
    say("what an interrupted deploy had begun is done");
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  return left.length === 0;
}

/** Whether Pulumi warns of what an interruption left. */
export function isPendingWarning(text: string): boolean {
  return text.includes("pending operations from previous deployment");
}

/** The resources that a state has, by their URNs: not what has been deleted already, for another one to take its place. */
function present({ deployment: { resources = [] } }: Exported): Set<string> {
  return new Set(resources.filter(({ pendingReplacement }) => !pendingReplacement).map(({ urn }) => urn));
}

/** The objects that an interrupted deploy may have made, though the state hasn't got them: their URNs. */
export interface PendingCreations {
  /** Prefect's, which this package knows again. */
  own: string[];
  /** Those of other providers. */
  others: string[];
}

export function pendingCreations(state: Exported): PendingCreations {
  const known = present(state);
  const urns = (state.deployment.pending_operations ?? [])
    .filter(({ type, resource }) => type === "creating" && !known.has(resource.urn))
    .map(({ resource }) => resource.urn);
  const isOwn = (urn: string) => prefectKind(urn) !== undefined;
  return { own: urns.filter(isOwn), others: urns.filter((urn) => !isOwn(urn)) };
}
