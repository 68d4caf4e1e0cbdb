import assert from "node:assert/strict";
import { diff } from "../../../../provider/engine/lifecycle";
import { worker } from "../../../../provider/kinds/worker/worker";
import { isToRestart, restartOf, restartVariable } from "../../../../provider/kinds/worker/workerRestart";

const named = (workPoolName: string, name: string) => ({ workPoolName, name });
const [a, b] = [named("one", "x"), named("two", "x\ny")];

describe("a restart that a command asks for", () => {
  it("is of the workers that it names, and of no other", () => {
    const environment = { [restartVariable]: restartOf([a, b]) };
    const asked = [a, b, named("two", "x"), named("one", "y"), {}].map((one) => isToRestart(one, environment));
    assert.deepEqual(asked, [true, true, false, false, false]);
    assert.equal(isToRestart(a, {}), false);
  });

  it("is an update, although nothing differs", () => {
    const state = { ...a, pid: 1 };
    assert.deepEqual([diff(worker, state, a).changes, diff(worker, state, b).changes], [false, true]);
    process.env[restartVariable] = restartOf([a]);
    try {
      assert.deepEqual(diff(worker, state, a), { changes: true, replaces: [], deleteBeforeReplace: false });
    } finally {
      delete process.env[restartVariable];
    }
  });
});
