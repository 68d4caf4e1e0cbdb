import type { PrefectClient } from "../../../provider/api/client";

type Json = Record<string, unknown>;

/** A deployment as a server holds it, without ids, dates and what only tells who made it. */
export type HeldDeployment = Json & { schedules: Json[]; automations: Json[] };

/** What a server holds of what deploying makes. */
export interface Held {
  /** By "flow/name". */
  deployments: Map<string, HeldDeployment>;
  flows: string[];
  /** Names of those that belong to no deployment. */
  automations: string[];
  /** As "pool/queue". */
  queues: string[];
  /** Names of the concurrency limits of deployments that aren't there. */
  limits: string[];
  /** Of all deployments, flows and automations. */
  ids: Set<string>;
}

interface Named {
  id: string;
  name: string;
}
type Deployment = Named & Json & { flow_id: string; schedules: Json[] };
type Automation = Named & Json & { trigger: Json; actions: Json[] };

/** What differs by nature, or is the server's to say. */
const ofServer = ["id", "created", "updated", "flow_id", "last_polled", "status", "created_by", "updated_by"];
const told = ["work_queue_id", "concurrency_limit", "deployment_id"];

/** Reads all of it. */
export async function heldBy(client: PrefectClient): Promise<Held> {
  const flows = await client.filter<Named>("/flows/filter");
  const deployments = await client.filter<Deployment>("/deployments/filter");
  const automations = await client.filter<Automation>("/automations/filter");
  const pools = await client.filter<Named>("/work_pools/filter");
  const limits = await client.filter<Named>("/v2/concurrency_limits/filter");
  const flowNames = new Map(flows.map(({ id, name }) => [id, name]));
  const names = new Map(deployments.map(({ id, name, flow_id }) => [id, `${flowNames.get(flow_id) ?? "?"}/${name}`]));
  const owned = new Map<string, Json[]>();
  const others: string[] = [];
  for (const automation of automations) {
    const id = automation.actions.map(({ deployment_id }) => deployment_id).find((id) => names.has(id as string));
    if (id === undefined) others.push(automation.name);
    else owned.set(id as string, [...(owned.get(id as string) ?? []), heldAutomation(automation, names)]);
  }
  const queues = await Promise.all(
    pools.map(async (pool) => {
      const found = await client.filter<Named>(`/work_pools/${encodeURIComponent(pool.name)}/queues/filter`);
      return found.map(({ name }) => `${pool.name}/${name}`);
    }),
  );
  return {
    deployments: new Map(
      deployments.map((deployment) => [
        names.get(deployment.id) ?? "",
        { ...heldDeployment(deployment), automations: inOrder(owned.get(deployment.id) ?? []) },
      ]),
    ),
    flows: flows.map(({ name }) => name).sort(),
    automations: others.sort(),
    queues: queues.flat().sort(),
    limits: limits
      .map(({ name }) => name)
      .filter((name) => name.startsWith("deployment:") && !names.has(name.slice("deployment:".length)))
      .sort(),
    ids: new Set([...flows, ...deployments, ...automations].map(({ id }) => id)),
  };
}

/** Deletes all that deploying has made since `before`. */
export async function clear(client: PrefectClient, before: Held): Promise<void> {
  for (const kind of ["automations", "deployments", "flows"]) {
    const found = await client.filter<Named>(`/${kind}/filter`);
    for (const { id } of found.filter((one) => !before.ids.has(one.id))) await client.delete(`/${kind}/${id}`);
  }
  for (const key of (await heldBy(client)).queues.filter((one) => !before.queues.includes(one))) {
    const [pool = "", queue = ""] = key.split("/").map(encodeURIComponent);
    await client.delete(`/work_pools/${pool}/queues/${queue}`);
  }
}

function heldDeployment({ schedules, ...deployment }: Deployment): HeldDeployment {
  const { labels, global_concurrency_limit: limit, description, ...rest } = without(deployment, ofServer, told);
  return {
    ...rest,
    // Prefect stores the text "None" for a flow that has no docstring
    description: description === "None" ? null : description,
    labels: Object.fromEntries(
      Object.entries((labels ?? {}) as Json).filter(([key]) => !/^(meta-)?prefect\./.test(key)),
    ),
    limit: (limit as { limit: number } | null)?.limit ?? null,
    schedules: inOrder(schedules.map((schedule) => without(schedule, ofServer, told))),
    automations: [],
  };
}

function heldAutomation({ trigger, actions, name, ...automation }: Automation, names: Map<string, string>): Json {
  const acting = actions.map(({ deployment_id, ...action }) => ({
    ...action,
    deployment: names.get(deployment_id as string),
  }));
  return {
    ...without(automation, ofServer, ["owner_resource"]),
    // the usual name has the deployment's id
    name: name.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, "<id>"),
    trigger: heldTrigger(trigger),
    actions: acting,
  };
}

/** A trigger without ids; what it expects are sets. */
function heldTrigger(trigger: Json): Json {
  const { triggers, ...rest } = without(trigger, ["id"]);
  const sets = Object.fromEntries(
    ["expect", "after", "for_each"]
      .filter((key) => Array.isArray(rest[key]))
      .map((key) => [key, [...(rest[key] as string[])].sort()]),
  );
  return { ...rest, ...sets, ...(Array.isArray(triggers) && { triggers: (triggers as Json[]).map(heldTrigger) }) };
}

function without(object: Json, ...keys: string[][]): Json {
  const gone = keys.flat();
  return Object.fromEntries(Object.entries(object).filter(([key]) => !gone.includes(key)));
}

/** What a server gives in an order of its own. */
function inOrder(items: Json[]): Json[] {
  // a schedule that has no anchor is anchored at the moment that it is made
  const key = ({ slug: _, name, schedule, ...item }: Json) => {
    const { anchor_date: anchor = "", ...rule } = (schedule ?? {}) as Json;
    return JSON.stringify([name, rule, item, anchor]);
  };
  return [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
