import * as pulumi from "@pulumi/pulumi";

/**
 * A mistake in the program or its configuration: Pulumi shows its message alone and ends the program. It has no stack, as Pulumi would
 * look up the sources of each line of it, for many seconds, and then not show them.
 */
export function programError(message: string): pulumi.RunError {
  return Object.assign(new pulumi.RunError(message), { stack: "" });
}
