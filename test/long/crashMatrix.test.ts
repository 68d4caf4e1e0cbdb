import assert from "node:assert/strict";
import type { PrefectClient } from "../../provider/api/client";
import { Crashing, mixedProgram } from "../support/crashed";
import { prefectClient } from "../support/environment";

/** More writes than the program makes. */
const most = 60;

describe("a program of all kinds, killed at each of its writes", () => {
  let client: PrefectClient;
  before(async () => {
    client = await prefectClient();
  });

  /** How many objects of the names there are, by the endpoints that list them. */
  const counts = async (name: string) => {
    const found: Record<string, number> = {};
    for (const kind of [
      "work_pools",
      "flows",
      "deployments",
      "variables",
      "v2/concurrency_limits",
      "concurrency_limits",
      "block_types",
      "block_documents",
      "automations",
      "saved_searches",
    ]) {
      const all = await client.filter<{ name?: string; tag?: string }>(`/${kind}/filter`);
      found[kind] = all.filter((object) => (object.name ?? object.tag ?? "").startsWith(name)).length;
    }
    return found;
  };
  const whole = {
    work_pools: 1,
    flows: 2,
    deployments: 1,
    variables: 1,
    "v2/concurrency_limits": 1,
    concurrency_limits: 1,
    block_types: 1,
    block_documents: 2,
    automations: 2,
    saved_searches: 1,
  };

  interface Steps {
    before?: (crashing: Crashing) => Promise<unknown>;
    after: (crashing: Crashing, name: string, write: string) => Promise<void>;
  }

  /** Runs a command once for each of its writes, and kills it there; gives how many there were. */
  const atEachWrite = async (command: string, { before, after }: Steps): Promise<number> => {
    let killed = 0;
    for (let n = 1; n <= most; n += 1) {
      const name = `matrix-${process.pid}-${command}-${n}-x`;
      const crashing = await Crashing.create(mixedProgram(name));
      try {
        await before?.(crashing);
        const isKilled = await crashing.kill((_, number) => number === n, command);
        if (isKilled) {
          killed += 1;
          await crashing.cancel();
        }
        await after(crashing, name, `write ${n}`);
        if (!isKilled) break;
      } finally {
        await crashing.project.destroy();
        crashing.proxy.close();
      }
    }
    console.log(`      killed at each of ${killed} writes`);
    return killed;
  };

  it("up", async () => {
    const killed = await atEachWrite("up", {
      async after(crashing, name, write) {
        await crashing.project.up();
        assert.deepEqual(await crashing.project.preview("--refresh"), [], write);
        assert.deepEqual(await counts(name), whole, write);
        assert.equal(crashing.workers.length, 1, write);
        assert.deepEqual(crashing.intents, [], write);
      },
    });
    assert.ok(killed > 10);
  }).timeout(60 * 60_000);

  for (const command of ["refresh", "destroy"]) {
    it(command, async () => {
      const killed = await atEachWrite(command, {
        before: ({ project }) => project.up(),
        async after(crashing, name, write) {
          const { project } = crashing;
          if (command === "refresh") assert.deepEqual(await project.preview("--refresh"), [], write);
          await project.destroy();
          const left = Object.entries(await counts(name)).filter(([kind, count]) => kind !== "flows" && count > 0);
          assert.deepEqual(left, [], write);
          assert.deepEqual(crashing.workers, [], write);
          assert.deepEqual(crashing.intents, [], write);
        },
      });
      assert.ok(command === "refresh" || killed > 10);
    }).timeout(60 * 60_000);
  }
});
