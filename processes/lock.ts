import * as fs from "node:fs";
import { identityOf, isRunning, type ProcessIdentity } from "./localProcess";

/**
 * Takes a lock between the processes of this machine, which is a file that names its owner. One whose owner has ended without giving
 * it back is taken over.
 *
 * @returns the process that has it, when that is another; undefined when it has been taken
 */
export function takeLock(file: string): ProcessIdentity | undefined {
  // written before it gets its name, so that a lock always names its owner
  const own = `${file}.${process.pid}`;
  fs.writeFileSync(own, JSON.stringify(identityOf(process.pid)), { mode: 0o600 });
  try {
    return take(file, own);
  } finally {
    fs.rmSync(own, { force: true });
  }
}

/** Gives back a lock that was taken. */
export function giveBack(file: string): void {
  fs.rmSync(file, { force: true });
}

function take(file: string, own: string): ProcessIdentity | undefined {
  for (;;) {
    if (isLinked(own, file)) return undefined;
    const owner = ownerOf(file);
    if (owner && isRunning(owner)) return owner;
    const other = removeDead(file, own);
    if (other) return other;
  }
}

/**
 * Removes a lock whose owner has ended. Only who holds the lock's own lock may, and only after another look: of two that found the same
 * dead owner, the second would remove the lock that the first has taken since.
 */
function removeDead(file: string, own: string): ProcessIdentity | undefined {
  const takeover = `${file}.takeover`;
  const other = take(takeover, own);
  if (other) return other;
  try {
    const owner = ownerOf(file);
    if (owner && !isRunning(owner)) fs.rmSync(file, { force: true });
    return undefined;
  } finally {
    fs.rmSync(takeover, { force: true });
  }
}

/** Gives a file another name that nothing has yet. */
function isLinked(file: string, name: string): boolean {
  try {
    fs.linkSync(file, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Who has the lock; undefined when it is nobody's. One that can't be read, as after a power failure, is of nobody who still runs. */
function ownerOf(file: string): ProcessIdentity | undefined {
  try {
    const { pid, startTime } = JSON.parse(fs.readFileSync(file, "utf8")) as ProcessIdentity;
    return { pid, startTime };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : { pid: 0, startTime: "" };
  }
}
