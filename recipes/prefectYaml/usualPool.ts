import { readProfile } from "../../provider/api/profile";

/** Prefect's names for its setting, of which the first counts. */
const variables = ["PREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME", "PREFECT_DEFAULT_WORK_POOL_NAME"];

/** The work pool that Prefect takes by its own setting, of the environment or the active profile, and where it is set. */
export function usualPool(environment: NodeJS.ProcessEnv = process.env): { name: string; source: string } | undefined {
  return poolIn(environment, "the environment") ?? poolIn(readProfile(environment), "the active Prefect profile");
}

function poolIn(settings: NodeJS.ProcessEnv, place: string): { name: string; source: string } | undefined {
  const found = variables.find((variable) => settings[variable]);
  const name = found && settings[found];
  return name ? { name, source: `${found} in ${place}` } : undefined;
}
