import type { AdoptingArgs } from "../../components/adopting";
import type { RecipeSettings } from "../../components/deployer";
import type { ClusterArgs } from "../../components/eks/aws/cluster";
import type { EksArgs } from "../../components/eks/eksArgs";
import type { RunNeeds } from "../../components/runNeeds";
import type { DeploymentArgs } from "../../provider/kinds/deployment/deployment";
import type { ScheduleArgs } from "../../provider/schedule/schedule";

/** What a meta_prefect.yaml says, as plain data. Names are in camelCase, however the file writes them. */
export interface YamlFile {
  /** The Pulumi project. @default the folder's name */
  name?: string;
  /** Deployments by the name of their flow, as it is found in the Python files below the file's folder; or by any name, with `entrypoint`. */
  deployments: Record<string, YamlDeployment[]>;
  /** Arguments of recipes, and recipes of the team's own. */
  recipes?: YamlRecipes;
}

/** What deploys a flow, and with which arguments. */
export interface YamlSettings {
  /** What deploys it: the recipe's class name in snake_case. */
  recipe?: string;
  /** The deployment's arguments; in an environment those that differ, with null for one that isn't given there. */
  variables?: YamlVariables;
}

/** A deployment of a flow, and what differs of it by environment. */
export interface YamlDeployment extends YamlSettings {
  /** By the environment's name, or a pattern such as "pr-*"; false leaves the deployment out there. */
  environments?: Record<string, YamlSettings | false>;
}

/** The arguments of a deployment. */
export interface YamlVariables extends Partial<DeploymentArgs>, RunNeeds {
  /** Its only schedule; the same as `schedules` with one entry. */
  schedule?: ScheduleArgs;
}

/** The recipes by their names; those of the team's own have a module. */
export interface YamlRecipes {
  local_run_deployer?: RecipeSettings;
  eks_dask_deployer?: YamlEksDask;
  plain_deployer?: AdoptingArgs;
  [own: string]: YamlEksDask | AdoptingArgs | YamlOwnRecipe | undefined;
}

/** The arguments of EksDaskDeployer, but for what is no data. */
export interface YamlEksDask extends RecipeSettings, Omit<EksArgs, "cluster" | "transform"> {
  cluster?: YamlCluster;
}

/** The cluster; a kubeconfig is best filled in by `${config:...}`. */
export interface YamlCluster extends Omit<ClusterArgs, "provider" | "kubeconfig" | "subnetIds"> {
  kubeconfig?: string;
  subnetIds?: string[];
}

/** A recipe of the team's own, with the arguments that it takes. */
export interface YamlOwnRecipe extends RecipeSettings {
  /** Where it is: a .ts or .js file, relative to this file's folder. */
  module?: string;
  [argument: string]: unknown;
}
