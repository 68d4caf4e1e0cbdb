import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { end, isRunning, startDetached } from "../../processes/localProcess";
import { processesWith } from "../../processes/processTable";
import { boundLog, continueLog, lastLines } from "../../provider/kinds/worker/workerLog";
import { temporaryFolder } from "../support/environment";

const mebibyte = 1024 * 1024;

describe("the log of a worker", () => {
  let folder: string;
  let logFile: string;
  beforeEach(() => {
    folder = temporaryFolder();
    logFile = path.join(folder, "worker.log");
  });
  const rotations = () => processesWith("META_PREFECT__WORKER", folder);
  const ended = async (what: () => boolean) => {
    for (const deadline = Date.now() + 60_000; !what(); await pause(100)) assert.ok(Date.now() < deadline);
  };

  it("goes on across restarts with a line that says when and why, and its owner alone can read it", () => {
    // of an earlier build
    fs.writeFileSync(logFile, "evidence\n", { mode: 0o644 });
    const offset = continueLog(logFile, "started by Pulumi: a change of limit");
    fs.appendFileSync(logFile, "new output\n");
    const line = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z \| meta-prefect \| started by Pulumi: a change of limit`;
    assert.match(fs.readFileSync(logFile, "utf8"), new RegExp(`^evidence\n${line}\nnew output\n$`));
    assert.equal(fs.statSync(logFile).mode & 0o777, 0o600);
    assert.equal(lastLines(logFile, offset), `the last lines of ${logFile}:\nnew output`);
  });

  it("is rotated while its process writes, keeps the newest, and is bounded", async () => {
    const script = `i=0; while [ $i -lt 8 ]; do yes "line of part $i" | head -c ${8 * mebibyte}; sleep 4; i=$((i+1)); done; echo last`;
    const options = { cwd: folder, env: process.env, logFile };
    const { identity } = await startDetached("sh", ["-c", script], options);
    await boundLog(logFile, identity.pid);
    await ended(() => !isRunning(identity));
    await ended(() => rotations().length === 0);
    const files = fs.readdirSync(folder).sort();
    assert.deepEqual(files, ["worker.log", "worker.log.1", "worker.log.2", "worker.log.3"]);
    for (const file of files) {
      const { size, mode } = fs.statSync(path.join(folder, file));
      assert.ok(size <= (file === "worker.log" ? 24 : 10) * mebibyte, `${file}: ${size}`);
      assert.equal(mode & 0o777, 0o600);
    }
    assert.match(lastLines(logFile, 0), /last$/);
    assert.ok(!fs.readFileSync(logFile).includes(0), "no hole where it was emptied");
  });

  it("is watched by nothing when its process has ended", async () => {
    const { identity } = await startDetached("sleep", ["61"], { cwd: folder, env: process.env, logFile });
    await boundLog(logFile, identity.pid);
    assert.notEqual(rotations().length, 0);
    await end([identity], 1_000);
    await ended(() => rotations().length === 0);
  });
});
