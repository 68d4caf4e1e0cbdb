import * as pulumi from "@pulumi/pulumi";
import { Deployment, type DeploymentArgs } from "../provider/deployment";
import type { Hints } from "../provider/kind";
import type { Inputs } from "../provider/resource";
import { forecasts, type ScheduleForecast } from "../provider/schedule";
import type { BuildContext, DeploymentBuilder, DeploymentPlan, RecipeDeployment } from "./builder";
import { recipeConfiguration } from "./configuration";
import { defaultFlowName, type FlowReading, readFlow } from "./flowFacts";
import { shared } from "./infrastructure";
import { programError } from "../provider/programError";

/** Changes the arguments of a resource that a recipe is about to make: in place, or by returning others. */
export type Transform<Args> = (args: Args) => Args | void;

/** What every recipe takes. */
export interface DeployerArgs {
  /** The deployments, as plain data that any recipe takes. */
  deployments: RecipeDeployment[];
  /** The environment's name. @default `meta-prefect:env`, META_PREFECT__ENV, the stack's name */
  env?: string;
  /** Tags of every deployment, before its own. @default `meta-prefect:tags`, META_PREFECT__TAGS, none */
  tags?: string[];
  /** Version of every deployment that has none of its own. @default `meta-prefect:version`, META_PREFECT__VERSION, "auto" */
  version?: string;
  /** The way to what the recipe has no argument for. */
  transform?: { deployment?: Transform<DeploymentPlan> };
}

/** The next runs of one schedule of a deployment, and the days it skips. */
export interface DeploymentForecast extends ScheduleForecast {
  /** The deployment's name. */
  deployment: string;
}

/** The base of a recipe: turns deployments into Prefect's by a list of builders, and makes what these require. */
export class Deployer extends pulumi.ComponentResource {
  readonly deployments: Deployment[];
  private readonly plans: DeploymentPlan[];

  /**
   * @param type the recipe's type token, such as "acme:recipes:NightlyDeployer"; frozen once released
   * @param builders the concerns of each deployment, in the order in which they are settled
   * @throws RunError when the arguments don't name a deployment, or name one twice
   */
  constructor(
    type: string,
    name: string,
    args: DeployerArgs,
    builders: DeploymentBuilder[],
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(type, name, {}, opts);
    const context = contextOf(args);
    const given = identified(`${type.split(":").at(-1)} "${name}"`, args.deployments);
    this.plans = given.map(({ deployment }) => {
      const plan = builders.reduce<DeploymentPlan>((plan, builder) => builder.build(plan, context), deployment);
      return transformed(args.transform?.deployment, plan);
    });
    this.deployments = this.plans.map((plan, i) => {
      const required = builders.flatMap((builder) => builder.requires?.(plan, context) ?? []);
      const dependsOn = required.flatMap((infrastructure) => Object.values(shared(infrastructure)));
      return deploy(`${name}-${given[i]?.identity}`, plan, { parent: this, dependsOn });
    });
    this.registerOutputs();
  }

  /** For each schedule the next runs, as of now, and the days that it skips. */
  get schedules(): pulumi.Output<DeploymentForecast[]> {
    // worked out while Pulumi is at work on the deployments: calendars take a tenth of a second
    return pulumi
      .all(this.deployments.map(({ urn }) => urn))
      .apply(() =>
        this.plans.flatMap(({ name, schedules = [] }) =>
          forecasts(schedules).map((forecast) => ({ deployment: name, ...forecast })),
        ),
      );
  }
}

/** Applies a user's transform, whether it changes its argument or returns another. */
export function transformed<Args extends object>(transform: Transform<Args> | undefined, args: Args): Args {
  const copy = { ...args };
  return transform?.(copy) ?? copy;
}

function contextOf({ env, tags, version }: DeployerArgs): BuildContext {
  const configured = recipeConfiguration();
  return {
    env: env ?? configured.env,
    programFolder: process.cwd(),
    tags: { recipe: tags, configured: configured.tags },
    version: version ?? configured.version,
  };
}

/** Each deployment with what it is known by in the stack: `<flow>/<name>`, which is Prefect's own key but for the environment. */
function identified(recipe: string, deployments: RecipeDeployment[]) {
  if (!Array.isArray(deployments)) throw programError(`${recipe}: deployments must be a list of deployments`);
  const seen = new Set<string>();
  return deployments.map((deployment, i) => {
    for (const key of ["name", "entrypoint"] as const) {
      if (typeof deployment[key] === "string" && deployment[key] !== "") continue;
      const example = key === "name" ? "nightly" : "flows.py:my_flow";
      throw programError(
        `${recipe}: deployments[${i}].${key} must be a text, such as ${example}, not ${JSON.stringify(deployment[key])}`,
      );
    }
    const identity = `${deployment.flowName ?? defaultFlowName(deployment.entrypoint)}/${deployment.name}`;
    if (seen.has(identity)) {
      throw programError(
        `${recipe}: deployment "${identity}" is given twice; give one another name, or, when the flows are different ones, its flowName`,
      );
    }
    seen.add(identity);
    return { deployment, identity };
  });
}

/** Makes the deployment; what its flow is called and takes comes from the Python file, unless it is given by hand. */
function deploy(name: string, plan: DeploymentPlan, opts: pulumi.CustomResourceOptions): Deployment {
  const { codeFolder, codeEntrypoint = plan.entrypoint, failures = [], dask: _, ...given } = plan;
  const args: Inputs<DeploymentArgs> = { ...given, flowName: given.flowName ?? defaultFlowName(given.entrypoint) };
  if (given.parameterOpenapiSchema !== undefined || codeFolder === undefined) {
    return new Deployment(name, args, opts, { failures });
  }
  const reading = pulumi.output(readFlow(codeFolder, codeEntrypoint).then(warned(codeEntrypoint, codeFolder)));
  const fact = <Value>(choose: (facts: Extract<FlowReading, { facts: unknown }>["facts"]) => Value) =>
    reading.apply((read) => ("facts" in read ? choose(read.facts) : undefined));
  const hints = reading.apply((read): Hints => ({
    failures: "error" in read ? [...failures, { property: "entrypoint", reason: read.error }] : failures,
  }));
  return new Deployment(
    name,
    {
      ...args,
      flowName: given.flowName ?? fact((facts) => facts.name).apply((found) => found ?? (args.flowName as string)),
      description: given.description ?? fact((facts) => facts.description ?? undefined),
      parameterOpenapiSchema: fact((facts) => facts.parameterOpenapiSchema),
    },
    opts,
    hints,
  );
}

function warned(entrypoint: string, folder: string): (reading: FlowReading) => Promise<FlowReading> {
  return async (reading) => {
    if ("facts" in reading && reading.warning !== undefined) {
      await pulumi.log.warn(
        `flow "${entrypoint}" in ${folder} could not be imported (${reading.warning}), so its parameters were read from its ` +
          "text alone; types and defaults may be missing",
      );
    }
    return reading;
  };
}
