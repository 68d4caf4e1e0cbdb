import type { DeploymentTriggerArgs } from "../provider/kinds/deployment/triggers";
import type { DeploymentBuilder } from "./builder";

/** What a recipe takes that can take over its deployments. */
export interface AdoptingArgs {
  /**
   * Take over the deployments that exist, with the automations of their triggers, as those that `prefect deploy` has made.
   *
   * @default false
   */
  adopt?: boolean;
}

/** Whether a deployment that exists is taken over, with the automations of its triggers, where it doesn't say so itself. */
export function adopting(adopt: boolean | undefined): DeploymentBuilder {
  return {
    build(plan) {
      if (adopt === undefined) return plan;
      const triggers = plan.triggers as DeploymentTriggerArgs[] | undefined;
      const given = Array.isArray(triggers) && { triggers: triggers.map((trigger) => ({ adopt, ...trigger })) };
      return { adopt, ...plan, ...given };
    },
  };
}
