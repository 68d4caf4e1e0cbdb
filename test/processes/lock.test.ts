import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { identityOf } from "../../processes/localProcess";
import { giveBack, takeLock } from "../../processes/lock";
import { root } from "../../tools/root";
import { temporaryFolder } from "../support/environment";

const module_ = path.join(root, "dist", "processes", "lock.js");

/** A lock of a process that has ended without giving it back. */
function leaveBehind(...locks: string[]): void {
  const program = `for (const lock of process.argv.slice(1)) require(${JSON.stringify(module_)}).takeLock(lock)`;
  const { status, stderr } = spawnSync(process.execPath, ["-e", program, ...locks], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
}

describe("a lock", () => {
  it("has one owner, which others are told, until it is given back", () => {
    const folder = temporaryFolder();
    const lock = path.join(folder, "lock");
    assert.equal(takeLock(lock), undefined);
    assert.deepEqual(takeLock(lock), identityOf(process.pid));
    giveBack(lock);
    assert.equal(takeLock(lock), undefined);
    giveBack(lock);
    giveBack(lock);
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it("can be read by its owner alone", () => {
    const lock = path.join(temporaryFolder(), "lock");
    takeLock(lock);
    assert.equal(fs.statSync(lock).mode & 0o777, 0o600);
  });

  const dead: [string, (lock: string) => void][] = [
    ["that has ended", (lock) => leaveBehind(lock)],
    [
      "whose number another process has now",
      (lock) => fs.writeFileSync(lock, JSON.stringify({ pid: 1, startTime: "earlier 1" })),
    ],
    ["of which a power failure left nothing", (lock) => fs.writeFileSync(lock, "")],
    ["of which a power failure left no more than this", (lock) => fs.writeFileSync(lock, "null")],
    ["that has ended while it took it over from one that had ended", (lock) => leaveBehind(lock, `${lock}.takeover`)],
  ];
  for (const [whose, leave] of dead) {
    it(`is taken over from an owner ${whose}`, () => {
      const folder = temporaryFolder();
      const lock = path.join(folder, "lock");
      leave(lock);
      assert.equal(takeLock(lock), undefined);
      assert.deepEqual(takeLock(lock), identityOf(process.pid));
      assert.deepEqual(fs.readdirSync(folder), ["lock"]);
    });
  }

  it("is taken over by one of those who find its owner dead at the same time", async () => {
    const [rounds, takers] = [150, 4];
    const folder = temporaryFolder();
    const locks = Array.from({ length: rounds }, (_, round) => path.join(folder, `lock-${round}`));
    leaveBehind(...locks);
    // all begin each round at one time, and none ends before all are through
    const program = `
      const { takeLock } = require(${JSON.stringify(module_)});
      const [begin, ...locks] = process.argv.slice(1);
      const won = locks.filter((lock, round) => {
        while (Date.now() < Number(begin) + round * 8);
        return takeLock(lock) === undefined;
      });
      console.log(JSON.stringify(won));
      process.stdin.resume().once("end", () => process.exit());`;
    const begin = String(Date.now() + 2_000);
    const processes = Array.from({ length: takers }, () =>
      spawn(process.execPath, ["-e", program, begin, ...locks], { stdio: ["pipe", "pipe", "inherit"] }),
    );
    const closed = processes.map((process) => once(process, "close"));
    const answers = processes.map(({ stdout }, i) => Promise.race([once(stdout, "data"), closed[i]]));
    const won = (await Promise.all(answers)).map((answer) => JSON.parse(String(answer?.[0])) as string[]);
    for (const { stdin } of processes) stdin.end();
    await Promise.all(closed);
    assert.deepEqual(won.flat().sort(), [...locks].sort());
  });
});
