import type { Json } from "./wireValues";

/** An object that was made but did not become what it should: Pulumi keeps it in the state, and tries again at the next update. */
export class InitializationError extends Error {
  readonly reasons: string[];

  constructor(
    message: string,
    readonly id: string,
    readonly properties: Json,
  ) {
    super(message);
    this.reasons = [message];
  }
}
