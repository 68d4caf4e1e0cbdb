import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

/** Makes sure that a mistake is shown as its message alone, and gives the message. */
export function assertRunError(act: () => unknown, message?: string): string {
  let thrown: unknown;
  assert.throws(act, (error) => ((thrown = error), true));
  assert.ok(pulumi.RunError.isInstance(thrown), String(thrown));
  assert.equal(thrown.stack, "");
  if (message !== undefined) assert.equal(thrown.message, message);
  return thrown.message;
}
