import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { runningProcess } from "../../processes/processTable";
import { PrefectError } from "../../provider/api/errors";
import { commandLine } from "../commandLine";
import type { Aim } from "../flags";
import type { Project } from "../project/project";
import { say } from "../terminal/say";

/** What Pulumi's own file of a lock says. */
interface Lock {
  pid: number;
  username: string;
  hostname: string;
  timestamp: string;
}

/** Whether Pulumi did nothing because the stack is locked. */
export function isLocked(complaint: string): boolean {
  return (
    complaint.includes("the stack is currently locked by") ||
    complaint.includes("Another update is currently in progress")
  );
}

/**
 * Removes the locks of the stack that dead processes of this machine have left in our own backend: the files of these alone, since
 * `pulumi cancel` would take that of another command as well, which has begun since.
 *
 * @throws PrefectError when somebody else has the lock
 */
export function removeDeadLocks({ ownState, env, given }: Project, complaint: string): void {
  const files = ownState === undefined || env === undefined ? [] : locksIn(ownState, env);
  const dead = files.filter((file) => isDead(lockIn(file)));
  if (dead.length === 0 || dead.length < files.length) throw new PrefectError(held(complaint, given));
  for (const file of dead) {
    say(`unlocking the stack: process ${lockIn(file)?.pid ?? "?"}, which had the lock, has ended`);
    fs.rmSync(file, { force: true });
    fs.rmSync(`${file}.attrs`, { force: true });
  }
}

/** The lock files of a stack; the folders are those of organization and project. */
function locksIn(state: string, env: string): string[] {
  const locks = path.join(state, ".pulumi", "locks");
  return fs
    .readdirSync(locks, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json") && path.basename(path.dirname(name)) === env)
    .map((name) => path.join(locks, name));
}

function lockIn(file: string): Lock | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Lock;
  } catch {
    // given back meanwhile, or never written to its end
    return undefined;
  }
}

function isDead(lock: Lock | undefined): boolean {
  return lock !== undefined && lock.hostname === os.hostname() && !isPulumi(lock.pid);
}

/** Whether the process of a number is a Pulumi, as far as this system tells: another may have got the number of one that has ended. */
function isPulumi(pid: number): boolean {
  if (runningProcess(pid) === undefined) return false;
  const name = `/proc/${pid}/comm`;
  return !fs.existsSync(name) || fs.readFileSync(name, "utf8").startsWith("pulumi");
}

function held(complaint: string, given?: Aim): string {
  const owners = [...complaint.matchAll(/created by (\S+) \(pid (\d+)\) at (\S+)/g)];
  const who = owners.map(([, owner, pid, time]) => `process ${pid} of ${owner} since ${time}`).join(", ");
  return (
    `the stack is locked${who && ` by ${who}`}, which is at work on it; ` +
    `wait until it has ended, or if it has ended without unlocking: ${commandLine("pulumi", given)} cancel`
  );
}
