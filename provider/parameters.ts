import { Ajv2020 } from "ajv/dist/2020";
import type { Failure, Json } from "./kind";

/** Marks a value that Prefect fills in when a run starts: a Jinja template, a JSON text or a workspace variable. */
const placeholder = "__prefect_kind";

/**
 * Where a deployment's parameters break its flow's schema, by Prefect's own rules: a parameter may be missing, since a run can
 * still give it (Prefect's `validate(..., ignore_required=True)`).
 */
export function parameterFailures(parameters: Json, schema: Json): Failure[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false, logger: false });
  let validate;
  try {
    validate = ajv.compile(withoutRequired(schema) as Json);
  } catch (error) {
    const reason = `is not a JSON schema: ${error instanceof Error ? error.message : String(error)}`;
    return [{ property: "parameterOpenapiSchema", reason }];
  }
  if (validate(parameters)) return [];
  return (validate.errors ?? []).flatMap(({ instancePath, message, params }) => {
    const path = instancePath.split("/").slice(1);
    const value = path.reduce<unknown>((at, key) => (at as Json | undefined)?.[key], parameters);
    if (holdsPlaceholder(value)) return [];
    const property = ["parameters", ...path].join(".");
    const detail = params.allowedValues ? ` (${(params.allowedValues as unknown[]).join(", ")})` : "";
    return [{ property, reason: `the flow's schema says that it ${message}${detail}, not ${JSON.stringify(value)}` }];
  });
}

function withoutRequired(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRequired);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key, part]) => !(key === "required" && Array.isArray(part)));
  return Object.fromEntries(kept.map(([key, part]) => [key, withoutRequired(part)]));
}

function holdsPlaceholder(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return placeholder in value || Object.values(value).some(holdsPlaceholder);
}
