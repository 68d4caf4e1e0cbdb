import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { DeployerArgs, DeploymentBuilder } from "meta-prefect";
import { checkArguments, Deployer, environment, localCode, metadata, rules, schedules, WorkPool } from "meta-prefect";

export interface NightlyDeployerArgs extends DeployerArgs {
  /** How often a run that fails is tried again, where its flow doesn't say. */
  retries: number;
}

/** A team's own recipe: flows that run every night, unless they say when, on the team's pool. */
export class NightlyDeployer extends Deployer {
  constructor(name: string, args: NightlyDeployerArgs, opts?: ComponentResourceOptions) {
    checkArguments(`NightlyDeployer "${name}"`, args, { retries: rules.natural });
    const retrying = environment({ PREFECT_FLOWS_DEFAULT_RETRIES: String(args.retries) });
    const builders = [localCode(), schedules(), everyNight, metadata(), retrying, onNightlyPool];
    super("acme:recipes:NightlyDeployer", name, args, builders, opts);
  }
}

const everyNight: DeploymentBuilder = {
  build: (plan) => ({ ...plan, schedules: plan.schedules ?? [{ cron: "0 2 * * *", timezone: "Europe/Berlin" }] }),
};

const onNightlyPool: DeploymentBuilder = {
  build: (plan) => ({ ...plan, workPoolName: "nightly" }),
  requires: () => [{ name: "nightly", make: () => ({ workPool: new WorkPool("nightly", { type: "process" }) }) }],
};
