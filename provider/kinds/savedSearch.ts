import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { SavedSearch as Remote } from "../api/prefect";
import { creationBody } from "../engine/field";
import { defineKind, type Kind } from "../engine/kind";
import { type AdoptArgs, type Inputs, resourceOf } from "../program/resource";
import * as rules from "./shared/rules";

/** One condition of a saved search, in the words of Prefect's UI. */
export interface SavedSearchFilter {
  /** What is filtered, such as "flow-run". */
  object: string;
  /** The property, such as "state". */
  property: string;
  /** The property's type, such as "state". */
  type: string;
  /** How it is compared, such as "any". */
  operation: string;
  /** What it is compared with; any JSON. */
  value: unknown;
}

/** What a saved search is. */
export interface SavedSearchArgs extends AdoptArgs {
  /** A change replaces the search. @default the resource's Pulumi name */
  name?: string;
  /** The conditions, all of which have to hold. @default none */
  filters?: SavedSearchFilter[];
}

type Args = SavedSearchArgs & { name: string };

const word = rules.text.min(1, "must not be empty");

export const savedSearch: Kind<Args, Remote, "name"> = defineKind({
  type: "SavedSearch",
  noun: "saved search",
  fields: {
    name: { rule: word, replaces: true },
    filters: {
      rule: z
        .array(
          z.strictObject({ object: word, property: word, type: word, operation: word, value: z.unknown() }),
          "must be a list of conditions",
        )
        .optional(),
      clear: [],
    },
  },
  collection: "/saved_searches",

  async find(client, { name }) {
    const all = await client.filter<Remote>("/saved_searches/filter");
    return all.find((search) => search.name === name);
  },

  create: (client, args) => client.make<Remote>("/saved_searches/", creationBody(savedSearch.fields, args), "PUT"),

  // Prefect knows them by their names: making one that is there changes it, and it keeps its id
  async update(client, id, { news }) {
    if (!(await savedSearch.get(client, id))) return false;
    await client.remake("PUT", "/saved_searches/", { filters: [], ...creationBody(savedSearch.fields, news) });
    return true;
  },

  page: () => "/runs",
});

/**
 * A saved search: a view of the runs that a whole team finds in Prefect's UI.
 *
 * @example
 * new SavedSearch("failed", {
 *   filters: [{ object: "flow-run", property: "state", type: "state", operation: "any", value: ["Failed", "Crashed"] }],
 * });
 */
export class SavedSearch extends resourceOf<Args>() {
  constructor(name: string, args: Inputs<SavedSearchArgs> = {}, opts?: pulumi.CustomResourceOptions) {
    super(savedSearch, name, { ...args, name: args.name ?? name }, { opts });
  }
}
