import { parse, stringify } from "lossless-json";
import { messageOf } from "../../api/errors";
import { parseExactly } from "../../api/exactJson";
import { holdsUnknown, isEqual } from "../../api/json";
import type { Failure, Hints, Json } from "../../engine/kind";
import type { ScheduleArgs } from "../../schedule/schedule";
import type { OwnArgs } from "./deployment";

/** Prefect's limit on the parameters' JSON, in bytes. */
const mostParameterBytes = 524_288;

/** Where the parameters of the deployment and of its schedules are too many, or break the flow's schema. */
export function wrongParameters(
  { parameters, schedules, parameterOpenapiSchema: schema, enforceParameterSchema: isEnforced }: OwnArgs,
  hints: Hints,
): Failure[] {
  const all = [{ property: "parameters", given: parameters }, ...parametersOf(schedules)].flatMap(
    ({ property, given }) => (given === undefined || holdsUnknown(given) ? [] : [{ property, given }]),
  );
  const large = all.flatMap(({ property, given }) => {
    const bytes = Buffer.byteLength(JSON.stringify(given));
    const reason = `are ${bytes} bytes of JSON; Prefect takes at most ${mostParameterBytes}`;
    return bytes > mostParameterBytes ? [{ property, reason }] : [];
  });
  if (large.length > 0 || all.length === 0 || schema === undefined || holdsUnknown(schema)) return large;
  let parsed: Json;
  try {
    parsed = typeof schema === "string" ? (JSON.parse(schema) as Json) : schema;
  } catch (error) {
    return [{ property: "parameterOpenapiSchema", reason: `is not JSON: ${messageOf(error)}` }];
  }
  // loaded late: most deployments have no parameters, and a preview should start fast
  const { parameterCheck } = require("./parameters") as typeof import("./parameters");
  const check = parameterCheck(parsed, hints.takesMoreParameters === true, isEnforced !== false);
  return typeof check === "function" ? all.flatMap(({ property, given }) => check(given, property)) : [check];
}

function parametersOf(schedules: ScheduleArgs[] | undefined): { property: string; given: Json | undefined }[] {
  if (!Array.isArray(schedules)) return [];
  return schedules.map((schedule, i) => ({ property: `schedules[${i}].parameters`, given: schedule.parameters }));
}

/** A text is taken apart without loss, so that its numbers and the order of its keys arrive as they were written. */
export function schemaToApi(schema: Json | string): unknown {
  return typeof schema === "string" ? parse(schema) : schema;
}

/** Prefect's schema of a flow without parameters, which it also stores for an empty one. */
const noParameters = { type: "object", properties: {} };

/** What the server has, in the terms of what was asked for. */
export function schemaAsAsked(server: unknown, asked: Json | string): unknown {
  const wanted = typeof asked === "string" ? parseExactly(asked) : asked;
  if (isEqual(server, wanted) || (isEqual(wanted, {}) && isEqual(server, noParameters))) return asked;
  return typeof asked === "string" ? stringify(server) : server;
}
