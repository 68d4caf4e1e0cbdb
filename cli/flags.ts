import type { Command } from "commander";

/** The options that every command takes. */
export interface Flags {
  /** The environment: the stack, and the overlay of the YAML. */
  env?: string;
  /** The YAML file. */
  file?: string;
  /** One JSON document on standard output. */
  json?: boolean;
  /** All that is known of an error, and what Pulumi itself says. */
  debug?: boolean;
}

/** What a command works on, as far as its command line says. */
export type Aim = Pick<Flags, "env" | "file">;

/** Gives a command the options that all take. */
export function withFlags(command: Command): Command {
  return command
    .option("--env <env>", "environment: the stack, and the overlay of the YAML (default: META_PREFECT__ENV, or dev)")
    .option("--file <file>", "the YAML file (default: meta_prefect.yaml)")
    .option("--json", "print one JSON document on standard output, and progress on standard error")
    .option("--debug", "show all that is known of an error, and what Pulumi says");
}
