import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { PrefectError } from "../../provider/api/errors";
import { say } from "../terminal/say";

/** A signal that arrives so soon after another, in milliseconds, is the same: npx passes on what the terminal sends to all anyway. */
const echo = 1_000;
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The command was stopped by a signal; the next one goes on from where it stopped. */
export class Interrupted extends PrefectError {
  override name = "Interrupted";

  constructor(readonly signal: NodeJS.Signals) {
    super("stopped; the same command goes on from here");
  }

  /** The exit code of what a signal ends, as shells have it. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}

export interface Guard {
  /** The first signal that came. */
  received: () => NodeJS.Signals | undefined;
  release: () => void;
}

/**
 * Passes signals on to Pulumi while that runs: at the first it stops after what is under way, so that its state stays whole; at the second at
 * once. Pulumi is in a process group of its own, since a terminal sends Ctrl-C to each process of the group: two at once would be
 * a second.
 */
export function guard(child: ChildProcess): Guard {
  let first: { signal: NodeJS.Signals; at: number } | undefined;
  const pass = (signal: NodeJS.Signals) => {
    if (first && Date.now() - first.at < echo) return;
    say(
      first
        ? "stopping at once"
        : "stopping after what is under way; once more stops at once, which may leave things half made",
    );
    first ??= { signal, at: Date.now() };
    child.kill("SIGINT");
  };
  for (const signal of signals) process.on(signal, pass);
  return {
    received: () => first?.signal,
    release: () => {
      for (const signal of signals) process.off(signal, pass);
    },
  };
}
