import type { PrefectClient } from "../api/client";
import { type Connection, resolveAddress, resolveConnection } from "../api/connection";
import { NotTriedError, PartialFailure, PrefectError } from "../api/errors";
import { Claims } from "./claims";
import * as creation from "./creation";
import { Intents } from "./intents";
import { hintsKey, providerKey, secretsKey, serverKey } from "./keys";
import type { AnyKind, Hints, Json } from "./kind";
import * as lifecycle from "./lifecycle";
import { livesElsewhere, movedFromKey, serverAddress } from "./server";

/** The part of Pulumi's `dynamic.Config` that is used. */
interface Configuration {
  get(key: string): string | undefined;
}

interface Stored {
  id: string;
  outs: Json;
}

let configuration: Configuration = { get: () => undefined };
let connection: Connection | undefined;
let servers: { configured?: string } | undefined;
let client: PrefectClient | undefined;
let isConfigured = true;
let isAway = false;
const claims = new Claims();
const intents = new Intents();
/** The stack of the running program. */
let stack: string | undefined;
/** What the running program has of each kind. */
const programs = new Map<AnyKind, Map<string, Json>>();
/** What is sent but not stored, from a resource's `check` to its `create` or `update` in the same process. */
const withheld = new Map<string, Json>();

function resolved(): Connection {
  return (connection ??= resolveConnection((key) => configuration.get(key)));
}

/** One client for all resources of an operation; made late, so that what needs no server needs no address. */
function connected(): PrefectClient {
  if (!isConfigured) throw new NotTriedError();
  try {
    // loaded late: a preview asks the server nothing
    const loaded = require("../api/client") as typeof import("../api/client");
    return (client ??= new loaded.PrefectClient(resolved()));
  } catch (error) {
    isConfigured = false;
    throw error;
  }
}

/** The server that the stack is configured for; undefined when there is none, as a preview may be made without. */
function configuredServer(): string | undefined {
  if (servers === undefined) {
    try {
      servers = { configured: serverAddress(resolveAddress((key) => configuration.get(key))) };
    } catch {
      servers = {};
    }
  }
  return servers.configured;
}

/** The server that the stack's objects were on before it was deliberately moved. */
function movedFrom(): string | undefined {
  const address = configuration.get(movedFromKey);
  return address ? serverAddress(address) : undefined;
}

function* othersIn(program: ReadonlyMap<string, Json>, label: string): Iterable<Json> {
  for (const [name, args] of program) if (name !== label) yield args;
}

/** What is kept of a resource, sorted by who it is for. */
interface Parts {
  args: Json;
  secrets?: string[];
  server?: string;
  provider: unknown;
}

function partsOf(kept: Json): Parts {
  const { [providerKey]: provider, [serverKey]: server, [secretsKey]: secrets, [hintsKey]: _, ...args } = kept;
  return { args, provider, server: server as string | undefined, secrets: secrets as string[] | undefined };
}

/**
 * A kind as Pulumi's dynamic provider process calls it (the interface `dynamic.ResourceProvider`). The only place that
 * knows how that process hands over inputs, state and failures.
 */
export class DynamicProvider {
  /** The arguments of each resource of the kind in the running program, by its label. */
  private readonly program: Map<string, Json>;

  constructor(private readonly kind: AnyKind) {
    this.program = programs.get(kind) ?? new Map<string, Json>();
    programs.set(kind, this.program);
  }

  /** Called once in a process for each kind, and not awaited by the calls that follow: it only stores. */
  configure({ config }: { config: Configuration }): void {
    configuration = config;
    connection = undefined;
    servers = undefined;
  }

  check(olds: Json, news: Json): { inputs: Json; failures: { property: string; reason: string }[] } {
    const { [providerKey]: provider, [hintsKey]: given, ...args } = news;
    const hints = typeof given === "object" ? (given as Hints) : {};
    const before = partsOf(olds);
    const isNew = Object.keys(before.args).length === 0;
    stack = hints.stack ?? stack;
    const others = this.othersThan(args);
    const checked = lifecycle.check(this.kind, isNew ? undefined : before.args, args, hints, others);
    const { inputs, writeOnly, failures } = checked;
    claims.want(this.keyOf(inputs));
    this.program.set(this.kind.label(inputs), inputs);
    if (Object.keys(writeOnly).length > 0) withheld.set(this.keyOf(inputs), writeOnly);
    const server = configuredServer();
    if (before.server !== undefined && server !== undefined && before.server !== server) {
      failures.unshift({ property: "", reason: livesElsewhere(before.server, server, movedFrom()) });
    }
    const secrets = hints.secrets?.length ? { [secretsKey]: hints.secrets } : {};
    const home = before.server ?? server;
    return { inputs: { ...inputs, ...secrets, ...(home && { [serverKey]: home }), [providerKey]: provider }, failures };
  }

  diff(id: string, olds: Json, news: Json): lifecycle.Difference {
    const difference = lifecycle.diff(this.kind, olds, news);
    this.forgetIntent(olds, id);
    const claim = lifecycle.claimOf(this.kind, id, olds);
    claims.compared(this.kind.type, claim, this.keyOf(partsOf(news).args), difference.replaces.length > 0);
    return difference;
  }

