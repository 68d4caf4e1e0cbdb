import { nearest } from "../../provider/engine/nearest";
import type { Preview } from "../../report/preview";
import { isChange, prefectKind, pulumiName, type ResourceState, type Step } from "../../report/step";
import { UsageError } from "../usageError";

/**
 * What belongs to flows, as far as it changes: their deployments, with those that went from the program, what these own, such as the automations of
 * triggers, and what any of them needs that isn't there yet.
 *
 * @param flows names of flows, or `<flow>/<deployment>`, with or without the environment at its end
 * @throws UsageError when nothing in the stack or in the program is called so
 */
export function belongingTo({ steps }: Preview, flows: string[], env: string | undefined): Step[] {
  const namedBy = (step: Step) => namesOf(step, env);
  for (const given of flows) {
    if (!steps.some((step) => namedBy(step).includes(given)))
      throw new UsageError(notFound(given, steps.flatMap(namedBy)));
  }
  const all = new Map(steps.map((step) => [step.urn, step]));
  const owned = new Set(
    steps.filter((step) => namedBy(step).some((name) => flows.includes(name))).map(({ urn }) => urn),
  );
  // children stand after their parents in a program, but what is deleted comes in the reverse order
  for (let before = -1; before < owned.size;) {
    before = owned.size;
    for (const step of steps) if (owned.has(stateOf(step)?.parent ?? "")) owned.add(step.urn);
  }
  const needed = new Set<string>();
  for (const urn of owned) need(urn, all, needed);
  return steps.filter(
    (step) => isChange(step) && (owned.has(step.urn) || (needed.has(step.urn) && step.op === "create")),
  );
}

/** The words that tell Pulumi to keep to some resources. @throws UsageError for a name that Pulumi would take for a pattern */
export function targetWords(urns: string[]): string[] {
  return urns.flatMap((urn) => {
    if (urn.includes("*")) {
      throw new UsageError(
        `"${pulumiName(urn)}" can't be chosen alone, as "*" in its name is a pattern for Pulumi; deploy all`,
      );
    }
    return ["--target", urn];
  });
}

/** What a deployment or a flow may be called on the command line. */
function namesOf(step: Step, env: string | undefined): string[] {
  const { name: given, flowName } = stateOf(step)?.inputs ?? {};
  const name = typeof given === "string" ? given : pulumiName(step.urn);
  if (prefectKind(step.urn) === "Flow") return [name];
  if (prefectKind(step.urn) !== "Deployment" || typeof flowName !== "string") return [];
  return namesOfDeployment(flowName, name, env);
}

/** What a deployment may be called on the command line: its flow, or `<flow>/<deployment>` with or without the environment at its end. */
export function namesOfDeployment(flowName: string, name: string, env: string | undefined): string[] {
  const short = env !== undefined && name.endsWith(`-${env}`) ? [name.slice(0, -env.length - 1)] : [];
  return [flowName, ...[name, ...short].map((text) => `${flowName}/${text}`)];
}

function stateOf(step: Step): ResourceState | undefined {
  return step.new ?? step.old;
}

function need(urn: string, all: Map<string, Step>, needed: Set<string>): void {
  const step = all.get(urn);
  // what is deleted needs nothing
  const state = step?.op === "delete" ? undefined : step?.new;
  const others = [
    ...(state?.parent ? [state.parent] : []),
    ...(state?.dependencies ?? []),
    ...Object.values(state?.propertyDependencies ?? {}).flat(),
    ...(state?.provider ? [state.provider.split("::").slice(0, -1).join("::")] : []),
  ];
  for (const other of others) {
    if (needed.has(other)) continue;
    needed.add(other);
    need(other, all, needed);
  }
}

function notFound(given: string, names: string[]): string {
  const known = [...new Set(names)];
  const near = nearest(given, known);
  const flows = known.filter((name) => !name.includes("/"));
  const hint = near ? `did you mean ${near}?` : flows.length > 0 ? `there are: ${flows.join(", ")}` : "there is none";
  return `flow "${given}": there is no deployment of it, neither in the program nor deployed; ${hint}`;
}
