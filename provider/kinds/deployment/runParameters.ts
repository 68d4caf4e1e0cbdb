import { messageOf } from "../../api/errors";
import type { Json } from "../../engine/kind";
import { unknownNames } from "./parameters";
import { runSchema } from "./runSchema";
import { type SchemaMistake, schemaMistakes } from "./schemaMistakes";

/** What is wrong with one of the parameters that a run gets. */
export type RunMistake =
  /** The flow doesn't take it. Prefect makes the run, and it fails when it starts. */
  | { kind: "unknown"; name: string }
  /** The flow needs it. */
  | { kind: "missing"; name: string }
  /** The schema refuses it; `rule` says what it must be, and `is` what it is, without the value, which may be a secret. */
  | { kind: "wrong"; name: string; path: string[]; rule: string; is: string };

/** A flow's schema, as far as runs are concerned. */
export interface RunContract {
  schema: Json;
  /** Whether Prefect holds the parameters against the schema before it makes a run. */
  isEnforced: boolean;
  /** Whether the flow takes parameters that its schema doesn't name, by `**kwargs`. */
  takesMore: boolean;
}

/**
 * Makes what tells what is wrong with all the parameters of a run, those of the deployment among them, by the rules of Prefect's
 * `create_flow_run`.
 *
 * @returns why the schema is none, as a text
 */
export function runCheck({
  schema,
  isEnforced,
  takesMore,
}: RunContract): ((parameters: Json) => RunMistake[]) | string {
  let mistakesIn: ReturnType<typeof schemaMistakes>;
  try {
    mistakesIn = schemaMistakes(runSchema(schema));
  } catch (error) {
    return `is not a JSON schema: ${messageOf(error)}`;
  }
  const required = requiredIn(schema);
  return (parameters) => [
    ...(takesMore ? [] : unknownNames(parameters, schema)).map((name): RunMistake => ({ kind: "unknown", name })),
    ...required
      .filter((name) => !Object.hasOwn(parameters, name))
      .map((name): RunMistake => ({ kind: "missing", name })),
    ...(isEnforced ? wrongIn(mistakesIn(parameters)) : []),
  ];
}

/** The parameters that each run needs. */
export function requiredIn({ required }: Json): string[] {
  return Array.isArray(required) ? required.filter((name): name is string => typeof name === "string") : [];
}

/** One for each place: the innermost of what fails in the parts of a union, whose rules are alternatives. */
function wrongIn(mistakes: SchemaMistake[]): RunMistake[] {
  const places = new Map<string, SchemaMistake[]>();
  for (const mistake of mistakes) {
    // parameters that are missing as a whole are told by their names
    if (mistake.path.length === 0 && mistake.keyword === "required") continue;
    const key = JSON.stringify(mistake.path);
    places.set(key, [...(places.get(key) ?? []), mistake]);
  }
  const all = [...places.values()];
  return all.flatMap((here): RunMistake[] => {
    const [first] = here;
    if (!first) return [];
    const { path, value } = first;
    const isUnion = here.some(({ keyword }) => keyword === "anyOf" || keyword === "oneOf");
    const isAbove = ([other]: SchemaMistake[]) =>
      other !== undefined && other.path.length > path.length && path.every((part, i) => other.path[i] === part);
    if (isUnion && all.some(isAbove)) return [];
    const rule = ruleOf(here, isUnion);
    return [{ kind: "wrong", name: path[0] ?? "", path, rule, is: kindOf(value) }];
  });
}

function ruleOf(mistakes: SchemaMistake[], isUnion: boolean): string {
  const others = mistakes.filter(({ keyword }) => keyword !== "anyOf" && keyword !== "oneOf");
  const types = others.filter(({ keyword }) => keyword === "type").map(({ rule }) => rule.replace(/^must be /, ""));
  const rules = others
    .filter(({ keyword }) => keyword !== "type")
    .map(({ rule, allowed, keyword, params }) => {
      if (allowed) return `must be one of ${allowed.map((each) => JSON.stringify(each)).join(", ")}`;
      if (keyword === "const") return `must be ${JSON.stringify(params.allowedValue)}`;
      if (keyword === "additionalProperties") return `must not have "${String(params.additionalProperty)}"`;
      return rule;
    });
  const said = [...(types.length > 0 ? [`must be ${[...new Set(types)].join(" or ")}`] : []), ...new Set(rules)];
  return said.join(isUnion ? " or " : " and ") || "must match one part of its schema";
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "a text";
  if (typeof value === "boolean") return "true or false";
  return typeof value === "number" || typeof value === "bigint" ? "a number" : "an object";
}
