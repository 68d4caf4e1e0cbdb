import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { path } from "./path";
import { deploymentsOf } from "./dependents";
import { PrefectError } from "./errors";
import { askedLabels } from "./labels";
import type { Kind } from "./kind";
import { type AdoptArgs, type Inputs, PrefectResource } from "./resource";
import * as rules from "./rules";

/** What a flow is. */
export interface FlowArgs extends AdoptArgs {
  /** Without `/ % & > <`. A change replaces the flow. @default the resource's Pulumi name */
  name?: string;
  tags?: string[];
  /** Labels of the flow; Prefect can't change them, so a change replaces the flow. */
  labels?: Record<string, string | number | boolean>;
}

type Args = FlowArgs & { name: string };

interface Remote {
  id: string;
  name: string;
  tags: string[];
  labels: Record<string, string | number | boolean>;
}

export const flow: Kind<Args, Remote> = {
  type: "Flow",
  noun: "flow",
  rules: z.strictObject({
    name: rules.name,
    tags: rules.strings.optional(),
    labels: rules.labels.optional(),
    adopt: rules.adopt,
  }),
  immutable: ["name", "labels"],
  sameName: (olds, news) => olds.name === news.name,
  label: ({ name }) => String(name),

  find: (client, { name }) => client.find<Remote>(path`/flows/name/${name}`),
  get: (client, id) => client.find<Remote>(path`/flows/${id}`),
  create: (client, { name, tags, labels }) => client.post<Remote>("/flows/", { name, tags, labels }),

  async update(client, id, { news, changed }) {
    if (changed.has("tags") && !(await client.patch(path`/flows/${id}`, { tags: news.tags ?? [] }))) return undefined;
    return { id } as Remote;
  },

  async delete(client, id) {
    const deployments = await deploymentsOf(client, { flows: { id: { any_: [id] } } });
    if (deployments.length > 0) {
      throw new PrefectError(
        `still has deployments that this stack doesn't delete (${deployments.join(", ")}), which Prefect would delete with it; ` +
          "delete them first, or take the flow out of the program with retainOnDelete: true",
      );
    }
    await client.delete(path`/flows/${id}`);
  },

  id: ({ id }) => id,
  fromApi: ({ name, tags, labels }) => ({ name, tags, labels }),
  asAsked: (key, server, asked) => (key === "labels" ? askedLabels(server, asked) : server),
  page: ({ id }) => path`/flows/flow/${id}`,
};

/** A flow: the name under which deployments and runs of a flow function are kept. */
export class Flow extends PrefectResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly tags: pulumi.Output<string[] | undefined>;
  declare readonly labels: pulumi.Output<FlowArgs["labels"]>;

  constructor(name: string, args: Inputs<FlowArgs> = {}, opts?: pulumi.CustomResourceOptions) {
    super(flow, name, { ...args, name: args.name ?? name }, { opts });
  }
}
