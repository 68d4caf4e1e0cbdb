import type { Deployer } from "../components/deployer";
import type { RecipeClass } from "./registry";
import type { YamlFile } from "./yaml/yamlFile";

/** What a program adds to a meta_prefect.yaml. */
export interface YamlOptions {
  /** Recipes of the program's own, by the names that the file gives them; they come before what a `module` says. */
  recipes?: Record<string, RecipeClass>;
}

/**
 * Deploys what a meta_prefect.yaml says for the program's environment: one deployer for each recipe that is used in it, whose Pulumi name is
 * the recipe's key.
 *
 * @param file its path; relative paths in it belong to its folder
 * @returns the deployers, in the order in which their recipes are first used
 * @throws RunError that says all that is wrong in the file, each with its line and what to write instead
 *
 * @example
 * const deployers = deployFromYaml("meta_prefect.yaml");
 * export const deployed = deployers.flatMap((deployer) => deployer.deployed);
 */
export function deployFromYaml(file = "meta_prefect.yaml", { recipes = {} }: YamlOptions = {}): Deployer[] {
  // loaded late: most programs read no YAML
  const { deployed } = require("./yaml/deployed") as typeof import("./yaml/deployed");
  return deployed(file, recipes);
}

/**
 * Reads a meta_prefect.yaml and gives it as plain data: environments aren't merged, and nothing is filled in.
 *
 * @throws RunError that says all that is wrong in the file, each with its line and what to write instead
 */
export function loadYaml(file = "meta_prefect.yaml", { recipes = {} }: YamlOptions = {}): YamlFile {
  const { loaded } = require("./yaml/loaded") as typeof import("./yaml/loaded");
  return loaded(file, Object.keys(recipes));
}
