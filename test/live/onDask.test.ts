import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { S3 } from "@aws-sdk/client-s3";
import { daskModule } from "../../components/eks/dask/onDask";
import type { PrefectClient } from "../../provider/api/client";
import { aList } from "../../provider/api/shape";
import { printedBy } from "../../tools/run";
import { eksTools, prefectClient, prefectServer, temporaryFolder } from "../support/environment";
import { long } from "../support/long";
import { type Moto, startMoto } from "../support/moto";

const flows = `import os, time
from pathlib import Path
from prefect import flow, task
from prefect.task_runners import ThreadPoolTaskRunner
import helpers

notes = Path(os.environ["NOTES"])

def note(name):
    with open(notes / name, "a") as file:
        file.write(f"{os.getpid()}\\n")
    return len((notes / name).read_text().splitlines())

@task
def square(x):
    note(f"square-{x}")
    return helpers.square(x)

@task(retries=2)
def retried(x):
    from late import add
    if note(f"retried-{x}") < 3:
        raise ValueError("not yet")
    return add(x, 1)

@task(timeout_seconds=0.5)
async def slow(x):
    import asyncio
    note(f"slow-{x}")
    await asyncio.sleep(30)

@task
def raises(x):
    raise RuntimeError(f"no {x}")

@task
def dies(x):
    if note(f"dies-{x}") == 1 and os.getpid() != int(os.environ["FLOW_PID"]):
        os._exit(1)
    return -x

@flow(result_serializer="json")
def etl(n: int = 4):
    os.environ["FLOW_PID"] = str(os.getpid())
    squares = square.map(range(n))
    tried = retried.map([1, 2])
    timed = slow.map([1, 2])
    raised = raises.map([1])
    died = dies.map([5])
    for futures in (timed, raised):
        futures.wait()
    return {
        "squares": squares.result(),
        "retried": tried.result(),
        "slow": [future.state.name for future in timed],
        "raises": [future.state.name for future in raised],
        "dies": died.result(),
    }

@flow(task_runner=ThreadPoolTaskRunner(max_workers=2))
def chosen():
    square.submit(7).result()
`;

const bucket = "results-of-dask";
const prefix = "dev/results";

