import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Action } from "./action";
import { toCamel, toSnake } from "./casing";
import type { PrefectClient } from "./client";
import { path } from "./path";
import { PrefectError } from "./errors";
import { holdsUnknown, isEqual } from "./json";
import type { Failure, Json, Kind } from "./kind";
import { type AdoptArgs, type Inputs, PrefectResource } from "./resource";
import * as rules from "./rules";
import type { EventTrigger, ResourceLabels, Trigger } from "./trigger";

/** What an automation is. */
export interface AutomationArgs extends AdoptArgs {
  /** Prefect allows several of a name; here a name that exists is an error without `adopt`. @default the resource's Pulumi name */
  name?: string;
  description?: string;
  /** Whether it does anything. @default not managed: Prefect starts with true */
  enabled?: boolean;
  tags?: string[];
  trigger: Trigger;
  /** What is done each time that the trigger fires. */
  actions: Action[];
  /** What is done when the automation goes into its triggered state. */
  actionsOnTrigger?: Action[];
  /** What is done when it goes out of it. */
  actionsOnResolve?: Action[];
  /**
   * The resource that it belongs to, such as "prefect.deployment.<id>". Prefect can neither change nor show it, so a change replaces
   * the automation. `prefect deploy` deletes what belongs to the deployment.
   */
  ownerResource?: string;
}

type Args = AutomationArgs & { name: string };
type Remote = Json & { id: string; name: string };

/** What is free-form inside of triggers and actions. */
const verbatim = new Set(["match", "matchRelated", "parameters", "jobVariables"]);
/** What Prefect keeps as a set, in an order of its own. */
const sets = new Set(["expect", "after", "forEach"]);

/** Loaded late: the rules of triggers and actions are many, and most programs have no automation. */
const triggers = () => require("./trigger") as typeof import("./trigger");
const actions = () => require("./action") as typeof import("./action");
let rulesOfAll: z.ZodObject | undefined;

function makeRules(): z.ZodObject {
  const { actionsRules } = actions();
  return z.strictObject({
    name: rules.text.min(1, "must not be empty"),
    description: rules.text.optional(),
    enabled: rules.flag.optional(),
    tags: rules.strings.optional(),
    trigger: triggers().triggerRules,
    actions: actionsRules,
    actionsOnTrigger: actionsRules.optional(),
    actionsOnResolve: actionsRules.optional(),
    ownerResource: rules.text.optional(),
    adopt: rules.adopt,
  });
}

export const automation: Kind<Args, Remote> = {
  type: "Automation",
  noun: "automation",
  get rules() {
    return (rulesOfAll ??= makeRules());
  },
  immutable: ["ownerResource"],
  sameName: (olds, news) => olds.name === news.name,
  label: ({ name }) => String(name),

  validate: (args) => [
    ...triggers().triggerFailures(args.trigger),
    ...(["actions", "actionsOnTrigger", "actionsOnResolve"] as const).flatMap((key) =>
      actions().actionFailures(args[key] ?? [], key),
    ),
    ...loops(args),
  ],

  find: async (client, { name }) => {
    const found = await named(client, name);
    if (found.length <= 1) return found[0];
    const ids = found.map(({ id }) => id).join(", ");
    throw new PrefectError(`there are ${found.length} of that name (${ids}); delete or rename all but one of them`);
  },
  get: (client, id) => client.find<Remote>(path`/automations/${id}`),

  async create(client, args) {
    const body = { ...bodyOf(args), owner_resource: args.ownerResource };
    const made = await client.post<Remote>("/automations/", body);
    // a request whose answer was lost is sent again, and Prefect has nothing against two of a name
    const twins = (await named(client, args.name)).filter(({ id }) => id !== made.id);
    for (const { id } of twins) await client.delete(path`/automations/${id}`);
    return made;
  },

  async update(client, id, { news, changed }) {
    if (changed.size > 0 && !(await client.put(path`/automations/${id}`, bodyOf(news)))) return undefined;
    return { id } as Remote;
  },

  delete: (client, id) => client.delete(path`/automations/${id}`),
  id: ({ id }) => id,

  fromApi: (remote) => {
    const { id: _, created: __, updated: ___, ...fields } = remote;
    return withoutIds(toCamel(fields, verbatim)) as Partial<Args>;
  },

  asAsked: (key, server, asked) => (key === "ownerResource" ? asked : inTermsOf(asked, server)),
  page: ({ id }) => path`/automations/automation/${id}`,
};

