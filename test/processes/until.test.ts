import assert from "node:assert/strict";
import { until } from "../../processes/until";

describe("to look until there is something", () => {
  it("gives the first that is there", async () => {
    const looks = [undefined, false, 0, 1];
    assert.equal(await until<number>(() => looks.shift() as number | false | undefined, { every: 1 }), 0);
    assert.deepEqual(looks, [1]);
  });

  it("gives nothing when there was nothing in time, after one look at least", async () => {
    let looks = 0;
    const look = () => ((looks += 1), Promise.resolve(false as const));
    assert.equal(await until(look, { every: 1, patience: 0 }), undefined);
    assert.equal(looks, 1);
    assert.equal(await until(look, { every: 10, patience: 25 }), undefined);
    assert.ok(looks > 2 && looks < 6, `${looks}`);
  });

  it("ends with what goes wrong", async () => {
    await assert.rejects(
      until(() => Promise.reject(new Error("gone")), { every: 1 }),
      /gone/,
    );
  });
});
