import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../../processes/freePort";
import { end, identityOf, isRunning, type ProcessIdentity } from "../../processes/localProcess";
import { type PrefectServer, startPrefectServer, stopPrefectServer } from "../../processes/prefectServer";
import { PrefectClient } from "../../provider/api/client";
import { resolveConnection } from "../../provider/api/connection";
import * as creation from "../../provider/engine/creation";
import type { Json } from "../../provider/engine/kind";
import * as lifecycle from "../../provider/engine/lifecycle";
import { worker } from "../../provider/kinds/worker/worker";
import { isHealthy } from "../../provider/kinds/worker/workerHealth";
import { supervisedIn } from "../../provider/kinds/worker/workerRecord";
import { rowOf } from "../../provider/kinds/worker/workerRow";
import { workPool } from "../../provider/kinds/workPool/workPool";
import { temporaryFolder, tools } from "./environment";

/** A flow run under way, by the process of its flow and one that this started. */
export interface UnderWay {
  id: string;
  processes: ProcessIdentity[];
}

/** A worker on a server of its own, which can go away and come back, and runs of a flow that takes long. */
export class WorkerOutage {
  private constructor(
    private readonly home: string,
    private readonly port: number,
    private server: PrefectServer | undefined,
    readonly client: PrefectClient,
    private readonly deployment: string,
    readonly made: lifecycle.Stored,
  ) {}

  /** @param env of the worker, such as the intervals at which it asks */
  static async begin(env: Record<string, string> = {}): Promise<WorkerOutage> {
    const { python } = await tools();
    process.env.META_PREFECT__PYTHON = python;
    const home = temporaryFolder();
    const port = await freePort();
    const server = await startPrefectServer(python, home, port, serverEnvironment);
    const connection = resolveConnection(() => undefined, { PREFECT_API_URL: server.apiUrl, PREFECT_HOME: home });
    const client = new PrefectClient(connection, { total: 5_000, firstContact: 1_000 });
    await creation.create(workPool, client, { name: "pool", type: "process" });
    const deployment = await deployed(client, home);
    const made = await creation.create(worker, client, { name: "worker", workPoolName: "pool", env });
    return new WorkerOutage(home, port, server, client, deployment, made);
  }

  get process(): NonNullable<ReturnType<typeof supervisedIn>> {
    const found = supervisedIn(this.made.outputs);
    assert.ok(found);
    return found;
  }

  /** Runs the flow. */
  async run(): Promise<UnderWay> {
    const pids = path.join(this.home, "pids");
    fs.rmSync(pids, { force: true });
    const { id } = await this.client.post<{ id: string }>(`/deployments/${this.deployment}/create_flow_run`, {});
    while (!fs.existsSync(pids)) await pause(100);
    const processes = fs.readFileSync(pids, "utf8").split(" ").map(Number).map(identityOf);
    assert.ok(processes.every(isRunning));
    return { id, processes };
  }

  async stopServer(): Promise<void> {
    if (this.server) await stopPrefectServer(this.server);
    this.server = undefined;
  }

  async startServer(): Promise<void> {
    const { python } = await tools();
    this.server = await startPrefectServer(python, this.home, this.port, serverEnvironment);
  }

  /** What the server shows of the worker. */
  async status(): Promise<string | undefined> {
    return (await rowOf(this.client, "pool", "worker"))?.status ?? undefined;
  }

  /** What the worker says of itself. */
  isHealthy(): Promise<boolean> {
    return isHealthy(this.process);
  }

  async state(run: UnderWay): Promise<{ type: string; message?: string }> {
    const { state } = (await this.client.find<Json>(`/flow_runs/${run.id}`)) as { state: { type: string } };
    return state;
  }

  refresh(): ReturnType<typeof lifecycle.read> {
    return lifecycle.read(worker, this.client, this.made.id, this.made.outputs);
  }

  delete(): Promise<void> {
    return lifecycle.remove(worker, this.client, this.made.id, this.made.outputs);
  }

  async end(...runs: UnderWay[]): Promise<void> {
    await end([this.process, ...runs.flatMap(({ processes }) => processes)], 1_000);
    await this.stopServer();
  }
}

/** The server says soon of a worker that it hasn't heard of that it is offline. */
const serverEnvironment = { PREFECT_SERVER_SERVICES_FOREMAN_LOOP_SECONDS: "1" };

async function deployed(client: PrefectClient, folder: string): Promise<string> {
  fs.writeFileSync(
    path.join(folder, "flows.py"),
    `import os, pathlib, subprocess, time
from prefect import flow
@flow
def long():
    child = subprocess.Popen(["sleep", "900"], start_new_session=True)
    pathlib.Path("started").write_text(f"{os.getpid()} {child.pid}")
    pathlib.Path("started").rename("pids")
    time.sleep(900)
`,
  );
  const { id: flow_id } = await client.post<{ id: string }>("/flows/", { name: "long" });
  const { id } = await client.post<{ id: string }>("/deployments/", {
    name: "long",
    flow_id,
    work_pool_name: "pool",
    entrypoint: "flows.py:long",
    pull_steps: [{ "prefect.deployments.steps.set_working_directory": { directory: folder } }],
  });
  return id;
}
