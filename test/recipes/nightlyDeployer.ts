import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { Deployer, type DeployerArgs, type DeploymentBuilder, localCode, metadata, WorkPool } from "../../index";

export interface NightlyDeployerArgs extends DeployerArgs {
  /** How often a run is tried again. */
  retries: number;
}

/** A team's own recipe: flows that run every night on the team's pool. */
export class NightlyDeployer extends Deployer {
  constructor(name: string, args: NightlyDeployerArgs, opts?: ComponentResourceOptions) {
    const builders = [localCode(), metadata(), everyNight, retrying(args.retries), onNightlyPool];
    super("acme:recipes:NightlyDeployer", name, args, builders, opts);
  }
}

const everyNight: DeploymentBuilder = {
  build: (plan) => ({ ...plan, schedules: plan.schedules ?? [{ cron: "0 2 * * *", timezone: "Europe/Berlin" }] }),
};

const retrying = (retries: number): DeploymentBuilder => ({
  build: (plan) => ({ ...plan, parameters: { retries, ...plan.parameters } }),
});

const onNightlyPool: DeploymentBuilder = {
  build: (plan) => ({ ...plan, workPoolName: "nightly" }),
  requires: () => [{ name: "nightly", make: () => ({ workPool: new WorkPool("nightly", { type: "process" }) }) }],
};
