import type { DeploymentArgs } from "../provider/deployment";
import type { Failure } from "../provider/kind";
import type { ScheduleArgs } from "../provider/schedule";
import type { DeploymentDaskArgs } from "./eks/daskSpec";
import type { Infrastructure } from "./infrastructure";

/** One deployment as the user of a recipe writes it: any argument of `Deployment` besides these. Plain data. */
export interface RecipeDeployment extends Partial<DeploymentArgs> {
  /** Becomes `<name>-<env>` in Prefect. */
  name: string;
  /** Where the flow is below `path`, such as "flows.py:add_two_numbers_flow". */
  entrypoint: string;
  /** The folder that the entrypoint is relative to. @default the program's folder */
  path?: string;
  /** Its only schedule; the same as `schedules` with one entry. */
  schedule?: ScheduleArgs;
  /** What differs for it from the recipe's `dask`; recipes without Dask have no use for it. */
  dask?: DeploymentDaskArgs;
}

/** What builders know of where they build. */
export interface BuildContext {
  /** The environment's name. */
  env: string;
  /** Absolute path of the folder to which relative paths belong. */
  programFolder: string;
  /** Tags and version that the recipe or, without it, the configuration gives; a deployment's own version wins. */
  tags: { recipe?: string[]; configured: string[] };
  version: string;
}

/** A deployment on its way from the recipe's arguments to Prefect's; plain data. */
export interface DeploymentPlan extends RecipeDeployment {
  /** Absolute path of the folder in which the flow's code lies now, to be read there. */
  codeFolder?: string;
  /** Where the flow is below `codeFolder`, when the entrypoint is a module that takes the flow from there. */
  codeEntrypoint?: string;
  /** What is wrong with the arguments as far as the builders can tell; shown at preview, on the argument. */
  failures?: Failure[];
}

/** One concern of a deployment: how it changes the deployment, and what infrastructure it requires for it. */
export interface DeploymentBuilder {
  /** Pure: gives the plan with its concern settled. */
  build(plan: DeploymentPlan, context: BuildContext): DeploymentPlan;
  /** What must be there for the deployment as it was built. @default nothing */
  requires?(plan: DeploymentPlan, context: BuildContext): Infrastructure[];
}
