import { snake } from "../../provider/api/casing";
import type { ConvertedDeployment } from "../../recipes/prefectYaml/converted";
import { inSnakeCase } from "../../recipes/yaml/forms";
import { deploymentRules } from "../../recipes/yaml/rules";
import { orderedArguments } from "./argumentOrder";
import { nodeOf, type YamlMapping } from "./yamlNode";

/** The variables of a deployment, as a meta_prefect.yaml has them. */
export interface Variables {
  flow: string;
  /** The deployment's own name. */
  name: string;
  /** With keys in snake_case. */
  mapping: YamlMapping;
  /** The lines of the comments on the deployment, and on what isn't written of it. */
  comments: string[];
}

/** What is written of a deployment. */
export function variablesOf({ flow, isKnownByName, deployment, comments }: ConvertedDeployment): Variables {
  const entries = orderedArguments(deployment)
    .filter(([name]) => name !== "entrypoint" || !isKnownByName)
    .map(([name, value]) => {
      const rule = deploymentRules.shape[name as keyof typeof deploymentRules.shape];
      return { key: snake(name), value: nodeOf(rule ? inSnakeCase(value, rule) : value), comments: [] as string[] };
    });
  const own: string[] = [];
  for (const [name, lines] of comments) {
    const keys = name === "schedules" ? ["schedules", "schedule"] : [snake(name)];
    (entries.find(({ key }) => keys.includes(key))?.comments ?? own).push(...lines);
  }
  return { flow, name: deployment.name, mapping: { is: "mapping", id: "", entries }, comments: own };
}
