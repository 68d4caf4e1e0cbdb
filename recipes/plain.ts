import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { adopting, type AdoptingArgs } from "../components/adopting";
import type { DeploymentPlan } from "../components/builder";
import { codeAsWritten } from "../components/codeAsWritten";
import { Deployer, type DeployerArgs, type Transform } from "../components/deployer";
import { flowMetadata } from "../components/flowNeeds";
import { type ArgumentRules, checkArguments, transforms } from "../components/recipeArguments";
import { schedules } from "../components/schedules";
import { triggersAsNamed } from "../components/triggersAsNamed";
import { versioned } from "../components/versioned";
import * as rules from "../provider/kinds/shared/rules";

/** What PlainDeployer takes: the names, tags and versions are the deployments' own. */
export interface PlainDeployerArgs extends Pick<DeployerArgs, "deployments">, AdoptingArgs {
  transform?: { deployment?: Transform<DeploymentPlan> };
}

const asWritten = z
  .undefined("is no argument of PlainDeployer, which deploys what is written; say it of each deployment")
  .optional();

/** The rules of the recipe's arguments. */
export const ownRules: ArgumentRules = {
  env: asWritten,
  tags: asWritten,
  version: asWritten,
  adopt: rules.flag.optional(),
  transform: transforms(),
};

/**
 * Deploys just what is written, in work pools that exist or are given: what a prefect.yaml becomes. Names, tags and job variables stay as they
 * are, with nothing of the environment in them; the automations of triggers keep Prefect's name `<deployment>__automation_<n>`; neither a
 * `path` nor a schedule's `active` is sent that isn't written. The version is the deployment's own, else that of `meta-prefect:version`.
 *
 * @throws RunError when an argument is wrong
 *
 * @example
 * new PlainDeployer("etl", {
 *   deployments: [{ name: "nightly", entrypoint: "flows.py:add_two_numbers_flow", workPoolName: "etl" }],
 * });
 */
export class PlainDeployer extends Deployer {
  constructor(name: string, args: PlainDeployerArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArguments(`PlainDeployer "${name}"`, args, ownRules, new.target !== PlainDeployer);
    const builders = [
      codeAsWritten(),
      flowMetadata(),
      schedules(),
      triggersAsNamed(),
      adopting(args.adopt),
      versioned(),
    ];
    super("meta-prefect:recipes:PlainDeployer", name, args, builders, opts);
  }
}
