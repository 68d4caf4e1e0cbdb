import type * as pulumi from "@pulumi/pulumi";
import { toCamel, toSnake } from "../../api/casing";
import type { PrefectClient } from "../../api/client";
import { messageOf, PartialFailure, PrefectError } from "../../api/errors";
import { holdsUnknown, isEqual } from "../../api/json";
import { path } from "../../api/path";
import type { Automation as Remote } from "../../api/prefect";
import { initialValues } from "../../engine/field";
import { defineKind, type Failure, type Hints, type Json, type Kind } from "../../engine/kind";
import { type AdoptArgs, type Inputs, resourceOf } from "../../program/resource";
import * as rules from "../shared/rules";
import type { Action } from "./action";
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
/** What is free-form inside of triggers and actions. */
const verbatim = new Set(["match", "matchRelated", "parameters", "jobVariables"]);
/** What Prefect keeps as a set, in an order of its own. */
const sets = new Set(["expect", "after", "forEach"]);

/** Loaded late: the rules of triggers and actions are many, and most programs have no automation. */
const triggers = () => require("./trigger") as typeof import("./trigger");
const actions = () => require("./action") as typeof import("./action");
export const automation: Kind<Args, Remote, "name"> = defineKind({
  type: "Automation",
  noun: "automation",
  fields: () => ({
    name: { rule: rules.text.min(1, "must not be empty") },
    description: { rule: rules.text.optional(), clear: "" },
    enabled: { rule: rules.flag.optional(), clear: true },
    tags: { rule: rules.strings.optional(), clear: [] },
    trigger: { rule: triggers().triggerRules },
    actions: { rule: actions().actionsRules },
    actionsOnTrigger: { rule: actions().actionsRules.optional(), clear: [] },
    actionsOnResolve: { rule: actions().actionsRules.optional(), clear: [] },
    ownerResource: { rule: rules.text.optional(), wire: null, replaces: true },
  }),
  collection: "/automations",

  validate: (args) => [
    ...triggers().triggerFailures(args.trigger),
    ...(["actions", "actionsOnTrigger", "actionsOnResolve"] as const).flatMap((key) =>
      actions().actionFailures(args[key] ?? [], key),
    ),
    ...loops(args),
  ],

  complete: (news, olds, { formerDefaults }) =>
    olds?.name !== undefined && olds.name === formerDefaults?.name ? { ...news, name: olds.name } : news,

  sameName: (olds, news) => olds.name === news.name && !runOthers(olds, news),

  find: async (client, args) => {
    const all = await named(client, args.name);
    const found = all.filter((one) => !runOthers(toCamel(one, verbatim) as Partial<Args>, args));
    if (found.length <= 1) return found[0];
    const ids = found.map(({ id }) => id).join(", ");
    throw new PrefectError(`there are ${found.length} of that name (${ids}); delete or rename all but one of them`);
  },
  async madeWith(client, mark, { ownerResource }) {
    return ownerResource === undefined ? owned(client, markOf(mark)) : undefined;
  },

  async create(client, args, _program, creation) {
    const body = bodyOf(args);
    if (args.ownerResource !== undefined) {
      return client.postOnce<Remote>("/automations/", { ...body, owner_resource: args.ownerResource });
    }
    // names don't tell automations apart, so that each creation gets a mark of its own, which is its owner
    const mark = markOf(creation);
    const made = await client.post<Remote>("/automations/", { ...body, owner_resource: mark });
    await deleteTwins(client, made.id, mark);
    return made;
  },

  async update(client, id, { news }) {
    return client.put(path`/automations/${id}`, bodyOf(news));
  },

  fromApi: (remote) => {
    const { id: _, created: __, updated: ___, ...fields } = remote;
    return withoutIds(toCamel(fields, verbatim)) as Partial<Args>;
  },

  asAsked: (key, server, asked) => (key === "ownerResource" ? asked : inTermsOf(asked, server)),
  page: ({ id }) => path`/automations/automation/${id}`,

  asWritten: (args) => ({
    ...args,
    ...(args.trigger && { trigger: triggers().triggerAsWritten(args.trigger) }),
    actions: (args.actions ?? []).map(actions().actionAsWritten),
    actionsOnTrigger: (args.actionsOnTrigger ?? []).map(actions().actionAsWritten),
    actionsOnResolve: (args.actionsOnResolve ?? []).map(actions().actionAsWritten),
  }),
});

/** What `prefect deploy` calls the automations of a deployment's triggers, without its flow: deployments of two flows may share the name. */
const triggerName = /__automation_\d+$/;

/** Whether two automations of such a name run deployments of their own. */
function runOthers(one: Partial<Args>, other: Partial<Args>): boolean {
  if (!triggerName.test(other.name ?? "")) return false;
  const [ones, others] = [one, other].map(({ actions = [] }) => deploymentsRun(actions));
  return ones !== undefined && others !== undefined && !ones.some((id) => others.includes(id));
}

/** Ids of the deployments that actions run, which aren't known while these are to be made; undefined when nothing is run. */
function deploymentsRun(actions: Action[]): string[] | undefined {
  if (!Array.isArray(actions)) return undefined;
  const ids = actions.flatMap((action) => (action.type === "run-deployment" ? [action.deploymentId ?? ""] : []));
  return ids.length > 0 ? ids.filter((id) => id !== "" && !holdsUnknown(id)) : undefined;
}

function markOf(creation: string): string {
  return `meta-prefect.creation.${creation}`;
}

/** A creation whose answer was lost is sent again, and Prefect makes another one: those with its mark are this creation's alone. */
async function deleteTwins(client: PrefectClient, id: string, mark: string): Promise<void> {
  try {
    for (const twin of await owned(client, mark))
      if (twin.id !== id) await client.delete(path`/automations/${twin.id}`);
  } catch (error) {
    throw new PartialFailure(id, {}, `was made, but not whether twice could be found out: ${messageOf(error)}`);
  }
}

async function owned(client: PrefectClient, mark: string): Promise<Remote[]> {
  return (await client.list<Remote>(path`/automations/related-to/${mark}`)) ?? [];
}

function named(client: PrefectClient, name: string): Promise<Remote[]> {
  return client.filter<Remote>("/automations/filter", { automations: { name: { any_: [name] } } });
}

/** A replacement has to say what is cleared, too, since what it leaves out stays. */
function bodyOf({ ownerResource: _, adopt: __, ...args }: Args): Json {
  return toSnake(
    { ...initialValues(automation.fields), ...args, trigger: withPeriods(args.trigger) },
    verbatim,
  ) as Json;
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

/**
 * An automation: what is done when events come, or stay away.
 *
 * @example
 * new Automation("pause-after-failures", {
 *   trigger: { type: "event", posture: "Reactive", expect: ["prefect.flow-run.Failed"], threshold: 3, within: 3600 },
 *   actions: [{ type: "pause-deployment", source: "inferred" }],
 * });
 */
export class Automation extends resourceOf<Args>() {
  constructor(name: string, args: Inputs<AutomationArgs>, opts?: pulumi.CustomResourceOptions);
  /**
   * @param hints what the deployment whose trigger it is knows of it
   * @internal
   */
  constructor(
    name: string,
    args: Inputs<AutomationArgs>,
    opts: pulumi.CustomResourceOptions | undefined,
    hints: pulumi.Input<Hints> | undefined,
  );
  constructor(
    name: string,
    args: Inputs<AutomationArgs>,
    opts?: pulumi.CustomResourceOptions,
    hints?: pulumi.Input<Hints>,
  ) {
    super(automation, name, { ...args, name: args.name ?? name }, { opts, hints });
  }
}
