import { z } from "zod";
import { canonicalJson } from "../provider/api/json";
import { type PropertyChange, propertyChanges } from "./propertyChanges";
import { isChange, isObject, type Step, titleOf, typeOf } from "./step";

/** What was reviewed of a plan: what it changes, and how. */
export interface ReviewedPlan {
  version: 1;
  project: string;
  stack: string;
  changes: ReviewedChange[];
}

interface ReviewedChange {
  op: string;
  urn: string;
  /** Such as `deployment "sums/nightly"`. */
  what: string;
  properties: PropertyChange[];
}

const rules = z.object({
  version: z.literal(1),
  project: z.string(),
  stack: z.string(),
  changes: z.array(
    z.object({
      op: z.string(),
      urn: z.string(),
      what: z.string(),
      properties: z.array(
        z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }),
      ),
    }),
  ),
});

/** What is to be reviewed of the steps of a preview. Secrets aren't in it. */
export function reviewed(steps: Step[], { project, stack }: { project: string; stack: string }): ReviewedPlan {
  const changes = steps
    .filter((step) => isChange(step) && (isObject(step) || leadsElsewhere(step)))
    .map((step) => ({
      op: step.op,
      urn: step.urn,
      what: titleOf(step),
      properties: propertyChanges(step),
    }));
  // in one order, whatever that of the answers was
  return { version: 1, project, stack, changes: changes.sort((a, b) => (a.urn < b.urn ? -1 : 1)) };
}

/** Whether a provider that is there already has other settings: what changes by it may be elsewhere, such as in another cluster. */
function leadsElsewhere({ op, urn }: Step): boolean {
  return typeOf(urn).startsWith("pulumi:providers:") && op !== "create" && op !== "delete";
}

/** Reads a plan that was saved; undefined for what is none. */
export function reviewedIn(text: string): ReviewedPlan | undefined {
  try {
    const read = rules.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** What a plan would do that wasn't reviewed, a line for each object; what was reviewed and isn't needed any more is none of it. */
export function beyond(plan: ReviewedPlan, seen: ReviewedPlan): string[] {
  if (plan.project !== seen.project || plan.stack !== seen.stack) {
    return [`the plan is one of ${seen.project}/${seen.stack}, and this is ${plan.project}/${plan.stack}`];
  }
  const known = new Map(seen.changes.map((change) => [change.urn, change]));
  return plan.changes.flatMap((change) => {
    const before = known.get(change.urn);
    if (!before) return [`${change.what} would be changed as well (${change.op})`];
    if (before.op !== change.op) return [`${change.what}: ${change.op}, in place of ${before.op}`];
    const agreed = new Set(before.properties.map(canonicalJson));
    const other = change.properties.filter((one) => !agreed.has(canonicalJson(one)));
    return other.length > 0
      ? [`${change.what}: ${other.map(({ path }) => path).join(", ")} would change in another way`]
      : [];
  });
}
