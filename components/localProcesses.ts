import { createHash } from "node:crypto";
import { findPython } from "../processes/python";
import { canonicalJson } from "../provider/api/json";
import { Worker, type WorkerArgs } from "../provider/kinds/worker/worker";
import { defaultBaseJobTemplate } from "../provider/kinds/workPool/baseJobTemplate";
import { WorkPool, type WorkPoolArgs } from "../provider/kinds/workPool/workPool";
import type { DeploymentBuilder, DeploymentPlan } from "./builder";
import type { Infrastructure } from "./infrastructure";
import { undeclaredVariables } from "./jobVariables";
import type { Remark } from "./remarks";

/** What tells one local infrastructure from another. */
export interface LocalProcessesArgs {
  /** The project and the stack whose it is: stacks on one server don't share processes. */
  owner: string;
  workPool: Omit<WorkPoolArgs, "name">;
  worker: Omit<WorkerArgs, "name" | "workPoolName">;
}

// a type alias, because an interface is no Record
export type LocalProcessesResources = { workPool: WorkPool; worker: Worker };

/** A process work pool and a worker for it, named after what they are: the same arguments are the same infrastructure. */
export function localProcesses(args: LocalProcessesArgs): Infrastructure<LocalProcessesResources> {
  const hash = createHash("sha256").update(canonicalJson(args)).digest("hex").slice(0, 8);
  const name = `local-process-work-pool-${hash}`;
  return {
    name,
    make() {
      const workPool = new WorkPool(name, { ...args.workPool, name });
      const worker = new Worker(`local-process-worker-${hash}`, { ...args.worker, workPoolName: workPool.name });
      return { workPool, worker };
    },
  };
}

/** Where a deployment runs: in processes of this machine, unless it names a work pool of its own. */
export function onLocalProcesses(
  infrastructure: Infrastructure,
  workPool: Pick<WorkPoolArgs, "type" | "baseJobTemplate">,
): DeploymentBuilder {
  return {
    build(plan, { programFolder }) {
      if (plan.workPoolName !== undefined) return plan;
      const template = workPool.baseJobTemplate ?? defaultBaseJobTemplate(workPool.type) ?? {};
      return {
        ...plan,
        workPoolName: infrastructure.name,
        failures: [...(plan.failures ?? []), ...undeclaredVariables(plan.jobVariables ?? {}, template)],
        ...(plan.facts?.lacksPackage && { remarks: [...(plan.remarks ?? []), withoutPackage(plan, programFolder)] }),
      };
    },
    requires: (plan) => (plan.workPoolName === infrastructure.name ? [infrastructure] : []),
  };
}

/** The worker's Python is the one that reads flows, which was lent what it hasn't got. */
function withoutPackage({ codeFolder = "." }: DeploymentPlan, programFolder: string): Remark {
  const python = findPython([programFolder, codeFolder]);
  const message =
    `the flows in ${codeFolder} import meta_prefect, which ${python} hasn't got, so that their runs fail; ` +
    `install it: ${python} -m pip install meta-prefect`;
  return { severity: "warning", message };
}