function named(client: PrefectClient, name: string): Promise<Remote[]> {
  return client.filter<Remote>("/automations/filter", { automations: { name: { any_: [name] } } });
}

/** What Prefect starts with. A replacement has to say it, since what it leaves out stays. */
const defaults = { description: "", enabled: true, tags: [], actionsOnTrigger: [], actionsOnResolve: [] };

function bodyOf({ ownerResource: _, adopt: __, ...args }: Args): Json {
  return toSnake({ ...defaults, ...args, trigger: withPeriods(args.trigger) }, verbatim) as Json;
}

/** Prefect wants `within` of compounds and sequences to be said, also when there is no limit. */
function withPeriods(trigger: Trigger): unknown {
  if (trigger.type === "event") return trigger;
  return { ...trigger, within: trigger.within ?? null, triggers: trigger.triggers.map(withPeriods) };
}

/** Prefect numbers triggers anew at each change. */
function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, part]) => part !== null && !(key === "id" && "type" in value))
      .map(([key, part]) => [key, verbatim.has(key) ? part : withoutIds(part)]),
  );
}

/** What the server has, without what was never asked for, since that isn't managed. */
function inTermsOf(asked: unknown, server: unknown, key?: string): unknown {
  if (key !== undefined && verbatim.has(key)) return server;
  if (Array.isArray(asked) && Array.isArray(server)) {
    if (key !== undefined && sets.has(key)) return isEqual(sorted(asked), sorted(server)) ? asked : server;
    return asked.length === server.length ? asked.map((part, i) => inTermsOf(part, server[i])) : server;
  }
  if (!isObject(asked) || !isObject(server) || asked.type !== server.type) return server;
  const kept = Object.keys(asked).filter((part) => part in server);
  return Object.fromEntries(kept.map((part) => [part, inTermsOf(asked[part], server[part], part)]));
}

function sorted(list: unknown[]): unknown[] {
  return [...list].sort();
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The events of every run that a deployment makes. */
const eventsOfEachRun = ["Scheduled", "Pending", "Running", "*"].map((state) => `prefect.flow-run.${state}`);

/** An automation that would run deployments for ever, by Prefect's own rule (events/schemas/automations.py). */
function loops({ enabled, trigger, actions }: Args): Failure[] {
  if (
    enabled === false ||
    holdsUnknown(trigger) ||
    holdsUnknown(actions) ||
    trigger.type !== "event" ||
    trigger.posture !== "Reactive"
  )
    return [];
  const event = trigger.expect?.find((expected) => eventsOfEachRun.includes(expected));
  if (event === undefined) return [];
  return actions.flatMap((action, i): Failure[] => {
    if (action.type !== "run-deployment") return [];
    if (action.source !== "inferred" && !matchesEachRun(trigger)) return [];
    const remedy =
      action.source === "inferred"
        ? "name the deployment, and narrow match or matchRelated"
        : "narrow match or matchRelated";
    return [{ property: `actions[${i}]`, reason: `would run for ever, as each run emits ${event}; ${remedy}` }];
  });
}

function matchesEachRun({ match, matchRelated = {} }: EventTrigger): boolean {
  const related = Array.isArray(matchRelated) ? matchRelated : [matchRelated];
  return isEachRun(match ?? {}) && related.some(isEachRun);
}

function isEachRun(labels: ResourceLabels): boolean {
  const entries = Object.entries(labels);
  const [first] = entries;
  if (first === undefined || entries.every(([, value]) => [value].flat().every((text) => text === "*"))) return true;
  return entries.length === 1 && first[0] === "prefect.resource.id" && [first[1]].flat().includes("prefect.flow-run.*");
}

/** An automation: what is done when events come, or stay away. */
export class Automation extends PrefectResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly enabled: pulumi.Output<boolean | undefined>;
  declare readonly tags: pulumi.Output<string[] | undefined>;
  declare readonly trigger: pulumi.Output<Trigger>;
  declare readonly actions: pulumi.Output<Action[]>;
  declare readonly actionsOnTrigger: pulumi.Output<Action[] | undefined>;
  declare readonly actionsOnResolve: pulumi.Output<Action[] | undefined>;
  declare readonly ownerResource: pulumi.Output<string | undefined>;

  constructor(name: string, args: Inputs<AutomationArgs>, opts?: pulumi.CustomResourceOptions) {
    super(automation, name, { ...args, name: args.name ?? name }, { opts });
  }
}
