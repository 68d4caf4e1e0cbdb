import { type ChildProcess, spawn } from "node:child_process";
import * as path from "node:path";

/** The file of the command. */
export const cli = path.join(__dirname, "../../cli/index.js");

/** How a command line ended. */
export interface Ended {
  code: number | null;
  /** Standard output. */
  printed: string;
  /** Standard error. */
  said: string;
}

export interface Calling {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** How another build's command is called. @default this one's */
  command?: [program: string, ...words: string[]];
  /** Gets the process, and what it has said on standard error so far each time it says more. */
  watch?: (child: ChildProcess, said: string) => void;
}

/** Calls the command as a script would, without a terminal. */
export function metaPrefect(
  words: string[],
  { cwd, env, command = [process.execPath, cli], watch }: Calling,
): Promise<Ended> {
  const [program, ...first] = command;
  const child = spawn(program, [...first, ...words], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let [printed, said] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    watch?.(child, said);
  });
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code, printed, said }));
  });
}
