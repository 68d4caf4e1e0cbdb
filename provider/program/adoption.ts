import * as pulumi from "@pulumi/pulumi";
import { ConnectionError, PrefectError } from "../api/errors";
import { holdsUnknown } from "../api/json";
import * as creation from "../engine/creation";
import { type AnyKind, type Hints, immutable, type Json } from "../engine/kind";
import * as lifecycle from "../engine/lifecycle";
import { hidden, pathOf, secretsOf } from "../engine/secrets";
import { resourcesOfStack } from "./holders";
import { perProgram } from "./perProgram";
import { hasEngine, programClient } from "./program";
import { known, valuesOf } from "./values";

/** How many characters of a value a message shows. */
const shownCharacters = 60;

/** What one run of a program knows of what it takes over. */
interface Adoptions {
  /** The URNs that the stack has already; what is among them was taken over, or made, before. */
  known: Promise<ReadonlyMap<string, unknown>>;
  underWay: number;
  asTheyAre: number;
  /** Those that can't be looked up yet, as what they are found by isn't known in the preview. */
  later: number;
  isWarned: boolean;
}

const adoptionsOfProgram = perProgram((): Adoptions => ({
  known: resourcesOfStack(),
  underWay: 0,
  asTheyAre: 0,
  later: 0,
  isWarned: false,
}));

/** Counts a resource that is going to be looked up, so that one message can sum up all. Called when the resource is made. */
export function expectAdoption(): void {
  if (hasEngine()) adoptionsOfProgram().underWay += 1;
}

/**
 * Looks up what a resource with `adopt: true` is about to take over, and says what that will change. It is the program that does
 * it, once for each object, since a provider isn't asked while Pulumi previews a creation.
 *
 * @returns what `check` has to know of the existing object
 */
export async function foretellAdoption(
  kind: AnyKind,
  urn: pulumi.Output<string>,
  inputs: Json,
  hints: Hints,
): Promise<Hints> {
  if (!hasEngine()) return hints;
  const adoptions = adoptionsOfProgram();
  const keepAlive = pulumi.runtime.rpcKeepAlive();
  try {
    return await foretell(kind, adoptions, await known(urn), await valuesOf(inputs), hints);
  } catch (error) {
    // what can't be taken over is reported by `check`, on the resource
    if (error instanceof PrefectError && !(error instanceof ConnectionError)) {
      return { ...hints, failures: [...(hints.failures ?? []), { property: "adopt", reason: error.message }] };
    }
    // a preview without a server is worth having; `pulumi up` fails by itself
    if (!(error instanceof ConnectionError) || !pulumi.runtime.isDryRun()) throw error;
    if (!adoptions.isWarned) {
      void pulumi.log.warn(`what adopt: true will take over and change can't be said: ${error.message}`);
    }
    adoptions.isWarned = true;
    return hints;
  } finally {
    adoptions.underWay -= 1;
    if (adoptions.underWay === 0) summarize(adoptions);
    keepAlive();
  }
}

async function foretell(kind: AnyKind, adoptions: Adoptions, urn: unknown, args: Json, hints: Hints): Promise<Hints> {
  if (args.adopt !== true || (await adoptions.known).has(String(urn))) return hints;
  const { inputs, writeOnly, failures } = lifecycle.check(kind, undefined, args, hints);
  if (failures.length > 0) return hints;
  const existing = await creation.find(kind, programClient(), inputs);
  if (existing === undefined) {
    if ([...immutable(kind), "name"].some((key) => holdsUnknown(inputs[key]))) adoptions.later += 1;
    return hints;
  }
  const { server, changed, fixed } = creation.compare(kind, { ...inputs, ...writeOnly }, existing);
  if (fixed.length > 0) throw creation.cannotTakeOver(fixed, server, inputs);
  const version = typeof server.version === "string" ? server.version : undefined;
  // a version that follows the changes goes on from the one that is there; that it does isn't news
  const follows = args.version === "auto" || args.version === "git";
  const shown = changed.filter((key) => !(follows && key === "version"));
  const secrets = secretsOf(kind, hints.secrets).map((secret) => pathOf(secret)[0]);
  if (shown.length === 0) adoptions.asTheyAre += 1;
  else {
    const list = shown.map((key) =>
      secrets.includes(key)
        ? `${key}: ${hidden}`
        : `${key}: ${brief(lifecycle.asAsked(kind, key, server, inputs))} => ${brief(inputs[key])}`,
    );
    void pulumi.log.info(
      `${kind.noun} "${kind.label(inputs)}" exists in Prefect and is taken over; this changes ${list.join(", ")}`,
    );
  }
  return { ...hints, adopted: { ...(version !== undefined && { version }), changes: shown.length > 0 } };
}

function summarize(adoptions: Adoptions): void {
  const { asTheyAre, later } = adoptions;
  Object.assign(adoptions, { asTheyAre: 0, later: 0 });
  const objects = (count: number) => (count === 1 ? "1 object" : `${count} objects`);
  if (asTheyAre > 0) {
    const verb = asTheyAre === 1 ? "exists" : "exist";
    void pulumi.log.info(
      `${objects(asTheyAre)} ${verb} in Prefect just as the program says; taking over changes nothing`,
    );
  }
  if (later > 0) {
    void pulumi.log.info(`${objects(later)} with adopt: true can't be looked up before what they belong to is there`);
  }
}

function brief(value: unknown): string {
  const text = (JSON.stringify(value) as string | undefined) ?? "none";
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}...` : text;
}
