import type { Json } from "../provider/engine/kind";
import type { DeploymentBuilder } from "./builder";

/** Environment variables of each run; those that a deployment gives itself win. */
export function environment(variables: Record<string, string>): DeploymentBuilder {
  return { build: (plan) => ({ ...plan, jobVariables: withEnvironment(variables, plan.jobVariables) }) };
}

/** Job variables with environment variables that they don't have yet. */
export function withEnvironment(variables: Record<string, string>, { env, ...others }: Json = {}): Json {
  return { ...others, env: { ...variables, ...(env as object | undefined) } };
}
