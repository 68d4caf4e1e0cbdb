import { isUnclear } from "../../report/drift";
import type { Step } from "../../report/step";
import type { Project } from "../project/project";
import { drift } from "./drift";

/** Steps that say of each secret that changes whether it was changed on the server, which Pulumi is asked once more for. */
export async function withSecretDrift(project: Project, steps: Step[]): Promise<Step[]> {
  if (!steps.some(isUnclear)) return steps;
  const differing = new Set((await drift(project, {})).map(({ urn }) => urn));
  return steps.map((step) => (isUnclear(step) && differing.has(step.urn) ? { ...step, isSecretChanged: true } : step));
}
