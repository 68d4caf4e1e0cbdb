import { literal } from "../importer/code";
import { scalarText } from "../importer/prefectYaml/yamlScalar";
import { snake } from "../provider/api/casing";
import { inSnakeCase } from "../recipes/yaml/forms";
import { deploymentRules } from "../recipes/yaml/rules";

/** What a program is written in. */
export type Language = "YAML" | "TypeScript";

/** An argument of a deployment, or of another object, as the program would say it: one line. */
export function written(name: string, value: unknown, language: Language): string {
  if (language === "TypeScript") return `${name}: ${literal(value).replace(/\s*\n\s*/g, " ")}`;
  const rule = deploymentRules.shape[name as keyof typeof deploymentRules.shape];
  return `${snake(name)}: ${flowText(rule ? inSnakeCase(value, rule) : value, false)}`;
}

/** A value of YAML on one line, in which nothing is filled in. */
function flowText(value: unknown, isInFlow: boolean): string {
  if (typeof value === "string") return scalarText(verbatim(value), isInFlow);
  if (Array.isArray(value)) return `[${value.map((part) => flowText(part, true)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return scalarText(value, isInFlow);
  const parts = Object.entries(value).map(([key, part]) => `${scalarText(key, true)}: ${flowText(part, true)}`);
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

function verbatim(text: string): string {
  return text.replaceAll("${", () => "$${");
}
