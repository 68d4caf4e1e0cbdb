import { DynamicProvider } from "./engine/dynamic";
import { registry } from "./kinds/registry";

/**
 * The provider of a kind. Called by the text that is stored with each resource, so its name and meaning are a contract with
 * every state ever written.
 */
export function get(type: string): DynamicProvider {
  const kind = registry[type];
  if (!kind) {
    const known = Object.keys(registry).sort().join(", ");
    throw new Error(
      `this version of meta-prefect has no resource "${type}" (it has ${known}); install the version that made it`,
    );
  }
  return new DynamicProvider(kind());
}
