import { PrefectError } from "../provider/api/errors";

/** A command line that is wrong: the command ends with exit code 2, before anything is done. */
export class UsageError extends PrefectError {
  override name = "UsageError";
}
