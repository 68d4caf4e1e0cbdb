import { visible } from "../provider/api/visible";
import type { FlowNeeds } from "../provider/program/flows/flowFacts";
import type { DeploymentBuilder, DeploymentPlan } from "./builder";
import type { Remark } from "./remarks";

/**
 * What becomes of what a flow says of itself by its decorators: true where it counts, false where the deployment itself says otherwise, and
 * nothing where no builder has a use for it.
 */
export type Heeded = Partial<Record<keyof FlowNeeds, boolean>>;

/** A plan that remembers what has become of what its flow says. */
export function heeding(plan: DeploymentPlan, heeded: Heeded): DeploymentPlan {
  return plan.facts?.needs ? { ...plan, heeded: { ...plan.heeded, ...heeded } } : plan;
}

/** Gives a deployment the tags and the version that its flow says; tags come after its own, and its own version wins. */
export function withFlowMetadata(plan: DeploymentPlan): DeploymentPlan {
  const needs = plan.facts?.needs;
  if (!needs || plan.heeded?.tags !== undefined) return plan;
  const isOurs = (plan.version ?? undefined) === undefined;
  return {
    ...heeding(plan, { tags: true, version: isOurs }),
    ...(needs.tags && { tags: [...new Set([...(plan.tags ?? []), ...needs.tags])] }),
    ...(isOurs && needs.version !== undefined && { version: needs.version }),
  };
}

/** The tags and the version that flows say, for recipes without `metadata`, which does the same. After the builder of the code. */
export function flowMetadata(): DeploymentBuilder {
  return { build: withFlowMetadata };
}

/** The decorators, and how what each says is put in a message. */
const decorators: Record<string, (needs: FlowNeeds) => (string | undefined)[]> = {
  "@kubernetes": ({ cpu, memory }) => [cpu === undefined ? undefined : `cpu ${cpu}`, memory && `memory ${memory}`],
  "@dask": ({ dask }) => [dask && `${dask.workers} ${dask.workers === 1 ? "worker" : "workers"}`],
  "@versioneer": ({ version }) => [version && `version ${version}`],
  "@tags_resolver": ({ tags }) => [tags && `${tags.length === 1 ? "tag" : "tags"} ${tags.join(", ")}`],
};

/** What to say of a plan, once built: which of its values its flow says, and what of that nothing comes of in its recipe. */
export function needsRemarks(plan: DeploymentPlan): Remark[] {
  const { name, facts: { needs } = {}, heeded = {}, codeEntrypoint = plan.entrypoint } = plan;
  if (!needs) return [];
  const those = (isMeant: (heeded: boolean | undefined) => boolean) =>
    said(Object.fromEntries(Object.entries(needs).filter(([name]) => isMeant(heeded[name as keyof FlowNeeds]))));
  const [counting, idle] = [those((one) => one === true), those((one) => one === undefined)];
  const counts = `deployment "${name}": ${counting}, as ${codeEntrypoint} says`;
  const isIdle = `flow "${codeEntrypoint}": ${idle}: nothing comes of it in this recipe, which has no use for it`;
  const messages = [...(counting === "" ? [] : [counts]), ...(idle === "" ? [] : [isIdle])];
  return messages.map((message) => ({ severity: "info", message: visible(message) }));
}

function said(needs: FlowNeeds): string {
  const parts = Object.entries(decorators).map(([decorator, texts]) => {
    const given = texts(needs).filter((text) => text !== undefined);
    return given.length === 0 ? undefined : `${decorator} ${given.join(", ")}`;
  });
  return parts.filter((part) => part !== undefined).join("; ");
}
