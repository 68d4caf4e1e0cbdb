import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { identityOf } from "../../../../processes/localProcess";
import { stateFolder } from "../../../../processes/stateFolder";
import { PrefectClient } from "../../../../provider/api/client";
import { DueRuns } from "../../../../provider/kinds/deployment/dueRuns";
import { getDeployment } from "../../../../provider/lookups";
import { temporaryFolder } from "../../../support/environment";
import { registeredIn } from "../../../support/registered";

const id = "00000000-0000-4000-8000-000000000000";
const minutes = (count: number) => new Date(Date.parse(since) + count * 60_000).toISOString();
const since = new Date(Date.now() - 5 * 60 * 60_000).toISOString();
/** A process that has ended. */
const ended = { pid: process.pid, startTime: "before" };

const folder = () => stateFolder("due-runs");
const records = () => (fs.existsSync(folder()) ? fs.readdirSync(folder()) : []);

/** What the record of the deployment is called for an address. */
function nameFor(server: string): string {
  const name = createHash("sha256")
    .update(JSON.stringify([server, id]))
    .digest("hex");
  return `${name.slice(0, 32)}.json`;
}

function keep(server: string, record: object): void {
  fs.mkdirSync(folder(), { recursive: true });
  fs.writeFileSync(path.join(folder(), nameFor(server)), JSON.stringify(record));
}

/** A server with one deployment, and what it is asked to make. */
class Server {
  readonly asked: { start_time: string; end_time?: string }[] = [];
  refuses = false;
  private readonly server = http.createServer((request, response) => {
    void this.answer(request).then(([status, body]) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body)),
    );
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  apiUrl(host = "127.0.0.1"): string {
    return `http://${host}:${(this.server.address() as AddressInfo).port}/api`;
  }

  due(host?: string): DueRuns {
    return new DueRuns(new PrefectClient({ apiUrl: this.apiUrl(host), headers: {}, environment: {} }), id);
  }

  private async answer(request: http.IncomingMessage): Promise<[status: number, body?: unknown]> {
    const sent = (await request.toArray()).join("");
    const { url = "" } = request;
    if (url.endsWith("/version")) return [200, "3.8.8"];
    if (url.endsWith("/flows/filter")) return [200, [{ id, name: "f" }]];
    if (!url.endsWith("/schedule"))
      return [200, { id, flow_id: id, name: "d", schedules: [{ active: true, schedule: { interval: 60 } }] }];
    if (this.refuses) return [400, { detail: "no" }];
    this.asked.push(JSON.parse(sent) as (typeof this.asked)[number]);
    return [200, null];
  }
}

describe("the runs that are due while a deployment is changed", () => {
  let server: Server;

  beforeEach(async () => {
    fs.rmSync(folder(), { recursive: true, force: true });
    server = new Server();
    await server.start();
  });

  afterEach(() => server.stop());

  it("are made at its end, also when their record is gone meanwhile", async () => {
    await server.due().during(() => Promise.resolve(fs.rmSync(folder(), { recursive: true })));
    assert.equal(server.asked.length, 1);
    assert.equal(server.asked[0]?.end_time, undefined);
    assert.deepEqual(records(), []);
  });

  it("are left to the change by who reads the deployment", async () => {
    await server.due().during(async () => {
      await server.due().restore();
      assert.equal(server.asked.length, 0);
      assert.equal(records().length, 1);
    });
    assert.equal(server.asked.length, 1);
  });

  it("are left to another process that changes it as well", async () => {
    const other = spawn("sleep", ["60"]);
    try {
      keep(server.apiUrl(), { since, late: [], process: identityOf(other.pid ?? 0) });
      await server.due().restore();
      assert.equal(server.asked.length, 0);
      await server.due().during(() => Promise.resolve());
      assert.equal(server.asked.length, 1);
      const [record = ""] = records();
      assert.match(fs.readFileSync(path.join(folder(), record), "utf8"), new RegExp(since));
    } finally {
      other.kill();
    }
  });

  for (const [whose, by] of [
    ["a process that has ended", { process: ended }],
    ["an earlier version", {}],
  ] as const) {
    it(`are made after the crash of ${whose}, up to when Prefect's scheduler made them again`, async () => {
      keep(server.apiUrl(), { since, late: [minutes(-1)], ...by });
      await server.due().restore();
      assert.deepEqual(server.asked, [
        { start_time: minutes(-1), end_time: minutes(-1), min_runs: 1, max_runs: 1 },
        { start_time: since, end_time: minutes(5) },
      ]);
      assert.deepEqual(records(), []);
    });
  }

  it("are made by whoever comes next when the change itself can't", async () => {
    server.refuses = true;
    await assert.rejects(server.due().during(() => Promise.resolve()));
    server.refuses = false;
    await server.due().restore();
    assert.equal(server.asked.length, 1);
    assert.deepEqual(records(), []);
  });

  it("are found under another name of the server, and where earlier versions kept them", async () => {
    keep(server.apiUrl(), { since, late: [], process: ended });
    await server.due("localhost").restore();
    assert.equal(server.asked.length, 1);
    await server.due("localhost").during(async () => {
      await server.due().restore();
      assert.deepEqual(records(), [nameFor(server.apiUrl())]);
    });
    assert.equal(server.asked.length, 2);
    keep(server.apiUrl("localhost"), { since, late: [] });
    await server.due("localhost").restore();
    assert.equal(server.asked.length, 3);
    assert.deepEqual(records(), []);
  });

  it("are not the affair of a look-up", async () => {
    keep(server.apiUrl(), { since, late: [], process: ended });
    const configuration = { "prefect:apiUrl": server.apiUrl() };
    await registeredIn(temporaryFolder(), async () => assert.equal((await getDeployment({ id })).flowName, "f"), {
      configuration,
    });
    assert.equal(server.asked.length, 0);
    assert.equal(records().length, 1);
  });
});
