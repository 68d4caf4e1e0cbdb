import * as fs from "node:fs";
import type { PrefectClient } from "../../provider/api/client";
import { messageOf } from "../../provider/api/errors";
import { type FoundCall, runDeploymentsBelow } from "../../provider/program/flows/runDeployments";
import type { BrokenCalls } from "../../report/broken";
import { callsOf, namesElsewhere, placeOf } from "../../report/calls";
import { type Breach, type Caller, type ContractChange, contractsOf } from "../../report/contracts";
import { planContracts } from "../../report/planContracts";
import { deploymentName, prefectKind, type Step, titleOf } from "../../report/step";
import { environmentName } from "../project/environmentName";
import type { Project } from "../project/project";
import { type Called, callersOn, deploymentsNamed } from "./callers";
import { newCalls, type Versioned } from "./newCalls";

/**
 * Looks at all that calls the deployments of a plan: its own schedules and automations, those of the server, the runs that wait there, and the
 * Python files below the project's folder, of which nothing is executed.
 *
 * @param client of the server; undefined where it can't be asked
 * @param versioned the folder of which git is asked which calls are new
 */
export async function brokenCalls(
  project: Pick<Project, "folder" | "env" | "variables">,
  steps: Step[],
  client: PrefectClient | undefined,
  versioned: Versioned = project,
): Promise<BrokenCalls> {
  const { contracts, changed, callers, automations } = planContracts(steps);
  const left: string[] = [];
  const called = changed.flatMap(({ deployment, id }): Called[] => (id === undefined ? [] : [{ deployment, id }]));
  const onServer = client ? await callersOn(client, called, automations) : { callers: [], left: [] };
  const inPython = await callsInPython(project, steps, client, left);
  const all = [...callers, ...onServer.callers, ...inPython.callers];
  return {
    breaches: breachesOf(contracts, all, inPython.found, versioned),
    calls: inPython.listed,
    left: [...left, ...onServer.left],
  };
}

/** What breaks. A call that would have been refused before as well breaks by the change if it comes with it. */
function breachesOf(
  contracts: ContractChange[],
  callers: Caller[],
  found: FoundCall[],
  versioned: Versioned,
): Breach[] {
  const breaches = contractsOf(contracts, callers);
  const old = breaches.flatMap(({ isNew, caller }) => (!isNew && caller.kind === "call" ? [caller.name] : []));
  if (old.length === 0) return breaches;
  const files = new Set(found.filter((call) => old.includes(placeOf(call))).map(({ file }) => file));
  const inFiles = found.filter(({ file }) => files.has(file));
  const fresh = new Set(newCalls(versioned, inFiles).map(placeOf));
  return contractsOf(
    contracts,
    callers.map((caller) => (caller.kind === "call" && fresh.has(caller.name) ? { ...caller, isNew: true } : caller)),
  );
}

async function callsInPython(project: Project, steps: Step[], client: PrefectClient | undefined, left: string[]) {
  const found = runDeploymentsBelow(project.folder);
  for (const { file, error } of found.unread) left.push(`${file} wasn't looked at: ${error}`);
  const ofPlan = steps.filter(({ urn }) => prefectKind(urn) === "Deployment");
  const nameOf = (step: Step) => deploymentName(titleOf(step));
  const deployments = ofPlan.filter(({ op }) => op !== "delete").map(nameOf);
  const elsewhere = namesElsewhere(found.calls, deployments);
  const onServer = client && elsewhere.length > 0 ? await namedOn(client, elsewhere, left) : undefined;
  const calls = callsOf(found.calls, {
    deployments,
    deleted: ofPlan.filter(({ op }) => op === "delete").map(nameOf),
    ...(onServer && { onServer }),
    env: environmentName(project),
    environments: environmentsIn(project.folder),
  });
  return { ...calls, found: found.calls };
}

async function namedOn(client: PrefectClient, names: string[], left: string[]): Promise<string[] | undefined> {
  try {
    return await deploymentsNamed(client, names);
  } catch (error) {
    left.push(`whether the server has the deployments that Python calls wasn't looked at: ${messageOf(error)}`);
    return undefined;
  }
}

/** The environments of the stacks that have settings beside the project. */
function environmentsIn(folder: string): string[] {
  return fs.readdirSync(folder).flatMap((name) => {
    const [, env] = /^Pulumi\.(.+)\.ya?ml$/.exec(name) ?? [];
    return environmentName({ folder, env }) ?? [];
  });
}
