import type { Json } from "../../engine/kind";
import templates from "./baseJobTemplates.json";

/**
 * What a work pool's jobs are made of: `job_configuration` is a template, `variables` the JSON schema of what a deployment's
 * job variables may set. Keys are Prefect's own.
 */
export interface BaseJobTemplate {
  job_configuration: Json;
  variables: Json & { properties?: Record<string, Json> };
}

/** The work pool types whose default template is known. */
export const knownTypes: readonly string[] = Object.keys(templates);

/**
 * Prefect's own default template for a type of work pool, undefined for an unknown type. From Prefect 3.8.8,
 * prefect-kubernetes 0.8.0 and the collections of that time, so that a pool doesn't depend on who first works on it.
 */
export function defaultBaseJobTemplate(type: string): BaseJobTemplate | undefined {
  return (templates as unknown as Record<string, BaseJobTemplate>)[type];
}

/** The names of the job variables that a template declares; undefined when it takes any, as an empty one does. */
export function jobVariablesOf(template: Partial<BaseJobTemplate>): string[] | undefined {
  return template.variables?.properties && Object.keys(template.variables.properties);
}
