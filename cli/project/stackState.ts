import type { NamedArgs } from "../../provider/kinds/worker/worker";
import { type Supervised, supervisedIn } from "../../provider/kinds/worker/workerRecord";
import { prefectKind, type ResourceState } from "../../report/step";
import { exported } from "../engine/exported";
import type { Project } from "./project";

/** A deployment that the stack has. */
export interface StackDeployment {
  urn: string;
  /** Prefect's id of it. */
  id: string;
  flowName: string;
  name: string;
  /** What the program asks for, as far as it isn't secret. */
  inputs: Record<string, unknown>;
}

/** A worker that the stack has. */
export interface StackWorker {
  urn: string;
  /** What the program asks for, as far as it isn't secret. */
  args: NamedArgs;
  /** The process; undefined for a worker in Kubernetes. */
  supervised?: Supervised;
}

/** What a project's stack has of what people look after each day. */
export interface StackState {
  deployments: StackDeployment[];
  workers: StackWorker[];
}

/** What the state of a project's stack holds; undefined where there is no stack. */
export async function stackState(project: Project): Promise<StackState | undefined> {
  const state = await exported(project);
  const resources = state?.deployment.resources ?? [];
  return state && { deployments: resources.flatMap(deploymentIn), workers: resources.flatMap(workerIn) };
}

/** The deployments in the state of a project's stack; none where there is no stack. */
export async function stackDeployments(project: Project): Promise<StackDeployment[]> {
  return (await stackState(project))?.deployments ?? [];
}

function deploymentIn({ urn, id, inputs = {} }: ResourceState): StackDeployment[] {
  const { flowName, name } = inputs;
  if (prefectKind(urn) !== "Deployment" || id === undefined) return [];
  if (typeof flowName !== "string" || typeof name !== "string") return [];
  return [{ urn, id, flowName, name, inputs }];
}

function workerIn({ urn, id, inputs = {}, outputs = {} }: ResourceState): StackWorker[] {
  const { name, workPoolName } = inputs;
  if (prefectKind(urn) !== "Worker" || id === undefined) return [];
  if (typeof name !== "string" || typeof workPoolName !== "string") return [];
  return [{ urn, args: { ...inputs, name, workPoolName }, supervised: supervisedIn(outputs) }];
}
