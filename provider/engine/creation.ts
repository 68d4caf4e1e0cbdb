import { randomUUID } from "node:crypto";
import type { PrefectClient } from "../api/client";
import { createdAt, isMadeSince } from "../api/created";
import { ApiError, ConnectionError, PartialFailure, PrefectError } from "../api/errors";
import { holdsUnknown, isEqual } from "../api/json";
import { patienceOf } from "../api/patience";
import { visible } from "../api/visible";
import { type Intended, type Intent, type Intents, isOfIntent } from "./intents";
import { type AnyKind, immutable, type Json, later, type Owner, type Program, writeOnly } from "./kind";
import {
  adopt,
  argumentsOf,
  asAsked,
  deletedElsewhere,
  explained,
  noProgram,
  prefectId,
  type Stored,
  stored,
  uuidOf,
} from "./lifecycle";

/** Where what is about to be made is written down, and for whom. */
export interface Recovery {
  intents: Intents;
  of: Intended;
  /** Whether what is just as the program asks for is taken to be the stack's own, as after a crash on another machine. */
  recovers: boolean;
}

/** The stack's setting of that name. */
export const recoverKey = "prefect:recover";

/** What a creation has to know besides the arguments. */
export interface Circumstances {
  /** Arguments that no message may show. */
  secrets?: readonly string[];
  /** Whether a resource of the program has the object already. */
  isTaken?: (id: string) => boolean;
  /** @default one without others, of no stack */
  program?: Program<Json>;
  recovery?: Recovery;
}

/**
 * Makes the object or, when asked to, takes over the one that exists. Before the request an intent is written down, so that after a crash
 * between the request and Pulumi's checkpoint the next run on this machine knows the stack's own object, and goes on with it.
 */
export async function create(
  kind: AnyKind,
  client: PrefectClient,
  args: Json,
  circumstances: Circumstances = {},
): Promise<Stored> {
  const { secrets = [], recovery } = circumstances;
  return explained(kind, args, secrets, "create", async () => {
    const { object, twins = [], intents } = await findInterrupted(kind, client, args, circumstances);
    const [intent] = intents;
    if (object !== undefined) {
      return remembering(recovery, intent, async () => {
        for (const twin of twins) await kind.delete(client, kind.id(twin), args);
        return goOn(kind, client, args, object, circumstances);
      });
    }
    const existing = await find(kind, client, args);
    if (existing !== undefined) return takeOver(kind, client, args, existing, circumstances);
    for (const intent of intents) recovery?.intents.clear(recovery.of, intent);
    return make(kind, client, args, circumstances);
  });
}

/** Makes what isn't there. */
async function make(kind: AnyKind, client: PrefectClient, args: Json, circumstances: Circumstances): Promise<Stored> {
  const { secrets = [], program = noProgram, recovery, isTaken } = circumstances;
  const since = client.serverTime();
  const intent = recovery?.intents.write(recovery.of, since, secrets);
  const forget = () => intent && recovery?.intents.clear(recovery.of, intent);
  return remembering(recovery, intent, async () => {
    try {
      return stored(kind, args, await kind.create(client, args, program, intent?.mark ?? randomUUID()));
    } catch (error) {
      if (isRefusal(error)) forget();
      if (!(error instanceof ApiError && error.status === 409)) throw error;
      // somebody was faster; or an earlier try of this request came through, although its answer was lost
      const winner = await find(kind, client, args);
      if (winner === undefined) throw error;
      const isOurs =
        error.isRepeat && isMadeSince(winner, since) && isAsAskedFor(kind, args, winner) && !isTaken?.(kind.id(winner));
      if (isOurs) return goOn(kind, client, args, winner, circumstances);
      forget();
      return takeOver(kind, client, args, winner, circumstances);
    }
  });
}

/** Writes down which object came of an intent, also where that failed half-way. */
async function remembering(
  recovery: Recovery | undefined,
  intent: Intent | undefined,
  work: () => Promise<Stored>,
): Promise<Stored> {
  const made = (id: string, values: Json) =>
    intent && recovery?.intents.made(recovery.of, intent, prefectId(id, values));
  try {
    const object = await work();
    made(object.id, object.outputs);
    return object;
  } catch (error) {
    if (error instanceof PartialFailure) made(error.id, error.known);
    throw error;
  }
}

