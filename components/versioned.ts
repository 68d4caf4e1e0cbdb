import type { DeploymentBuilder } from "./builder";

/** The version of a deployment that has none of its own: the recipe's or else the configured one. */
export function versioned(): DeploymentBuilder {
  return { build: (plan, { version }) => ({ ...plan, version: plan.version ?? version }) };
}
