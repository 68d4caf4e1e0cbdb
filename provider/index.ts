import { deployment } from "./deployment";
import { DynamicProvider } from "./dynamic";
import { flow } from "./flow";
import type { AnyKind } from "./kind";
import { worker } from "./worker";
import { workPool } from "./workPool";

const kinds = new Map([workPool, worker, flow, deployment].map((kind) => [kind.type, kind as unknown as AnyKind]));

/**
 * The provider of a kind. Called by the text that is stored with each resource, so its name and meaning are a contract with
 * every state ever written.
 */
export function get(type: string): DynamicProvider {
  const kind = kinds.get(type);
  if (!kind) {
    throw new Error(
      `this version of meta-prefect has no resource "${type}" (it has ${[...kinds.keys()].join(", ")}); install the version that made it`,
    );
  }
  return new DynamicProvider(kind);
}
