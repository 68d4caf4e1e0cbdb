import assert from "node:assert/strict";
import * as os from "node:os";
import * as path from "node:path";
import { mock } from "node:test";
import { identityOf } from "../../../../processes/localProcess";
import type { PrefectClient } from "../../../../provider/api/client";
import { AbsenceError } from "../../../../provider/api/errors";
import { diff, read, remove } from "../../../../provider/engine/lifecycle";
import { worker } from "../../../../provider/kinds/worker/worker";
import { folderOf } from "../../../../provider/kinds/worker/workerRecord";

const named = { name: "etl", workPoolName: "pool" };

/** A server that gives the status of the worker, one after the other, the last again and again; undefined is a worker that it doesn't know. */
function saying(...statuses: (string | undefined)[]) {
  const deleted: string[] = [];
  const client = {
    connection: { apiUrl: "http://127.0.0.1:4200/api" },
    filter: () => {
      const status = statuses.length > 1 ? statuses.shift() : statuses[0];
      return Promise.resolve(status === undefined ? [] : [{ id: "row", name: "etl", status }]);
    },
    delete: (address: string) => Promise.resolve(void deleted.push(address)),
  };
  return { client: client as unknown as PrefectClient, deleted };
}

/** A server without the worker's pool. */
function poolless(): PrefectClient {
  const absent = new AbsenceError("POST", "/work_pools/pool/workers/filter", 404, "no pool", false, "Work pool");
  return Object.assign(saying(undefined).client, { filter: () => Promise.reject(absent) });
}

/** What the state has of a worker that was started for the server, as one that doesn't say how it is. */
function stateOf(client: PrefectClient, more: object = {}) {
  const logFile = path.join(folderOf(client, named), "worker.log");
  return { ...named, ...identityOf(process.pid), host: os.hostname(), healthPort: 1, logFile, ...more };
}

describe("a worker whose process is running", () => {
  const isStartedAgain = async (client: PrefectClient) => {
    const found = await read(worker, client, "row", stateOf(client));
    assert.equal(found?.outputs.pid, process.pid);
    return diff(worker, found.outputs, named).changes;
  };

  it("stays in the state when its pool was deleted, and is started again", async () => {
    assert.equal(await isStartedAgain(poolless()), true);
  });

  it("stays in the state when it takes no runs, and is started again", async () => {
    mock.timers.enable({ apis: ["setTimeout", "Date"] });
    try {
      let isDone = false;
      const done = isStartedAgain(saying("OFFLINE").client).finally(() => (isDone = true));
      while (!isDone) {
        mock.timers.tick(1_000);
        await new Promise(setImmediate);
      }
      assert.equal(await done, true);
    } finally {
      mock.timers.reset();
    }
  });

  it("stays as it is when the server sees it", async () => {
    assert.equal(await isStartedAgain(saying("ONLINE").client), false);
  });

  it("is gone when it has ended", async () => {
    const { client } = saying("ONLINE");
    assert.equal(await read(worker, client, "row", stateOf(client, { startTime: "" })), undefined);
  });

  it("of another server is gone, although it is running", async () => {
    const logFile = path.join(folderOf(saying().client, { ...named, name: "other" }), "worker.log");
    for (const client of [saying(undefined).client, poolless()]) {
      assert.equal(await read(worker, client, "row", stateOf(client, { logFile })), undefined);
    }
  });
});

describe("a worker of another machine", () => {
  const elsewhere = { host: "another-machine" };

  it("that the server takes for dead may come back, so that it is neither gone nor forgotten", async () => {
    const { client, deleted } = saying("OFFLINE", "OFFLINE", "ONLINE");
    assert.ok(await read(worker, client, "row", stateOf(client, elsewhere)));
    const again = saying("OFFLINE", "OFFLINE", "ONLINE");
    await assert.rejects(
      remove(worker, again.client, "row", stateOf(client, elsewhere)),
      /runs on the machine "another-machine"/,
    );
    assert.deepEqual([...deleted, ...again.deleted], []);
  });

  it("is gone with its pool", async () => {
    const client = poolless();
    assert.equal(await read(worker, client, "row", stateOf(client, elsewhere)), undefined);
  });
});
