import type { Item } from "../../importer/inventory";
import type { AnyKind, Json } from "../../provider/engine/kind";
import { automation } from "../../provider/kinds/automation/automation";
import { block } from "../../provider/kinds/block";
import { blockSchema } from "../../provider/kinds/blockSchema";
import { blockType } from "../../provider/kinds/blockType";
import { deployment } from "../../provider/kinds/deployment/deployment";
import { flow } from "../../provider/kinds/flow";
import { globalConcurrencyLimit } from "../../provider/kinds/globalConcurrencyLimit";
import { tagConcurrencyLimit } from "../../provider/kinds/tagConcurrencyLimit";
import { variable } from "../../provider/kinds/variable";
import { workPool } from "../../provider/kinds/workPool/workPool";
import { workQueue } from "../../provider/kinds/workQueue";

let counter = 0;

/** An item as the inventory gives it, from what the API would give. */
export function item(kind: AnyKind, remote: Json, more: Partial<Item> = {}): Item {
  const id = `00000000-0000-4000-8000-${String((counter += 1)).padStart(12, "0")}`;
  const whole = { id, tags: [], labels: {}, ...remote };
  const args = Object.fromEntries(
    Object.entries(kind.fromApi(whole)).filter(([key, value]) => key in kind.rules.shape && value !== undefined),
  );
  return {
    kind,
    uuid: id,
    remote: whole,
    args: { ...args, ...more.args },
    ...(more.secretFields && { secretFields: more.secretFields }),
  };
}

export const pool = (name: string) =>
  item(workPool, { name, type: "process", is_paused: false, base_job_template: {} });
export const queue = (name: string, work_pool_name: string, priority = 2) =>
  item(workQueue, { name, work_pool_name, description: "", is_paused: false, priority });
export const value = (name: string, value: unknown, tags: string[] = []) => item(variable, { name, value, tags });
export const deployed = (name: string, flowName: string, remote: Json = {}) =>
  item(
    deployment,
    {
      name,
      job_variables: {},
      parameters: {},
      enforce_parameter_schema: true,
      paused: false,
      schedules: [],
      global_concurrency_limit: null,
      concurrency_options: null,
      ...remote,
    },
    { args: { flowName } },
  );
export const automated = (name: string, actions: Json[], trigger: Json = {}) =>
  item(automation, {
    name,
    description: "",
    enabled: true,
    trigger: { type: "event", posture: "Reactive", expect: ["x"], ...trigger },
    actions,
    actions_on_trigger: [],
    actions_on_resolve: [],
  });
export const flowOf = (name: string) => item(flow, { name });
export const limit = (name: string) =>
  item(globalConcurrencyLimit, { name, limit: 3, active: true, slot_decay_per_second: 0 });
export const tagLimit = (tag: string) => item(tagConcurrencyLimit, { tag, concurrency_limit: 2 });
export const type = (name: string, slug: string, description?: string) =>
  item(blockType, { name, slug, description: description ?? null });
export const schema = (block_type_id: string, fields: Json, version = "non-versioned") =>
  item(blockSchema, { block_type_id, fields, capabilities: [], version });
export const blockOf = (slug: string, name: string, data: Json, secretFields: string[] = []) =>
  item(
    block,
    { name, data, block_type: { slug }, block_schema_id: "", is_anonymous: false, block_document_references: {} },
    { secretFields, args: { blockSchemaId: undefined } },
  );
