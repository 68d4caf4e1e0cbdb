import * as pulumi from "@pulumi/pulumi";
import type { Hints, Json } from "../../engine/kind";
import { perProgram } from "../perProgram";
import { programFolder } from "../programFolder";
import { type CodeArgs, codeHere } from "./codeHere";
import { type FlowFacts, type FlowReading, readFlow } from "./flowFacts";
import { ImportPatience } from "./importPatience";

const readings = perProgram(() => new Map<string, FlowReading>());
const warned = perProgram(() => new Set<FlowReading>());
const patience = perProgram(() => new ImportPatience());

/**
 * Reads a flow, once in a program, and warns when its text alone was read and doesn't tell all.
 *
 * @param hasSchema whether the schema of its parameters is given by hand, so that what the text doesn't tell of it is no matter
 */
export function readOnce(folder: string, entrypoint: string, hasSchema = false): FlowReading {
  const known = readings();
  const key = JSON.stringify([folder, entrypoint]);
  const reading = known.get(key) ?? readFlow(folder, entrypoint, patience());
  known.set(key, reading);
  if ("facts" in reading && reading.warning !== undefined && !(hasSchema && reading.isOfSchema)) {
    if (!warned().has(reading)) void pulumi.log.warn(reading.warning);
    warned().add(reading);
  }
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

/** What a deployment may say of its flow itself. */
interface ByHand {
  flowName?: unknown;
  parameters?: unknown;
  parameterOpenapiSchema?: unknown;
}

/**
 * What a flow says of its deployment. With a schema by hand its parameters are what that says, and it needn't be on this machine: what another
 * one has found out then stays.
 */
export function describedByFlow(folder: string, entrypoint: string, given: ByHand): Described {
  const hasSchema = given.parameterOpenapiSchema !== undefined;
  const reading = readOnce(folder, entrypoint, hasSchema);
  if ("error" in reading) {
    const staying = ["codeHash", ...(given.flowName === undefined ? ["flowName"] : [])];
    return { hints: hasSchema ? { staying } : { failures: [{ property: "entrypoint", reason: reading.error }] } };
  }
  const { name, description, parameterOpenapiSchema, codeHash, more } = reading.facts;
  if (!hasSchema) warnOfOthers(reading.facts, entrypoint, given.parameters);
  return {
    flowName: name,
    description: description ?? undefined,
    ...(!hasSchema && { parameterOpenapiSchema }),
    hints: {
      ...(more !== null && !hasSchema && { takesMoreParameters: true }),
      ...(codeHash !== null && { codeHash }),
    },
  };
}

/**
 * What a deployment that has no parameter schema of its own gets from the code of its flow; what the state has stays where that code isn't on
 * this machine, so that it is the same from every machine.
 */
export function describedByCode(args: CodeArgs & { parameters?: unknown }): Described {
  const folder = codeHere(args, programFolder());
  if (folder === undefined) return { hints: { staying: ["parameterOpenapiSchema", "codeHash"] } };
  return describedByFlow(folder, args.entrypoint as string, args);
}
