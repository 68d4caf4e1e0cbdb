import type { PrefectClient } from "../../provider/api/client";
import { PrefectError } from "../../provider/api/errors";
import { path } from "../../provider/api/path";
import type { DeploymentResponse } from "../../provider/api/prefect";
import { commandLine } from "../commandLine";
import type { Aim } from "../flags";
import type { StackDeployment } from "./stackState";

/** A deployment of the stack as the server has it. @throws PrefectError when it is gone there */
export async function deploymentOnServer(
  client: PrefectClient,
  { id, flowName, name }: StackDeployment,
  given: Aim,
): Promise<DeploymentResponse> {
  const deployment = await client.find<DeploymentResponse>(path`/deployments/${id}`);
  if (deployment) return deployment;
  throw new PrefectError(
    `deployment "${flowName}/${name}" is not on the server any more; run: ${commandLine("deploy --refresh", given)}`,
  );
}
