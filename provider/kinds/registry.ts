import type { AnyKind } from "../engine/kind";

/**
 * Every kind by the last part of its type token, those first that others need. Loaded when it is asked for: most programs use few of them.
 * The provider, the importer, the reference pages and the tests go through this list.
 */
export const registry: Readonly<Record<string, () => AnyKind>> = {
  BlockType: () => (require("./blockType") as typeof import("./blockType")).blockType,
  BlockSchema: () => (require("./blockSchema") as typeof import("./blockSchema")).blockSchema,
  Block: () => (require("./block") as typeof import("./block")).block,
  WorkPool: () => (require("./workPool/workPool") as typeof import("./workPool/workPool")).workPool,
  WorkQueue: () => (require("./workQueue") as typeof import("./workQueue")).workQueue,
  GlobalConcurrencyLimit: () =>
    (require("./globalConcurrencyLimit") as typeof import("./globalConcurrencyLimit")).globalConcurrencyLimit,
  TagConcurrencyLimit: () =>
    (require("./tagConcurrencyLimit") as typeof import("./tagConcurrencyLimit")).tagConcurrencyLimit,
  Variable: () => (require("./variable") as typeof import("./variable")).variable,
  Flow: () => (require("./flow") as typeof import("./flow")).flow,
  Deployment: () => (require("./deployment/deployment") as typeof import("./deployment/deployment")).deployment,
  Automation: () => (require("./automation/automation") as typeof import("./automation/automation")).automation,
  SavedSearch: () => (require("./savedSearch") as typeof import("./savedSearch")).savedSearch,
  Worker: () => (require("./worker/worker") as typeof import("./worker/worker")).worker,
};
