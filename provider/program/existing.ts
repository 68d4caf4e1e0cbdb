import * as pulumi from "@pulumi/pulumi";
import { resolveAddress } from "../api/connection";
import { ConnectionError, PrefectError } from "../api/errors";
import { holdsUnknown } from "../api/json";
import * as creation from "../engine/creation";
import { Intents } from "../engine/intents";
import { type AnyKind, type Hints, immutable, type Json } from "../engine/kind";
import * as lifecycle from "../engine/lifecycle";
import { serverAddress } from "../engine/server";
import { type Holder, holdersOf, movesWithParent, remedyFor, resourcesOfStack } from "./holders";
import { perProgram } from "./perProgram";
import { previewClient, stackName } from "./program";
import { programError } from "./programError";
import { known, valuesOf } from "./values";

/** How many objects a message names. */
const mostNamed = 3;

/** A resource that a preview is going to make. */
interface NewResource {
  resource: pulumi.CustomResource;
  kind: AnyKind;
  /** Its Pulumi name. */
  name: string;
  inputs: Json;
  /** The arguments that were given as secrets. */
  secrets?: readonly string[];
}

/** What one preview has found out about what it is going to make. */
interface Findings {
  made: NewResource[];
  underWay: number;
  isReachable: Promise<boolean>;
  /** What exists under another Pulumi name of the stack: by the remedy, which several share. */
  held: Map<string, { objects: string[]; isAdopted: boolean }>;
}

const findingsOfProgram = perProgram((): Findings => ({
  made: [],
  underWay: 0,
  isReachable: isReachable(),
  held: new Map(),
}));

/**
 * Says, in a preview, that what a resource is about to make exists already, and what becomes of it. A resource that the state has, by its
 * name or by an alias, asks nothing; neither does anything when the server can't be reached, since a preview without one is worth having.
 */
export async function foretellCreation(
  resource: pulumi.CustomResource,
  kind: AnyKind,
  name: string,
  args: Json,
  hints: Hints,
): Promise<void> {
  const findings = findingsOfProgram();
  findings.underWay += 1;
  try {
    const { inputs, writeOnly, failures } = lifecycle.check(kind, undefined, await valuesOf(args), hints);
    // what it is found by may not be known yet; what is wrong with it is said by its check
    if (failures.length > 0 || holdsUnknown(immutable(kind).map((key) => inputs[key])) || holdsUnknown(inputs.name))
      return;
    const made = { resource, kind, name, inputs: { ...inputs, ...writeOnly }, secrets: hints.secrets };
    const twin = findings.made.find((other) => isSameObject(kind, other, made));
    findings.made.push(made);
    if (twin) {
      const message = `${described(made)} is made twice by this program, as "${twin.name}" and "${name}"; give each a name of its own`;
      fail(message);
    } else if (await findings.isReachable) {
      await report(findings, made);
    }
  } finally {
    findings.underWay -= 1;
    if (findings.underWay === 0) await summarize(findings);
  }
}

async function report(findings: Findings, made: NewResource): Promise<void> {
  const { resource, kind, inputs } = made;
  // the state is read for what is there alone, as most of what is new isn't
  const holders = async () => holdersOf(kind, inputs, await resourcesOfStack());
  // a preview of a replacement gives it no id, and what it is to take the place of is there
  const isReplaced = async () => isAmong(await holders(), resource);
  const recovery = recoveryOf(made);
  const client = previewClient();
  const interrupted =
    recovery &&
    (await creation.findInterrupted(kind, client, inputs, { recovery, secrets: made.secrets }).catch(() => undefined));
  if (interrupted?.object !== undefined && (await holders()).length === 0) {
    const message = `${described(made)} exists: an interrupted \`pulumi up\` of this stack has made it, and this one goes on from there`;
    await pulumi.log.info(message, resource);
    return;
  }
  const existing = await creation.find(kind, client, inputs).catch(async (error: unknown) => {
    // a server that goes away is no news of a preview; that there are several objects of the name is
    const isNews = error instanceof PrefectError && !(error instanceof ConnectionError);
    if (isNews && !(await isReplaced())) fail(`${described(made)}: ${error.message}`);
    return undefined;
  });
  if (existing === undefined || (await isReplaced())) return;
  const isAdopted = inputs.adopt === true;
  const [holder] = await holders();
  if (holder && movesWithParent(holder)) return;
  if (holder) {
    const remedy = remedyFor(holder, String(await known(resource.urn)), await parentOf(resource));
    const group = findings.held.get(remedy) ?? { objects: [], isAdopted };
    findings.held.set(remedy, group);
    group.objects.push(`${described(made)} (as "${holder.name}")`);
  } else if (!isAdopted) {
    fail(`${described(made)} ${creation.existsAlready(kind, inputs, existing, stackName())}`);
  }
}

/** Whether the state has a resource, by its URN or an alias. */
async function isAmong(holders: readonly Holder[], resource: pulumi.CustomResource): Promise<boolean> {
  const { __aliases: aliases = [] } = resource as { __aliases?: pulumi.Input<string>[] };
  const urns = await Promise.all([resource.urn, ...aliases].map(async (urn) => String(await known(urn))));
  return holders.some(({ urn }) => urns.includes(urn));
}

/** What an earlier run on this machine has written down of it; undefined when no server is configured. */
function recoveryOf({ kind, inputs: args }: NewResource): creation.Recovery | undefined {
  try {
    const server = serverAddress(resolveAddress((key) => pulumi.runtime.getConfig(key)));
    const recovers = pulumi.runtime.getConfig(creation.recoverKey) === "true";
    return { intents: new Intents(), of: { server, stack: stackName(), kind, args }, recovers };
  } catch {
    return undefined;
  }
}

async function summarize(findings: Findings): Promise<void> {
  const held = [...findings.held];
  findings.held.clear();
  for (const [remedy, { objects, isAdopted }] of held) {
    const named = objects.slice(0, mostNamed).join(", ");
    const list = objects.length > mostNamed ? `${named} and ${objects.length - mostNamed} more` : named;
    if (isAdopted) {
      await pulumi.log.warn(
        `${list}: what this program takes over stays in Prefect, although the preview shows the resource that had it as deleted; ` +
          `only Pulumi's state forgets that one. To say that it is the same resource, ${remedy}`,
      );
    } else {
      fail(
        `${list}: already in this stack under another Pulumi name, recipe or parent. When it is meant to be the same, ${remedy}, so ` +
          "that Pulumi knows it again and deletes nothing; else choose another name",
      );
    }
  }
}

/** Pulumi reports a rejection that nobody handles and fails the preview, but lets the program come to its end. */
function fail(message: string): void {
  void Promise.reject(programError(message));
}

function described({ kind, inputs }: NewResource): string {
  return `${kind.noun} "${kind.label(inputs)}"`;
}

function isSameObject(kind: AnyKind, one: NewResource, other: NewResource): boolean {
  return (
    one.kind === kind && kind.label(one.inputs) === kind.label(other.inputs) && kind.sameName(one.inputs, other.inputs)
  );
}

async function parentOf(resource: pulumi.CustomResource): Promise<string | undefined> {
  const parent = (resource as { __parentResource?: pulumi.Resource }).__parentResource;
  return parent && String(await known(parent.urn));
}

async function isReachable(): Promise<boolean> {
  try {
    await previewClient().greet();
    return true;
  } catch {
    return false;
  }
}
