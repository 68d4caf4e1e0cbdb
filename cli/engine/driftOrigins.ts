import { snake } from "../../provider/api/casing";
import type { PrefectClient } from "../../provider/api/client";
import { messageOf } from "../../provider/api/errors";
import type { DeploymentResponse } from "../../provider/api/prefect";
import type { Shape } from "../../provider/api/shape";
import type { Drift, ServerDrift } from "../../report/drift";
import { prefectKind } from "../../report/step";

/** An event of Prefect's, as far as it tells of a change. */
interface ChangeEvent {
  occurred: string;
  event: string;
  resource: { "prefect.resource.id": string };
  payload?: { updated_fields?: string[] };
}

const someEvents: Shape = {
  holds: (json) => Array.isArray((json as { events?: unknown } | null)?.events),
  what: "a page of events",
};

/** What Prefect's events call each kind of object. */
const nouns: Record<string, string> = {
  Deployment: "deployment",
  WorkPool: "work-pool",
  WorkQueue: "work-queue",
  Variable: "variable",
  GlobalConcurrencyLimit: "concurrency-limit",
  TagConcurrencyLimit: "concurrency-limit",
  Block: "block-document",
  BlockType: "block-type",
  Automation: "automation",
  Flow: "flow",
};

/** How many objects are asked for at once: a page of events is that of at most 50. */
const mostAsked = 20;

/**
 * When objects were changed or deleted on the server and by whom, as far as Prefect tells: by its events, which it keeps for a week unless it is
 * told otherwise, by the times of schedules, and by who it says has updated a deployment, which only Prefect Cloud does.
 *
 * @returns the drift with what was found; `left` says what couldn't be asked
 */
export async function withOrigins(client: PrefectClient, drift: Drift[]): Promise<ServerDrift> {
  const told = new Map(drift.map((one) => [one.urn, one]));
  try {
    for (let i = 0; i < drift.length; i += mostAsked) {
      const some = drift.slice(i, i + mostAsked);
      const [events, deployments] = await Promise.all([eventsOf(client, some), deploymentsOf(client, some)]);
      for (const one of some) told.set(one.urn, originOf(one, events, deployments));
    }
  } catch (error) {
    return {
      objects: [...told.values()],
      left: [`when it was changed on the server isn't known: ${messageOf(error)}`],
    };
  }
  return { objects: [...told.values()], left: [] };
}

/** Newest first. */
async function eventsOf(client: PrefectClient, drift: Drift[]): Promise<ChangeEvent[]> {
  const ids = drift.flatMap((one) => resourceId(one) ?? []);
  if (ids.length === 0) return [];
  const names = [...new Set(Object.values(nouns))].flatMap((noun) =>
    ["updated", "deleted"].map((verb) => `prefect.${noun}.${verb}`),
  );
  const filter = { resource: { id: ids }, event: { name: names }, order: "DESC" };
  return (await client.post<{ events: ChangeEvent[] }>("/events/filter", { filter, limit: 50 }, someEvents)).events;
}

async function deploymentsOf(client: PrefectClient, drift: Drift[]): Promise<DeploymentResponse[]> {
  const ids = drift.flatMap(({ urn, id, isDeleted }) =>
    prefectKind(urn) === "Deployment" && !isDeleted && id !== undefined ? [id] : [],
  );
  return ids.length === 0
    ? []
    : client.filter<DeploymentResponse>("/deployments/filter", { deployments: { id: { any_: ids } } });
}

function originOf(drift: Drift, events: ChangeEvent[], deployments: DeploymentResponse[]): Drift {
  const own = events.filter(({ resource }) => resource["prefect.resource.id"] === resourceId(drift));
  const deployment = deployments.find(({ id }) => id === drift.id);
  if (drift.isDeleted) {
    const at = own.find(({ event }) => event.endsWith(".deleted"))?.occurred;
    return { ...drift, ...(at !== undefined && { at }) };
  }
  const properties = drift.properties.map((property) => {
    const at =
      property.name === "schedules"
        ? newest(drift.deployment?.schedules.map(({ slug }) => scheduleTime(deployment, slug)) ?? [])
        : own.find(({ payload }) => payload?.updated_fields?.includes(fieldOf(property.name)))?.occurred;
    return { ...property, ...(at !== undefined && { at }) };
  });
  // of some kinds the events don't say which property it was
  const isTold = properties.some(({ at }) => at !== undefined);
  const at = isTold
    ? undefined
    : own.find(({ event, payload }) => event.endsWith(".updated") && !payload?.updated_fields)?.occurred;
  const by = personOf(deployment);
  return { ...drift, properties, ...(at !== undefined && { at }), ...(by !== undefined && { by }) };
}

/** What Prefect's events call an argument. */
function fieldOf(name: string): string {
  return name === "jobVariables" ? "infra_overrides" : snake(name);
}

function scheduleTime(deployment: DeploymentResponse | undefined, slug: string): string | undefined {
  return deployment?.schedules.find((schedule) => schedule.slug === slug)?.updated ?? undefined;
}

function newest(times: (string | undefined)[]): string | undefined {
  return times
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);
}

/** An open-source server notes only which automation has made a deployment, and not who has changed it since. */
function personOf(deployment: DeploymentResponse | undefined): string | undefined {
  const { type, display_value: name } = deployment?.updated_by ?? {};
  return type === "AUTOMATION" ? undefined : (name ?? undefined);
}

function resourceId({ urn, id }: Drift): string | undefined {
  const noun = nouns[prefectKind(urn) ?? ""];
  return noun === undefined || id === undefined ? undefined : `prefect.${noun}.${id}`;
}
