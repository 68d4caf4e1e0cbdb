import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isHealthy } from "../../processes/prefectServer";
import { root } from "../../tools/root";
import { run } from "../../tools/run";
import { temporaryFolder, tools } from "../support/environment";
import { long } from "../support/long";
import { Page } from "../support/page";
import { compare } from "../support/reader";

describe("the demo", () => {
  const folder = path.join(temporaryFolder(), "demo");
  const demo = path.join(root, "dist", "tools", "demo.js");
  const env = { META_PREFECT__DEMO: folder, PULUMI_HOME: path.join(temporaryFolder(), "pulumi") };
  const { blocks } = new Page("README.md");
  const shown = blocks[blocks.findIndex(({ text }) => text.includes("npm run demo")) + 1]?.text ?? "";
  const commandsOf = () =>
    fs
      .readdirSync("/proc")
      .filter((entry) => /^\d+$/.test(entry))
      .map((pid) => {
        try {
          return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8") + fs.readFileSync(`/proc/${pid}/environ`, "utf8");
        } catch {
          return "";
        }
      })
      .filter((command) => command.includes("prefect") && command.includes(folder));

  before(tools);
  after(() => run(process.execPath, [demo, "down"], { env }));

  long("goes on where it was interrupted, and can be run again while it is up", async () => {
    const interrupted = spawn(process.execPath, [demo, "up"], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    interrupted.stdout.on("data", (text: Buffer) => (printed += text.toString()));
    for (let tries = 0; tries < 400 && !printed.includes("creating"); tries += 1) await pause(100);
    interrupted.kill("SIGINT");
    await new Promise((resolve) => interrupted.once("close", resolve));

    for (const time of ["first", "second"]) {
      const lines = (await run(process.execPath, [demo, "up"], { env })).trim().split("\n");
      const [url, deployment, flowRun, down] = lines.slice(-4);
      assert.match(url ?? "", /^PREFECT_API_URL=http:\/\/127\.0\.0\.1:\d+\/api$/, time);
      assert.match(deployment ?? "", /^deployment: http:\/\/127\.0\.0\.1:\d+\/deployments\/deployment\/[0-9a-f-]{36}$/);
      assert.equal(flowRun, "flow run: COMPLETED");
      assert.equal(down, "take it down: npm run demo:down");
      // what a run goes through meanwhile may be seen, too
      compare(`...\n${shown}`, lines.join("\n"), `README.md, ${time}`);
    }
  });

  long("leaves nothing running when it is taken down", async () => {
    const { apiUrl } = JSON.parse(fs.readFileSync(path.join(folder, "demo.json"), "utf8")) as { apiUrl: string };
    assert.ok(commandsOf().length >= 2);
    assert.match(await run(process.execPath, [demo, "down"], { env }), /the demo is down\n$/);
    assert.equal(await isHealthy(apiUrl), false);
    assert.deepEqual(commandsOf(), []);
    assert.ok(!fs.existsSync(folder));
    assert.match(await run(process.execPath, [demo, "down"], { env }), /the demo is not up/);
  });
});
