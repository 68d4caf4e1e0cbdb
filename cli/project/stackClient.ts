import { PrefectClient } from "../../provider/api/client";
import { resolveConnection } from "../../provider/api/connection";
import { ConnectionError } from "../../provider/api/errors";
import type { Patience } from "../../provider/api/patience";
import { commandLine } from "../commandLine";
import { failure, isWithoutStack, onStack } from "../engine/operation";
import { pulumi } from "../engine/pulumi";
import { usualStack } from "./place";
import type { Project } from "./project";
import { isEncrypted, textOf, writtenSettings } from "./writtenSettings";

/** Reads a key of a stack's configuration, such as `prefect:apiUrl`. */
export type Settings = (key: string) => string | undefined;

/** The Prefect server of a project's stack, as its configuration, the environment or the active profile says. */
export async function stackClient(project: Project, patience?: Partial<Patience>): Promise<PrefectClient> {
  const settings = await stackSettings(project);
  return new PrefectClient(resolveConnection(settings, project.variables), patience);
}

/** The configuration of a project's stack, its secrets too; where there is no stack yet, what the folder's files say of it. */
export async function stackSettings(project: Project): Promise<Settings> {
  const ended = await onStack(project, () => pulumi(project, ["config", "--json", "--show-secrets"]));
  if (isWithoutStack(ended)) return settingsOfFiles({ ...project, env: project.env ?? usualStack });
  if (ended.code !== 0) throw failure([], [], ended);
  const settings = JSON.parse(ended.stdout) as Record<string, { value?: string }>;
  return (key) => settings[key]?.value;
}

/**
 * What the files of a folder say of the configuration of a stack that Pulumi can't be asked for; nothing where it isn't known which that is. What is
 * encrypted is a failure when it is read, since the server may ask for it.
 */
export function settingsOfFiles({ folder, env, given }: Pick<Project, "folder" | "env" | "given">): Settings {
  return (key) => {
    const value = env === undefined ? undefined : writtenSettings(folder, env).get(key);
    if (value === undefined) return undefined;
    if (!isEncrypted(value)) return textOf(value);
    throw new ConnectionError(
      `${key} of ${env} is encrypted, and can't be read without the stack; where there is none yet, ${commandLine("preview", given)} makes it`,
    );
  };
}
