import * as pulumi from "@pulumi/pulumi";
import { unknown } from "../api/json";
import type { Json } from "../engine/kind";

/** The arguments' values inside a program; what isn't known in a preview is Pulumi's mark for that. */
export async function valuesOf(inputs: Json): Promise<Json> {
  const pairs = await Promise.all(Object.entries(inputs).map(async ([key, value]) => [key, await known(value)]));
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined)) as Json;
}

/** The value of an input, with Pulumi's mark in place of what isn't known in a preview. */
export async function known(input: unknown): Promise<unknown> {
  const output = pulumi.output(input) as unknown as { promise(withUnknowns: boolean): Promise<unknown> };
  return marked(await output.promise(true));
}

/** Pulumi's unknown values inside a program are objects; in what a provider gets they are a text. */
function marked(value: unknown): unknown {
  if (pulumi.isUnknown(value)) return unknown;
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== "object" || value === null) return value;
  const given = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(given.map(([key, part]) => [key, marked(part)]));
}
