import * as pulumi from "@pulumi/pulumi";
import type { DeploymentPlan } from "../components/builder";
import { Deployer, type DeployerArgs, type Transform, transformed } from "../components/deployer";
import { localCode } from "../components/localCode";
import { localProcesses, onLocalProcesses } from "../components/localProcesses";
import { metadata } from "../components/metadata";
import { checkArguments, transforms } from "../components/recipeArguments";
import { schedules } from "../components/schedules";
import type { Worker, WorkerArgs } from "../provider/kinds/worker/worker";
import type { WorkPool, WorkPoolArgs } from "../provider/kinds/workPool/workPool";

export interface LocalRunDeployerArgs extends DeployerArgs {
  transform?: {
    deployment?: Transform<DeploymentPlan>;
    workPool?: Transform<Omit<WorkPoolArgs, "name">>;
    worker?: Transform<Omit<WorkerArgs, "name" | "workPoolName">>;
  };
}

/** The rules of the recipe's own arguments. */
export const ownRules = { transform: transforms("workPool", "worker") };

/**
 * Deploys flows to the machine that runs `pulumi up`: a process work pool and a worker, shared with the deployers that need the same, and
 * deployments whose code stays where it is. Schedules are paused unless they say `active: true`, since it is a person's own machine.
 *
 * @example
 * new LocalRunDeployer("local", {
 *   deployments: [{ name: "local-run", entrypoint: "flows.py:add_two_numbers_flow", path: "flows" }],
 * });
 */
export class LocalRunDeployer extends Deployer {
  /** Undefined when no deployment needs it, as each names a pool of its own. */
  readonly workPool: WorkPool | undefined;
  /** Undefined when no deployment needs it. */
  readonly worker: Worker | undefined;

  constructor(name: string, args: LocalRunDeployerArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArguments(`LocalRunDeployer "${name}"`, args, ownRules, new.target !== LocalRunDeployer);
    const workPool = transformed(args.transform?.workPool, { type: "process" });
    const worker = transformed(args.transform?.worker, {});
    const processes = localProcesses({ owner: `${pulumi.getProject()}/${pulumi.getStack()}`, workPool, worker });
    const builders = [localCode(), schedules({ active: false }), metadata(), onLocalProcesses(processes, workPool)];
    super("meta-prefect:recipes:LocalRunDeployer", name, args, builders, opts);
    ({ workPool: this.workPool, worker: this.worker } = this.made(processes));
  }
}
