import { daskFailures } from "../../components/eks/dask/daskRules";
import { argumentFailures } from "../../components/recipeArguments";
import { unknown } from "../../provider/api/json";
import { breaches, inexact } from "../../provider/engine/breaches";
import type { Failure, Json } from "../../provider/engine/kind";
import { hidden, withoutSecrets } from "../../provider/engine/secrets";
import { type Trigger, triggerFailures } from "../../provider/kinds/automation/trigger";
import { deployment } from "../../provider/kinds/deployment/deployment";
import * as rules from "../../provider/kinds/shared/rules";
import { defaultFlowName } from "../../provider/program/flows/flowFacts";
import { type ScheduleArgs, selectionFailures } from "../../provider/schedule/schedule";
import { recipes as ours, rulesOf } from "../registry";
import { deploymentsIn, type EnvironmentDeployment, environmentsOf, type Lack } from "./environments";
import { filled, unfilled } from "./filling";
import type { FlowEntrypoints } from "./flowEntrypoints";
import { isTemplate } from "./interpolation";
import { isPattern } from "./overlay";
import type { WrittenFile } from "./reader";
import { deploymentRules } from "./rules";
import type { Mistake, Span } from "./source";
import { spanOf, spansIn, type Tree } from "./tree";

/** Stands for an environment that the file doesn't name, which at most the pattern "*" matches. */
const anyOther = "";

/** Notes what is wrong with what the file says, in each of its environments, as far as that can be told without any of them. */
export function checkAll(file: WrittenFile): void {
  for (const [key, { at, args }] of file.recipes) {
    const data = filled(args, rulesOf(key), unfilled) as Json;
    const failures = Object.hasOwn(ours, key) ? (ours[key]?.failures(data) ?? []) : argumentFailures(data);
    const spans = new Map(spansIn(args, at));
    for (const { property, reason } of failures) {
      file.mistakes.add(spanOf(spans, property) ?? at, `recipe "${key}": ${property}: ${reason}`);
    }
  }
  const everywhere = new Set<string>();
  for (const env of [anyOther, ...environmentsOf(file)]) {
    for (const { span, message } of mistakesIn(file, env)) {
      const known = `${span.start} ${message}`;
      if (everywhere.has(known)) continue;
      if (env === anyOther) everywhere.add(known);
      file.mistakes.add(span, env === anyOther ? message : `${message} (in environment "${env}")`);
    }
  }
}

function mistakesIn(file: WrittenFile, env: string): Mistake[] {
  const names = new Map<string, Span>();
  return deploymentsFor(file, env).flatMap((one) => {
    const data = filled(one.variables, deploymentRules, unfilled) as Json;
    const found = mistakesOf(one, data);
    const span = one.variables.entries.get("name")?.value.span;
    if (typeof data.name !== "string" || span === undefined) return found;
    const known = JSON.stringify([flowNameOf(one, data), data.name]);
    const first = names.get(known);
    names.set(known, first ?? span);
    if (first === undefined) return found;
    const { line } = file.source.position(first);
    const message = `flow "${one.flow.name}" has two deployments of the name "${data.name}", the first in line ${line}; give one another name`;
    return [...found, { span, message }];
  });
}

/**
 * The deployments to check in an environment: not those that are for others, which the file names. That they lack something is a mistake
 * where an environment that the file doesn't name is asked for.
 */
function deploymentsFor(file: WrittenFile, env: string): EnvironmentDeployment[] {
  const isUnnamed = env === anyOther || isPattern(env);
  return deploymentsIn(file, env).filter(
    ({ lacks }) => !(isUnnamed && lacks?.isUnsaid && lacks.onlyRightIn.length > 0),
  );
}

/** The name of its flow, as far as the file tells. */
function flowNameOf({ flow }: EnvironmentDeployment, { flowName, entrypoint }: Json): unknown {
  return (
    flowName ?? (typeof entrypoint === "string" && entrypoint !== unknown ? defaultFlowName(entrypoint) : flow.name)
  );
}

/** A text, if it is given; what isn't known of it yet is Pulumi's mark for that. */
function textIn(tree: Tree | undefined): unknown {
  if (tree?.kind !== "scalar" || tree.value === null) return undefined;
  return isTemplate(tree.value) ? unknown : tree.value;
}

