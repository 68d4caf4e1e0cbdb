import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { z } from "zod";
import type { Deployer } from "../components/deployer";
import { deployerFailures, ownRules as ofEksDask } from "../components/eks/deployerRules";
import { argumentFailures, type ArgumentRules, ofEveryRecipe } from "../components/recipeArguments";
import type { Failure, Json } from "../provider/engine/kind";
import { EksDaskDeployer } from "./eksDask";
import { LocalRunDeployer, ownRules as ofLocalRun } from "./localRun";
import { ownRules as ofPlain, PlainDeployer } from "./plain";

/** The class of a recipe, whatever arguments it takes. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each recipe has arguments of its own
export type RecipeClass = new (name: string, args: any, opts?: ComponentResourceOptions) => Deployer;

/** A recipe of this package, as YAML names it. */
interface Recipe {
  recipe: RecipeClass;
  /** The rules of its own arguments. */
  rules: ArgumentRules;
  /** What is wrong with its arguments. */
  failures(args: Json): Failure[];
}

/** The recipes of this package, by their class names in snake_case. */
export const recipes: Readonly<Record<string, Recipe>> = {
  local_run_deployer: {
    recipe: LocalRunDeployer,
    rules: ofLocalRun,
    failures: (args) => argumentFailures(args, ofLocalRun),
  },
  eks_dask_deployer: {
    recipe: EksDaskDeployer,
    // a provider is an object of a program
    rules: { ...ofEksDask, cluster: ofEksDask.cluster.unwrap().omit({ provider: true }).optional() },
    failures: deployerFailures,
  },
  plain_deployer: {
    recipe: PlainDeployer,
    rules: ofPlain,
    failures: (args) => argumentFailures(args, ofPlain),
  },
};

/** The rules of all that may be said of a recipe by data alone; of a team's own it may be more. */
export function rulesOf(key: string): z.ZodObject {
  const own = Object.hasOwn(recipes, key) ? recipes[key]?.rules : undefined;
  const { deployments: _, transform: __, ...rules } = { ...ofEveryRecipe, ...own };
  return own ? z.strictObject(rules) : z.looseObject(rules);
}

/** A class name as YAML has it: LocalRunDeployer is local_run_deployer. */
export function recipeKey(className: string): string {
  return className
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}
