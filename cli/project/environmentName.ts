import { stackName } from "./place";
import type { Project } from "./project";
import { isEncrypted, textOf, writtenSettings } from "./writtenSettings";

/**
 * What the program calls its environment, by which it chooses the YAML's overlays and with which the names of deployments end: `meta-prefect:env`
 * of the stack's configuration, else the stack's name. Undefined where the stack isn't known.
 */
export function environmentName({ folder, env }: Pick<Project, "folder" | "env">): string | undefined {
  return env === undefined ? undefined : configuredName(folder, env) || stackName(env);
}

function configuredName(folder: string, env: string): string | undefined {
  try {
    const given = writtenSettings(folder, env).get("meta-prefect:env");
    return given === undefined || isEncrypted(given) ? undefined : textOf(given);
  } catch {
    // that the file can't be read, Pulumi says
    return undefined;
  }
}
