import type { PrefectClient } from "../../provider/api/client";
import { messageOf } from "../../provider/api/errors";
import type { Automation, DeploymentResponse, FlowRunResponse } from "../../provider/api/prefect";
import { withFlowNames } from "../../provider/kinds/deployment/flowNames";
import type { Caller } from "../../report/contracts";
import { withoutTemplates } from "../../report/planContracts";
import { batches, firstOf } from "./bounded";

/** A deployment that changes, with Prefect's id. */
export interface Called {
  /** As `<flow>/<deployment>`. */
  deployment: string;
  id: string;
}

/** What on the server calls deployments, as far as it was read. */
export interface ServerCallers {
  callers: Caller[];
  /** What wasn't looked at, in words; empty when all was. */
  left: string[];
}

/** How many objects are read at most. */
const most = { automations: 2_000, runs: 2_000 };

/**
 * The automations that run some deployments, and the runs of those that wait with parameters of their own: those that are late, and those
 * that were asked for. Runs that the scheduler has made for later are made anew when the deployment changes.
 *
 * @param own ids of automations that belong to the plan, and are known from there
 * @returns what is found; a server that can't be asked is told in `left`
 */
export async function callersOn(
  client: PrefectClient,
  called: Called[],
  own: string[],
  bounds = most,
): Promise<ServerCallers> {
  const found: ServerCallers = { callers: [], left: [] };
  if (called.length === 0) return found;
  const names = new Map(called.map(({ id, deployment }) => [id, deployment]));
  const isOwn = new Set(own);
  try {
    const automations = await firstOf(client.pages<Automation>("/automations/filter", {}), bounds.automations);
    found.callers.push(
      ...automations.objects.filter(({ id }) => !isOwn.has(id)).flatMap((one) => actionsOf(one, names)),
    );
    if (automations.isCut)
      found.left.push(`only ${automations.objects.length} automations of the server were looked at`);
    const runs = await waitingRuns(client, [...names.keys()], bounds.runs);
    const now = client.serverTime().getTime();
    found.callers.push(...runs.objects.filter((run) => !isMadeAnew(run, now)).map((run) => ofRun(run, names)));
    if (runs.isCut) found.left.push(`only the first ${runs.objects.length} runs that wait were looked at`);
  } catch (error) {
    found.left.push(`what calls the deployments on the server wasn't looked at: ${messageOf(error)}`);
  }
  return found;
}

/**
 * Which of some deployments the server has, each as `<flow>/<deployment>`.
 *
 * @throws Error when it can't be asked
 */
export async function deploymentsNamed(client: PrefectClient, names: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const some of batches(names)) {
    const asked = some.map(splitName);
    const filter = {
      flows: { name: { any_: asked.map(([flow]) => flow) } },
      deployments: { name: { any_: asked.map(([, deployment]) => deployment) } },
    };
    const there = await client.filter<DeploymentResponse>("/deployments/filter", filter);
    for (const { flow_name: flow, name } of await withFlowNames(client, there)) found.push(`${flow}/${name}`);
  }
  const asked = new Set(names);
  return found.filter((name) => asked.has(name));
}

function splitName(name: string): [flow: string, deployment: string] {
  const at = name.indexOf("/");
  return [name.slice(0, at), name.slice(at + 1)];
}

async function waitingRuns(client: PrefectClient, ids: string[], most: number) {
  const all: FlowRunResponse[] = [];
  for (const some of batches(ids)) {
    const filter = {
      deployments: { id: { any_: some } },
      flow_runs: { state: { type: { any_: ["SCHEDULED"] } } },
      sort: "EXPECTED_START_TIME_ASC",
    };
    const { objects, isCut } = await firstOf(
      client.pages<FlowRunResponse>("/flow_runs/filter", filter),
      most - all.length,
    );
    all.push(...objects);
    if (isCut) return { objects: all, isCut };
  }
  return { objects: all, isCut: false };
}

/** Whether Prefect deletes a run when its deployment changes, and makes it anew with the new parameters. */
function isMadeAnew({ auto_scheduled, run_count, expected_start_time: due }: FlowRunResponse, now: number): boolean {
  return auto_scheduled && run_count === 0 && Date.parse(due ?? "") > now;
}

function ofRun(run: FlowRunResponse, names: Map<string, string>): Caller {
  const { name, deployment_id: id, expected_start_time: due, parameters } = run;
  return {
    kind: "run",
    deployment: names.get(id ?? "") ?? "",
    name,
    parameters: parameters,
    ...(typeof due === "string" && { due }),
  };
}

function actionsOf({ name, ...automation }: Automation, names: Map<string, string>): Caller[] {
  const { actions, actions_on_trigger: onTrigger, actions_on_resolve: onResolve } = automation;
  return [...actions, ...onTrigger, ...onResolve].flatMap((action): Caller[] => {
    // one whose deployment is inferred from the event names none
    if (action.type !== "run-deployment" || typeof action.deployment_id !== "string") return [];
    const deployment = names.get(action.deployment_id);
    if (deployment === undefined) return [];
    const parameters = withoutTemplates(action.parameters ?? {});
    return [{ kind: "automation", deployment, name, parameters }];
  });
}
