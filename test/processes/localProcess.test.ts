import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { identityOf, isRunning, type ProcessIdentity, startDetached, stop } from "../../processes/localProcess";
import { processesWith, runningProcess, runningProcesses } from "../../processes/processTable";
import { temporaryFolder } from "../support/environment";

/** What a shell does that ends when it is asked to, and only then. */
const untilAsked = `trap "exit 0" TERM; while true; do sleep 0.05; done`;

describe("a process that was started detached", () => {
  const all: ProcessIdentity[] = [];
  after(() => {
    for (const { pid } of all.filter(isRunning)) process.kill(pid, "SIGKILL");
  });

  /** Runs a script of the shell, which tells the processes that it starts by `echo $! >> children`. */
  async function start(script: string, children: number, env: NodeJS.ProcessEnv = {}) {
    const folder = temporaryFolder();
    const { identity } = await startDetached("sh", ["-c", script], {
      cwd: folder,
      env: { ...process.env, ...env },
      logFile: path.join(folder, "log"),
    });
    const file = path.join(folder, "children");
    // the shell makes the file a moment before it writes the number
    const written = () => (fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "");
    const pids = () => (written().match(/^\d+$(?=\n)/gm) ?? []).map(Number);
    while (pids().length < children) await pause(20);
    const started = pids().map(identityOf);
    all.push(identity, ...started);
    assert.ok([identity, ...started].every(isRunning));
    return { leader: identity, children: started };
  }

  const leaving: [string, string, number][] = [
    ["what it started", "sleep 61 & echo $! >> children", 1],
    ["what that started", `sh -c 'sleep 61 & echo $! >> children; wait' & echo $! >> children`, 2],
    ["what that left when it ended", `sh -c 'sleep 61 & echo $! >> children'`, 1],
    ["what has a process group of its own, as runs of flows have", `setsid sleep 61 & echo $! >> children`, 1],
    ["what doesn't end when it is asked to", `sh -c 'trap "" TERM; sleep 61; sleep 61' & echo $! >> children`, 1],
  ];
  for (const [what, script, count] of leaving) {
    it(`ends politely, and with it ${what}`, async () => {
      const { leader, children } = await start(`${script}; ${untilAsked}`, count);
      await stop(leader, 1_000);
      assert.deepEqual([leader, ...children].filter(isRunning), []);
    });
  }

  it("has a log that its owner alone can read", async () => {
    const logFile = path.join(temporaryFolder(), "log");
    const { identity } = await startDetached("sleep", ["61"], {
      cwd: path.dirname(logFile),
      env: process.env,
      logFile,
    });
    all.push(identity);
    assert.equal(fs.statSync(logFile).mode & 0o777, 0o600);
  });

  it("ends with what it started only while it ended", async () => {
    const late = `trap 'sh -c "sleep 61 & echo \\$! >> late; wait" & sleep 0.2; exit 0' TERM`;
    const { leader } = await start(`${late}; sleep 60 & echo $! >> children; while true; do sleep 0.05; done`, 1);
    const folder = fs.readlinkSync(`/proc/${leader.pid}/cwd`);
    await stop(leader, 2_000);
    const child = identityOf(Number(fs.readFileSync(path.join(folder, "late"), "utf8")));
    all.push(child);
    assert.ok(!isRunning(child));
  });

  /** Does some work while signals are answered with an error. */
  async function whileSignalsFail(code: string, before: (pid: number) => void, work: () => Promise<void>) {
    const kill = process.kill.bind(process);
    process.kill = (pid) => {
      before(pid);
      throw Object.assign(new Error(`kill ${code}`), { code });
    };
    try {
      await work();
    } finally {
      process.kill = kill;
    }
  }

  it("may end by itself in the moment in which it is to be ended", async () => {
    const { leader } = await start(`echo $$ >> children; ${untilAsked}`, 1);
    const kill = process.kill.bind(process);
    // what the kernel answers when the process ended between the look and the signal
    await whileSignalsFail(
      "ESRCH",
      (pid) => kill(pid, "SIGKILL"),
      () => stop(leader, 1_000),
    );
    assert.ok(!isRunning(leader));
  });

  it("that is another user's is an error that says what to do", async () => {
    const { leader } = await start(`echo $$ >> children; ${untilAsked}`, 1);
    const message = `process ${leader.pid} can't be ended (EPERM); end it, or run this as the user who started it`;
    await whileSignalsFail(
      "EPERM",
      () => undefined,
      () => assert.rejects(stop(leader, 1_000), { message }),
    );
    await stop(leader, 1_000);
  });

  it("isn't mistaken for what has its number, or that of its process group, now", async () => {
    const { leader, children } = await start(`sleep 61 & echo $! >> children; ${untilAsked}`, 1);
    const ticks = leader.startTime.split(" ")[1];
    for (const startTime of [`00000000-0000-0000-0000-000000000000 ${ticks}`, `${leader.startTime}0`, ""]) {
      await stop({ pid: leader.pid, startTime }, 1_000);
    }
    assert.ok([leader, ...children].every(isRunning));
    // what has the group of a process that ended some time ago may be another's, who got the number since
    process.kill(leader.pid, "SIGKILL");
    while (isRunning(leader)) await pause(20);
    await stop(leader, 1_000);
    assert.ok(children.every(isRunning));
  });

  it("is known by what it, and what it started, have in their environment", async () => {
    const value = `a b=${process.pid}`;
    const { leader, children } = await start(`setsid sleep 61 & echo $! >> children; ${untilAsked}`, 1, {
      MARK: value,
    });
    const known = processesWith("MARK", value).filter(({ pid }) =>
      [leader, ...children].some((one) => one.pid === pid),
    );
    assert.equal(known.length, 2);
    assert.deepEqual(processesWith("MARK", "another"), []);
    await stop(leader, 1_000);
    assert.deepEqual(processesWith("MARK", value), []);
  });

  it("is one of those that are running", async () => {
    const { leader, children } = await start(`setsid sleep 61 & echo $! >> children; ${untilAsked}`, 1);
    const [child] = children as [ProcessIdentity];
    // a moment passes until it is in a group of its own
    while (runningProcess(child.pid)?.group === leader.pid) await pause(10);
    const running = new Map(runningProcesses().map((process) => [process.pid, process]));
    assert.deepEqual(running.get(leader.pid), { ...leader, parent: process.pid, group: leader.pid });
    assert.deepEqual(running.get(child.pid), { ...child, parent: leader.pid, group: child.pid });
    await stop(leader, 1_000);
  });
});
