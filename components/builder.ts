import type * as pulumi from "@pulumi/pulumi";
import type { Failure } from "../provider/engine/kind";
import type { DeploymentArgs } from "../provider/kinds/deployment/deployment";
import type { WorkPool } from "../provider/kinds/workPool/workPool";
import type { FlowFacts } from "../provider/program/flows/flowFacts";
import type { Inputs } from "../provider/program/resource";
import type { ScheduleArgs } from "../provider/schedule/schedule";
import type { Heeded } from "./flowNeeds";
import type { Infrastructure } from "./infrastructure";
import type { Remark } from "./remarks";
import type { RunNeeds } from "./runNeeds";

/** The arguments of a deployment that name other objects, which may be made in the same program: they may be outputs. */
export type DeploymentLinks = Inputs<
  Pick<DeploymentArgs, "workPoolName" | "workQueueName" | "globalConcurrencyLimitId" | "storageDocumentId" | "triggers">
>;

/**
 * One deployment as the user of a recipe writes it: any argument of `Deployment` besides these. Plain data, but for what names other
 * objects.
 */
export interface RecipeDeployment
  extends Partial<Omit<DeploymentArgs, keyof DeploymentLinks>>, Omit<DeploymentLinks, "workPoolName">, RunNeeds {
  /** Becomes `<name>-<env>` in Prefect. */
  name: string;
  /** Where the flow is below `path`, such as "flows.py:add_two_numbers_flow". */
  entrypoint: string;
  /** The folder that the entrypoint is relative to. @default the program's folder */
  path?: string;
  /** The work pool in which it runs, or the pool's name. @default the recipe's */
  workPoolName?: pulumi.Input<string> | WorkPool;
  /** Its only schedule; the same as `schedules` with one entry. Those of `LocalRunDeployer` are paused unless they say `active: true`. */
  schedule?: ScheduleArgs;
}

/** What builders know of where they build. */
export interface BuildContext {
  /** The environment's name. */
  env: string;
  /** Absolute path of the folder to which relative paths belong. */
  programFolder: string;
  /** The same folder as the worker of local runs sees it. @default `programFolder` */
  workerFolder?: string;
  /** Tags and version that the recipe or, without it, the configuration gives; a deployment's own tags come after, its own version wins. */
  tags: { recipe?: string[]; configured: string[] };
  version: string;
}

/** A deployment on its way from the recipe's arguments to Prefect's; plain data. */
export interface DeploymentPlan extends RecipeDeployment {
  /** Absolute path of the folder in which the flow's code lies now, to be read there. */
  codeFolder?: string;
  /** Where the flow is below `codeFolder`, when the entrypoint is a module that takes the flow from there. */
  codeEntrypoint?: string;
  /** What the Python file says of the flow: for the builders after the one that says `codeFolder`, and only if the file can be read. */
  facts?: FlowFacts;
  /** What becomes of what the flow says of itself; builders that have a use for it say so by `heeding`. */
  heeded?: Heeded;
  /** What arguments are called in the recipe, where that differs: "schedules[0]" may be its "schedule". */
  writtenAs?: Record<string, string>;
  /** What is wrong with the arguments as far as the builders can tell; shown at preview, on the argument. */
  failures?: Failure[];
  /** What else there is to know of it. */
  remarks?: Remark[];
}

/** One concern of a deployment: how it changes the deployment, and what infrastructure it requires for it. */
export interface DeploymentBuilder {
  /** Pure: gives the plan with its concern settled. */
  build(plan: DeploymentPlan, context: BuildContext): DeploymentPlan;
  /** What must be there for the deployment as it was built. @default nothing */
  requires?(plan: DeploymentPlan, context: BuildContext): Infrastructure[];
}
