import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { tail } from "../../../cli/worker/tail";
import { temporaryFolder } from "../../support/environment";

/** A log of its own. */
const logFile = () => path.join(temporaryFolder(), "worker.log");

async function all(lines: AsyncGenerator<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

describe("the end of a worker's log", () => {
  it("is its last lines, with those of the part before, and what isn't a whole line yet", async () => {
    const file = logFile();
    fs.writeFileSync(`${file}.1`, "a\nb\nc\n");
    fs.writeFileSync(file, "d\ne");
    assert.deepEqual(await all(tail(file, { count: 3, follows: false })), ["b", "c", "d", "e"]);
    fs.writeFileSync(file, "");
    assert.deepEqual(await all(tail(file, { count: 2, follows: false })), ["b", "c"]);
  });

  it("goes on with what is written, also when the log is rotated", async () => {
    const file = logFile();
    fs.writeFileSync(file, "a\nb");
    const lines = tail(file, { count: 200, follows: true });
    const next = async () => (await lines.next()).value as string;
    assert.equal(await next(), "a");
    const more = next();
    await pause(100);
    const rest = Buffer.from("ü\nc\n");
    // in the middle of a character
    fs.appendFileSync(file, rest.subarray(0, 1));
    await pause(700);
    fs.appendFileSync(file, rest.subarray(1));
    assert.equal(await more, "bü");
    assert.equal(await next(), "c");
    // as the shell beside a worker does it
    fs.copyFileSync(file, `${file}.1`);
    fs.truncateSync(file);
    fs.appendFileSync(file, "d\n");
    assert.equal(await next(), "d");
    await lines.return(undefined);
  });
});
