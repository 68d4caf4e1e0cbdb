import * as pulumi from "@pulumi/pulumi";
import type { DeploymentPlan } from "../components/builder";
import { Deployer, type DeployerArgs, type Transform, transformed } from "../components/deployer";
import { shared } from "../components/infrastructure";
import { localCode } from "../components/localCode";
import { localProcesses, onLocalProcesses } from "../components/localProcesses";
import { metadata } from "../components/metadata";
import { schedules } from "../components/schedules";
import type { Worker, WorkerArgs } from "../provider/worker";
import type { WorkPool, WorkPoolArgs } from "../provider/workPool";

export interface LocalRunDeployerArgs extends DeployerArgs {
  transform?: {
    deployment?: Transform<DeploymentPlan>;
    workPool?: Transform<Omit<WorkPoolArgs, "name">>;
    worker?: Transform<Omit<WorkerArgs, "name" | "workPoolName">>;
  };
}

/**
 * Deploys flows to the machine that runs `pulumi up`: a process work pool and a worker, shared with the deployers that need the same, and
 * deployments whose code stays where it is. Schedules rest unless they are asked to be active, since it is a person's own machine.
 */
export class LocalRunDeployer extends Deployer {
  readonly workPool: WorkPool;
  readonly worker: Worker;

  constructor(name: string, args: LocalRunDeployerArgs, opts?: pulumi.ComponentResourceOptions) {
    const workPool = transformed(args.transform?.workPool, { type: "process" });
    const worker = transformed(args.transform?.worker, {});
    const processes = localProcesses({ owner: `${pulumi.getProject()}/${pulumi.getStack()}`, workPool, worker });
    const builders = [localCode(), schedules({ active: false }), metadata(), onLocalProcesses(processes, workPool)];
    super("meta-prefect:recipes:LocalRunDeployer", name, args, builders, opts);
    ({ workPool: this.workPool, worker: this.worker } = shared(processes));
  }
}
