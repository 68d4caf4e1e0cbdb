import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { type PrefectServer, startPrefectServer, stopPrefectServer } from "../../processes/prefectServer";
import { temporaryFolder, tools } from "../support/environment";
import { PulumiProject } from "../support/pulumiProject";

describe("a Prefect server that is restarted in the middle of an up", () => {
  /** How long it is away, in milliseconds. */
  const away = 15_000;

  it("is waited for, with a line that says so, and each object is made once", async () => {
    const { python } = await tools();
    const home = temporaryFolder();
    let server: PrefectServer = await startPrefectServer(python, home);
    const { port } = new URL(server.apiUrl);
    const project = await PulumiProject.create(`
      const p = require("meta-prefect");
      const pool = new p.WorkPool("pool", { type: "process" });
      for (let i = 0; i < 60; i += 1) {
        new p.Deployment("d" + i, { flowName: "flow-" + i, workPoolName: pool.name, schedules: [{ cron: "0 9 * * *" }] });
      }`);
    project.env.PREFECT_API_URL = server.apiUrl;
    try {
      const up = project.up();
      for (;;) {
        const response = await fetch(`${server.apiUrl}/deployments/count`, { method: "POST", body: "{}" });
        if (Number(await response.text()) >= 5) break;
        await pause(50);
      }
      await stopPrefectServer(server);
      await pause(away);
      server = await startPrefectServer(python, home, Number(port));
      const printed = await up;
      assert.match(printed, /waiting for the Prefect server at/);
      assert.match(printed, /answers again, after \d+ s/);
      assert.deepEqual(await project.preview("--refresh"), []);
      const response = await fetch(`${server.apiUrl}/deployments/count`, { method: "POST", body: "{}" });
      assert.equal(Number(await response.text()), 60);
      await project.destroy();
    } finally {
      await stopPrefectServer(server);
    }
  });
});
