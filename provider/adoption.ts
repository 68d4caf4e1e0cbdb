import * as pulumi from "@pulumi/pulumi";
import { ConnectionError, PrefectError } from "./errors";
import { holdsUnknown, unknown } from "./json";
import type { AnyKind, Hints, Json } from "./kind";
import * as lifecycle from "./lifecycle";
import { perProgram } from "./perProgram";
import { hasEngine, programClient } from "./program";
import { hidden, secretsOf } from "./secrets";

/** How many characters of a value a message shows. */
const shownCharacters = 60;

/** What one run of a program knows of what it takes over. */
interface Adoptions {
  /** The URNs that the stack has already; what is among them was taken over, or made, before. */
  known: Promise<ReadonlySet<string>>;
  underWay: number;
  asTheyAre: number;
  /** Those that can't be looked up yet, as what they are found by isn't known in the preview. */
  later: number;
  isWarned: boolean;
}

const adoptionsOfProgram = perProgram((): Adoptions => ({
  known: urnsOfStack(),
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
    return await foretell(kind, adoptions, await valueOf(urn), await resolved(inputs), hints);
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
  const existing = await kind.find(programClient(), inputs);
  if (existing === undefined) {
    if ([...kind.immutable, "name"].some((key) => holdsUnknown(inputs[key]))) adoptions.later += 1;
    return hints;
  }
  const { server, changed, fixed } = lifecycle.compare(kind, { ...inputs, ...writeOnly }, existing);
  if (fixed.length > 0) throw lifecycle.cannotTakeOver(fixed, server, inputs);
  const version = typeof server.version === "string" ? server.version : undefined;
  // a version that counts goes on from the one that is there; that it does isn't news
  const counts = args.version === "auto";
  const shown = changed.filter((key) => !(counts && key === "version"));
  const secrets = secretsOf(kind, hints.secrets);
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

/** The URNs in the stack's state, which the engine reads for stack references as well. */
async function urnsOfStack(): Promise<ReadonlySet<string>> {
  const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName })) as {
    outputs?: Json;
  };
  return new Set(Object.keys(outputs ?? {}));
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
  const text = JSON.stringify(value) ?? "none";
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}...` : text;
}

/** The arguments' values; what isn't known in a preview is Pulumi's mark for that. */
async function resolved(inputs: Json): Promise<Json> {
  const pairs = await Promise.all(Object.entries(inputs).map(async ([key, value]) => [key, await valueOf(value)]));
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined)) as Json;
}

async function valueOf(input: unknown): Promise<unknown> {
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
