import { overlaid, overlaysFor } from "./overlay";
import type { WrittenDeployment, WrittenFile, WrittenFlow } from "./reader";
import type { Span } from "./source";
import type { Mapping, Tree } from "./tree";

/** A deployment as it is in one environment. */
export interface EnvironmentDeployment {
  flow: WrittenFlow;
  span: Span;
  /** The key of its recipe; undefined when it has none. */
  recipe: string | undefined;
  variables: Mapping;
  /** Undefined when all is there. */
  lacks?: Lack;
}

/** That a deployment hasn't got what each has to have, be it for all environments or for one. */
export interface Lack {
  what: "recipe" | "name";
  /** The environments of the file in which it lacks nothing. */
  onlyRightIn: string[];
  /** Whether the file says nothing of it for this environment. */
  isUnsaid: boolean;
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
  written: WrittenDeployment,
  overlay: Mapping | undefined,
): EnvironmentDeployment[] {
  const { span, overlays } = written;
  const settings = settingsWith(written, overlay);
  const { recipe, variables } = settings;
  if (variables.kind !== "mapping") return [];
  const what = lackingOf(settings);
  if (what === undefined) return [{ flow, span, recipe, variables }];
  const onlyRightIn = [...overlays].filter(
    ([, { overlay: other }]) => other && lackingOf(settingsWith(written, other)) === undefined,
  );
  const lacks = { what, onlyRightIn: onlyRightIn.map(([env]) => env), isUnsaid: overlay === undefined };
  return [{ flow, span, recipe, variables, lacks }];
}

interface Settings {
  recipe: string | undefined;
  variables: Tree;
}

function settingsWith({ span, base }: WrittenDeployment, overlay: Mapping | undefined): Settings {
  const { entries } = (overlay ? overlaid(base, overlay) : base) as Mapping;
  const recipe = entries.get("recipe")?.value;
  return {
    recipe: recipe?.kind === "scalar" ? String(recipe.value) : undefined,
    variables: entries.get("variables")?.value ?? { kind: "mapping", entries: new Map(), span },
  };
}

function lackingOf({ recipe, variables }: Settings): Lack["what"] | undefined {
  if (recipe === undefined) return "recipe";
  return variables.kind === "mapping" && !variables.entries.has("name") ? "name" : undefined;
}

/** All that environments are called in a file; a pattern stands for those that it matches. */
export function environmentsOf({ flows }: WrittenFile): string[] {
  const keys = flows.flatMap(({ deployments }) => deployments.flatMap(({ overlays }) => [...overlays.keys()]));
  return [...new Set(keys)];
}
