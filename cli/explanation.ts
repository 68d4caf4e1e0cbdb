import { PrefectError } from "../provider/api/errors";

/** What is said of an error: its message, on as many lines as that has, and never a stack unless all is asked for. */
export function explanation(error: unknown, debug = false): string {
  if (!(error instanceof Error)) return String(error);
  // a mistake in a YAML or in a program has no stack, either
  const isOurs = error instanceof PrefectError || !error.stack;
  if (debug && !isOurs && error.stack) return error.stack;
  // the system's own errors, such as that of a file that can't be read, explain themselves
  const isExplained = isOurs || "syscall" in error;
  return `${error.message}${isExplained ? "" : "; --debug shows where"}`;
}
