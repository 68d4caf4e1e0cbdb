import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isRunning } from "../../processes/localProcess";
import { long } from "../support/long";
import { type UnderWay, WorkerOutage } from "../support/workerOutage";

/** A tenth of Prefect's own intervals, so that half a minute is to this worker what five minutes are to others. */
const quick = { PREFECT_WORKER_HEARTBEAT_SECONDS: "3", PREFECT_WORKER_QUERY_SECONDS: "1" };

describe("a worker whose server goes away", () => {
  let outage: WorkerOutage;
  let run: UnderWay;
  before(async () => {
    outage = await WorkerOutage.begin(quick);
    run = await outage.run();
  });
  after(() => outage.end(run));

  long("keeps its process, its pid and its run, and a refresh shows no change when the server is back", async () => {
    await outage.stopServer();
    await pause(32_000);
    assert.equal(await outage.isHealthy(), false);
    await outage.startServer();
    assert.deepEqual((await outage.refresh())?.outputs, outage.made.outputs);
    assert.ok([outage.process, ...run.processes].every(isRunning));
    assert.equal((await outage.state(run)).type, "RUNNING");
    while ((await outage.status()) !== "ONLINE") await pause(200);
    assert.deepEqual((await outage.refresh())?.outputs, outage.made.outputs);
  });

  long(
    "is stopped by a deletion all the same, which says what is left, and is completed when the server is back",
    async () => {
      const record = path.join(path.dirname(outage.process.logFile), "process.json");
      await outage.stopServer();
      await assert.rejects(
        outage.delete(),
        /^worker "worker": its process has been stopped, but the server still lists it: .*; try again when the server is there$/,
      );
      assert.deepEqual([outage.process, ...run.processes].filter(isRunning), []);
      assert.ok(fs.existsSync(record));
      await outage.startServer();
      assert.equal((await outage.state(run)).type, "RUNNING");
      await outage.delete();
      assert.equal(await outage.status(), undefined);
      assert.ok(!fs.existsSync(record));
      const { type, message } = await outage.state(run);
      assert.equal(type, "CRASHED");
      assert.match(
        String(message),
        /^Its process was ended with its worker "worker", which Pulumi stopped or restarted\.$/,
      );
    },
  );
});