  async create(inputs: Json): Promise<Stored> {
    const { args, secrets } = partsOf(inputs);
    const { type } = this.kind;
    const isTaken = (id: string) => claims.has(type, id);
    const { id, outputs } = await this.keepingWhatWasMade(inputs, () =>
      creation.create(this.kind, connected(), this.complete(args), {
        secrets,
        isTaken,
        program: { others: this.othersThan(args), stack },
        recovery: this.recoveryOf(args),
      }),
    );
    claims.claim(type, lifecycle.claimOf(this.kind, id, args));
    return { id, outs: this.kept(outputs, inputs) };
  }

  async read(id: string, state: Json): Promise<{ id?: string; props?: Json; inputs?: Json }> {
    const { args, secrets, provider, server } = partsOf(state);
    let found;
    try {
      const client = connected();
      const isMoved = server !== undefined && server !== configuredServer() && server === movedFrom();
      if (!isMoved) this.stayHome(args, server);
      found = await lifecycle.read(this.kind, client, id, args, secrets);
      // what has the name there may be another object, also where a move within a server would leave it what it was
      if (isMoved && found && lifecycle.prefectId(found.id, found.outputs) !== lifecycle.prefectId(id, args)) {
        found = undefined;
      }
    } catch (error) {
      // the read that was tried fails the operation; this one needn't say so again
      if (error instanceof NotTriedError) return { id, props: state };
      throw error;
    }
    this.forgetIntent(args, id);
    if (!found) return {};
    const inputs = { ...this.kept(found.inputs, state), [providerKey]: provider };
    return { id: found.id, props: { ...this.kept(found.outputs, state), [providerKey]: provider }, inputs };
  }

  async update(id: string, olds: Json, news: Json): Promise<{ outs: Json }> {
    const { args, secrets } = partsOf(news);
    const before = partsOf(olds);
    const { outputs } = await this.keepingWhatWasMade(news, () => {
      const client = connected();
      this.stayHome(before.args, before.server);
      return lifecycle.update(this.kind, client, id, before.args, this.complete(args), {
        secrets,
        program: { others: this.othersThan(args), stack },
      });
    });
    return { outs: this.kept(outputs, news) };
  }

  async delete(id: string, state: Json): Promise<void> {
    const { args, secrets, server } = partsOf(state);
    if (claims.has(this.kind.type, lifecycle.claimOf(this.kind, id, args))) {
      // Pulumi shows what a provider prints among its messages
      console.error(
        `${this.kind.noun} "${this.kind.label(args)}" stays in Prefect: another resource of the program has it now; only Pulumi's state forgets the old resource`,
      );
      return;
    }
    const client = connected();
    this.stayHome(args, server);
    await lifecycle.remove(this.kind, client, id, args, secrets);
    this.forgetIntent(args, id);
  }

  /**
   * The state has the object, or it is gone: nothing has to be known of its creation any more. By its id, as the intent of what is to
   * take its place has the same name.
   */
  private forgetIntent(args: Json, id: string): void {
    const server = configuredServer();
    if (server !== undefined) intents.forget({ server, kind: this.kind, args }, lifecycle.prefectId(id, args));
  }

  private recoveryOf(args: Json): creation.Recovery | undefined {
    const server = configuredServer();
    if (server === undefined || stack === undefined) return undefined;
    const recovers = configuration.get(creation.recoverKey) === "true";
    return { intents, of: { server, stack, kind: this.kind, args }, recovers };
  }

  /** Nothing is read, changed or deleted on another server than the one that the object lives on. */
  private stayHome(args: Json, server: string | undefined): void {
    const configured = configuredServer();
    if (server === undefined || configured === undefined || server === configured) return;
    // it is the same for all: saying it once is enough
    if (isAway) throw new NotTriedError("the stack is configured for another Prefect server");
    isAway = true;
    throw new PrefectError(
      `${this.kind.noun} "${this.kind.label(args)}" ${livesElsewhere(server, configured, movedFrom())}`,
    );
  }

  private othersThan(args: Json): Iterable<Json> {
    return othersIn(this.program, this.kind.label(args));
  }

  private complete(args: Json): Json {
    return { ...args, ...withheld.get(this.keyOf(args)) };
  }

  private keyOf(args: Json): string {
    return `${this.kind.type} ${this.kind.label(args)}`;
  }

  /** What is to be stored, with the server that it lives on, and with the names of its secrets. */
  private kept(values: Json, { [secretsKey]: secrets }: Json): Json {
    const server = configuredServer();
    return { ...values, ...(secrets ? { [secretsKey]: secrets } : {}), ...(server && { [serverKey]: server }) };
  }

  /** Pulumi keeps a resource whose creation failed half-way when the error has its id, properties and reasons. */
  private async keepingWhatWasMade<T>(inputs: Json, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PartialFailure)) throw error;
      claims.claim(this.kind.type, lifecycle.claimOf(this.kind, error.id, inputs));
      const { [providerKey]: _, ...kept } = inputs;
      const all = Object.entries({ ...kept, ...error.known });
      const properties = Object.fromEntries(all.filter(([, value]) => value !== undefined));
      throw Object.assign(error, { properties, reasons: [error.message] });
    }
  }
}
