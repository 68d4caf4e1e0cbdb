import type { PrefectClient } from "./client";
import { type Connection, resolveConnection } from "./connection";
import { NotTriedError, PartialFailure, PrefectError } from "./errors";
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
    const loaded = require("./client") as typeof import("./client");
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
      servers = { configured: serverAddress(resolved().apiUrl) };
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
  constructor(private readonly kind: AnyKind) {}

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
    const { inputs, writeOnly, failures } = lifecycle.check(this.kind, isNew ? undefined : before.args, args, hints);
    if (Object.keys(writeOnly).length > 0) withheld.set(this.keyOf(inputs), writeOnly);
    const server = configuredServer();
    if (before.server !== undefined && server !== undefined && before.server !== server) {
      failures.unshift({ property: "", reason: livesElsewhere(before.server, server, movedFrom()) });
    }
    const secrets = hints.secrets?.length ? { [secretsKey]: hints.secrets } : {};
    const home = before.server ?? server;
    return { inputs: { ...inputs, ...secrets, ...(home && { [serverKey]: home }), [providerKey]: provider }, failures };
  }

  diff(_id: string, olds: Json, news: Json): lifecycle.Difference {
    return lifecycle.diff(this.kind, olds, news);
  }

  async create(inputs: Json): Promise<Stored> {
    const { args, secrets } = partsOf(inputs);
    const { id, outputs } = await keepingWhatWasMade(inputs, () =>
      lifecycle.create(this.kind, connected(), this.complete(args), secrets),
    );
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
      // what has an id that a person chose may be another object there
      if (isMoved && found?.outputs.uuid !== args.uuid) found = undefined;
    } catch (error) {
      // the read that was tried fails the operation; this one needn't say so again
      if (error instanceof NotTriedError) return { id, props: state };
      throw error;
    }
    if (!found) return {};
    const inputs = { ...this.kept(found.inputs, state), [providerKey]: provider };
    return { id: found.id, props: { ...this.kept(found.outputs, state), [providerKey]: provider }, inputs };
  }

  async update(id: string, olds: Json, news: Json): Promise<{ outs: Json }> {
    const { args, secrets } = partsOf(news);
    const before = partsOf(olds);
    const { outputs } = await keepingWhatWasMade(news, () => {
      const client = connected();
      this.stayHome(before.args, before.server);
      return lifecycle.update(this.kind, client, id, before.args, this.complete(args), secrets);
    });
    return { outs: this.kept(outputs, news) };
  }

  async delete(id: string, state: Json): Promise<void> {
    const { args, secrets, server } = partsOf(state);
    const client = connected();
    this.stayHome(args, server);
    await lifecycle.remove(this.kind, client, id, args, secrets);
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
}

/** Pulumi keeps a resource whose creation failed half-way when the error has its id, properties and reasons. */
async function keepingWhatWasMade<T>(inputs: Json, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw error;
    const { [providerKey]: _, ...kept } = inputs;
    const properties = Object.fromEntries(Object.entries(kept).filter(([key]) => !error.missing.includes(key)));
    throw Object.assign(error, { properties, reasons: [error.message] });
  }
}
