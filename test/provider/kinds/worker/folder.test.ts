import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { isRunning, type ProcessIdentity, startDetached, stop } from "../../../../processes/localProcess";
import type { PrefectClient } from "../../../../provider/api/client";
import * as creation from "../../../../provider/engine/creation";
import { remove } from "../../../../provider/engine/lifecycle";
import { worker } from "../../../../provider/kinds/worker/worker";
import { folderVariable } from "../../../../provider/kinds/worker/workerEnvironment";
import { folderOf, readRecord, writeRecord } from "../../../../provider/kinds/worker/workerRecord";
import { temporaryFolder } from "../../../support/environment";

const named = { name: "etl", workPoolName: "pool" };

/** A server that has the pool, and shows the worker online. */
function clientOf(apiUrl: string): PrefectClient {
  const client = {
    connection: { apiUrl, environment: {} },
    serverTime: () => new Date(),
    find: () => Promise.resolve({ id: "pool" }),
    filter: () => Promise.resolve([{ id: "row", name: "etl", status: "ONLINE" }]),
    delete: () => Promise.resolve(),
  };
  return client as unknown as PrefectClient;
}

describe("the folder of a worker", () => {
  const before = process.env.XDG_STATE_HOME;
  const client = clientOf("http://127.0.0.1:4200/api");
  let folder: string;
  const begun: ProcessIdentity[] = [];
  beforeEach(() => {
    process.env.XDG_STATE_HOME = temporaryFolder();
    folder = folderOf(client, named);
    fs.mkdirSync(folder, { recursive: true });
  });
  afterEach(async () => {
    delete process.env[folderVariable];
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
    for (const process of begun.splice(0)) await stop(process, 5_000);
  });

  /** Something that runs, as a process of the worker's folder. */
  async function running(variables: Record<string, string> = {}): Promise<ProcessIdentity> {
    const env = { PATH: process.env.PATH, [folderVariable]: folder, ...variables };
    const logFile = path.join(folder, "worker.log");
    const { identity } = await startDetached("sleep", ["600"], { cwd: folder, env, logFile });
    begun.push(identity);
    return identity;
  }
  const recordOf = (identity: ProcessIdentity) => ({
    ...identity,
    host: os.hostname(),
    healthPort: 1,
    logFile: path.join(folder, "worker.log"),
  });
  /** A start that ends what is left over, and then fails. */
  const start = () => creation.create(worker, client, { ...named, python: "/no/such/python" });

  it("tells of a worker that was started by what ended before it could write that down", async () => {
    const [left, run] = [await running(), await running({ PREFECT__FLOW_RUN_ID: "1" })];
    await assert.rejects(start(), /\/no\/such\/python can't be started/);
    assert.deepEqual([left, run].map(isRunning), [false, true]);
  });

  it("lets no run of the worker end the worker, with which it would end itself", async () => {
    const own = await running();
    writeRecord(client, named, recordOf(own));
    process.env[folderVariable] = folder;
    const within = /^worker "etl": would have to be stopped, and this is one of its own runs/;
    await assert.rejects(start(), within);
    await assert.rejects(remove(worker, client, "row", { ...named, ...recordOf(own) }), within);
    assert.ok(isRunning(own));
  });

  it("is the same however the server's address is written, and that of an earlier release while it has a record", async () => {
    const own = recordOf(await running());
    const local = clientOf("http://localhost:4200/api");
    assert.equal(folderOf(local, named), folder);
    const hash = createHash("sha256").update("http://localhost:4200/api\npool\netl").digest("hex");
    const former = path.join(path.dirname(folder), `etl-${hash.slice(0, 8)}`);
    fs.mkdirSync(former);
    fs.writeFileSync(path.join(former, "process.json"), JSON.stringify(own));
    for (const each of [client, local]) assert.equal(readRecord(each, named)?.pid, own.pid);
  });
});
