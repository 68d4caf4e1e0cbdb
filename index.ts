export type { BuildContext, DeploymentBuilder, DeploymentPlan, RecipeDeployment } from "./components/builder";
export { Deployer, type DeployerArgs, type DeploymentForecast, type Transform } from "./components/deployer";
export { type Infrastructure, shared } from "./components/infrastructure";
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
export { LocalRunDeployer, type LocalRunDeployerArgs } from "./recipes/localRun";
