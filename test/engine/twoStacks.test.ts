import assert from "node:assert/strict";
import { temporaryFolder } from "../support/environment";
import { PulumiProject } from "../support/pulumiProject";

describe("two stacks that want the same", () => {
  const name = `shared-${process.pid}`;
  const program = `
    const p = require("meta-prefect");
    const pool = new p.WorkPool("${name}", { type: "process", adopt: true });
    new p.Worker("${name}", { workPoolName: pool.name });`;

  it("leave each other's worker, of which the second is told whose it is", async () => {
    const first = await PulumiProject.create(program, "first");
    const second = await PulumiProject.create(program, "second");
    const home = { XDG_STATE_HOME: temporaryFolder() };
    for (const { env } of [first, second]) Object.assign(env, home);
    try {
      await first.up();
      const before = (await first.resources()).get(name)?.outputs.pid;
      const message = await second.failure("up", "--yes", "--skip-preview");
      assert.match(
        message,
        /belongs to the stack organization\/test\/first, and is running on this machine as process/,
      );
      assert.equal((await first.resources()).get(name)?.outputs.pid, before);
      assert.deepEqual(await first.preview("--refresh"), []);
    } finally {
      await first.destroy();
      await second.destroy();
    }
  });

  it("don't share an object: the second is told that it is there", async () => {
    const variable = `new (require("meta-prefect").Variable)("${name}", { value: 1 });`;
    const first = await PulumiProject.create(variable, "first");
    const second = await PulumiProject.create(variable, "second");
    try {
      await first.up();
      assert.match(await second.failure("preview"), new RegExp(`variable "${name}" already exists`));
      assert.match(await second.failure("up", "--yes", "--skip-preview"), /already exists; set adopt: true/);
      assert.deepEqual(await first.preview("--refresh"), []);
    } finally {
      await second.destroy();
      await first.destroy();
    }
  });
});
