import type { ResourceState } from "../../report/step";
import type { Project } from "../project/project";
import { failure, isWithoutStack } from "./operation";
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
  const ended = await pulumi(project, ["stack", "export"]);
  if (isWithoutStack(ended)) return undefined;
  if (ended.code !== 0) throw failure([], [], ended);
  return JSON.parse(ended.stdout) as Exported;
}
