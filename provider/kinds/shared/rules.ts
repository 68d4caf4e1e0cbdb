import { z } from "zod";

/** The rules that several kinds' arguments share; each says what is allowed, and the caller adds what was given. */

/** Prefect's names of flows, work pools and deployments: what it bans breaks its URLs. */
export const name = z.string("must be a string").regex(/^[^/%&><]+$/, "must not be empty nor hold any of / % & > <");
/** The same, of what Prefect's API finds by a URL with the name in it. */
export const nameInUrl = name.refine(
  (name) => name !== "." && name !== "..",
  "must not be . or .., which URLs can't hold",
);

export const text = z.string("must be a string");
export const flag = z.boolean("must be true or false");
export const uuid = z.string("must be a UUID").regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "must be a UUID");
export const strings = z.array(text, "must be a list of strings");
export const object = z.record(z.string(), z.unknown(), "must be an object");
export const positive = z.int("must be a positive integer").min(1, "must be a positive integer");
export const natural = z.int("must be an integer from 0 on").min(0, "must be an integer from 0 on");
/** Takes over an existing object; see `AdoptArgs`. */
export const adopt = flag.optional();
/** Prefect's labels: a flat object of strings, numbers and booleans. */
export const labels = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean()], "must be a string, a number or a boolean"),
  "must be an object",
);
