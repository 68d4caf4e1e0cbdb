import type { Json } from "../../../provider/engine/kind";
import type { DeploymentBuilder } from "../../builder";
import { heeding } from "../../flowNeeds";
import { undeclaredVariables } from "../../jobVariables";
import { flowImage } from "../images";
import { quantityFailures, type Resources, resourceVariables, withQuantityTexts } from "./jobTemplate";
import type { KubernetesWorker } from "./kubernetesWorker";

/** The pods that runs are. */
export interface FlowPods extends Resources {
  /** @default Prefect's own */
  image?: string;
  /** Packages that the image installs when it starts, in pip's words, as Prefect's images do. @default none */
  packages?: string[];
  /** Name of the service account of Kubernetes that they have, such as a `FlowIdentity`'s. */
  serviceAccount: string;
}

/** Where a deployment runs: in pods of the worker's work pool, unless it names a pool of its own. */
export function onKubernetes(worker: KubernetesWorker, pods: FlowPods): DeploymentBuilder {
  return {
    build(plan) {
      if ((plan.workPoolName ?? worker.workPoolName) !== worker.workPoolName) return plan;
      const given = plan.jobVariables ?? {};
      const needs = plan.facts?.needs ?? {};
      const jobVariables: Json = {
        image: pods.image ?? flowImage,
        service_account_name: pods.serviceAccount,
        ...resourceVariables({
          cpu: plan.cpu ?? needs.cpu ?? pods.cpu,
          memory: plan.memory ?? needs.memory ?? pods.memory,
        }),
        ...given,
        env: {
          ...packageEnvironment(pods.packages ?? []),
          ...(given.env as Json | undefined),
        },
      };
      const isWritten = (name: "cpu" | "memory") =>
        plan[name] !== undefined || (`${name}_request` in given && `${name}_limit` in given);
      return {
        ...heeding(plan, { cpu: !isWritten("cpu"), memory: !isWritten("memory") }),
        workPoolName: worker.workPoolName,
        jobVariables: withQuantityTexts(jobVariables),
        failures: [
          ...(plan.failures ?? []),
          ...undeclaredVariables(given, worker.template as object),
          ...quantityFailures(jobVariables),
        ],
      };
    },
    requires: (plan) =>
      plan.workPoolName === worker.workPoolName
        ? [{ name: `worker ${worker.workPoolName}`, make: () => ({ worker }) }]
        : [],
  };
}

/** What makes Prefect's image install packages when it starts. */
export function packageEnvironment(packages: string[]): Json {
  return packages.length > 0 ? { EXTRA_PIP_PACKAGES: packages.join(" ") } : {};
}
