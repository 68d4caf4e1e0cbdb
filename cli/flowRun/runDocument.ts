import type { PrefectClient } from "../../provider/api/client";
import { pageUrl } from "../../provider/api/connection";
import { path } from "../../provider/api/path";
import type { FlowRunResponse } from "../../provider/api/prefect";
import type { StackDeployment } from "../project/stackState";

/** What is printed of a run for programs. */
export interface RunDocument {
  id: string;
  name: string;
  /** What Prefect calls its deployment: `<flow>/<deployment>`. */
  deployment: string;
  /** Its page in Prefect's UI. */
  url: string;
}

export function runDocument(
  client: PrefectClient,
  { id, name }: FlowRunResponse,
  { flowName, name: deployment }: StackDeployment,
): RunDocument {
  const url = pageUrl(client.connection, path`/runs/flow-run/${id}`);
  return { id, name, deployment: `${flowName}/${deployment}`, url };
}