describe("a flow on Dask", () => {
  let client: PrefectClient;
  let moto: Moto;
  let s3: S3;
  let python: string;
  let folder: string;
  let notes: string;

  before(async () => {
    client = await prefectClient();
    ({ python } = await eksTools());
    moto = await startMoto(python, temporaryFolder());
    s3 = new S3({
      endpoint: moto.url,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    await s3.createBucket({ Bucket: bucket });
    folder = temporaryFolder();
    notes = temporaryFolder();
    fs.writeFileSync(path.join(folder, "flows.py"), flows);
    fs.writeFileSync(path.join(folder, "helpers.py"), "def square(x):\n    return x * x\n");
    fs.writeFileSync(path.join(folder, "late.py"), "def add(x, y):\n    return x + y\n");
    const type = await client.find<{ id: string }>("/block_types/slug/s3-bucket");
    const [schema] = await client.post<{ id: string }[]>(
      "/block_schemas/filter",
      {
        block_schemas: { block_type_id: { any_: [type?.id] } },
      },
      aList,
    );
    await client.post("/block_documents/", {
      name: "dask-results",
      data: { bucket_name: bucket, bucket_folder: prefix },
      block_type_id: type?.id,
      block_schema_id: schema?.id,
    });
  });
  after(() => moto.stop());

  interface Finished {
    state: { type: string; message: string | null; data: { storage_key: string; storage_block_id: string } };
    log: string;
    /** Numbers of the processes in which each task ran. */
    processes: Record<string, number[]>;
  }

  /** Runs a flow once, as a pod does, and gives how it ended. */
  async function runOnce(entrypoint: string, name: string, runner?: object): Promise<Finished> {
    const flow = await client.post<{ id: string }>("/flows/", { name });
    const { id } = await client.post<{ id: string }>("/deployments/", {
      name: entrypoint.replace(/\W/g, "-"),
      flow_id: flow.id,
      entrypoint,
      pull_steps: [{ "prefect.deployments.steps.set_working_directory": { directory: folder } }],
    });
    const flowRun = await client.post<{ id: string }>(`/deployments/${id}/create_flow_run`, {});
    fs.rmSync(notes, { recursive: true });
    fs.mkdirSync(notes);
    const { all: log } = await printedBy(python, ["-m", "prefect", "flow-run", "execute", flowRun.id], {
      cwd: temporaryFolder(),
      env: {
        ...moto.environment,
        PREFECT_API_URL: (await prefectServer()).apiUrl,
        PREFECT__FLOW_RUN_ID: flowRun.id,
        PREFECT_HOME: temporaryFolder(),
        PREFECT_RESULTS_PERSIST_BY_DEFAULT: "true",
        PREFECT_DEFAULT_RESULT_STORAGE_BLOCK: "s3-bucket/dask-results",
        NOTES: notes,
        ...(runner && { META_PREFECT__DASK: JSON.stringify(runner) }),
      },
    });
    const { state } = (await client.find<Finished>(`/flow_runs/${flowRun.id}`)) as Finished;
    const files = fs.readdirSync(notes).map((file) => [file, fs.readFileSync(path.join(notes, file), "utf8")]);
    const processes = Object.fromEntries(
      files.map(([file, text]) => [file, (text as string).trim().split("\n").map(Number)]),
    ) as Finished["processes"];
    return { state, log, processes };
  }

  /** A result as Prefect stored it in the bucket, below the prefix. */
  async function resultIn({ state }: Finished): Promise<string | undefined> {
    const { Body } = await s3.getObject({ Bucket: bucket, Key: `${prefix}/${state.data.storage_key}` });
    return Body?.transformToString();
  }

  function module(entrypoint: string, replacesTaskRunner = false): string {
    const { name, flow, text } = daskModule(entrypoint, replacesTaskRunner);
    fs.writeFileSync(path.join(folder, `${name}.py`), text);
    return `${name}.py:${flow}`;
  }

  const local = {
    cluster_class: "distributed.LocalCluster",
    cluster_kwargs: { n_workers: 2, threads_per_worker: 1, dashboard_address: ":0" },
  };

  function isAlive(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }

  long("gives the same result as without, from tasks on Dask's workers, in the bucket below the prefix", async () => {
    const plain = await runOnce("flows.py:etl", "etl");
    assert.equal(plain.state.type, "COMPLETED", plain.log);
    const before = (await s3.listObjectsV2({ Bucket: bucket })).KeyCount ?? 0;
    const onDask = await runOnce(module("flows.py:etl"), "etl", local);
    assert.equal(onDask.state.type, "COMPLETED", onDask.log);
    const result = await resultIn(onDask);
    assert.ok(result);
    assert.equal(result, await resultIn(plain));
    // each task's result as well: 4 squares, 2 retried, 1 that lost its worker (which may make others be done again), and the flow's
    const { KeyCount = 0 } = await s3.listObjectsV2({ Bucket: bucket });
    assert.ok(KeyCount >= before + 8, `${KeyCount} objects, ${before} before`);

    const [flowProcess, ...others] = [...new Set(Object.values(plain.processes).flat())];
    assert.ok(flowProcess !== undefined && others.length === 0);
    const workers = new Set(Object.values(onDask.processes).flat());
    assert.ok(workers.size >= 2, JSON.stringify(onDask.processes));
    assert.equal(onDask.processes["retried-1"]?.length, 3);
    // the first worker died with the task, another one did it again
    const [first, second] = onDask.processes["dies-5"] ?? [];
    assert.ok(second !== undefined && first !== second);
    assert.match(onDask.log, /timed? ?out/i);
    assert.ok(
      [...workers].every((pid) => !isAlive(pid)),
      "the cluster is still there",
    );
  });

  long("leaves no cluster when it crashes", async () => {
    fs.writeFileSync(
      path.join(folder, "crashing.py"),
      `${flows}\n@flow\ndef crashing():\n    square.map(range(4)).result()\n    os.kill(os.getpid(), 9)\n`,
    );
    const { state, log } = await runOnce(module("crashing.py:crashing"), "crashing", local);
    assert.equal(state.type, "CRASHED", log);
    const pids = fs.readdirSync(notes).map((file) => Number(fs.readFileSync(path.join(notes, file), "utf8").trim()));
    assert.equal(pids.length, 4);
    for (let tries = 0; tries < 100 && pids.some(isAlive); tries += 1) await pause(100);
    assert.deepEqual(pids.filter(isAlive), []);
  });

  long("keeps a task runner that it has chosen itself, unless it is told otherwise", async () => {
    const own = await runOnce(module("flows.py:chosen"), "chosen", local);
    assert.equal(own.state.type, "COMPLETED", own.log);
    assert.match(own.log, /keeps its own task runner, ThreadPoolTaskRunner/);
    assert.doesNotMatch(own.log, /Dask/);
    const replaced = await runOnce(module("flows.py:chosen", true), "replaced", local);
    assert.equal(replaced.state.type, "COMPLETED", replaced.log);
    assert.match(replaced.log, /Creating a new Dask cluster/);
  });

  long("that isn't one is an error of the run that says so", async () => {
    const { state, log } = await runOnce(module("helpers.py:square"), "none", local);
    assert.equal(state.type, "CRASHED", log);
    assert.match(log, /helpers\.py:square is not a flow; make sure that it is decorated with @flow/);
  });
});
