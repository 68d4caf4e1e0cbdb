import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** A process of this machine, with what tells it from another one that got the same number later. */
export interface ProcessIdentity {
  pid: number;
  /** When it started: on Linux the boot and the kernel's ticks since, elsewhere what `ps` says. */
  startTime: string;
}

export interface Started {
  identity: ProcessIdentity;
  /** The exit code or signal, once it has ended. */
  ended: () => string | undefined;
}

/** Starts a process of its own session that outlives this one; its output goes to `logFile`. */
export async function startDetached(
  command: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; logFile: string },
): Promise<Started> {
  const log = fs.openSync(options.logFile, "a");
  try {
    const child = spawn(command, args, { ...options, detached: true, stdio: ["ignore", log, log] });
    let ended: string | undefined;
    child.once("exit", (code, signal) => (ended = signal ? `signal ${signal}` : `exit code ${code}`));
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.unref();
    const pid = child.pid as number;
    return { identity: { pid, startTime: startTimeOf(pid) ?? "" }, ended: () => ended };
  } finally {
    fs.closeSync(log);
  }
}

/** Whether that very process is running, rather than another one under its number. */
export function isRunning({ pid, startTime }: ProcessIdentity): boolean {
  return startTime !== "" && startTimeOf(pid) === startTime;
}

/** Asks the process to end, and ends it and its children for good when it hasn't after `patience` milliseconds. */
export async function stop(identity: ProcessIdentity, patience: number): Promise<void> {
  if (!isRunning(identity)) return;
  process.kill(identity.pid, "SIGTERM");
  if (await ends(identity, patience)) return;
  // it leads a process group of its own, so this reaches the runs that it started and nothing else
  process.kill(-identity.pid, "SIGKILL");
  await ends(identity, 5_000);
}

async function ends(identity: ProcessIdentity, patience: number): Promise<boolean> {
  for (const deadline = Date.now() + patience; Date.now() < deadline; await pause(100)) {
    if (!isRunning(identity)) return true;
  }
  return !isRunning(identity);
}

function startTimeOf(pid: number): string | undefined {
  try {
    if (process.platform !== "linux") {
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
    }
    // the fields after the command's name, which may hold anything; see proc(5)
    const fields = fs
      .readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    const [state] = fields;
    if (state === "Z" || state === "X") return undefined;
    return `${fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${fields[19]}`;
  } catch {
    return undefined;
  }
}
