import * as pulumi from "@pulumi/pulumi";
import { Deployment } from "../provider/kinds/deployment/deployment";
import { Worker } from "../provider/kinds/worker/worker";
import { defaultFlowName } from "../provider/program/flows/flowFacts";
import { type Described, describedByFlow } from "../provider/program/flows/readHere";
import { programError } from "../provider/program/programError";
import { programFolder } from "../provider/program/programFolder";
import type { BuildContext, DeploymentBuilder, DeploymentPlan, RecipeDeployment } from "./builder";
import { recipeConfiguration } from "./configuration";
import { needsRemarks } from "./flowNeeds";
import { type DeploymentForecast, foretold } from "./forecasts";
import { type Infrastructure, shared } from "./infrastructure";
import { built, settled, type SettledPlan } from "./planArguments";
import { checkArguments } from "./recipeArguments";
import { say } from "./remarks";
import { tellSkippedDays } from "./skippedDays";
import { whereWritten, type Written } from "./written";

/** Changes the arguments of a resource that a recipe is about to make: in place, or by returning others. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- a function without `return` is one, too
export type Transform<Args> = (args: Args) => Args | void;

/** What a recipe says of all its deployments. */
export interface RecipeSettings {
  /** The environment's name. @default `meta-prefect:env`, META_PREFECT__ENV, the stack's name */
  env?: string;
  /** Tags of every deployment, before its own and `env=<env>`. @default `meta-prefect:tags`, META_PREFECT__TAGS, none */
  tags?: string[];
  /** Version of every deployment that has none of its own: any text, "auto" or "git". @default `meta-prefect:version`, META_PREFECT__VERSION, "auto" */
  version?: string;
}

/** What every recipe takes. */
export interface DeployerArgs extends RecipeSettings {
  /** The deployments, as plain data that any recipe takes. */
  deployments: RecipeDeployment[];
  /** The way to what the recipe has no argument for. */
  transform?: { deployment?: Transform<DeploymentPlan> };
}

/** Where a deployment is found, and how to have it run. */
export interface Deployed {
  /** What Prefect's command line calls it: `<flow>/<deployment>`. */
  name: pulumi.Output<string>;
  /** Its page in Prefect's UI. */
  url: pulumi.Output<string>;
  /** The command that runs it once. */
  run: pulumi.Output<string>;
  /** The log of its worker, a file of the machine on which that runs; absent for workers that the recipe doesn't start. */
  log?: pulumi.Output<string>;
}

/** The base of a recipe: turns deployments into Prefect's by a list of builders, and makes what these require. */
export class Deployer extends pulumi.ComponentResource {
  readonly deployments: Deployment[];
  private readonly plans: SettledPlan[];
  private readonly required: ReadonlySet<string>;
  /** The resources that each deployment needs. */
  private readonly needs: pulumi.Resource[][];

  /**
   * @param type the recipe's type token, such as "acme:recipes:NightlyDeployer"; frozen once released
   * @param builders the concerns of each deployment, in the order in which they are settled; that of the code first, since the facts of a
   *   flow are read once its folder is known
   * @throws RunError when an argument that every recipe takes is wrong, or the deployments aren't named, or one is named twice
   */
  constructor(
    type: string,
    name: string,
    args: DeployerArgs,
    builders: DeploymentBuilder[],
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const recipe = `${type.split(":").at(-1)} "${name}"`;
    checkArguments(recipe, args);
    const context = contextOf(args);
    const given = identified(recipe, args.deployments);
    super(type, name, {}, opts);
    this.plans = given.map(({ deployment }) =>
      settled(transformed(args.transform?.deployment, built(deployment, builders, context))),
    );
    say(this.plans.flatMap((plan) => [...needsRemarks(plan), ...(plan.remarks ?? [])]));
    tellSkippedDays(this.plans);
    const required = this.plans.map((plan) => builders.flatMap((builder) => builder.requires?.(plan, context) ?? []));
    this.required = new Set(required.flat().map((infrastructure) => infrastructure.name));
    this.needs = required.map((all) => all.flatMap((infrastructure) => Object.values(shared(infrastructure))));
    this.deployments = this.plans.map((plan, i) =>
      deploy(
        `${name}-${given[i]?.identity}`,
        plan,
        { parent: this, dependsOn: this.needs[i] },
        whereWritten(given[i]?.deployment ?? {}),
      ),
    );
    this.registerOutputs();
  }

  /** The resources of an infrastructure, if one of the deployments requires it: what none needs isn't made. */
  protected made<Made extends Record<string, pulumi.Resource>>(infrastructure: Infrastructure<Made>): Partial<Made> {
    return this.required.has(infrastructure.name) ? shared(infrastructure) : {};
  }

