import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import { cli } from "../support/command";
import { PulumiStandIn } from "../support/pulumiStandIn";

/** Calls the command with something done to it as soon as it is started; gives its exit code, and what it said. */
function call(
  { folder, env }: PulumiStandIn,
  words: string[],
  then: (child: ChildProcess) => void,
  output: "pipe" | number = "pipe",
): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [cli, ...words], { cwd: folder, env, stdio: ["ignore", output, "pipe"] });
  let said = "";
  child.stdout?.resume();
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
  then(child);
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, said })));
}

describe("a command that nobody reads", () => {
  for (const stream of ["stdout", "stderr"] as const) {
    it(`deploys to the end, though its ${stream} is closed`, async () => {
      const pulumi = new PulumiStandIn();
      const { code } = await call(pulumi, ["deploy", "--yes", "--detailed-exitcode"], (child) =>
        child[stream]?.destroy(),
      );
      assert.equal(code, 3);
      assert.ok(pulumi.hasDone("up"));
    });
  }

  it("ends when it would go on for ever", async () => {
    const words = ["worker", "logs", "--follow"];
    const { code } = await call(new PulumiStandIn(), words, (child) => child.stdout?.destroy());
    assert.equal(code, 141);
  });

  it("fails at its end when its result can't be written", async function () {
    if (!fs.existsSync("/dev/full")) return this.skip();
    const pulumi = new PulumiStandIn();
    const full = fs.openSync("/dev/full", "w");
    const { code, said } = await call(pulumi, ["deploy", "--yes", "--json"], () => undefined, full);
    fs.closeSync(full);
    assert.equal(code, 1);
    assert.match(said, /^error: standard output can't be written \(ENOSPC: .*\)$/m);
    assert.ok(pulumi.hasDone("up"));
  });
});
