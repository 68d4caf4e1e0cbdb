import { z } from "zod";
import { type PropertyChange, propertyChanges } from "./propertyChanges";
import { isChange, isObject, pulumiName, type Step, titleOf, typeOf } from "./step";

/** What was reviewed of a plan: what it changes, and how. */
export interface ReviewedPlan {
  version: 1;
  project: string;
  stack: string;
  changes: ReviewedChange[];
}

export interface ReviewedChange {
  op: string;
  urn: string;
  /** Such as `deployment "sums/nightly"`. */
  what: string;
  /** The provider that it goes through, where that isn't Pulumi's own. */
  provider?: string | undefined;
  properties: ReviewedProperty[];
}

interface ReviewedProperty extends PropertyChange {
  /** What the value comes of, where it is known later. */
  from?: string[] | undefined;
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
      provider: z.string().optional(),
      properties: z.array(
        z.object({
          path: z.string(),
          before: z.unknown().optional(),
          after: z.unknown().optional(),
          isUncertain: z.literal(true).optional(),
          from: z.array(z.string()).optional(),
        }),
      ),
    }),
  ),
});

/** What is to be reviewed of the steps of a preview. Secrets aren't in it. */
export function reviewed(steps: Step[], { project, stack }: { project: string; stack: string }): ReviewedPlan {
  const changes = steps
    .filter((step) => isChange(step) && (isObject(step) || leadsElsewhere(step)))
    .map((step): ReviewedChange => {
      const provider = providerOf(step);
      const properties = propertyChanges(step).map((one) =>
        holdsLater(one.after) ? { ...one, from: sourcesOf(step, one.path) } : one,
      );
      return { op: step.op, urn: step.urn, what: titleOf(step), ...(provider && { provider }), properties };
    });
  // in one order, whatever that of the answers was
  return { version: 1, project, stack, changes: changes.sort((a, b) => (a.urn < b.urn ? -1 : 1)) };
}

/** Whether a step settles where other objects are, such as in which cluster: a provider with settings. One that goes leads nowhere. */
function leadsElsewhere(step: Step): boolean {
  if (!typeOf(step.urn).startsWith("pulumi:providers:") || step.op === "delete") return false;
  // Pulumi makes one of its own for whatever needs none
  return step.op !== "create" || propertyChanges(step).some(({ path }) => path !== "version");
}

/** The provider that an object goes through, which isn't one of its inputs; undefined for one that Pulumi makes by itself. */
function providerOf({ old, new: now }: Step): string | undefined {
  const urn = (now ?? old)?.provider?.split("::").slice(0, -1).join("::");
  return urn === undefined || /^default(_\d+_\d+_\d+.*)?$/.test(pulumiName(urn)) ? undefined : urn;
}

/** What stands for a value that is known later. */
export const later = "[unknown]";

function holdsLater(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === later;
  return Object.values(value).some(holdsLater);
}

/** The objects that a property is made of. */
export function sourcesOf({ new: now }: Step, path: string): string[] {
  const [name = ""] = path.split(/[.[]/);
  return [...(now?.propertyDependencies?.[name] ?? [])].sort();
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
