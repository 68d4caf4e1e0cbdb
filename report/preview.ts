import { type Diagnostic, isChange, isObject, type ResourceState, type Step } from "./step";

/** What `pulumi preview --json` prints. */
export interface Digest {
  steps?: DigestStep[];
  diagnostics?: Diagnostic[];
}

interface DigestStep {
  op: string;
  urn: string;
  oldState?: ResourceState;
  newState?: ResourceState;
  diffReasons?: string[];
}

/** What would be done, as one value. */
export interface Preview {
  /** One step for each resource, whether or not it changes. */
  steps: Step[];
  diagnostics: Diagnostic[];
  /** The holidays that schedules will skip, as the program tells. */
  skippedDays?: unknown[];
}

/** Reads a preview. Of several steps of one resource, as when it is compared with the server first, the last counts. */
export function previewOf({ steps = [], diagnostics = [] }: Digest): Preview {
  const last = new Map<string, Step>();
  for (const { op, urn, oldState, newState, diffReasons } of steps) {
    // the halves of a replacement stand around it
    if (/-(replacement|replaced|replace)$/.test(op)) continue;
    const before = last.get(urn) ?? comparedAs(oldState?.urn, last);
    const old = oldState ?? before?.old;
    const deployed = op === "refresh" ? oldState : before?.deployed;
    last.set(urn, { op, urn, old, new: newState, diffs: diffReasons, ...(deployed && { deployed }) });
  }
  return { steps: [...last.values()], diagnostics };
}

/** Takes the step by which a resource was compared under its former name, which is no resource of its own. */
function comparedAs(former: string | undefined, last: Map<string, Step>): Step | undefined {
  const step = last.get(former ?? "");
  if (step?.op !== "refresh") return undefined;
  last.delete(step.urn);
  return step;
}

/** The real objects that would change. */
export function changesOf({ steps }: Pick<Preview, "steps">): Step[] {
  return steps.filter((step) => isChange(step) && isObject(step));
}

/** Whether there is anything to do, be it for components and the stack alone. */
export function isEmpty({ steps }: Preview): boolean {
  return !steps.some(isChange);
}
