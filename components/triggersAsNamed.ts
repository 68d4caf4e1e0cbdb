import type { DeploymentTriggerArgs } from "../provider/kinds/deployment/triggers";
import type { DeploymentBuilder } from "./builder";

/** What `prefect deploy` calls the automation of a deployment's trigger, of which the first is 1. */
export function automationName(deployment: string, number: number): string {
  return `${deployment}__automation_${number}`;
}

/** The automations of triggers are called as `prefect deploy` calls them, unless they are named. */
export function triggersAsNamed(): DeploymentBuilder {
  return {
    build(plan) {
      const triggers = plan.triggers as DeploymentTriggerArgs[] | undefined;
      if (!Array.isArray(triggers)) return plan;
      const named = triggers.map((trigger, i) => ({
        ...trigger,
        name: trigger.name ?? automationName(plan.name, i + 1),
      }));
      return { ...plan, triggers: named };
    },
  };
}
