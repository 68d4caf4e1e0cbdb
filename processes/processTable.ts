import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";

/** A process of this machine, with what tells it from another one that got the same number later. */
export interface ProcessIdentity {
  pid: number;
  /** When it started: on Linux the boot and the kernel's ticks since, elsewhere what `ps` says. */
  startTime: string;
}

/** A running process and where it belongs. */
export interface RunningProcess extends ProcessIdentity {
  /** The process that started it, or the one that took it in when that one ended. */
  parent: number;
  /** The number of its process group, which is that of the process that leads it. */
  group: number;
}

const isLinux = process.platform === "linux";

/** The running process of a number; undefined when there is none. What is left of one that has ended isn't running. */
export function runningProcess(pid: number): RunningProcess | undefined {
  try {
    return isLinux ? parsedStat(pid) : parsedRow(ps("-p", String(pid)).trim());
  } catch {
    return undefined;
  }
}

/** All that are running. */
export function runningProcesses(): RunningProcess[] {
  const found = isLinux
    ? allNumbers().map(runningProcess)
    : ps("-A")
        .split("\n")
        .map((row) => parsedRow(row.trim()));
  return found.filter((process) => process !== undefined);
}

/** The running processes that were started with a variable, or by one that was. Known on Linux alone; elsewhere none. */
export function processesWith(variable: string, value: string): ProcessIdentity[] {
  if (!isLinux) return [];
  return allNumbers()
    .filter((pid) => environmentOf(pid).includes(`${variable}=${value}`))
    .map(runningProcess)
    .filter((process) => process !== undefined);
}

/** What a running process was started with for a variable. Known on Linux alone; elsewhere undefined. */
export function variableOf({ pid }: ProcessIdentity, variable: string): string | undefined {
  const pair = isLinux && environmentOf(pid).find((pair) => pair.startsWith(`${variable}=`));
  return pair ? pair.slice(variable.length + 1) : undefined;
}

/** Whether a process was started before this machine was, so that it can't be running. */
export function isOfEarlierBoot({ startTime }: ProcessIdentity): boolean {
  if (isLinux) return !startTime.startsWith(boot());
  // `ps` says it to the second
  return Date.parse(startTime) < Date.now() - os.uptime() * 1_000 - 1_000;
}

function allNumbers(): number[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function environmentOf(pid: number): string[] {
  try {
    return fs.readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    // it has ended, or it is somebody else's
    return [];
  }
}

function parsedStat(pid: number): RunningProcess | undefined {
  // the fields after the command's name, which may hold anything; see proc(5)
  const fields = fs
    .readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  const [state, parent, group] = fields;
  if (state === "Z" || state === "X") return undefined;
  return { pid, parent: Number(parent), group: Number(group), startTime: `${boot()} ${fields[19]}` };
}

function boot(): string {
  return fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

function ps(...which: string[]): string {
  // the months have the same names whoever asks, such as launchd
  const env = { ...process.env, LC_ALL: "C" };
  return execFileSync("ps", ["-o", "pid=,ppid=,pgid=,stat=,lstart=", ...which], { encoding: "utf8", env });
}

function parsedRow(row: string): RunningProcess | undefined {
  const [, pid, parent, group, state, startTime] = /^(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(row) ?? [];
  if (startTime === undefined || state?.startsWith("Z")) return undefined;
  return { pid: Number(pid), parent: Number(parent), group: Number(group), startTime };
}
