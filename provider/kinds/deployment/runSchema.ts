import { isRecord } from "../../api/json";
import type { Json } from "../../engine/kind";

/**
 * A flow's schema as Prefect's server holds the parameters of a run against it (`preprocess_schema` there). What may be left out and has no
 * default may be null as well, a list of `items` is one of `prefixItems`, and a block may be given by its id.
 */
export function runSchema(schema: Json): Json {
  const own = withProperties(schema);
  if (!isRecord(schema.definitions)) return own;
  const definitions: Json = {};
  for (const [name, definition] of Object.entries(schema.definitions)) {
    const changed = isRecord(definition) ? withProperties(definition) : definition;
    set(definitions, name, changed);
    if (isRecord(changed) && "block_type_slug" in changed)
      set(definitions, String(changed.title), orReference(changed));
  }
  return { ...own, definitions };
}

function withProperties(schema: Json): Json {
  if (!isRecord(schema.properties)) return schema;
  const required: unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const properties: Json = {};
  for (const [name, property] of Object.entries(schema.properties)) {
    set(
      properties,
      name,
      isRecord(property) ? withProperties(ofProperty(property, required.includes(name))) : property,
    );
  }
  return { ...schema, properties };
}

function ofProperty(property: Json, isRequired: boolean): Json {
  const { type, items, ...rest } = property;
  const isNullable = !isRequired && type !== undefined && type !== "null" && !("default" in property);
  const isTuple = Array.isArray(items) && items.length > 0 && !("prefixItems" in property);
  return {
    ...rest,
    ...(isNullable ? { anyOf: [{ type }, { type: "null" }] } : type !== undefined && { type }),
    ...(isTuple ? { prefixItems: items } : items !== undefined && { items }),
  };
}

function orReference(block: Json): Json {
  const id = { type: "string" };
  const others = { type: "object", additionalProperties: id, minProperties: 1 };
  return { oneOf: [block, { type: "object", properties: { $ref: { oneOf: [id, others] } }, required: ["$ref"] }] };
}

/** Names of parameters may be those that objects have of themselves. */
function set(object: Json, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
