import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { breaches } from "../provider/engine/breaches";
import type { Failure, Json } from "../provider/engine/kind";
import { deployment } from "../provider/kinds/deployment/deployment";
import * as rules from "../provider/kinds/shared/rules";
import { WorkPool } from "../provider/kinds/workPool/workPool";
import { readOnce } from "../provider/program/flows/readHere";
import type { BuildContext, DeploymentBuilder, DeploymentPlan, RecipeDeployment } from "./builder";
import { cpuProblem, memoryProblem, quantityRule } from "./quantity";
import { known } from "./recipeArguments";
import { runNeeds } from "./runNeeds";

const object = rules.object.nullish();
/** Anything but an output: its own rules are the deployment's. */
const plain = z.custom((value) => typeof value !== "symbol");
/** What builders take apart, which has to be of this shape; all else is checked as an argument of `Deployment`. */
const shapes = z.looseObject({
  path: rules.text.nullish(),
  cpu: quantityRule(cpuProblem),
  memory: quantityRule(memoryProblem),
  dask: object,
  tags: rules.strings.nullish(),
  schedule: plain.optional(),
  schedules: plain.optional(),
  pullSteps: z.array(rules.object, "must be a list of steps").nullish(),
  jobVariables: z.looseObject({ env: object }, "must be an object").nullish(),
});
const ofDeployment = [...Object.keys(deployment.rules.shape).filter((name) => name !== "codeHash"), "triggers"];
/** What builders make other arguments of. */
const forBuilders = ["schedule", ...runNeeds];
/** What builders alone say in a plan. */
const ofBuilders = ["codeFolder", "codeEntrypoint", "facts", "heeded", "writtenAs", "failures", "remarks"];

/** A plan that names its work pool, if any, by a text or an output. */
export type SettledPlan = DeploymentPlan & { workPoolName?: pulumi.Input<string> };

/** A deployment with the concern of each builder settled. */
export function built(given: RecipeDeployment, builders: DeploymentBuilder[], context: BuildContext): DeploymentPlan {
  return builders.reduce((plan, builder) => withFacts(withPoolName(builder.build(plan, context))), planOf(given));
}

/** A plan with the facts of its flow, as soon as it is known where the code lies. Why they can't be read is said of the deployment. */
function withFacts(plan: SettledPlan): SettledPlan {
  const { codeFolder, codeEntrypoint = plan.entrypoint, facts, parameterOpenapiSchema } = plan;
  if (facts || codeFolder === undefined) return plan;
  const reading = readOnce(codeFolder, codeEntrypoint, parameterOpenapiSchema !== undefined);
  return "facts" in reading ? { ...plan, facts: reading.facts } : plan;
}

/** A deployment that builders can work on: what is wrong with its arguments is left out, and said. */
function planOf(given: RecipeDeployment): SettledPlan {
  const args: Json = { ...given };
  const failures = [
    ...known(shapes, args),
    ...noArguments(
      args,
      ofBuilders.filter((name) => name in args),
    ),
  ];
  const wrong = failures.map(({ property }) => property.replace(/[.[].*/, ""));
  return withPoolName({ ...(without(args, wrong) as unknown as DeploymentPlan), failures });
}

/** A plan, once built, with what is left of it that isn't an argument of `Deployment` taken out, and said. */
export function settled(plan: DeploymentPlan): SettledPlan {
  const args: Json = { ...plan };
  const allowed = [...ofDeployment, ...ofBuilders, ...runNeeds];
  const unknown = Object.keys(args).filter((name) => !allowed.includes(name));
  const failures = [...(plan.failures ?? []), ...noArguments(args, unknown)];
  return withPoolName({ ...(without(args, unknown) as unknown as DeploymentPlan), failures });
}

/** A work pool that is given as such is known by its name, which as an output makes what uses it wait for the pool. */
function withPoolName(plan: DeploymentPlan): SettledPlan {
  const { workPoolName: pool, ...rest } = plan;
  if (pool === undefined) return rest;
  return { ...rest, workPoolName: pool instanceof WorkPool ? pool.name : pool };
}

/** Says of each of these names that there is no such argument, unless it isn't given. */
function noArguments(args: Json, names: string[]): Failure[] {
  const allowed = [...ofDeployment, ...forBuilders].filter((name) => !names.includes(name));
  const shape = Object.fromEntries(allowed.map((name) => [name, z.unknown().optional()]));
  const given = names.filter((name) => args[name] !== undefined && args[name] !== null);
  return breaches(z.strictObject(shape), Object.fromEntries(given.map((name) => [name, args[name]])), []);
}

/** Keeps what a deployment carries under symbols, such as where it was written. */
function without(args: Json, names: string[]): Json {
  const rest = { ...args };
  for (const name of names) Reflect.deleteProperty(rest, name);
  return rest;
}
