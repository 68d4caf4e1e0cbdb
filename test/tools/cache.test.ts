import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { until } from "../../processes/until";
import { root } from "../../tools/root";
import { temporaryFolder } from "../support/environment";

/** A set-up that needs the folder `tool`, and takes `milliseconds` to make it, in a process of its own. */
class SetUp {
  printed = "";
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown[]>;

  constructor(cache: string, milliseconds: number, then = "") {
    const program = `
      const fs = require("node:fs");
      const { cached } = require(${JSON.stringify(path.join(root, "dist", "tools", "cache.js"))});
      const works = async (folder) => fs.existsSync(folder + "/done");
      cached("tool", works, async (folder) => {
        console.log("making it");
        fs.writeFileSync(folder + "/begun", String(process.pid));
        await new Promise((resolve) => setTimeout(resolve, ${milliseconds}));
        ${then}
        fs.renameSync(folder + "/begun", folder + "/done");
      }).then((folder) => console.log("has it: " + fs.readFileSync(folder + "/done", "utf8")));`;
    const env = { ...process.env, META_PREFECT__CACHE: cache };
    this.child = spawn(process.execPath, ["-e", program], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.ended = once(this.child, "close");
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on("data", (text: Buffer) => (this.printed += text.toString()));
    }
  }

  get pid(): number {
    return this.child.pid as number;
  }

  get isMaking(): boolean {
    return this.printed.includes("making it");
  }

  async says(text: string): Promise<void> {
    const isSaid = await until(() => this.printed.includes(text), { every: 20, patience: 20_000 });
    assert.ok(isSaid, `it said ${JSON.stringify(this.printed)}, not ${text}`);
  }

  async end(): Promise<void> {
    await this.ended;
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }
}

describe("a folder of the cache that several set-ups need at once", () => {
  it("is made by one of them, for which the others wait, saying so", async () => {
    const cache = path.join(temporaryFolder(), "cache");
    const first = new SetUp(cache, 2_500);
    await first.says("making it");
    const others = [new SetUp(cache, 0), new SetUp(cache, 0)];
    for (const setUp of [first, ...others]) await setUp.end();
    for (const { printed, isMaking } of others) {
      assert.ok(!isMaking, printed);
      assert.ok(printed.includes(`waiting for process ${first.pid}, which is making tool in ${cache}`), printed);
    }
    for (const { printed } of [first, ...others]) assert.ok(printed.includes(`has it: ${first.pid}\n`), printed);
    assert.deepEqual(fs.readdirSync(cache), ["tool"]);
  });

  it("is made anew by one of them when who was making it was killed", async () => {
    const cache = temporaryFolder();
    const killed = new SetUp(cache, 60_000);
    await killed.says("making it");
    const waiting = [1, 2, 3].map(() => new SetUp(cache, 500));
    for (const setUp of waiting) await setUp.says("waiting for");
    await killed.kill();
    for (const setUp of waiting) await setUp.end();
    const made = waiting.filter(({ isMaking }) => isMaking);
    assert.equal(made.length, 1, waiting.map(({ printed }) => printed).join("\n"));
    for (const { printed } of waiting) assert.ok(printed.includes(`has it: ${made[0]?.pid}\n`), printed);
  });

  it("is made by the next one when the first one fails", async () => {
    const cache = temporaryFolder();
    const failing = new SetUp(cache, 1_000, `throw new Error("no network");`);
    await failing.says("making it");
    const next = new SetUp(cache, 0);
    await next.says("waiting for");
    await Promise.all([failing.end(), next.end()]);
    assert.ok(failing.printed.includes("no network"));
    assert.ok(next.printed.includes(`has it: ${next.pid}\n`), next.printed);
  });
});