/** Notes the flows that aren't found, or not once, in any of the environments. */
export function checkFlows(file: WrittenFile, flows: FlowEntrypoints): void {
  for (const one of [anyOther, ...environmentsOf(file)].flatMap((env) => deploymentsFor(file, env))) {
    const { entries } = one.variables;
    const [entrypoint, path] = ["entrypoint", "path"].map((key) => textIn(entries.get(key)?.value));
    if (entrypoint !== undefined || path === unknown) continue;
    const found = flows.entrypoint(one.flow.name, path);
    if (typeof found !== "string") file.mistakes.add(one.flow.at, found.mistake);
  }
}

const remedies: Record<Lack["what"], string> = {
  recipe: "name one, such as recipe: local_run_deployer",
  name: "give one, such as variables: { name: nightly }",
};

/**
 * What to say of a deployment that lacks something.
 *
 * @param env the environment in which it does, where that is one that the file doesn't name
 */
export function lacking({ flow }: EnvironmentDeployment, { what, onlyRightIn }: Lack, env?: string): string {
  const start = `a deployment of flow "${flow.name}" has no ${what}`;
  if (env === undefined) return `${start}; ${remedies[what]}`;
  return (
    `${start} in environment "${env}", only in ${onlyRightIn.join(", ")}; deploy to one of these, ${remedies[what]}, ` +
    'or leave it out elsewhere by environments: { "*": false }'
  );
}

/**
 * What is wrong with a deployment whose variables are these.
 *
 * @param unshown paths, in the notation of JSON pointers, of what is filled in, which may be a credential
 */
export function mistakesOf(one: EnvironmentDeployment, data: Json, unshown: string[] = []): Mistake[] {
  const { span, recipe, variables, lacks } = one;
  if (lacks) return [{ span, message: lacking(one, lacks) }];
  const spans = new Map(spansIn(variables, span));
  return failuresOf(data, recipe !== undefined && Object.hasOwn(ours, recipe), unshown).map(({ property, reason }) => ({
    span: spanOf(spans, property) ?? span,
    message: `${property}: ${withRemedy(withoutSecrets(reason, data, unshown)).replaceAll(hidden, "what is filled in")}`,
  }));
}

/** What YAML takes for a number or a flag is a text only in quotes. */
function withRemedy(reason: string): string {
  return /^must be a string, not ([-\d]|true$|false$)/.test(reason) ? `${reason}; write it in quotes` : reason;
}

/** What has to be given, and the rest. */
const complete = deploymentRules.extend({ name: rules.name });
const open = complete.loose();

/** @param isOurs whether its recipe is this package's, which takes nothing besides */
function failuresOf(data: Json, isOurs: boolean, unshown: string[]): Failure[] {
  const found = [...breaches(isOurs ? complete : open, data, unshown), ...inexact(data)];
  return found.length > 0 ? found : failuresAcross(data);
}

/** Rules across arguments, each of which is right. */
function failuresAcross({
  schedule,
  schedules,
  triggers = [],
  dask = {},
  cpu: _,
  memory: __,
  ...own
}: Json): Failure[] {
  if (schedule !== undefined && schedules !== undefined) {
    return [{ property: "schedules", reason: "excludes schedule; give one of them" }];
  }
  const given = (schedule === undefined ? schedules : [schedule]) as ScheduleArgs[] | undefined;
  // which days a schedule skips, the engine works out, in the one environment that is deployed
  const all = given?.map(({ skipHolidays: ___, ...rest }) => rest);
  const args = { flowName: "flow", ...own, ...(all && { schedules: all }) };
  const { enabled: ____, replacesTaskRunner: _____, ...workers } = dask as Json;
  const found = [
    ...(deployment.validate?.(args as never, {}, []) ?? []),
    ...(given ?? []).flatMap((one, i) =>
      selectionFailures(one).map(({ property, reason }) => ({ property: `schedules[${i}].${property}`, reason })),
    ),
  ];
  return [
    ...found.map(({ property, reason }) => ({
      property: schedule === undefined ? property : property.replace(/^schedules\[0\]/, "schedule"),
      reason,
    })),
    ...(triggers as Trigger[]).flatMap((trigger, i) => triggerFailures(trigger, `triggers[${i}]`)),
    ...daskFailures(workers, "dask"),
  ];
}
