import { messageOf } from "../../provider/api/errors";
import { parseExactly } from "../../provider/api/exactJson";
import type { Json } from "../../provider/engine/kind";
import { nearest } from "../../provider/engine/nearest";
import { parameterCheck } from "../../provider/kinds/deployment/parameters";
import { UsageError } from "../usageError";

/** What is known of a deployment's parameters. */
export interface Parameters {
  /** The flow's schema; null where Prefect has none. */
  schema: Json | null;
  /** The deployment's own values, which a run has besides. */
  defaults: Json;
}

/**
 * The parameters of `--param <name>=<value>`. A value is JSON, or text where it isn't or where the flow takes texts alone.
 *
 * @throws UsageError saying which is wrong, or missing, by the flow's schema
 */
export function runParameters(given: string[], { schema, defaults }: Parameters): Json {
  const properties = objectIn(schema?.properties);
  const parameters: Json = {};
  for (const text of given) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new UsageError(`--param "${text}": write it as <name>=<value>, such as x=1`);
    }
    if (Object.hasOwn(parameters, name)) throw new UsageError(`--param "${name}" is given twice; give it once`);
    Object.defineProperty(parameters, name, {
      value: valueOf(name, value, Object.hasOwn(properties, name) ? objectIn(properties[name]) : {}),
      enumerable: true,
    });
  }
  if (schema) check(parameters, schema, defaults);
  return parameters;
}

function check(parameters: Json, schema: Json, defaults: Json): void {
  const known = Object.keys(objectIn(schema.properties));
  for (const name of Object.keys(parameters).filter((name) => !known.includes(name))) {
    const near = nearest(name, known);
    const hint = near ? `did you mean ${near}?` : known.length > 0 ? `it has ${known.join(", ")}` : "it has none";
    throw new UsageError(`--param "${name}": the flow has no such parameter; ${hint}`);
  }
  const checked = parameterCheck(schema, false, true);
  // a schema that is none is the server's to refuse
  const [wrong] = typeof checked === "function" ? checked(parameters, "--param") : [];
  if (wrong) throw new UsageError(`${wrong.property.replace(".", " ")}: ${wrong.reason}`);
  const required = Array.isArray(schema.required) ? (schema.required as string[]) : [];
  const missing = required.filter((name) => !Object.hasOwn(parameters, name) && !Object.hasOwn(defaults, name));
  if (missing.length > 0) {
    const words = missing.map((name) => `--param ${name}=...`).join(" ");
    throw new UsageError(`the flow needs ${missing.join(", ")}; write ${words}`);
  }
}

/** Types whose values are not texts, or need not be. */
const jsonTypes = ["integer", "number", "boolean", "array", "object", "null"];

function valueOf(name: string, text: string, property: Json): unknown {
  if (isText(property)) return text;
  let value: unknown;
  try {
    value = parseExactly(text);
  } catch (error) {
    const types = typesOf(property);
    // what can be nothing but JSON isn't sent as a text that the server refuses in other words
    if (/^[[{"]/.test(text) && types.length > 0 && !types.includes("string")) {
      throw new UsageError(`--param ${name}: ${text} is not JSON: ${messageOf(error)}`);
    }
    return text;
  }
  if (isAllFinite(value)) return value;
  const most = Number.MAX_VALUE.toPrecision(2);
  throw new UsageError(
    `--param ${name}: ${text} has a number beyond ${most}, which can't be sent; give a smaller one, or a text: "..."`,
  );
}

/** Whether no number in a value is too large to be sent. */
function isAllFinite(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "object" || value === null || Object.values(value).every(isAllFinite);
}

/** Whether a parameter takes texts, and nothing else that JSON could mean. */
function isText(property: Json): boolean {
  const types = typesOf(property);
  return types.includes("string") && !types.some((type) => jsonTypes.includes(type) && type !== "null");
}

function typesOf(property: Json): string[] {
  const own = [property.type].flat().filter((type): type is string => typeof type === "string");
  const others = [property.anyOf, property.oneOf].flatMap((list) => (Array.isArray(list) ? (list as Json[]) : []));
  return [...own, ...others.flatMap(typesOf)];
}

function objectIn(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