/** Whether the server has surely made nothing for this stack. A refusal of a later try says nothing of the earlier ones. */
function isRefusal(error: unknown): boolean {
  if (error instanceof PartialFailure || error instanceof ConnectionError) return false;
  if (error instanceof ApiError) return error.status < 500 && !error.isRepeat;
  return error instanceof PrefectError;
}

/** What an earlier run of the stack has left of a creation. */
export interface Interrupted {
  /** The object that it has made, and that the state doesn't have. */
  object?: unknown;
  /** What the same creation has made besides, as its request was sent again. */
  twins?: unknown[];
  /** Its intent or, where nothing was found that was made, all that are void. */
  intents: Intent[];
}

/**
 * The object that an earlier run of the stack has made and that its state doesn't have: by the intent that was written down on this
 * machine or, when the stack's configuration says so, by its being just what the program asks for. Only reads.
 */
export async function findInterrupted(
  kind: AnyKind,
  client: PrefectClient,
  args: Json,
  { secrets = [], isTaken, recovery }: Circumstances,
): Promise<Interrupted> {
  const looked: Intent[] = [];
  if (!recovery) return { intents: looked };
  const { intents, of, recovers } = recovery;
  const isFree = (object: unknown) => !isTaken?.(kind.id(object));
  /** Those whose objects carry no mark. */
  const unmarked: Intent[] = [];
  for (const intent of intents.earlier(of, secrets)) {
    looked.push(intent);
    const marked = await kind.madeWith?.(client, intent.mark, args);
    if (marked === undefined) unmarked.push(intent);
    const free = marked?.filter(isFree) ?? [];
    const object = free.find((one) => uuidOf(kind, one) === intent.id) ?? free[0];
    if (object !== undefined) return { object, twins: free.filter((one) => one !== object), intents: [intent] };
  }
  if (unmarked.length === 0 && !recovers) return { intents: looked };
  const object = await find(kind, client, args);
  if (object === undefined || !isFree(object)) return { intents: looked };
  const known = unmarked.find(({ id }) => id === uuidOf(kind, object));
  if (known) return { object, intents: [known] };
  if (!isAsAskedFor(kind, args, object) || isOfOthers(kind, object, of.stack)) return { intents: looked };
  const { total: patience } = patienceOf();
  const intent = unmarked.find(
    (one) => one.id === undefined && isOfIntent(one, of, { secrets, created: createdAt(object), patience }),
  );
  return recovers || intent ? { object, intents: intent ? [intent] : [] } : { intents: looked };
}

/** Whether an object says that it is another stack's. */
function isOfOthers(kind: AnyKind, object: unknown, stack: string | undefined): boolean {
  const owner = kind.owner?.(object);
  return owner !== undefined && owner.stack !== stack;
}

/** The object that has the name. @throws PrefectError when the server answers with another one */
export async function find(kind: AnyKind, client: PrefectClient, args: Json): Promise<unknown> {
  const found = await kind.find(client, args);
  if (found === undefined) return undefined;
  const server: Json = { ...kind.fromApi(found) };
  // a block type is found by its slug, and the flow of a deployment isn't in the answer
  const isNamedSo = args.name !== undefined && server.name === args.name;
  if (isNamedSo || kind.label(server) === kind.label(args)) return found;
  throw new PrefectError(
    `the server answered with another object, ${JSON.stringify(server.name ?? kind.label(server))}; check whether a proxy keeps answers`,
  );
}

/** The error of an object that has something else, which can't be changed, than the arguments that are to take it over. */
export function cannotTakeOver(fixed: string[], server: Json, args: Json): PrefectError {
  const list = fixed.map((key) => `${key} ${JSON.stringify(server[key])}, not ${JSON.stringify(args[key])}`);
  return new PrefectError(`exists with ${list.join(" and ")}, which can't be changed; correct it here, or delete it`);
}

