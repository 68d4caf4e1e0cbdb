import type { Context } from "mocha";

/** Leaves a test out, and prints why. */
export function skipped(test: Context, reason: string): never {
  console.log(`      left out: ${reason}`);
  return test.skip();
}
