import * as path from "node:path";
import type { PrefectClient } from "../../provider/api/client";
import { pageUrl } from "../../provider/api/connection";
import { PrefectError } from "../../provider/api/errors";
import { path as apiPath } from "../../provider/api/path";
import type { FlowRunResponse } from "../../provider/api/prefect";
import { nothing } from "../../provider/api/shape";
import type { Flags } from "../flags";
import { deploymentOnServer } from "../project/deploymentOnServer";
import { environmentName } from "../project/environmentName";
import { meantDeployment } from "../project/meantDeployment";
import { openStack, type Project } from "../project/project";
import type { StackDeployment } from "../project/stackState";
import { variableLine } from "../project/variableLine";
import { printJson, say } from "../terminal/say";
import { isAtRest, type Obstacle, obstacle } from "./obstacle";

/**
 * Pauses a deployment in Prefect, or resumes it. What the program doesn't say isn't managed, so the next deploy leaves it as it is; where the
 * program says something of it, nothing is done.
 */
export async function setPaused(flow: string, toPause: boolean, flags: Flags): Promise<void> {
  const project = await openStack(flags);
  const { chosen, client } = await meantDeployment(flow, project);
  const name = `${chosen.flowName}/${chosen.name}`;
  const url = pageUrl(client.connection, apiPath`/deployments/deployment/${chosen.id}`);
  const before = { ...(await deploymentOnServer(client, chosen, flags)), inputs: chosen.inputs };
  const isChanged = before.schedules.length === 0 || isAtRest(before) !== toPause;
  if (isChanged) {
    const found = obstacle(before, toPause);
    if (found) throw new PrefectError(`deployment "${name}" ${wayOut(found, { chosen, project, url })}`);
    await client.post(
      apiPath`/deployments/${chosen.id}/${toPause ? "pause" : "resume"}_deployment`,
      undefined,
      nothing,
    );
    const { paused } = await deploymentOnServer(client, chosen, flags);
    if (paused !== toPause)
      throw new PrefectError(`deployment "${name}" is as it was, although Prefect took the request`);
  }
  say(`the schedules of ${name} are ${toPause ? "paused" : "active"}${isChanged ? "" : " already"}`);
  if (isChanged) say(toPause ? await whatGoesOn(client, chosen) : "  runs that were due meanwhile are not made up for");
  if (flags.json) printJson({ deployment: name, url, paused: toPause, changed: isChanged });
}

interface Where {
  chosen: StackDeployment;
  project: Project;
  url: string;
}

/** What is in the way, and what to do. */
function wayOut(found: Obstacle, { chosen: { flowName, name }, project, url }: Where): string {
  const { file } = project;
  const env = environmentName(project);
  const at = (variable: RegExp) => {
    const line = file === undefined ? undefined : variableLine({ file, flow: flowName, name, env }, variable);
    return line === undefined ? "" : ` (${path.basename(file as string)}:${line})`;
  };
  const program = file === undefined ? "the program" : path.basename(file);
  switch (found) {
    case "none":
      return `has no schedules; give it one in ${program} and deploy`;
    case "paused":
      return `is ruled by ${program}, which says "paused"${at(/^paused$/)}; change it there, or remove it, and deploy`;
    case "inactive":
      return `has no active schedule; write active: true in its schedule${at(/^schedules?$/)} and deploy`;
    case "inactive in Prefect":
      return `has no active schedule, as somebody has switched them off in Prefect; switch them on there: ${url}`;
  }
}

/** What is left of a deployment's runs when it is paused: Prefect deletes those that its schedules had made and that haven't begun. */
async function whatGoesOn(client: PrefectClient, { id }: StackDeployment): Promise<string> {
  const runs = await client.filter<FlowRunResponse>("/flow_runs/filter", {
    deployments: { id: { any_: [id] } },
    flow_runs: { state: { type: { any_: ["SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING"] } } },
  });
  if (runs.length === 0) return "  no run is under way, and none waits";
  return `  ${runs.length} ${runs.length === 1 ? "run is" : "runs are"} under way, or ${runs.length === 1 ? "waits" : "wait"} to begin, all the same`;
}
