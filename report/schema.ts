import { isEqual } from "../provider/api/json";

/** How a parameter of a flow differs: in the words of its schema. */
export interface ParameterChange {
  name: string;
  /** What it was, such as "integer, default 1"; absent for one that is new. */
  before?: string;
  /** What it is; absent for one that is gone. */
  after?: string;
}

/** The parameters that differ between two schemas, each as it is written or as JSON. */
export function schemaChanges(before: unknown, after: unknown): ParameterChange[] {
  const [olds, news] = [parametersOf(before), parametersOf(after)];
  const names = [...new Set([...news.keys(), ...olds.keys()])];
  return names.flatMap((name) => {
    const [old, now] = [olds.get(name), news.get(name)];
    if (old === now) return [];
    return [{ name, ...(old !== undefined && { before: old }), ...(now !== undefined && { after: now }) }];
  });
}

function parametersOf(given: unknown): Map<string, string> {
  const { properties, required } = recordOf(parsed(given));
  const isRequired = (name: string) => Array.isArray(required) && required.includes(name);
  return new Map(Object.entries(recordOf(properties)).map(([name, form]) => [name, described(form, isRequired(name))]));
}

function parsed(given: unknown): unknown {
  if (typeof given !== "string") return given;
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
}

/** A schema's part; one that is none, such as `true`, says nothing. */
function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function described(given: unknown, isRequired: boolean): string {
  const { position: _, title: __, description: ___, default: usual, ...type } = recordOf(given);
  const words = [typeText(type), isRequired ? "required" : `default ${JSON.stringify(usual ?? null)}`];
  return words.filter((word) => word !== "").join(", ");
}

/** A type in few words where it is a plain one, else its schema. */
function typeText(form: Record<string, unknown>): string {
  const { type, format, ...more } = form;
  if (isEqual(more, {}) && typeof type === "string") return typeof format === "string" ? format : type;
  if (Array.isArray(form.anyOf) && Object.keys(form).length === 1) {
    return form.anyOf.map((one) => typeText(recordOf(one))).join(" or ");
  }
  if (Array.isArray(form.enum)) return form.enum.map((one) => JSON.stringify(one)).join(" or ");
  return isEqual(form, {}) ? "anything" : JSON.stringify(form);
}
