import { execa, ExecaError } from "execa";

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** What a command printed. */
export interface Printed {
  stdout: string;
  /** Standard output and standard error, as they came. */
  all: string;
}

/** Runs a command to its end and gives its standard output; one that fails is an error with the last lines of all that it printed. */
export async function run(command: string, args: string[], options?: RunOptions): Promise<string> {
  return (await printedBy(command, args, options)).stdout;
}

/** The same for those who want what it said on standard error as well. */
export async function printedBy(command: string, args: string[], options: RunOptions = {}): Promise<Printed> {
  try {
    return await execa(command, args, { ...options, stdin: "ignore", all: true, stripFinalNewline: false });
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const end = error.signal ?? (error.exitCode === undefined ? undefined : `exit code ${error.exitCode}`);
    // one that could not be started has neither
    if (end === undefined) throw error;
    const lastLines = String(error.all).trimEnd().split("\n").slice(-30).join("\n");
    throw new Error(`${[command, ...args].join(" ")} ended with ${end}:\n${lastLines}`);
  }
}

/** Whether a command can be run and ends well. */
export async function works(command: string, args: string[]): Promise<boolean> {
  return !(await execa(command, args, { stdin: "ignore", reject: false })).failed;
}
