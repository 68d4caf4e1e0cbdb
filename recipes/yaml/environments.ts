import { overlaid, overlaysFor } from "./overlay";
import type { WrittenDeployment, WrittenFile, WrittenFlow } from "./reader";
import type { Span } from "./source";
import type { Mapping } from "./tree";

/** A deployment as it is in one environment. */
export interface EnvironmentDeployment {
  flow: WrittenFlow;
  span: Span;
  /** The key of its recipe; undefined when it has none, which is a mistake. */
  recipe: string | undefined;
  variables: Mapping;
}

/** The deployments of an environment, in the order of the file. */
export function deploymentsIn({ flows, mistakes }: WrittenFile, env: string): EnvironmentDeployment[] {
  return flows.flatMap((flow) =>
    flow.deployments.flatMap((written) => {
      const [key, other] = overlaysFor(env, [...written.overlays.keys()]);
      const chosen = key === undefined ? undefined : written.overlays.get(key);
      if (chosen && other !== undefined) {
        const message = `the patterns "${key}" and "${other}" are equally long and both match "${env}"; write "${env}" itself`;
        mistakes.add(chosen.at, message);
      }
      if (chosen && !chosen.overlay) return [];
      return inEnvironment(flow, written, chosen?.overlay);
    }),
  );
}

/** The deployment; none when its variables are no mapping, which is noted. */
function inEnvironment(
  flow: WrittenFlow,
  { span, base }: WrittenDeployment,
  overlay: Mapping | undefined,
): EnvironmentDeployment[] {
  const { entries } = (overlay ? overlaid(base, overlay) : base) as Mapping;
  const recipe = entries.get("recipe")?.value;
  const variables = entries.get("variables")?.value ?? { kind: "mapping", entries: new Map(), span };
  if (variables.kind !== "mapping") return [];
  return [{ flow, span, recipe: recipe?.kind === "scalar" ? String(recipe.value) : undefined, variables }];
}

/** All that environments are called in a file; a pattern stands for those that it matches. */
export function environmentsOf({ flows }: WrittenFile): string[] {
  const keys = flows.flatMap(({ deployments }) => deployments.flatMap(({ overlays }) => [...overlays.keys()]));
  return [...new Set(keys)];
}
