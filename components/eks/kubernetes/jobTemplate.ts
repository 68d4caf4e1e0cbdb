import type { Failure, Json } from "../../../provider/engine/kind";
import { type BaseJobTemplate, defaultBaseJobTemplate } from "../../../provider/kinds/workPool/baseJobTemplate";
import { cpuProblem, memoryProblem, type Quantity, quantityText } from "../../quantity";

/** Seconds that a finished job is kept, and with it whatever belongs to its pod, such as a Dask cluster that a crash left. */
const finishedJobTtl = 60;

/** What keeps the cluster's node scaling from moving a pod that is at work. */
export const undisturbed = { "karpenter.sh/do-not-disrupt": "true" };

/** Prefect's own template for jobs on Kubernetes, for pods in a namespace that aren't moved while they run. */
export function kubernetesJobTemplate(namespace: string): BaseJobTemplate {
  const template = structuredClone(defaultBaseJobTemplate("kubernetes")) as BaseJobTemplate;
  const { properties = {} } = template.variables;
  Object.assign(properties.namespace as Json, { default: namespace });
  Object.assign(properties.finished_job_ttl as Json, { default: finishedJobTtl });
  const manifest = template.job_configuration.job_manifest as { spec: { template: Json } };
  manifest.spec.template.metadata = { annotations: undisturbed };
  return template;
}

/** CPU and memory that a container asks for, and gets no more than. */
export interface Resources {
  cpu?: Quantity;
  memory?: Quantity;
}

/** The job variables of a container that gets just what it asks for. */
export function resourceVariables({ cpu, memory }: Resources): Json {
  return {
    ...(cpu !== undefined && { cpu_request: quantityText(cpu), cpu_limit: quantityText(cpu) }),
    ...(memory !== undefined && { memory_request: quantityText(memory), memory_limit: quantityText(memory) }),
  };
}

/** The same as Kubernetes writes it; undefined when nothing is asked for. */
export function resourceRequirements({ cpu, memory }: Resources): Json | undefined {
  if (cpu === undefined && memory === undefined) return undefined;
  const amounts = {
    ...(cpu !== undefined && { cpu: quantityText(cpu) }),
    ...(memory !== undefined && { memory: quantityText(memory) }),
  };
  return { requests: amounts, limits: amounts };
}

/** The job variables that are quantities, with the rule of each. */
const quantities = {
  cpu_request: cpuProblem,
  cpu_limit: cpuProblem,
  memory_request: memoryProblem,
  memory_limit: memoryProblem,
};

/** Job variables whose quantities are texts, as the template has them. */
export function withQuantityTexts(variables: Json): Json {
  const numbers = Object.keys(quantities).filter((name) => typeof variables[name] === "number");
  return { ...variables, ...Object.fromEntries(numbers.map((name) => [name, String(variables[name])])) };
}

/** What is wrong with the quantities among job variables, which Prefect itself passes on unread. */
export function quantityFailures(variables: Json): Failure[] {
  return Object.entries(quantities).flatMap(([name, problemOf]) => {
    // null is Prefect's word for none
    const reason = (variables[name] ?? null) === null ? undefined : problemOf(variables[name]);
    return reason === undefined
      ? []
      : [{ property: `jobVariables.${name}`, reason: `${reason}, not ${JSON.stringify(variables[name])}` }];
  });
}
