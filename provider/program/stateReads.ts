import * as pulumi from "@pulumi/pulumi";
import { until } from "../../processes/until";
import { messageOf } from "../api/errors";

/** How long a state that is just being written is waited for, in milliseconds. */
const waiting = { every: 20, patience: 5_000 };

/**
 * Asks the engine for something that a stack's state holds. `pulumi up` writes the same state meanwhile: in a folder (`file://`), unless by
 * `?metadata=skip`, it first empties the file of metadata beside it, and what is read at that very moment ends in EOF. That is read again.
 */
export async function readOfState(token: string, args: pulumi.Inputs): Promise<{ outputs?: unknown }> {
  let failure: unknown;
  const found = await until(async () => {
    try {
      return (await pulumi.runtime.invoke(token, args)) as { outputs?: unknown };
    } catch (error) {
      if (!messageOf(error).endsWith(": EOF")) throw error;
      failure = error;
      return undefined;
    }
  }, waiting);
  if (!found) throw failure;
  return found;
}
