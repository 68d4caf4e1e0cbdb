export type { BuildContext, DeploymentBuilder, DeploymentPlan, RecipeDeployment } from "./components/builder";
export { Deployer, type DeployerArgs, type DeploymentForecast, type Transform } from "./components/deployer";
export { type Infrastructure, shared } from "./components/infrastructure";
export { type ClusterArgs, EksCluster, ExistingCluster, type KubernetesCluster } from "./components/eks/cluster";
export { DaskOperator } from "./components/eks/daskOperator";
export type { DaskArgs, DeploymentDaskArgs } from "./components/eks/daskSpec";
export type { CodeSource, EksTransforms } from "./components/eks/eksArgs";
export { FlowIdentity } from "./components/eks/flowIdentity";
export type { GitSource } from "./components/eks/gitCode";
export { KubernetesWorker, type KubernetesWorkerArgs } from "./components/eks/kubernetesWorker";
export type { Quantity } from "./components/eks/quantity";
export { ResultStorage, type ResultStorageArgs } from "./components/eks/resultStorage";
export { SharedDaskCluster } from "./components/eks/sharedDaskCluster";
export { localCode } from "./components/localCode";
export { localProcesses, onLocalProcesses } from "./components/localProcesses";
export { metadata } from "./components/metadata";
export { schedules } from "./components/schedules";
export type { Action } from "./provider/action";
export { Automation, type AutomationArgs } from "./provider/automation";
export { type BaseJobTemplate, defaultBaseJobTemplate } from "./provider/baseJobTemplate";
export { Block, type BlockArgs } from "./provider/block";
export { BlockSchema, type BlockSchemaArgs } from "./provider/blockSchema";
export { BlockType, type BlockTypeArgs } from "./provider/blockType";
export {
  type ConcurrencyOptions,
  Deployment,
  type DeploymentArgs,
  type DeploymentTriggerArgs,
} from "./provider/deployment";
export { Flow, type FlowArgs } from "./provider/flow";
export { GlobalConcurrencyLimit, type GlobalConcurrencyLimitArgs } from "./provider/globalConcurrencyLimit";
export type { HolidayDay, HolidaySelection, HolidayType } from "./provider/holidays";
export * from "./provider/lookups";
export type { ScheduleArgs, ScheduleForecast } from "./provider/schedule";
export { TagConcurrencyLimit, type TagConcurrencyLimitArgs } from "./provider/tagConcurrencyLimit";
export type { CompoundTrigger, EventTrigger, ResourceLabels, SequenceTrigger, Trigger } from "./provider/trigger";
export { type JsonValue, Variable, type VariableArgs } from "./provider/variable";
export { Worker, type WorkerArgs } from "./provider/worker";
export { type StorageConfiguration, WorkPool, type WorkPoolArgs } from "./provider/workPool";
export { WorkQueue, type WorkQueueArgs } from "./provider/workQueue";
export { EksDaskDeployer, type EksDaskDeployerArgs } from "./recipes/eksDask";
export { LocalRunDeployer, type LocalRunDeployerArgs } from "./recipes/localRun";