  /** Where each deployment is found and how to have it run, for a program to export. */
  get deployed(): Deployed[] {
    return this.deployments.map((deployment, i) => {
      const name = pulumi.interpolate`${deployment.flowName}/${deployment.name}`;
      const log = this.needs[i]?.find((resource) => resource instanceof Worker)?.logFile;
      const run = name.apply((text) => `prefect deployment run ${quoted(text)}`);
      return { name, url: deployment.url, run, ...(log && { log }) };
    });
  }

  /** For each schedule the next runs, as of its last change, and the days that it skips. */
  get schedules(): pulumi.Output<DeploymentForecast[]> {
    // worked out while Pulumi is at work on the deployments: calendars take a tenth of a second
    return pulumi.all(this.deployments.map(({ urn }) => urn)).apply(() => foretold(this.plans));
  }
}

/** Applies a user's transform, whether it changes its argument or returns another. */
export function transformed<Args extends object>(transform: Transform<Args> | undefined, args: Args): Args {
  const copy = { ...args };
  const changed: unknown = transform?.(copy) ?? copy;
  if (typeof changed === "object" && !(changed instanceof Promise)) return changed as Args;
  const gave = changed instanceof Promise ? "a promise" : JSON.stringify(changed);
  throw programError(`a transform gave ${gave}; let it change its argument in place, or return another object`);
}

/** A text as one word of a shell's. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function contextOf({ env, tags, version }: DeployerArgs): BuildContext {
  const configured = recipeConfiguration();
  return {
    env: env ?? configured.env,
    programFolder: programFolder(),
    workerFolder: configured.root,
    tags: { recipe: tags, configured: configured.tags },
    version: version ?? configured.version,
  };
}

/** Each deployment with what it is known by. */
function identified(recipe: string, deployments: RecipeDeployment[]) {
  if (!Array.isArray(deployments)) throw programError(`${recipe}: deployments must be a list of deployments`);
  const seen = new Set<string>();
  return deployments.map((deployment: RecipeDeployment | null, i) => {
    if (typeof deployment !== "object" || deployment === null) {
      throw programError(
        `${recipe}: deployments[${i}] must be an object with name and entrypoint, not ${JSON.stringify(deployment)}`,
      );
    }
    for (const key of ["name", "entrypoint"] as const) {
      if (typeof deployment[key] === "string" && deployment[key] !== "") continue;
      const example = key === "name" ? "nightly" : "flows.py:my_flow";
      throw programError(
        `${recipe}: deployments[${i}].${key} must be a text, such as ${example}, not ${JSON.stringify(deployment[key])}`,
      );
    }
    const identity = identityOf(deployment);
    if (seen.has(identity)) {
      throw programError(
        `${recipe}: deployment "${identity}" is given twice; give one another name, or, when the flows are different ones, its flowName`,
      );
    }
    seen.add(identity);
    return { deployment, identity };
  });
}

/** What a deployment is known by in its stack: `<flow>/<name>`, which is Prefect's own key but for the environment. */
export function identityOf({ flowName, entrypoint, name }: RecipeDeployment): string {
  return `${flowName ?? defaultFlowName(entrypoint)}/${name}`;
}

/** Makes the deployment; what its flow is called and takes comes from the Python file, unless it is given by hand. */
function deploy(name: string, plan: SettledPlan, opts: pulumi.CustomResourceOptions, written?: Written): Deployment {
  const {
    codeFolder,
    codeEntrypoint = plan.entrypoint,
    facts: _,
    heeded: _heeded,
    remarks: _remarks,
    failures = [],
    writtenAs,
    cpu: __,
    memory: ___,
    dask: ____,
    ...given
  } = plan;
  const usual = defaultFlowName(given.entrypoint);
  const { hints, ...found }: Described =
    codeFolder === undefined ? { hints: {} } : describedByFlow(codeFolder, codeEntrypoint, given);
  const flowName = given.flowName ?? found.flowName ?? usual;
  // earlier releases didn't read a flow whose schema was given, and another name of the flow would replace what they deployed
  const hasFormer = given.flowName === undefined && given.parameterOpenapiSchema !== undefined && flowName !== usual;
  return new Deployment(
    name,
    { ...given, ...found, flowName, description: given.description ?? found.description },
    opts,
    {
      ...hints,
      ...(hasFormer && { formerDefaults: { flowName: usual } }),
      failures: [...failures, ...(hints.failures ?? [])],
      writtenAs,
      ...written,
    },
  );
}
