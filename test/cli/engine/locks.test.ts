import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { removeDeadLocks } from "../../../cli/engine/locks";
import { temporaryFolder } from "../../support/environment";
import { skipped } from "../../support/skipped";

const complaint = (pid: number, host: string) =>
  `error: the stack is currently locked by 1 lock(s). ...\n  file:///x.json: created by me@${host} (pid ${pid}) at 2026-11-27T18:31:24Z`;

/** A stack that is locked, and the file that says so. */
function locked(pid: number, hostname = os.hostname()) {
  const ownState = temporaryFolder();
  const file = path.join(ownState, ".pulumi", "locks", "organization", "risk", "dev", "abc.json");
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, JSON.stringify({ pid, hostname, username: "me", timestamp: "2026-11-27T18:31:24Z" }));
  fs.writeFileSync(`${file}.attrs`, "{}");
  const project = { folder: ownState, env: "dev", ownState, variables: {} };
  return { project, file, remove: () => removeDeadLocks(project, complaint(pid, hostname)) };
}

/** The number of a process that has ended. */
async function endedProcess(): Promise<number> {
  const child = spawn("true");
  await new Promise((resolve) => child.once("exit", resolve));
  return child.pid ?? 0;
}

describe("the lock of a stack", () => {
  it("is removed when its process has ended, with what belongs to the file", async () => {
    const { file, remove } = locked(await endedProcess());
    remove();
    assert.deepEqual(fs.readdirSync(path.dirname(file)), []);
  });

  it("is removed when another program has the number now", function () {
    if (process.platform !== "linux") skipped(this, "what a process is called is known on Linux alone");
    const { file, remove } = locked(process.pid);
    remove();
    assert.ok(!fs.existsSync(file));
  });

  it("is kept when it is another machine's, or another backend's", async () => {
    const pid = await endedProcess();
    const elsewhere = locked(pid, "elsewhere");
    assert.throws(
      elsewhere.remove,
      /^PrefectError|the stack is locked by process \d+ of me@elsewhere since 2026-11-27T18:31:24Z, .* meta-prefect pulumi cancel$/,
    );
    assert.ok(fs.existsSync(elsewhere.file));
    const { project, file } = locked(pid);
    assert.throws(() => removeDeadLocks({ ...project, ownState: undefined }, complaint(pid, "x")), /is locked by/);
    assert.throws(
      () => removeDeadLocks({ ...project, env: "prod", given: { env: "prod" } }, complaint(pid, "x")),
      /is locked by .* without unlocking: meta-prefect pulumi --env prod cancel$/,
    );
    assert.ok(fs.existsSync(file));
  });
});
