import { stringify } from "lossless-json";
import { messageOf } from "../../api/errors";
import type { Failure, Json } from "../../engine/kind";
import { nearest } from "../../engine/nearest";
import { schemaMistakes } from "./schemaMistakes";

/** Checks the parameters of one flow; `property` is the argument that holds them. */
export type ParameterCheck = (parameters: Json, property: string) => Failure[];

/**
 * Says where parameters break their flow's schema, by Prefect's own rules: a parameter may be missing, since a run can still give it
 * (Prefect's `validate(..., ignore_required=True)`). One that the flow doesn't have is an error as well: Prefect's schemas don't forbid it,
 * but each run would crash with it.
 *
 * @param takesMore whether the flow takes parameters that its schema doesn't name, by `**kwargs`
 * @param isEnforced whether Prefect holds values against the schema; else each run makes of them what it can
 * @returns the failure of a schema that is none
 */
export function parameterCheck(schema: Json, takesMore: boolean, isEnforced: boolean): ParameterCheck | Failure {
  let mistakesIn: ReturnType<typeof schemaMistakes>;
  try {
    mistakesIn = schemaMistakes(withoutRequired(schema) as Json);
  } catch (error) {
    return { property: "parameterOpenapiSchema", reason: `is not a JSON schema: ${messageOf(error)}` };
  }
  return (parameters, property) => {
    const unknown = takesMore ? [] : unknownNames(parameters, schema).map((name) => failureOf(name, schema, property));
    if (!isEnforced) return unknown;
    const broken = mistakesIn(parameters).map(({ path, rule, allowed, value }) => {
      const detail = allowed ? ` (${allowed.join(", ")})` : "";
      const reason = `the flow's schema says that it ${rule}${detail}, not ${stringify(value)}`;
      return { property: [property, ...path].join("."), reason };
    });
    return [...unknown, ...broken];
  };
}

/** The parameters that a flow's schema doesn't name, unless it says that there may be any. */
export function unknownNames(parameters: Json, { properties, additionalProperties }: Json): string[] {
  if (typeof properties !== "object" || properties === null) return [];
  if (additionalProperties !== undefined && additionalProperties !== false) return [];
  return Object.keys(parameters).filter((name) => !Object.hasOwn(properties, name));
}

function failureOf(name: string, { properties }: Json, property: string): Failure {
  const known = Object.keys(properties as Json);
  const meant = nearest(name, known);
  const others = known.length > 0 ? `which has ${known.join(", ")}` : "which has none";
  const reason = `is no parameter of the flow, ${others}${meant === undefined ? "" : `; did you mean "${meant}"?`}`;
  return { property: `${property}.${name}`, reason };
}

function withoutRequired(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRequired);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key, part]) => !(key === "required" && Array.isArray(part)));
  return Object.fromEntries(kept.map(([key, part]) => [key, withoutRequired(part)]));
}
