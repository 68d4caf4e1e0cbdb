import { isChange, isObject, type Step } from "../../report/step";
import type { Project } from "../project/project";
import { eventIn } from "./events";
import { failure } from "./operation";
import { note, nothingYet } from "./outcome";
import { pulumi } from "./pulumi";

/** Has Pulumi print each event of a preview, which tell more than its digest: what a refresh has read. */
const streaming = { PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" };

/** How what is deployed differs from what the state says of it, object by object; nothing is changed, neither there nor in the state. */
export async function drift(project: Project, { debug }: { debug?: boolean }): Promise<Step[]> {
  const outcome = nothingYet();
  const line = (text: string) => {
    const event = eventIn(text);
    if (event) note(outcome, event);
  };
  const streamed = { ...project, variables: { ...project.variables, ...streaming } };
  const ended = await pulumi(streamed, ["refresh", "--preview-only", "--json"], { line, debug });
  if (ended.code !== 0) throw failure(outcome.diagnostics, [...outcome.failures, ...outcome.unfinished], ended);
  return outcome.steps.filter((step) => isObject(step) && isChange(step));
}
