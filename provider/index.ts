import { DynamicProvider } from "./dynamic";
import type { AnyKind } from "./kind";

/** Each kind by the last part of its type token. Loaded when it is asked for: most programs use few of them. */
const kinds: Record<string, () => unknown> = {
  Automation: () => (require("./automation") as typeof import("./automation")).automation,
  Block: () => (require("./block") as typeof import("./block")).block,
  BlockSchema: () => (require("./blockSchema") as typeof import("./blockSchema")).blockSchema,
  BlockType: () => (require("./blockType") as typeof import("./blockType")).blockType,
  Deployment: () => (require("./deployment") as typeof import("./deployment")).deployment,
  Flow: () => (require("./flow") as typeof import("./flow")).flow,
  GlobalConcurrencyLimit: () =>
    (require("./globalConcurrencyLimit") as typeof import("./globalConcurrencyLimit")).globalConcurrencyLimit,
  TagConcurrencyLimit: () =>
    (require("./tagConcurrencyLimit") as typeof import("./tagConcurrencyLimit")).tagConcurrencyLimit,
  Variable: () => (require("./variable") as typeof import("./variable")).variable,
  WorkPool: () => (require("./workPool") as typeof import("./workPool")).workPool,
  WorkQueue: () => (require("./workQueue") as typeof import("./workQueue")).workQueue,
  Worker: () => (require("./worker") as typeof import("./worker")).worker,
};

/**
 * The provider of a kind. Called by the text that is stored with each resource, so its name and meaning are a contract with
 * every state ever written.
 */
export function get(type: string): DynamicProvider {
  const kind = kinds[type];
  if (!kind) {
    throw new Error(
      `this version of meta-prefect has no resource "${type}" (it has ${Object.keys(kinds).join(", ")}); install the version that made it`,
    );
  }
  return new DynamicProvider(kind() as AnyKind);
}
