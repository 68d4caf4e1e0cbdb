import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { writeAtomically } from "../../processes/atomicWrite";
import { root } from "../../tools/root";
import { temporaryFolder } from "../support/environment";

describe("a file that is written atomically", () => {
  it("is whole whenever it is read, also when the writer is killed", async () => {
    const file = path.join(temporaryFolder(), "record.json");
    const program = `
      const { writeAtomically } = require(${JSON.stringify(path.join(root, "dist", "processes", "atomicWrite.js"))});
      for (let round = 0; ; round += 1) writeAtomically(process.argv[1], JSON.stringify(Array(1_000_000).fill(round % 10)));`;
    for (let time = 0; time < 5; time += 1) {
      const writer = spawn(process.execPath, ["-e", program, file], { stdio: "inherit" });
      const closed = once(writer, "close");
      while (!fs.existsSync(file)) await pause(5);
      for (let look = 0; look < 20; look += 1, await pause(5)) {
        assert.equal((JSON.parse(fs.readFileSync(file, "utf8")) as number[]).length, 1_000_000);
      }
      writer.kill("SIGKILL");
      await closed;
      assert.equal((JSON.parse(fs.readFileSync(file, "utf8")) as number[]).length, 1_000_000);
    }
  });

  it("leaves nothing behind, also when it can't be written", () => {
    const folder = temporaryFolder();
    writeAtomically(path.join(folder, "file"), "text");
    fs.mkdirSync(path.join(folder, "taken"));
    assert.throws(() => writeAtomically(path.join(folder, "taken"), "text"), /EISDIR/);
    assert.deepEqual(fs.readdirSync(folder), ["file", "taken"]);
    assert.equal(fs.readFileSync(path.join(folder, "file"), "utf8"), "text");
  });

  it("can be read by its owner alone, also when it takes the place of one that others can read", () => {
    const file = path.join(temporaryFolder(), "record.json");
    fs.writeFileSync(file, "", { mode: 0o644 });
    writeAtomically(file, "text");
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  });
});
