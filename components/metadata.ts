import type { DeploymentBuilder } from "./builder";
import { withEnvironment } from "./environment";
import { withFlowMetadata } from "./flowNeeds";

/**
 * What a deployment is called and known by: the name `<name>-<env>`, the recipe's or else the configured tags, its own, its flow's and
 * `env=<env>`, its version or else its flow's, and the environment's name in each run as META_PREFECT__ENV.
 */
export function metadata(): DeploymentBuilder {
  return {
    build(given, { env, tags, version }) {
      const plan = withFlowMetadata(given);
      const all = [...(tags.recipe ?? tags.configured), ...(plan.tags ?? []), `env=${env}`];
      return {
        ...plan,
        name: `${plan.name}-${env}`,
        tags: [...new Set(all)],
        version: plan.version ?? version,
        jobVariables: withEnvironment({ META_PREFECT__ENV: env }, plan.jobVariables),
      };
    },
  };
}
