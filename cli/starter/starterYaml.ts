import { Document, isMap, type YAMLMap } from "yaml";
import { schemaComment } from "../../importer/yamlSchema";
import type { StarterDeployment } from "./starterDeployments";

const aboutSchedules = [
  " when it runs, besides by hand:",
  ' schedule: { slug: mornings, cron: "0 9 * * *", timezone: UTC, active: true }',
];
const aboutEnvironments = [
  " what differs in another environment, here for meta-prefect deploy --env prod:",
  " environments: { prod: { variables: { tags: [production] } } }",
];

/** A meta_prefect.yaml to start with, as a person would write it. */
export function starterYaml(deployments: readonly StarterDeployment[]): string {
  const flows = new Map<string, object[]>();
  for (const { flow, name, entrypoint, isKnownByName } of deployments) {
    const variables = { name, ...(!isKnownByName && { entrypoint: verbatim(entrypoint) }) };
    flows.set(flow, [...(flows.get(flow) ?? []), { recipe: "local_run_deployer", variables }]);
  }
  const document = new Document({ deployments: flows });
  document.commentBefore = schemaComment;
  const first = document.getIn(["deployments", deployments[0]?.flow, 0]) as YAMLMap;
  const variables = first.get("variables");
  if (isMap(variables)) variables.comment = aboutSchedules.join("\n");
  first.comment = aboutEnvironments.join("\n");
  // a text of several lines stays on one, with escapes
  return document.toString({ lineWidth: 0, blockQuote: false });
}

/** A text in which nothing is filled in. */
function verbatim(text: string): string {
  // a replacement that is a text would have its own "$$"
  return text.replaceAll("${", () => "$${");
}
