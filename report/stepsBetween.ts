import { isEqual, signature } from "../provider/api/json";
import { hintsKey, providerKey } from "../provider/engine/keys";
import { type AnyKind, type Hints, type Json, secret } from "../provider/engine/kind";
import * as lifecycle from "../provider/engine/lifecycle";
import { hidden, pathOf } from "../provider/engine/secrets";
import { registry } from "../provider/kinds/registry";
import type { Registered } from "./registered";
import { type Diagnostic, prefectKind, type ResourceState, type Step } from "./step";

/** By which Pulumi tells a secret from what else has its signature (Pulumi's own constant, `specialSecretSig`). */
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** What a program registers, checked: its steps when it is deployed, and what is wrong with it. */
export interface Side {
  resources: Map<string, Checked>;
  failures: Diagnostic[];
}

interface Checked {
  resource: Registered;
  /** The arguments, with what they imply. */
  inputs: Json;
  /** Those that aren't shown. */
  secrets: string[];
}

/**
 * Checks what a program registers, as the provider does in a preview.
 *
 * @param before what is there already
 */
export function checkedSide(registered: Registered[], before?: Side): Side {
  const side: Side = { resources: new Map(), failures: [] };
  const known = new Map<AnyKind, Map<string, Json>>();
  for (const resource of registered) {
    const { urn } = resource;
    const { [hintsKey]: given, [providerKey]: _, ...args } = plain(resource.args) as Json;
    const hints = (given ?? {}) as Hints;
    const kind = kindOf(urn);
    const own = Object.keys(resource.args).filter((key) => holdsSecret(resource.args[key]));
    const secrets = [
      ...own,
      ...(hints.secrets ?? []).map((one) => pathOf(one)[0] ?? ""),
      ...(kind ? secret(kind) : []),
    ];
    if (!kind) {
      side.resources.set(urn, { resource, inputs: args, secrets });
      continue;
    }
    const all = known.get(kind) ?? new Map<string, Json>();
    known.set(kind, all);
    const others = [...all].flatMap(([label, one]) => (label === kind.label(args) ? [] : [one]));
    const { inputs, failures } = lifecycle.check(kind, before?.resources.get(urn)?.inputs, args, hints, others);
    all.set(kind.label(inputs), inputs);
    side.resources.set(urn, { resource, inputs, secrets });
    for (const { property, reason } of failures) {
      side.failures.push({ severity: "error", message: `${property} ${reason}`.trim(), urn });
    }
  }
  return side;
}

/** What it takes to come from one side to the other: a step for each resource, those that go last. Nothing is asked. */
export function stepsBetween(before: Side, after: Side): Step[] {
  const steps = [...after.resources].map(([urn, now]): Step => {
    const old = before.resources.get(urn);
    if (!old) return { op: "create", urn, new: stateOf(now) };
    const diffs = differing(old, now);
    return { op: operationOf(old, now, diffs), urn, old: stateOf(old), new: stateOf(now), diffs };
  });
  const gone = [...before.resources].filter(([urn]) => !after.resources.has(urn));
  return [...steps, ...gone.map(([urn, old]): Step => ({ op: "delete", urn, old: stateOf(old) }))];
}

function operationOf(old: Checked, now: Checked, diffs: string[]): Step["op"] {
  const kind = kindOf(now.resource.urn);
  if (!now.resource.custom) return "same";
  // what another provider can't change in place, it alone knows
  if (!kind) return diffs.length > 0 ? "update" : "same";
  const { changes, replaces } = lifecycle.diff(kind, old.inputs, now.inputs);
  return replaces.length > 0 ? "replace" : changes ? "update" : "same";
}

function differing(old: Checked, now: Checked): string[] {
  const names = new Set([...Object.keys(old.inputs), ...Object.keys(now.inputs)]);
  return [...names].filter((name) => !isEqual(old.inputs[name], now.inputs[name]));
}

function kindOf(urn: string): AnyKind | undefined {
  const type = prefectKind(urn);
  return type !== undefined && Object.hasOwn(registry, type) ? registry[type]?.() : undefined;
}

function stateOf({ resource: { args: _, ...resource }, inputs, secrets }: Checked): ResourceState {
  const shown = Object.entries(inputs).map(([key, value]) => [key, secrets.includes(key) ? hidden : value]);
  return { ...resource, inputs: Object.fromEntries(shown) as Json };
}

/** A value without what Pulumi puts around secrets. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

function holdsSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isSecret(value) || Object.values(value).some(holdsSecret);
}

function isSecret(value: object): value is { value: unknown } {
  return (value as Json)[signature] === secretSignature;
}
