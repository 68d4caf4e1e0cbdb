import { type ResourceState, stackOf } from "../../report/step";
import type { Project } from "../project/project";
import { failure, isWithoutStack, onStack } from "./operation";
import { pulumi } from "./pulumi";

/** What `pulumi stack export` prints. */
export interface Exported {
  deployment: {
    resources?: ResourceState[];
    pending_operations?: { type: string; resource: { urn: string } }[];
  };
}

/** The state of a project's stack; undefined where there is no stack. */
export async function exported(project: Project): Promise<Exported | undefined> {
  const ended = await onStack(project, () => pulumi(project, ["stack", "export"]));
  if (isWithoutStack(ended)) return undefined;
  if (ended.code !== 0) throw failure([], [], ended);
  const state = JSON.parse(ended.stdout) as Exported;
  // the one that Pulumi has selected
  const { resources = [] } = state.deployment;
  if (resources.length > 0) project.env ??= stackOf(resources).stack;
  return state;
}
