import type { ErrorObject, Options } from "ajv";
import { Ajv2020 } from "ajv/dist/2020";
import type { Json } from "../../engine/kind";

/** Marks a value that Prefect fills in when a run starts: a Jinja template, a JSON text or a workspace variable. */
const placeholder = "__prefect_kind";

const options: Options = {
  strict: false,
  allErrors: true,
  validateFormats: false,
  logger: false,
  code: { regExp: Object.assign(pythonPattern, { code: "pythonPattern" }) },
};

/** Holds schemas against that of all schemas, whose making takes much longer than that of any other. */
let ofSchemas: Ajv2020 | undefined;

/** Where a value breaks a schema. */
export interface SchemaMistake {
  /** Where it is; empty for the whole. */
  path: string[];
  /** What the schema says of it, such as "must be integer". */
  rule: string;
  /** The values that are allowed, where the schema lists them. */
  allowed?: unknown[];
  value: unknown;
  /** The keyword of the schema, such as "type". */
  keyword: string;
  params: Record<string, unknown>;
}

/**
 * Makes what tells where values break a JSON schema of Prefect's draft, 2020-12. Formats aren't looked at, as Prefect doesn't; values that
 * Prefect fills in when a run starts aren't judged, and neither are unions that hold one. An integer beyond 2^53 is judged as the number next
 * to it.
 *
 * @throws Error saying why it is no schema
 */
export function schemaMistakes(schema: Json): (value: unknown) => SchemaMistake[] {
  const plain = asNumbers(withoutDialect(schema)) as Json;
  ofSchemas ??= new Ajv2020(options);
  void ofSchemas.validateSchema(plain, true);
  // an instance of its own, since schemas may have the same ids
  const validate = new Ajv2020({ ...options, validateSchema: false }).compile(plain);
  return (value) => {
    if (validate(asNumbers(value))) return [];
    const errors = (validate.errors ?? []).map((error) => ({ error, at: valueAt(error, value) }));
    // what fails in one part of a union could be right by the part whose value isn't known yet
    const open = errors.filter(({ error, at }) => isUnion(error) && holdsPlaceholder(at.value));
    return errors
      .filter(({ at }) => !holdsPlaceholder(at.value))
      .filter(({ at }) => !open.some((union) => union.at.path.every((part, i) => at.path[i] === part)))
      .map(({ error: { keyword, message = "is wrong", params }, at }) => ({
        ...at,
        rule: message,
        ...(Array.isArray(params.allowedValues) && { allowed: params.allowedValues as unknown[] }),
        keyword,
        params: params as Record<string, unknown>,
      }));
  };
}

function isUnion({ keyword }: ErrorObject): boolean {
  return ["anyOf", "oneOf", "not", "if"].includes(keyword);
}

function valueAt({ instancePath }: ErrorObject, whole: unknown): { path: string[]; value: unknown } {
  const path = instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  return { path, value: path.reduce<unknown>((at, key) => (at as Json | undefined)?.[key], whole) };
}

/** Whether something in a value is filled in by Prefect when a run starts. */
function holdsPlaceholder(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return placeholder in value || Object.values(value).some(holdsPlaceholder);
}

/** A value whose integers are all numbers, since ajv takes a bigint for none. */
function asNumbers(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(asNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, asNumbers(part)]));
}

/** The schema without what isn't part of JSON schema, or names another draft: Prefect doesn't look at either. */
function withoutDialect(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDialect);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, part]) =>
      !(key === "nullable" && typeof part === "boolean") && !(key === "$schema" && typeof part === "string"),
  );
  return Object.fromEntries(kept.map(([key, part]) => [key, withoutDialect(part)]));
}

/** A pattern in Python's words, as far as JavaScript has them; one that it hasn't is taken to fit all. */
function pythonPattern(pattern: string, flags: string): RegExp {
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  const words = pattern
    .slice(inline?.[0].length ?? 0)
    .replace(/\(\?P<(\w+)>/g, "(?<$1>")
    .replace(/\(\?P=(\w+)\)/g, "\\k<$1>")
    .replace(/\\A/g, "^")
    .replace(/\\Z/g, "$");
  for (const [text, more] of [
    [pattern, ""],
    [words, inline?.[1] ?? ""],
  ] as const) {
    for (const kinds of [flags, flags.replace("u", "")]) {
      try {
        return new RegExp(text, kinds + more);
      } catch {
        // the next may be one
      }
    }
  }
  return /(?:)/u;
}
