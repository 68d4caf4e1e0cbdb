import assert from "node:assert/strict";
import { printedBy, run, works } from "../../tools/run";

const node = (program: string): [string, string[]] => [process.execPath, ["-e", program]];
const speaking = `console.error("a warning"); console.log('{"a": 1}'); console.error("another")`;

describe("a command", () => {
  it("gives what it said on standard output, and nothing of standard error", async () => {
    assert.deepEqual(JSON.parse(await run(...node(speaking))), { a: 1 });
  });

  it("gives both to those who ask for both", async () => {
    const { stdout, all } = await printedBy(...node(speaking));
    assert.equal(stdout, '{"a": 1}\n');
    assert.deepEqual(all.trim().split("\n").sort(), ["a warning", "another", '{"a": 1}']);
  });

  it("that fails is an error with the last lines of both", async () => {
    const failing = `for (let i = 0; i < 50; i += 1) console.log("line " + i); console.error("why"); process.exitCode = 3`;
    await assert.rejects(run(...node(failing)), ({ message }: Error) => {
      assert.match(message, /^\S+ -e .* ended with exit code 3:\n/);
      assert.ok(message.includes("line 49") && message.includes("why") && !message.includes("line 10\n"));
      return true;
    });
    assert.equal(await works(...node(failing)), false);
    assert.equal(await works(...node(speaking)), true);
    assert.equal(await works("/no/such/command", []), false);
  });

  it("that can't be started, or is killed, is an error that says so", async () => {
    await assert.rejects(run("/no/such/command", []), /\/no\/such\/command ENOENT/);
    await assert.rejects(run(...node("process.kill(process.pid, 'SIGKILL')")), / ended with SIGKILL:/);
  });

  it("may print letters in two parts", async () => {
    const halves = `const [a, b] = Buffer.from("ü"); process.stdout.write(Buffer.of(a)); setTimeout(() => process.stdout.write(Buffer.of(b)), 100)`;
    assert.equal(await run(...node(halves)), "ü");
  });
});
