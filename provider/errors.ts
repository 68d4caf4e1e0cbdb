/**
 * A failure that its reader can act on: the message is all there is to say, so it carries no stack.
 * Pulumi prints both the text and the stack of what a dynamic resource throws.
 */
export class PrefectError extends Error {
  override name = "PrefectError";

  constructor(message: string) {
    super(message);
    this.stack = "";
  }

  override toString(): string {
    return this.message;
  }
}

/** The server answered, and the answer was no. */
export class ApiError extends PrefectError {
  override name = "ApiError";

  /**
   * @param method HTTP method of the request
   * @param path path below the API's address
   * @param status HTTP status of the answer
   * @param detail what the server said is wrong
   */
  constructor(
    readonly method: string,
    readonly path: string,
    readonly status: number,
    readonly detail: string,
  ) {
    super(`${method} ${path} answered ${status}: ${detail}`);
  }
}

/** The server could not be reached, refused the credentials, or is not a Prefect server: no request will do better. */
export class ConnectionError extends PrefectError {
  override name = "ConnectionError";
}

/** The request was not sent, because another had failed for a reason that they share. */
export class NotTriedError extends ConnectionError {
  override name = "NotTriedError";

  constructor(reason = "the first request to the Prefect server failed") {
    super(`not tried, because ${reason}; see its error`);
  }
}

/** Something was made before the failure: it has an id and must not be forgotten. */
export class PartialFailure extends PrefectError {
  override name = "PartialFailure";

  /**
   * @param id Pulumi's id of what was made
   * @param missing the arguments that did not reach the server
   */
  constructor(
    readonly id: string,
    readonly missing: string[],
    message: string,
  ) {
    super(message);
  }
}

/** The message of anything that can be thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
