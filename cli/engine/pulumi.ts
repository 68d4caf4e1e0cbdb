import { spawn } from "node:child_process";
import * as readline from "node:readline";
import type { Project } from "../project/project";
import { guard, Interrupted } from "./interruption";

/** How a command of Pulumi ended. */
export interface Ended {
  code: number;
  stdout: string;
  /** What it said on standard error. */
  stderr: string;
}

export interface Running {
  /** Gets each line of standard output, which is then not kept. */
  line?: (line: string) => void;
  /** Whether what Pulumi says on standard error is shown as it comes. */
  debug?: boolean;
}

/** Runs a command of Pulumi that asks nothing. @throws Interrupted when a signal came meanwhile */
export async function pulumi(project: Project, words: string[], running: Running = {}): Promise<Ended> {
  const child = spawn("pulumi", [...words, "--non-interactive", "--color", "never"], {
    cwd: project.folder,
    env: project.variables,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const { received, release } = guard(child);
  const ended: Ended = { code: 1, stdout: "", stderr: "" };
  const { line } = running;
  if (line) readline.createInterface({ input: child.stdout }).on("line", line);
  else child.stdout.setEncoding("utf8").on("data", (text: string) => (ended.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    ended.stderr += text;
    if (running.debug) process.stderr.write(text);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        ended.code = code ?? 1;
        if (signal) ended.stderr += `Pulumi was ended by ${signal}; the same command goes on from here`;
        resolve();
      });
    });
  } finally {
    release();
  }
  const signal = received();
  // whatever its exit code: a `pulumi destroy` that was stopped ends with 0
  if (signal !== undefined) throw new Interrupted(signal);
  return ended;
}

/** Runs a command of Pulumi that has the terminal to itself; gives its exit code. */
export function attached({ folder, variables }: Project, words: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", words, { cwd: folder, env: variables, stdio: "inherit" });
    // a terminal's Ctrl-C is Pulumi's affair, which has got it as well
    process.on("SIGINT", () => undefined);
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
