import assert from "node:assert/strict";
import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc";
import type { Json, Registered } from "../registered";

/** A resource as a test writes it: its type, its name and its inputs, in which JSON is read and secrets are seen. */
export type Row = [type: string, name: string, inputs?: Json];

export async function readable(value: unknown): Promise<unknown> {
  const given = await value;
  if (typeof given === "string" && /^\{[^{]/.test(given)) return readable(JSON.parse(given));
  if (Array.isArray(given)) return Promise.all(given.map(readable));
  if (typeof given !== "object" || given === null) return given;
  if ((given as Json)[specialSigKey] === specialSecretSig) return { secret: await readable((given as Json).value) };
  const entries = Object.entries(given).map(async ([key, inner]) => [key, await readable(inner)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Makes sure that just these are made, with just these inputs, and that nothing is wrong with them. */
export async function assertMade(resources: Registered[], expected: Row[]): Promise<void> {
  const made = resources.map(async ({ type, name, inputs, failures }) => [
    type,
    name,
    await readable(inputs),
    failures,
  ]);
  const key = ([type, name]: Row) => `${name} ${type}`;
  const rows = [...expected].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  assert.deepEqual(
    resources.map(({ type, name }) => `${type} ${name}`),
    rows.map(([type, name]) => `${type} ${name}`),
  );
  assert.deepEqual(
    await Promise.all(made),
    rows.map(([type, name, inputs = {}]) => [type, name, inputs, undefined]),
  );
}
