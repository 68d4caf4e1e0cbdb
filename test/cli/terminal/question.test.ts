import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as path from "node:path";
import { promisify } from "node:util";

describe("a question", () => {
  it("is shown with nothing in it that acts", async () => {
    const file = path.join(__dirname, "../../../cli/terminal/question.js");
    const asking = promisify(execFile)(process.execPath, [
      "-e",
      `require(${JSON.stringify(file)}).agrees("write /a\\u202eb?").then(console.log)`,
    ]);
    asking.child.stdin?.end("y\n");
    const { stdout, stderr } = await asking;
    assert.equal(stdout, "true\n");
    assert.ok(stderr.includes("write /a\\u202eb?") && !stderr.includes("\u202e"), stderr);
  });
});
