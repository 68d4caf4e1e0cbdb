import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { holdsUnknown } from "../api/json";
import { path } from "../api/path";
import type { Variable as Remote } from "../api/prefect";
import { defineKind, type Kind } from "../engine/kind";
import { type AdoptArgs, type Inputs, resourceOf } from "../program/resource";
import * as rules from "./shared/rules";

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

/** Prefect's limits (prefect.types: MAX_VARIABLE_NAME_LENGTH, MAX_VARIABLE_VALUE_LENGTH). */
const longestName = 255;
const longestValue = 5_000;

export const variable: Kind<Args, Remote, "name"> = defineKind({
  type: "Variable",
  noun: "variable",
  fields: {
    name: {
      rule: rules.text
        .regex(/^[a-z0-9-_]+$/, "must be of lower-case letters, digits, dashes and underscores")
        .max(longestName, `must have at most ${longestName} characters`),
    },
    value: { rule: z.unknown().refine((value) => value !== undefined, "must be a JSON value other than null") },
    tags: { rule: rules.strings.optional(), clear: [] },
  },
  collection: "/variables",
  named: ({ name }) => path`/variables/name/${name}`,

  validate({ value }) {
    if (holdsUnknown(value)) return [];
    const { length } = JSON.stringify(value);
    if (length <= longestValue) return [];
    return [{ property: "value", reason: `has ${length} characters of JSON; Prefect takes at most ${longestValue}` }];
  },

  page: () => "/variables",
});

/**
 * A variable: a named JSON value that flows and templates read. A new name renames it in place.
 *
 * @example
 * new Variable("region", { value: { name: "eu-1", zones: ["a", "b"] }, tags: ["infra"] });
 */
export class Variable extends resourceOf<Args>() {
  constructor(name: string, args: Inputs<VariableArgs>, opts?: pulumi.CustomResourceOptions) {
    super(variable, name, { ...args, name: args.name ?? name }, { opts });
  }
}
