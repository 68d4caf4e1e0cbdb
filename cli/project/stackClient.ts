import { PrefectClient } from "../../provider/api/client";
import { resolveConnection } from "../../provider/api/connection";
import type { Patience } from "../../provider/api/patience";
import { failure, isWithoutStack, onStack } from "../engine/operation";
import { pulumi } from "../engine/pulumi";
import type { Project } from "./project";

/** The Prefect server of a project's stack, as its configuration, the environment or the active profile says. */
export async function stackClient(project: Project, patience?: Partial<Patience>): Promise<PrefectClient> {
  const settings = await stackSettings(project);
  return new PrefectClient(resolveConnection(settings, project.variables), patience);
}

/** Reads a key of the stack's configuration, its secrets too; nothing is set where there is no stack. */
export async function stackSettings(project: Project): Promise<(key: string) => string | undefined> {
  const ended = await onStack(project, () => pulumi(project, ["config", "--json", "--show-secrets"]));
  if (ended.code !== 0 && !isWithoutStack(ended)) throw failure([], [], ended);
  const settings = (ended.code === 0 ? JSON.parse(ended.stdout) : {}) as Record<string, { value?: string }>;
  return (key) => settings[key]?.value;
}
