import type { PrefectClient } from "./client";
import { resolveConnection } from "./connection";
import { NotTriedError, PartialFailure } from "./errors";
import { hintsKey, providerKey } from "./keys";
import type { AnyKind, Hints, Json } from "./kind";
import * as lifecycle from "./lifecycle";

/** The part of Pulumi's `dynamic.Config` that is used. */
interface Configuration {
  get(key: string): string | undefined;
}

interface Stored {
  id: string;
  outs: Json;
}

let configuration: Configuration = { get: () => undefined };
let client: PrefectClient | undefined;
let isConfigured = true;

/** One client for all resources of an operation; made late, so that what needs no server needs no address. */
function connected(): PrefectClient {
  if (!isConfigured) throw new NotTriedError();
  try {
    // loaded late: a preview asks the server nothing
    const loaded = require("./client") as typeof import("./client");
    return (client ??= new loaded.PrefectClient(resolveConnection((key) => configuration.get(key))));
  } catch (error) {
    isConfigured = false;
    throw error;
  }
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
  }

  check(olds: Json, news: Json): { inputs: Json; failures: { property: string; reason: string }[] } {
    const { [providerKey]: text, [hintsKey]: hints, ...args } = news as Json & { [hintsKey]?: Hints };
    const { [providerKey]: _, ...before } = olds;
    const isNew = Object.keys(before).length === 0;
    const { inputs, failures } = lifecycle.check(this.kind, isNew ? undefined : before, args, hints ?? {});
    return { inputs: { ...inputs, [providerKey]: text }, failures };
  }

  diff(_id: string, olds: Json, news: Json): lifecycle.Difference {
    return lifecycle.diff(this.kind, olds, news);
  }

  async create(inputs: Json): Promise<Stored> {
    const { id, outputs } = await keepingWhatWasMade(inputs, () =>
      lifecycle.create(this.kind, connected(), argumentsIn(inputs)),
    );
    return { id, outs: outputs };
  }

  async read(id: string, state: Json): Promise<{ id?: string; props?: Json; inputs?: Json }> {
    let found;
    try {
      found = await lifecycle.read(this.kind, connected(), id, argumentsIn(state));
    } catch (error) {
      // the read that was tried fails the operation; this one needn't say so again
      if (error instanceof NotTriedError) return { id, props: state };
      throw error;
    }
    if (!found) return {};
    return {
      id: found.id,
      props: { ...found.outputs, [providerKey]: state[providerKey] },
      inputs: { ...found.inputs, [providerKey]: state[providerKey] },
    };
  }

  async update(id: string, olds: Json, news: Json): Promise<{ outs: Json }> {
    const { outputs } = await keepingWhatWasMade(news, () =>
      lifecycle.update(this.kind, connected(), id, argumentsIn(olds), argumentsIn(news)),
    );
    return { outs: outputs };
  }

  async delete(id: string, state: Json): Promise<void> {
    await lifecycle.remove(this.kind, connected(), id, argumentsIn(state));
  }
}

function argumentsIn({ [providerKey]: _, ...args }: Json): Json {
  return args;
}

/** Pulumi keeps a resource whose creation failed half-way when the error has its id, properties and reasons. */
async function keepingWhatWasMade<T>(inputs: Json, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw error;
    const properties = Object.fromEntries(
      Object.entries(argumentsIn(inputs)).filter(([key]) => !error.missing.includes(key)),
    );
    throw Object.assign(error, { properties, reasons: [error.message] });
  }
}
