import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { startPrefectServer, stopPrefectServer } from "../../processes/prefectServer";
import { PrefectClient } from "../../provider/api/client";
import type { Json } from "../../provider/engine/kind";
import { root } from "../../tools/root";
import { run } from "../../tools/run";
import { temporaryFolder, tools } from "../support/environment";
import { PulumiProject } from "../support/pulumiProject";

const proto = '{"__proto__":{"admin":true}}';

describe("npx meta-prefect import, of a server whose names are code", () => {
  it("writes a program that runs none of it, names its objects by references and changes nothing", async () => {
    const { python } = await tools();
    const home = path.join(temporaryFolder(), "hostile");
    const server = await startPrefectServer(python, home);
    try {
      const client = new PrefectClient({ apiUrl: server.apiUrl, headers: {}, environment: {} });
      const proof = path.join(temporaryFolder(), "proof");
      const names = ["\n", "\r", "\u2028", "*/", "`${"].map(
        (end) => `x${end}require("fs").writeFileSync(${JSON.stringify(proof)},"");//`,
      );
      await fill(client, names);

      const out = path.join(temporaryFolder(), "hostile");
      const cli = path.join(__dirname, "../../cli/index.js");
      const env = { PREFECT_API_URL: server.apiUrl, PREFECT_HOME: path.join(home, "client") };
      const said = await run("node", [cli, "import", "--out", out], { cwd: home, env });
      const text = fs.readFileSync(path.join(out, "index.ts"), "utf8");
      assert.equal(text.match(/^\/\/ Left out: automation /gm)?.length, 2 * names.length, said);
      assert.match(text, /^\/\/ Left out: variable "proto": it holds a key "__proto__"/m);
      assert.match(
        text,
        /"prefect.resource.id": pulumi\.interpolate`prefect\.deployment\.\$\{nightlyDeployment\.id\}`/,
      );
      assert.match(text, /pulumi\.interpolate`prefect\.work-pool\.\$\{etlPool\.uuid\}`/);

      const project = await PulumiProject.installed(out);
      project.env.PREFECT_API_URL = server.apiUrl;
      execFileSync("node", [path.join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", out], {
        stdio: "pipe",
      });
      const previewed = await project.pulumi("preview");
      assert.match(previewed, /objects exist in Prefect just as the program says; taking over changes nothing/);
      assert.doesNotMatch(previewed, /this changes/);
      await project.up();
      assert.deepEqual(await project.preview("--refresh"), []);
      assert.deepEqual((await project.resources()).has("watching"), true);
      assert.ok(!fs.existsSync(proof));
      const left = await client.find<Json>("/variables/name/proto");
      assert.deepEqual(left?.value, JSON.parse(proto));

      const elsewhere = { ...env, PREFECT_API_URL: server.apiUrl.replace("/api", "") };
      await assert.rejects(
        run("node", [cli, "import", "--out", `${out}-2`], { cwd: home, env: elsewhere }),
        /is not the address of a Prefect API .*; correct PREFECT_API_URL/,
      );
    } finally {
      await stopPrefectServer(server);
    }
  });
});

/** Automations of these names, each once alone and once with a twin, and what else may hold a text. */
async function fill(client: PrefectClient, names: string[]): Promise<void> {
  const trigger = { type: "event", posture: "Reactive", expect: names };
  for (const name of [...names, ...names, ...names.map((name) => `alone ${name}`)]) {
    await client.post("/automations/", {
      name,
      description: name,
      tags: [name],
      trigger,
      actions: [{ type: "do-nothing" }],
    });
  }
  const pool = await client.post<Json>("/work_pools/", { name: "etl", type: "process", description: names.join("") });
  const flow = await client.post<Json>("/flows/", { name: `flow ${names[0]?.replaceAll("/", "")}`, tags: names });
  const deployment = await client.post<Json>("/deployments/", {
    name: "nightly",
    flow_id: flow.id,
    work_pool_name: "etl",
    tags: names,
    job_variables: { env: Object.fromEntries(names.map((name) => [name, name])) },
    parameter_openapi_schema: { properties: Object.fromEntries(names.map((name) => [name, { title: name }])) },
    enforce_parameter_schema: false,
  });
  await client.post("/automations/", {
    name: "watching",
    trigger: {
      type: "event",
      posture: "Reactive",
      expect: ["prefect.flow-run.Failed"],
      match: { "prefect.resource.id": `prefect.deployment.${String(deployment.id)}` },
      match_related: { "prefect.resource.id": [`prefect.work-pool.${String(pool.id)}`, ...names] },
    },
    actions: [{ type: "do-nothing" }],
  });
  // axios would drop the key
  await fetch(`${client.connection.apiUrl}/variables/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: `{"name":"proto","value":${proto}}`,
  });
}
