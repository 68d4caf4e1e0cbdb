import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { isRunning } from "../../processes/localProcess";
import { type UnderWay, WorkerOutage } from "../support/workerOutage";

describe("a worker, for long", () => {
  let outage: WorkerOutage;
  const runs: UnderWay[] = [];
  afterEach(() => outage.end(...runs));

  it("through five minutes without a server keeps its process, its pid and its run, and a refresh shows no change", async function () {
    this.timeout(900_000);
    outage = await WorkerOutage.begin();
    const run = await outage.run();
    runs.push(run);
    await outage.stopServer();
    await pause(300_000);
    const isHealthy = await outage.isHealthy();
    await outage.startServer();
    const began = Date.now();
    const status = await outage.status();
    assert.deepEqual((await outage.refresh())?.outputs, outage.made.outputs);
    const refreshed = Date.now() - began;
    while ((await outage.status()) !== "ONLINE") await pause(500);
    const online = Date.now() - began;
    console.log(
      `      healthy at the end: ${isHealthy}; the server's row after it: ${status}; refreshed after ${refreshed} ms; online again after ${online} ms`,
    );
    assert.ok([outage.process, ...run.processes].every(isRunning));
    assert.equal((await outage.state(run)).type, "RUNNING");
    assert.deepEqual((await outage.refresh())?.outputs, outage.made.outputs);
  });

  it("that hangs, and that the server doesn't see, is found stuck", async function () {
    this.timeout(300_000);
    outage = await WorkerOutage.begin({ PREFECT_WORKER_HEARTBEAT_SECONDS: "1" });
    process.kill(outage.process.pid, "SIGSTOP");
    while ((await outage.status()) !== "OFFLINE") await pause(500);
    const began = Date.now();
    assert.equal((await outage.refresh())?.outputs.isStuck, true);
    console.log(`      found stuck after ${Date.now() - began} ms`);
  });
});