/** How an object that exists differs from the arguments that are to take it over. */
export interface Takeover {
  /** The object, as the server has it. */
  server: Json;
  /** The arguments that differ. */
  changed: string[];
  /** Those of them that can't be changed. */
  fixed: string[];
}

/** Compares an object that exists with the arguments that are to take it over. */
export function compare(kind: AnyKind, args: Json, existing: unknown): Takeover {
  const server: Json = { ...kind.fromApi(existing) };
  const unstored = writeOnly(kind);
  const changed = argumentsOf(kind).filter(
    (key) =>
      key !== adopt &&
      key in args &&
      !holdsUnknown(args[key]) &&
      // what can't be read is written
      (unstored.includes(key) || !isEqual(asAsked(kind, key, server, args), args[key])),
  );
  const fixed = immutable(kind);
  return { server, changed, fixed: changed.filter((key) => fixed.includes(key)) };
}

/** Whether an object has all that a creation writes at once, just as it is asked for. */
function isAsAskedFor(kind: AnyKind, args: Json, existing: unknown): boolean {
  const exempt = writtenApart(kind);
  return compare(kind, args, existing).changed.every((key) => exempt.includes(key));
}

/** The arguments that a creation writes by requests of their own, and those that can't be read. */
function writtenApart(kind: AnyKind): string[] {
  return [...later(kind), ...writeOnly(kind)];
}

async function takeOver(
  kind: AnyKind,
  client: PrefectClient,
  args: Json,
  existing: unknown,
  circumstances: Circumstances,
): Promise<Stored> {
  if (circumstances.isTaken?.(kind.id(existing))) {
    throw new PrefectError("is what another resource of this program has already; give each a name of its own");
  }
  if (args[adopt] !== true) throw new PrefectError(existsAlready(kind, args, existing, circumstances.program?.stack));
  return bring(kind, client, args, existing, [], circumstances);
}

/**
 * What is wrong when an object of the name exists, and what to do.
 *
 * @param stack the stack that was to make it
 */
export function existsAlready(kind: AnyKind, args: Json, existing: unknown, stack: string | undefined): string {
  const mayBeOwn = isAsAskedFor(kind, args, existing) && !isOfOthers(kind, existing, stack);
  const own = mayBeOwn
    ? " It is just what this program asks for: if an interrupted `pulumi up` of this stack made it, " +
      `\`pulumi config set ${recoverKey} true\` lets the next one go on from there.`
    : "";
  return (
    "already exists; set adopt: true to manage it here, or choose another name. If this stack has it under another Pulumi name, " +
    `give the resource the option aliases instead.${ownerText(kind.owner?.(existing))}${own}`
  );
}

function ownerText(owner: Owner | undefined): string {
  if (!owner) return "";
  const { stack, person } = owner;
  return (
    ` It was made by the stack ${visible(stack)}${person ? ` of ${visible(person)}` : ""}. Where that isn't yours, deploy to an environment of ` +
    "your own: meta-prefect deploy --env <name>, or pulumi stack init <name>."
  );
}

/** Brings an object of the stack's own, whose creation was interrupted, to its end: what is written by requests of its own is written again. */
async function goOn(
  kind: AnyKind,
  client: PrefectClient,
  args: Json,
  existing: unknown,
  circumstances: Circumstances,
): Promise<Stored> {
  const rest = writtenApart(kind).filter((key) => args[key] !== undefined);
  return bring(kind, client, args, existing, rest, circumstances);
}

/** @param anyway arguments that are written although they don't differ */
async function bring(
  kind: AnyKind,
  client: PrefectClient,
  args: Json,
  existing: unknown,
  anyway: string[],
  { program = noProgram }: Circumstances,
): Promise<Stored> {
  const { server, changed: differing, fixed } = compare(kind, args, existing);
  if (fixed.length > 0) throw cannotTakeOver(fixed, server, args);
  const changed = new Set([...differing, ...anyway]);
  if (changed.size > 0) {
    const change = { news: args, olds: server, changed };
    if ((await kind.update(client, kind.id(existing), change, {}, program)) === false) throw deletedElsewhere();
  }
  return stored(kind, args, existing);
}
