import { programError } from "../../provider/program/programError";
import type { Converted } from "../../recipes/prefectYaml/converted";
import { projectName } from "../projectName";
import { schemaComment } from "../yamlSchema";
import { foldedDeployments, plainDeployments } from "./deploymentNodes";
import { type Variables, variablesOf } from "./variables";
import { keyOf, nodeOf, type YamlEntry, type YamlMapping } from "./yamlNode";
import { commentLines } from "./yamlScalar";
import { blockText } from "./yamlText";

/**
 * The text of a meta_prefect.yaml, as a person would write it. What deployments share is written once, with an anchor, where the text
 * gets shorter by that.
 *
 * @throws RunError for what a meta_prefect.yaml can't say
 */
export function convertedYaml(converted: Converted): string {
  const [plain, folded] = [plainYaml(converted), written(converted, foldedDeployments)];
  return folded.length < plain.length && lineCount(folded) <= lineCount(plain) ? folded : plain;
}

/** The same, where each deployment says all of it. */
export function plainYaml(converted: Converted): string {
  return written(converted, plainDeployments);
}

type Nodes = (all: Variables[]) => YamlMapping[];

function written({ name, head, deployments }: Converted, nodes: Nodes): string {
  const project: YamlEntry[] = name === undefined ? [] : [{ key: "name", value: nodeOf(projectName(name, "flows")) }];
  const comments = [[schemaComment], head].map((lines) => commentLines(lines).join("\n")).filter((text) => text !== "");
  return notTooDeep(() => {
    const flows = flowsNode(byFlow(deployments.map(variablesOf)), nodes);
    const body = blockText(mapping([...project, { key: "deployments", value: flows }]), 0);
    return `${[...comments, body].join("\n\n")}\n`;
  });
}

function byFlow(all: Variables[]): Map<string, Variables[]> {
  const flows = new Map<string, Variables[]>();
  for (const one of all) {
    const own = flows.get(one.flow);
    if (own) own.push(one);
    else flows.set(one.flow, [one]);
  }
  return flows;
}

function flowsNode(flows: Map<string, Variables[]>, nodesOf: Nodes): YamlMapping {
  const nodes = nodesOf([...flows.values()].flat());
  return mapping(
    [...flows].map(([flow, { length }]) => ({
      key: keyOf(flow),
      value: { is: "list", id: "", items: nodes.splice(0, length) },
    })),
  );
}

function mapping(entries: YamlEntry[]): YamlMapping {
  return { is: "mapping", id: "", entries, isBlock: entries.length > 0 };
}

function lineCount(text: string): number {
  return text.split("\n").length;
}

function notTooDeep<Result>(write: () => Result): Result {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw programError("the deployments hold values that are nested too deeply to be written; flatten them");
  }
}
