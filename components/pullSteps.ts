import type { Json } from "../provider/engine/kind";

/** The pull step after which a run works in a folder of its own machine. */
export function setWorkingDirectory(directory: string): Json {
  return { "prefect.deployments.steps.set_working_directory": { directory } };
}
