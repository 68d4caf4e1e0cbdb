import type { Json } from "../../provider/kind";
import type { DeploymentBuilder } from "../builder";
import { undeclaredVariables } from "../jobVariables";
import { quantityFailures, type Resources, resourceVariables, withQuantityTexts } from "./jobTemplate";
import type { KubernetesWorker } from "./kubernetesWorker";

/** The pods that runs are. */
export interface FlowPods extends Resources {
  image: string;
  /** Packages that the image installs when it starts. */
  packages: string[];
  serviceAccount: string;
}

/** Where a deployment runs: in pods of the worker's work pool, unless it names a pool of its own. */
export function onKubernetes(worker: KubernetesWorker, pods: FlowPods): DeploymentBuilder {
  return {
    build(plan) {
      if ((plan.workPoolName ?? worker.workPoolName) !== worker.workPoolName) return plan;
      const given = plan.jobVariables ?? {};
      const jobVariables: Json = {
        image: pods.image,
        service_account_name: pods.serviceAccount,
        ...resourceVariables(pods),
        ...given,
        env: {
          ...packageEnvironment(pods.packages),
          ...(given.env as Json | undefined),
        },
      };
      return {
        ...plan,
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
