import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { type ProcessIdentity, runningProcess, runningProcesses } from "./processTable";
import { until } from "./until";

export type { ProcessIdentity } from "./processTable";

/** How long a process that was ended for good may take to be gone, in milliseconds. */
const killPatience = 5_000;
/** How often what a process has left is looked for: what is ending may have started something meanwhile. */
const sweeps = 3;

export interface Started {
  identity: ProcessIdentity;
  /** The exit code or signal, once it has ended. */
  ended: () => string | undefined;
}

/** Starts a process of its own session that outlives this one; its output goes to `logFile`, which its owner alone can read. */
export async function startDetached(
  command: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; logFile: string },
): Promise<Started> {
  const log = fs.openSync(options.logFile, "a", 0o600);
  try {
    const child = spawn(command, args, { ...options, detached: true, stdio: ["ignore", log, log] });
    let ended: string | undefined;
    child.once("exit", (code, signal) => (ended = signal ? `signal ${signal}` : `exit code ${code}`));
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.unref();
    return { identity: identityOf(child.pid as number), ended: () => ended };
  } finally {
    fs.closeSync(log);
  }
}

/** The identity of the process that has the number now; one that has ended is no process that ever runs. */
export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTime: runningProcess(pid)?.startTime ?? "" };
}

/** Whether that very process is running, rather than another one under its number. */
export function isRunning({ pid, startTime }: ProcessIdentity): boolean {
  const found = runningProcess(pid);
  return found !== undefined && found.startTime === startTime;
}

/**
 * Asks a process of `startDetached` to end, and then all that it started, such as runs of flows, which don't all end with it. What hasn't
 * ended `patience` milliseconds after it was asked is ended for good. Of one that has ended already nothing is looked for: its
 * number, and that of its process group, may be another's by now.
 */
export async function stop(identity: ProcessIdentity, patience: number): Promise<void> {
  if (!isRunning(identity)) return;
  // who started whom is only known while they run
  let family = familyOf([identity]);
  await end([identity], patience);
  for (let sweep = 0; sweep < sweeps && family.length > 0; sweep += 1) {
    family = familyOf(family);
    await end(family, patience);
  }
}

/** Asks processes to end, and ends those for good that haven't after `patience` milliseconds. */
export async function end(processes: ProcessIdentity[], patience: number): Promise<void> {
  await signalled(processes, "SIGTERM", patience);
  await signalled(processes, "SIGKILL", killPatience);
}

async function signalled(processes: ProcessIdentity[], signal: NodeJS.Signals, patience: number): Promise<void> {
  for (const process of processes.filter(isRunning)) send(process, signal);
  await until(() => !processes.some(isRunning), { every: 100, patience });
}

function send({ pid }: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // it has ended since it was seen running
    if (code === "ESRCH") return;
    throw new Error(`process ${pid} can't be ended (${code}); end it, or run this as the user who started it`);
  }
}

/** The running processes among these, those of their process groups, and what any of them started. */
function familyOf(founders: ProcessIdentity[]): ProcessIdentity[] {
  const running = runningProcesses();
  const startTimes = new Map(running.map(({ pid, startTime }) => [pid, startTime]));
  const isTaken = ({ pid, startTime }: ProcessIdentity) => (startTimes.get(pid) ?? startTime) !== startTime;
  const numbers = new Set(founders.filter((founder) => !isTaken(founder)).map(({ pid }) => pid));
  for (let before = -1; before < numbers.size;) {
    before = numbers.size;
    for (const { pid, parent, group } of running) if (numbers.has(parent) || numbers.has(group)) numbers.add(pid);
  }
  return running.filter(({ pid }) => numbers.has(pid));
}
