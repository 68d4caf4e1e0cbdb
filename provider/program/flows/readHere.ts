import * as pulumi from "@pulumi/pulumi";
import type { Hints, Json } from "../../engine/kind";
import { perProgram } from "../perProgram";
import { programFolder } from "../programFolder";
import { type CodeArgs, codeHere } from "./codeHere";
import { type FlowFacts, type FlowReading, readFlow } from "./flowFacts";
import { ImportPatience } from "./importPatience";

const readings = perProgram(() => new Map<string, FlowReading>());
const patience = perProgram(() => new ImportPatience());

/** Reads a flow, once in a program, and warns when its text alone was read and doesn't tell all. */
export function readOnce(folder: string, entrypoint: string): FlowReading {
  const known = readings();
  const key = JSON.stringify([folder, entrypoint]);
  const found = known.get(key);
  if (found) return found;
  const reading = readFlow(folder, entrypoint, patience());
  known.set(key, reading);
  if ("facts" in reading && reading.warning !== undefined) void pulumi.log.warn(reading.warning);
  return reading;
}

/** Warns of parameters that a flow takes, but that Prefect refuses where they are. */
function warnOfOthers({ more, parameterOpenapiSchema }: FlowFacts, entrypoint: string, parameters: unknown): void {
  const others = more === null ? [] : namesBesides(parameters, parameterOpenapiSchema);
  if (more === null || others.length === 0) return;
  void pulumi.log.warn(
    `flow "${entrypoint}" takes ${others.join(", ")} by **${more}, and Prefect 3 refuses a run with them at the top: ` +
      `give them as ${more}: { ${others[0]}: ... }`,
  );
}

function namesBesides(parameters: unknown, schema: string): string[] {
  if (typeof parameters !== "object" || parameters === null || pulumi.Output.isInstance(parameters)) return [];
  const { properties = {} } = JSON.parse(schema) as { properties?: Json };
  return Object.keys(parameters).filter((name) => !Object.hasOwn(properties, name));
}

/** What the code of a deployment's flow says of it. */
export interface Described {
  flowName?: string;
  description?: string;
  parameterOpenapiSchema?: string;
  /** What `check` has to know of it. */
  hints: Hints;
}

/** What a flow says of its deployment, to which parameters are given. */
export function describedByFlow(folder: string, entrypoint: string, parameters: unknown): Described {
  const reading = readOnce(folder, entrypoint);
  if ("error" in reading) return { hints: { failures: [{ property: "entrypoint", reason: reading.error }] } };
  const { name, description, parameterOpenapiSchema, codeHash, more } = reading.facts;
  warnOfOthers(reading.facts, entrypoint, parameters);
  return {
    flowName: name,
    description: description ?? undefined,
    parameterOpenapiSchema,
    hints: { ...(more !== null && { takesMoreParameters: true }), ...(codeHash !== null && { codeHash }) },
  };
}

/**
 * What a deployment that has no parameter schema of its own gets from the code of its flow; what the state has stays where that code isn't on
 * this machine, so that it is the same from every machine.
 */
export function describedByCode(args: CodeArgs & { parameters?: unknown }): Described {
  const folder = codeHere(args, programFolder());
  if (folder === undefined) return { hints: { staying: ["parameterOpenapiSchema", "codeHash"] } };
  return describedByFlow(folder, args.entrypoint as string, args.parameters);
}
