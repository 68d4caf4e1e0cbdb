import { checkAll } from "./checked";
import { readFile, type WrittenFile } from "./reader";
import { dataOf, type Mapping } from "./tree";
import type { YamlDeployment, YamlFile, YamlOwnRecipe, YamlSettings } from "./yamlFile";

/** @see loadYaml */
export function loaded(file: string, more: readonly string[]): YamlFile {
  const read = readFile(file, more);
  checkAll(read);
  read.mistakes.throwAny();
  return {
    ...(read.name !== undefined && { name: read.name }),
    deployments: Object.fromEntries(read.flows.map(({ name, deployments }) => [name, deployments.map(deploymentData)])),
    recipes: Object.fromEntries([...read.recipes].map(([key, recipe]) => [key, recipeData(recipe)])),
  };
}

function deploymentData({ base, overlays }: WrittenFile["flows"][number]["deployments"][number]): YamlDeployment {
  const environments = [...overlays].map(([env, { overlay }]): [string, YamlSettings | false] => [
    env,
    overlay ? settingsData(overlay) : false,
  ]);
  return { ...settingsData(base), ...(overlays.size > 0 && { environments: Object.fromEntries(environments) }) };
}

function settingsData(settings: Mapping): YamlDeployment {
  return dataOf(settings) as YamlDeployment;
}

function recipeData({
  module,
  args,
}: WrittenFile["recipes"] extends Map<string, infer Recipe> ? Recipe : never): YamlOwnRecipe {
  return { ...(module && { module: module.value }), ...(dataOf(args) as YamlOwnRecipe) };
}
