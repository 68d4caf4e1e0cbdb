import type { Failure, Json } from "../provider/engine/kind";
import { type BaseJobTemplate, jobVariablesOf } from "../provider/kinds/workPool/baseJobTemplate";

/** Prefect ignores job variables that the pool's template doesn't declare without a word. */
export function undeclaredVariables(variables: Json, template: Partial<BaseJobTemplate>): Failure[] {
  const declared = jobVariablesOf(template);
  if (!declared) return [];
  return Object.keys(variables)
    .filter((variable) => !declared.includes(variable))
    .map((variable) => ({
      property: `jobVariables.${variable}`,
      reason: `the recipe's work pool has no job variable "${variable}"; it has ${declared.join(", ")}`,
    }));
}
