import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { path } from "./path";
import { holdsUnknown } from "./json";
import type { Json, Kind } from "./kind";
import { type AdoptArgs, type Inputs, PrefectResource } from "./resource";
import * as rules from "./rules";

/** A JSON value. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** What a variable is. */
export interface VariableArgs extends AdoptArgs {
  /** Of lower-case letters, digits, dashes and underscores, at most 255. @default the resource's Pulumi name */
  name?: string;
  /**
   * Any JSON but a bare null, at most 5,000 characters of JSON. Integers beyond 2^53 are an error, as they would be rounded; give them
   * as texts.
   */
  value: JsonValue;
  tags?: string[];
}

type Args = VariableArgs & { name: string };

interface Remote {
  id: string;
  name: string;
  value: JsonValue;
  tags: string[];
}

/** Prefect's limits (prefect.types: MAX_VARIABLE_NAME_LENGTH, MAX_VARIABLE_VALUE_LENGTH). */
const longestName = 255;
const longestValue = 5_000;

export const variable: Kind<Args, Remote> = {
  type: "Variable",
  noun: "variable",
  rules: z.strictObject({
    name: rules.text
      .regex(/^[a-z0-9-_]+$/, "must be of lower-case letters, digits, dashes and underscores")
      .max(longestName, `must have at most ${longestName} characters`),
    value: z.unknown().refine((value) => value !== undefined, "must be a JSON value other than null"),
    tags: rules.strings.optional(),
    adopt: rules.adopt,
  }),
  immutable: [],
  sameName: () => false,
  label: ({ name }) => String(name),

  validate({ value }) {
    if (holdsUnknown(value)) return [];
    const { length } = JSON.stringify(value);
    if (length <= longestValue) return [];
    return [{ property: "value", reason: `has ${length} characters of JSON; Prefect takes at most ${longestValue}` }];
  },

  find: (client, { name }) => client.find<Remote>(path`/variables/name/${name}`),
  get: (client, id) => client.find<Remote>(path`/variables/${id}`),
  create: (client, { name, value, tags }) => client.post<Remote>("/variables/", { name, value, tags }),

  async update(client, id, { news, changed }) {
    const body: Json = {};
    if (changed.has("name")) body.name = news.name;
    if (changed.has("value")) body.value = news.value;
    if (changed.has("tags")) body.tags = news.tags ?? [];
    if (!(await client.patchIfChanged(path`/variables/${id}`, body))) return undefined;
    return { id } as Remote;
  },

  delete: (client, id) => client.delete(path`/variables/${id}`),
  id: ({ id }) => id,
  fromApi: ({ name, value, tags }) => ({ name, value, tags }),
  page: () => "/variables",
};

/** A variable: a named JSON value that flows and templates read. A new name renames it in place. */
export class Variable extends PrefectResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly value: pulumi.Output<JsonValue>;
  declare readonly tags: pulumi.Output<string[] | undefined>;

  constructor(name: string, args: Inputs<VariableArgs>, opts?: pulumi.CustomResourceOptions) {
    super(variable, name, { ...args, name: args.name ?? name }, { opts });
  }
}
