import { createHash } from "node:crypto";
import { defaultBaseJobTemplate } from "../provider/baseJobTemplate";
import { canonicalJson } from "../provider/json";
import { Worker, type WorkerArgs } from "../provider/worker";
import { WorkPool, type WorkPoolArgs } from "../provider/workPool";
import type { DeploymentBuilder } from "./builder";
import type { Infrastructure } from "./infrastructure";
import { undeclaredVariables } from "./jobVariables";

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
    build(plan) {
      if (plan.workPoolName !== undefined) return plan;
      const template = workPool.baseJobTemplate ?? defaultBaseJobTemplate(workPool.type) ?? {};
      return {
        ...plan,
        workPoolName: infrastructure.name,
        failures: [...(plan.failures ?? []), ...undeclaredVariables(plan.jobVariables ?? {}, template)],
      };
    },
    requires: (plan) => (plan.workPoolName === infrastructure.name ? [infrastructure] : []),
  };
}
