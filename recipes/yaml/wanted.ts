import * as pulumi from "@pulumi/pulumi";
import type { RecipeDeployment } from "../../components/builder";
import { type Written, writtenAt } from "../../components/written";
import { unknown } from "../../provider/api/json";
import type { Json } from "../../provider/engine/kind";
import { secretAt } from "../../provider/engine/secrets";
import { defaultFlowName } from "../../provider/program/flows/flowFacts";
import { checkFlows, lacking, mistakesOf } from "./checked";
import { deploymentsIn, type EnvironmentDeployment } from "./environments";
import { type Fill, filled, fitting } from "./filling";
import { FlowEntrypoints } from "./flowEntrypoints";
import { isTemplate } from "./interpolation";
import type { WrittenFile } from "./reader";
import { deploymentRules } from "./rules";
import { spansIn, type Tree } from "./tree";

/** A deployment that a recipe is to make. */
export interface Wanted {
  /** The key of its flow in the file. */
  flow: string;
  recipe: string;
  /** Where it is written. */
  at: EnvironmentDeployment["span"];
  deployment: RecipeDeployment;
}

/** Paths into free-form data that are longer than this are known by their beginnings. */
const mostParts = 5;

/**
 * The deployments of an environment, filled in and with their flows found; what is wrong is noted.
 *
 * @param unknowns gets the texts that nothing has filled in, and that can't stay; absent where all are filled in
 */
export function wantedIn(file: WrittenFile, env: string, fill: Fill, unknowns?: string[]): Wanted[] {
  const flows = new FlowEntrypoints(file.folder);
  // what a deployment lacks in an environment of the file has been noted
  const isRight = file.mistakes.areNone;
  checkFlows(file, flows);
  return deploymentsIn(file, env).flatMap((one) => {
    const { recipe, lacks } = one;
    if (lacks && isRight) file.mistakes.add(one.span, lacking(one, lacks, env));
    if (lacks || recipe === undefined) return [];
    const templates = templatesIn(one.variables);
    const wrongIn = (data: unknown) => mistakesOf(one, withoutOutputs(data) as Json, templates.map(secretAt));
    const wrongAt = (data: unknown) => wrongIn(data).map(({ span }) => span);
    const variables = (
      unknowns
        ? fitting(one.variables, deploymentRules, fill, wrongAt, unknowns)
        : filled(one.variables, deploymentRules, fill)
    ) as Json;
    if (templates.length > 0 && file.mistakes.areNone) {
      for (const { span, message } of wrongIn(variables)) file.mistakes.add(span, message);
    }
    const whole = { ...variables, ...withFlow(variables, one, flows, file) };
    const deployment = writtenAt(whole, writtenOf(one, templates, file)) as unknown as RecipeDeployment;
    return [{ flow: one.flow.name, recipe, at: one.span, deployment }];
  });
}

/** Outputs as rules take them: as what isn't known yet. */
function withoutOutputs(value: unknown): unknown {
  if (pulumi.Output.isInstance(value)) return unknown;
  if (Array.isArray(value)) return value.map(withoutOutputs);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutOutputs(part)]));
}

/** The flow of the name, unless an entrypoint says which it is; its name is given where its function has another. */
function withFlow(
  variables: Json,
  { flow }: EnvironmentDeployment,
  flows: FlowEntrypoints,
  { mistakes }: WrittenFile,
): Json {
  if (variables.entrypoint !== undefined) return {};
  const found = flows.entrypoint(flow.name, variables.path);
  if (typeof found !== "string") {
    mistakes.add(flow.at, found.mistake);
    return {};
  }
  const isUsual = defaultFlowName(found) === flow.name;
  return { entrypoint: found, ...(!isUsual && variables.flowName === undefined && { flowName: flow.name }) };
}

function writtenOf(
  { flow, span, variables }: EnvironmentDeployment,
  templates: string[][],
  { source }: WrittenFile,
): Written {
  const spans = spansIn(variables, span).filter(([path]) => path.split(/[.[]/).length <= mostParts);
  const found = [
    ["entrypoint", flow.at],
    ["flowName", flow.at],
  ] as const;
  return {
    places: Object.fromEntries([...found, ...spans].map(([path, at]) => [path, source.place(at)])),
    unshown: templates.map(([first = "", ...rest]) =>
      // as the recipe's builders have it
      secretAt(first === "schedule" ? ["schedules", "0", ...rest] : [first, ...rest]),
    ),
  };
}

/** The paths of the texts in which something is filled in. */
function templatesIn(tree: Tree, path: string[] = []): string[][] {
  switch (tree.kind) {
    case "scalar":
      return isTemplate(tree.value) ? [path] : [];
    case "list":
      return tree.items.flatMap((item, i) => templatesIn(item, [...path, String(i)]));
    case "mapping":
      return [...tree.entries].flatMap(([key, { value }]) => templatesIn(value, [...path, key]));
  }
}
