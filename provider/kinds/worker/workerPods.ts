import { until } from "../../../processes/until";
import type { PrefectClient } from "../../api/client";
import { PrefectError } from "../../api/errors";
import type { WorkerResponse } from "../../api/prefect";
import type { KubernetesWorkload } from "./kubernetesWorkload";
import type { NamedArgs } from "./worker";
import { rowOf } from "./workerRow";

/** How long the pods of a worker in Kubernetes may take: a node may have to be made for them, and an image fetched. */
const podPatience = 900_000;
/** How long a pod may be in a state that seldom ends by itself. */
const failurePatience = 60_000;

/** Waits until the pods are there and the worker that they are is online. */
export async function awaitPods(client: PrefectClient, args: NamedArgs): Promise<WorkerResponse> {
  // loaded late: most workers are processes
  const { stateOfWorkload } = require("./kubernetesWorkload") as typeof import("./kubernetesWorkload");
  let failingSince: number | undefined;
  let report = "";
  const look = async () => {
    const state = await stateOfWorkload(args.kubernetes as KubernetesWorkload, args.kubeconfig);
    const row = await rowOf(client, args.workPoolName, args.name);
    if (row?.status === "ONLINE" && state.isRolledOut !== false) return row;
    report = state.report;
    failingSince = state.isFailing ? (failingSince ?? Date.now()) : undefined;
    if (failingSince !== undefined && Date.now() - failingSince > failurePatience) {
      throw new PrefectError(`can't come online: ${report}`);
    }
    return undefined;
  };
  const row = await until(look, { every: 2_000, patience: podPatience });
  if (row) return row;
  throw new PrefectError(`was not online after ${podPatience / 60_000} minutes: ${report}`);
}
