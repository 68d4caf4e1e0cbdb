import { spawn } from "node:child_process";

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Called with each line of standard output and standard error. */
  onLine?: (line: string) => void;
}

/** Runs a command to its end and gives what it printed; one that fails is an error with the last lines. */
export async function run(command: string, args: string[], { cwd, env, onLine }: RunOptions = {}): Promise<string> {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  let unfinished = "";
  const take = (chunk: Buffer) => {
    printed += chunk.toString();
    const lines = (unfinished + chunk.toString()).split("\n");
    unfinished = lines.pop() ?? "";
    if (onLine) lines.forEach(onLine);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) return printed;
  const lastLines = printed.trimEnd().split("\n").slice(-30).join("\n");
  throw new Error(`${[command, ...args].join(" ")} ended with exit code ${code}:\n${lastLines}`);
}

/** Whether a command can be run and ends well. */
export async function works(command: string, args: string[]): Promise<boolean> {
  try {
    await run(command, args);
    return true;
  } catch {
    return false;
  }
}
