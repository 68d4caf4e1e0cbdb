import type { PrefectClient } from "../../provider/api/client";
import { chosenDeployment } from "./chosenDeployment";
import type { Project } from "./project";
import { stackClient } from "./stackClient";
import { type StackDeployment, stackDeployments } from "./stackState";

/**
 * The deployment that a command line means, and the server where it is.
 *
 * @param flow its flow, or `<flow>/<deployment>` with or without the environment at its end
 * @throws UsageError where the stack has none that is called so, whether or not there is a server
 */
export async function meantDeployment(
  flow: string,
  project: Project,
): Promise<{ chosen: StackDeployment; client: PrefectClient }> {
  const client = stackClient(project);
  // why there is none is said after what the stack has, which is read meanwhile
  client.catch(() => undefined);
  const chosen = chosenDeployment(flow, await stackDeployments(project), project);
  return { chosen, client: await client };
}
