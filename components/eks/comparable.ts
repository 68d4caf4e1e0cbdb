import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

const numbers = new WeakMap<object, number>();
let count = 0;

/**
 * Arguments in a form in which they can be compared and shown: what other resources give and functions stand for themselves, and a
 * kubeconfig, which may hold a secret, is a hash.
 */
export function comparable(args: Record<string, unknown>): object {
  return Object.fromEntries(
    Object.entries(args)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, key === "kubeconfig" ? hidden(value) : part(value)]),
  );
}

function part(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (pulumi.Output.isInstance(value) || pulumi.Resource.isInstance(value) || value instanceof Promise) {
    if (!numbers.has(value)) numbers.set(value, (count += 1));
    return `#${numbers.get(value)}`;
  }
  if (Array.isArray(value)) return value.map(part);
  return comparable(value as Record<string, unknown>);
}

/** Tells one value from another without showing it; what another resource gives isn't known anyway. */
function hidden(value: unknown): unknown {
  if (typeof value === "string") return hashOf(value);
  const shown = part(value);
  return typeof shown === "string" ? shown : hashOf(JSON.stringify(shown));
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
