import type { DeploymentBuilder } from "./builder";

/**
 * What a deployment is called and known by: the name `<name>-<env>`, its tags with `env=<env>`, its version, and the
 * environment's name in each run as META_PREFECT__ENV.
 */
export function metadata(): DeploymentBuilder {
  return {
    build(plan, { env, tags, version }) {
      const own = plan.tags || tags.recipe ? [...(tags.recipe ?? []), ...(plan.tags ?? [])] : tags.configured;
      const variables = plan.jobVariables ?? {};
      return {
        ...plan,
        name: `${plan.name}-${env}`,
        tags: [...new Set([...own, `env=${env}`])],
        version: plan.version ?? version,
        jobVariables: { ...variables, env: { META_PREFECT__ENV: env, ...(variables.env as object | undefined) } },
      };
    },
  };
}
