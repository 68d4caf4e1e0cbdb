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
   * @param isRepeat whether an earlier try of the request may have been done
   */
  constructor(
    readonly method: string,
    readonly path: string,
    readonly status: number,
    readonly detail: string,
    readonly isRepeat = false,
  ) {
    super(`${method} ${path} answered ${status}: ${detail}`);
  }
}

/** The server said, in its own words, that an object isn't there: the one answer from which absence is concluded. */
export class AbsenceError extends ApiError {
  override name = "AbsenceError";

  /** @param what the kind of the object, in the server's words, such as "Work pool" */
  constructor(
    method: string,
    path: string,
    status: number,
    detail: string,
    isRepeat: boolean,
    readonly what: string,
  ) {
    super(method, path, status, detail, isRepeat);
  }

  /** Whether it is one that the request's address names. A body may refer to others, such as a deployment's to its pool. */
  get isOfAddress(): boolean {
    const [noun = ""] = this.what.toLowerCase().split(" ").slice(-1);
    return this.path.includes(noun);
  }
}

/** Somebody else made an object of the name after it was seen that there is none. */
export class TakenError extends PrefectError {
  override name = "TakenError";

  /** @param existing the object, as the API has it */
  constructor(
    id: string,
    readonly existing: object,
  ) {
    super(
      `was made by somebody else at this moment, as ${id}; it isn't this stack's. Choose another name, or set adopt: true to manage it here`,
    );
  }
}

/** The server could not be reached, refused the credentials, or is not a Prefect server: no request will do better. */
export class ConnectionError extends PrefectError {
  override name = "ConnectionError";
}

/** Nothing says where the server is, as a preview may be made without one. */
export class UnconfiguredError extends ConnectionError {
  override name = "UnconfiguredError";
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
   * @param known what the state is to hold of the arguments of which it isn't certain that they reached the server; undefined for nothing
   */
  constructor(
    readonly id: string,
    readonly known: Record<string, unknown>,
    message: string,
  ) {
    super(message);
  }
}

/** The message of anything that can be thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
