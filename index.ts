export type {
  BuildContext,
  DeploymentBuilder,
  DeploymentLinks,
  DeploymentPlan,
  RecipeDeployment,
} from "./components/builder";
export { type Deployed, Deployer, type DeployerArgs, type RecipeSettings, type Transform } from "./components/deployer";
export type { ClusterArgs, KubernetesCluster } from "./components/eks/aws/cluster";
export { EksCluster } from "./components/eks/aws/eksCluster";
export { ExistingCluster } from "./components/eks/aws/existingCluster";
export { FlowIdentity, type FlowIdentityArgs } from "./components/eks/aws/flowIdentity";
export type { BucketFolders } from "./components/eks/aws/policies";
export { awsRegion } from "./components/eks/aws/region";
export { DaskOperator, type DaskOperatorArgs } from "./components/eks/dask/daskOperator";
export type { DaskArgs, DaskPods } from "./components/eks/dask/daskSpec";
export { onDask, type OnDaskArgs } from "./components/eks/dask/onDask";
export { SharedDaskCluster, type SharedDaskClusterArgs } from "./components/eks/dask/sharedDaskCluster";
export type { CodeSource, EksArgs, EksTransforms } from "./components/eks/eksArgs";
export type { Resources } from "./components/eks/kubernetes/jobTemplate";
export {
  KubernetesWorker,
  type KubernetesWorkerArgs,
  type KubernetesWorkerParts,
} from "./components/eks/kubernetes/kubernetesWorker";
export { kubernetesNamespace, type Namespace } from "./components/eks/kubernetes/namespace";
export { type FlowPods, onKubernetes } from "./components/eks/kubernetes/onKubernetes";
export { type PrefectApi, prefectApi } from "./components/eks/kubernetes/prefectApi";
export { bucketCode } from "./components/eks/storage/bucketCode";
export { gitCode, type GitSource } from "./components/eks/storage/gitCode";
export { imageCode } from "./components/eks/storage/imageCode";
export { persistedResults, type PersistedResultsArgs } from "./components/eks/storage/persistedResults";
export { ResultStorage, type ResultStorageArgs } from "./components/eks/storage/resultStorage";
export { environment } from "./components/environment";
export { flowMetadata, type Heeded, heeding } from "./components/flowNeeds";
export type { DeploymentForecast } from "./components/forecasts";
export { type Infrastructure, shared } from "./components/infrastructure";
export { localCode } from "./components/localCode";
export {
  localProcesses,
  type LocalProcessesArgs,
  type LocalProcessesResources,
  onLocalProcesses,
} from "./components/localProcesses";
export { metadata } from "./components/metadata";
export type { Quantity } from "./components/quantity";
export { type ArgumentRules, checkArguments, transforms } from "./components/recipeArguments";
export type { Remark } from "./components/remarks";
export type { DeploymentDaskArgs, RunNeeds } from "./components/runNeeds";
export { schedules } from "./components/schedules";
export type { Failure, Json } from "./provider/engine/kind";
export type { Action, ActionSource } from "./provider/kinds/automation/action";
export { Automation, type AutomationArgs } from "./provider/kinds/automation/automation";
export type {
  CompoundTrigger,
  EventTrigger,
  ResourceLabels,
  SequenceTrigger,
  Trigger,
} from "./provider/kinds/automation/trigger";
export { Block, type BlockArgs } from "./provider/kinds/block";
export { BlockSchema, type BlockSchemaArgs } from "./provider/kinds/blockSchema";
export { BlockType, type BlockTypeArgs } from "./provider/kinds/blockType";
export type { ConcurrencyOptions } from "./provider/kinds/deployment/concurrency";
export { Deployment, type DeploymentArgs } from "./provider/kinds/deployment/deployment";
export type { DeploymentTriggerArgs } from "./provider/kinds/deployment/triggers";
export { Flow, type FlowArgs } from "./provider/kinds/flow";
export { GlobalConcurrencyLimit, type GlobalConcurrencyLimitArgs } from "./provider/kinds/globalConcurrencyLimit";
export { SavedSearch, type SavedSearchArgs, type SavedSearchFilter } from "./provider/kinds/savedSearch";
export * as rules from "./provider/kinds/shared/rules";
export { TagConcurrencyLimit, type TagConcurrencyLimitArgs } from "./provider/kinds/tagConcurrencyLimit";
export { type JsonValue, Variable, type VariableArgs } from "./provider/kinds/variable";
export type { KubernetesWorkload } from "./provider/kinds/worker/kubernetesWorkload";
export { Worker, type WorkerArgs } from "./provider/kinds/worker/worker";
export { type BaseJobTemplate, defaultBaseJobTemplate } from "./provider/kinds/workPool/baseJobTemplate";
export { type StorageConfiguration, WorkPool, type WorkPoolArgs } from "./provider/kinds/workPool/workPool";
export { WorkQueue, type WorkQueueArgs } from "./provider/kinds/workQueue";
export * from "./provider/lookups";
export type { FlowFacts, FlowNeeds } from "./provider/program/flows/flowFacts";
export {
  type AdoptArgs,
  type Deep,
  type Inputs,
  type Outputs,
  PrefectResource,
  type ResourceClass,
  type ResourceExtras,
} from "./provider/program/resource";
export type { ScheduleForecast } from "./provider/schedule/forecast";
export type { HolidayDay, HolidaySelection, HolidayType } from "./provider/schedule/holidays";
export type { ScheduleArgs } from "./provider/schedule/schedule";
export { deployFromYaml, loadYaml, type YamlOptions } from "./recipes/deployFromYaml";
export { EksDaskDeployer, type EksDaskDeployerArgs } from "./recipes/eksDask";
export { fromPrefectYaml, type PrefectYamlOptions } from "./recipes/fromPrefectYaml";
export { LocalRunDeployer, type LocalRunDeployerArgs } from "./recipes/localRun";
export { PlainDeployer, type PlainDeployerArgs } from "./recipes/plain";
export type { RecipeClass } from "./recipes/registry";
export type {
  YamlCluster,
  YamlDeployment,
  YamlEksDask,
  YamlFile,
  YamlOwnRecipe,
  YamlRecipes,
  YamlSettings,
  YamlVariables,
} from "./recipes/yaml/yamlFile";
