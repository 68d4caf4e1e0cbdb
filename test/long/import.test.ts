import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { type PrefectServer, startPrefectServer, stopPrefectServer } from "../../processes/prefectServer";
import { PrefectClient } from "../../provider/api/client";
import { temporaryFolder, tools } from "../support/environment";
import { PulumiProject } from "../support/pulumiProject";

describe("npx meta-prefect import", () => {
  it("writes a program for a grown server that type-checks, changes nothing when it takes over, and then has nothing to do", async () => {
    const { python } = await tools();
    const home = path.join(temporaryFolder(), "grown");
    const server = await startPrefectServer(python, home);
    try {
      const folder = temporaryFolder();
      const env = {
        ...process.env,
        PREFECT_API_URL: server.apiUrl,
        PREFECT_HOME: path.join(home, "client"),
        HOME: home,
      };
      const script = path.join(__dirname, "../../../test/support/grownServer.py");
      execFileSync(python, [script, folder], { env, stdio: "pipe" });

      const out = path.join(temporaryFolder(), "grown");
      const cli = path.join(__dirname, "../../cli/index.js");
      const written = execFileSync("node", [cli, "import", "--out", out], { cwd: home, env, stdio: "pipe" });
      assert.equal(written.toString(), "");
      const text = fs.readFileSync(path.join(out, "index.ts"), "utf8");
      assert.doesNotMatch(text, /hunter/);
      assert.doesNotMatch(text, /Left out/);
      const count = text.match(/adopt: true\b/g)?.length ?? 0;
      assert.ok(count - 1 >= 200, `${count}`);

      const project = await PulumiProject.installed(out);
      project.env.PREFECT_API_URL = server.apiUrl;
      execFileSync("node", [path.join(__dirname, "../../../node_modules/typescript/bin/tsc"), "--noEmit", "-p", out], {
        stdio: "pipe",
      });
      assert.match(await project.failure("preview"), /Missing required configuration variable/);
      const secrets = [...text.matchAll(/requireSecret(?:Object)?\("(.*?)"\)/g)].map(([, key]) => key as string);
      assert.equal(secrets.length, 10);
      for (const key of secrets) {
        const number = /secret-grown-secret-(\d)-value/.exec(key)?.[1];
        const json = JSON.stringify({ user: "u", pin: "hunter-json" });
        const value = number !== undefined ? `hunter-${number}` : key.includes("json") ? json : "hunter-db";
        await project.pulumi("config", "set", "--secret", key, value);
      }
      const said = await project.pulumi("preview");
      assert.doesNotMatch(said, /this changes/);
      assert.doesNotMatch(said, /hunter/);
      assert.match(said, /\d{3} objects exist in Prefect just as the program says; taking over changes nothing/);
      const steps = await project.preview();
      assert.deepEqual([...new Set(steps.map(({ op }) => op))], ["create"]);

      const before = await updates(server);
      const done = await project.up();
      assert.match(
        done,
        new RegExp(`${count - 1} objects exist in Prefect just as the program says; taking over changes nothing`),
      );
      assert.deepEqual(await updates(server), before);
      assert.deepEqual(await project.preview("--refresh"), []);
    } finally {
      await stopPrefectServer(server);
    }
  });
});

/** When each object of the server was last written. */
async function updates({ apiUrl }: PrefectServer): Promise<Record<string, string>> {
  const client = new PrefectClient({ apiUrl, headers: {}, environment: {} });
  const all: Record<string, string> = {};
  for (const kind of ["deployments", "flows", "variables", "block_documents", "automations", "v2/concurrency_limits"]) {
    for (const { id, updated } of await client.filter<{ id: string; updated: string }>(`/${kind}/filter`))
      all[id] = updated;
  }
  return all;
}
