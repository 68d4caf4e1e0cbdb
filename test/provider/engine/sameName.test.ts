import assert from "node:assert/strict";
import type { PrefectClient } from "../../../provider/api/client";
import type { AnyKind, Json } from "../../../provider/engine/kind";
import { read, remove, update } from "../../../provider/engine/lifecycle";
import { workPool } from "../../../provider/kinds/workPool/workPool";
import { workQueue } from "../../../provider/kinds/workQueue";

const kinds: { kind: AnyKind; id: string; args: Json; remote: Json }[] = [
  { kind: workPool, id: "etl", args: { name: "etl", type: "process" }, remote: { name: "etl", type: "process" } },
  {
    kind: workQueue,
    id: "etl/fast",
    args: { name: "fast", workPoolName: "etl" },
    remote: { name: "fast", work_pool_name: "etl" },
  },
];

/** A server that has an object under the name, and notes what is changed. */
function serverWith(object: Json) {
  const changes: string[] = [];
  const noting = (method: string) => (address: string) => Promise.resolve(changes.push(`${method} ${address}`) > 0);
  const client = {
    find: () => Promise.resolve(object),
    filter: () => Promise.resolve([]),
    patchIfChanged: noting("PATCH"),
    delete: noting("DELETE"),
  };
  return { client: client as unknown as PrefectClient, changes };
}

for (const { kind, id, args, remote } of kinds) {
  describe(`a ${kind.noun} whose name another one was given after it was deleted`, () => {
    const state = { ...args, uuid: "ours" };
    const news = { ...args, description: "new" };
    const theirs = () => serverWith({ ...remote, id: "theirs" });

    it("is gone", async () => {
      assert.equal(await read(kind, theirs().client, id, state), undefined);
    });

    it("isn't changed in the other one's place", async () => {
      const { client, changes } = theirs();
      await assert.rejects(update(kind, client, id, state, news), /was deleted in Prefect; run `pulumi up --refresh`/);
      assert.deepEqual(changes, []);
    });

    it("takes nothing with it when it is deleted", async () => {
      const { client, changes } = theirs();
      await remove(kind, client, id, state);
      assert.deepEqual(changes, []);
    });
  });

  for (const [what, state] of [
    ["of Prefect's own id", { ...args, uuid: "ours" }],
    ["in a state that doesn't have Prefect's own id", args],
  ] as const) {
    it(`a ${kind.noun} ${what} is read, changed and deleted`, async () => {
      const { client, changes } = serverWith({ ...remote, id: "ours" });
      assert.equal((await read(kind, client, id, state))?.outputs.uuid, "ours");
      await update(kind, client, id, state, { ...args, description: "new" });
      await remove(kind, client, id, state);
      assert.deepEqual(
        changes.map((change) => change.split(" ")[0]),
        ["PATCH", "DELETE"],
      );
    });
  }
}
