import type * as pulumi from "@pulumi/pulumi";
import { path } from "../api/path";
import type { Flow as Remote } from "../api/prefect";
import { creationBody } from "../engine/field";
import { defineKind, type Kind } from "../engine/kind";
import { type AdoptArgs, type Inputs, resourceOf } from "../program/resource";
import { deploymentsOf, refuseWhileUsed } from "./shared/dependents";
import { askedLabels, type Labels } from "./shared/labels";
import * as rules from "./shared/rules";

/** What a flow is. */
export interface FlowArgs extends AdoptArgs {
  /** Without `/ % & > <`. A change replaces the flow. @default the resource's Pulumi name */
  name?: string;
  tags?: string[];
  /** Labels of the flow; Prefect can't change them, so a change replaces the flow. */
  labels?: Labels;
}

type Args = FlowArgs & { name: string };

export const flow: Kind<Args, Remote, "name"> = defineKind({
  type: "Flow",
  noun: "flow",
  fields: {
    name: { rule: rules.name, replaces: true },
    tags: { rule: rules.strings.optional(), clear: [] },
    labels: { rule: rules.labels.optional(), initial: {}, replaces: true },
  },
  collection: "/flows",

  // by a filter, since Prefect's addresses can't have names with a line break
  find: async (client, { name }) =>
    (await client.filter<Remote>("/flows/filter", { flows: { name: { any_: [name] } } }))[0],

  create: (client, args) => client.make<Remote>("/flows/", creationBody(flow.fields, args)),

  async delete(client, id) {
    refuseWhileUsed({
      users: await deploymentsOf(client, { flows: { id: { any_: [id] } } }),
      fate: "which Prefect would delete with it",
      remedy: "delete them first, or take the flow out of the program with retainOnDelete: true",
    });
    await client.delete(path`/flows/${id}`);
  },

  asAsked: (key, server, asked) => (key === "labels" ? askedLabels(server as Labels, asked as Labels) : server),
  asWritten: (args) => ({ ...args, ...(args.labels && { labels: askedLabels(args.labels) }) }),
  page: ({ id }) => path`/flows/flow/${id}`,
});

/**
 * A flow: the name under which deployments and runs of a flow function are kept.
 *
 * @example
 * new Flow("add-two-numbers-flow", { tags: ["sums"] });
 */
export class Flow extends resourceOf<Args>() {
  constructor(name: string, args: Inputs<FlowArgs> = {}, opts?: pulumi.CustomResourceOptions) {
    super(flow, name, { ...args, name: args.name ?? name }, { opts });
  }
}
