import assert from "node:assert/strict";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import {
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  CustomObjectsApi,
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
  type V1Job,
} from "@kubernetes/client-node";
import { daskCluster } from "../../components/eks/dask/daskSpec";
import type { PrefectClient } from "../../provider/api/client";
import { type EksWorld, startEksWorld } from "../support/eksWorld";
import { prefectClient } from "../support/environment";
import { long } from "../support/long";
import { PulumiProject, type Step } from "../support/pulumiProject";

const flows = `import os, socket
from prefect import flow, task

@task
def square(x: int) -> list:
    return [x * x, os.environ["HOSTNAME"]]

@flow(result_serializer="json", log_prints=True)
def squares(n: int = 3, crash: bool = False) -> list:
    print("I am", os.environ["HOSTNAME"], "in", os.environ["META_PREFECT__ENV"])
    done = square.map(range(n)).result()
    if crash:
        os.kill(os.getpid(), 9)
    return done
`;
const password = "s3cret-p4ssword";

/** The program; `settings` holds what changes from test to test. */
const program = `
const { EksDaskDeployer } = require("meta-prefect");
const { env, schedule, ...settings } = require("./settings");
const deployment = (name, more) => ({ name, entrypoint: "flows.py:squares", path: "flows", jobVariables: { env, finished_job_ttl: 5 }, ...more });
const deployer = new EksDaskDeployer("prod", {
  deployments: [deployment("plain", { dask: { enabled: false }, schedule }), deployment("dask")],
  env: "prod",
  cpu: 0.8,
  memory: "1.5Gi",
  dask: { workers: 2 },
  ...settings,
  resultStorage: { path: "results", forceDestroy: true, ...settings.resultStorage },
});
exports.bucket = deployer.resultStorage.bucketName;
`;

interface Deployment {
  id: string;
  version: string;
  entrypoint: string;
  work_pool_name: string;
}
interface FlowRun {
  id: string;
  state: { type: string; message: string | null; data: { storage_key: string } | null };
}

const namespace = "test-dev";
const flowAccount = "test-dev-dask-flow";

describe("pulumi up of EksDaskDeployer", function () {
  this.timeout(600_000);
  let world: EksWorld;
  let project: PulumiProject;
  let client: PrefectClient;
  let bucket: string;
  const set = (settings: Record<string, unknown> = {}) =>
    project.write("settings.js", `module.exports = ${JSON.stringify({ env: world.moto.environment, ...settings })};`);
  const changes = (steps: Step[]) => steps.map(({ op, name, changed }) => [op, name, changed]);
  const find = async (name: string) =>
    (await client.find<Deployment>(`/deployments/name/squares/${name}-prod`)) as Deployment;

  before(async () => {
    client = await prefectClient();
    world = await startEksWorld();
    project = await PulumiProject.create(program, "dev", [
      "@pulumi/aws",
      "@pulumi/kubernetes",
      "@kubernetes/client-node",
    ]);
    const { PATH_FIRST = "", ...env } = world.env;
    Object.assign(project.env, env, { PATH: [PATH_FIRST, project.env.PATH].join(path.delimiter) });
    await project.pulumi("config", "set", "--secret", "prefect:authString", `admin:${password}`);
    project.write("flows/flows.py", flows);
    set();
  });
  after(async () => {
    await world?.stop();
  });

  /** Starts a run and gives it when it has ended, with the job that it was. */
  async function runOnce(name: string, parameters: object = {}): Promise<FlowRun & { job?: V1Job }> {
    const { id } = await client.post<FlowRun>(`/deployments/${(await find(name)).id}/create_flow_run`, { parameters });
    let job: V1Job | undefined;
    for (let tries = 0; tries < 600; tries += 1, await pause(250)) {
      const labelSelector = `prefect.io/flow-run-id=${id}`;
      job ??= (await world.api.client(BatchV1Api).listNamespacedJob({ namespace, labelSelector })).items[0];
      const run = (await client.find<FlowRun>(`/flow_runs/${id}`)) as FlowRun;
      if (["COMPLETED", "FAILED", "CRASHED", "CANCELLED"].includes(run.state.type)) return { ...run, job };
    }
    throw new Error(
      `the run ${id} did not end (refused: ${refusals().join(", ")}); its pod printed: ${world.kubelet.logOf(namespace, "")}`,
    );
  }

  async function resultOf({ state }: FlowRun): Promise<[number, string][]> {
    const { Body } = await world.s3.getObject({ Bucket: bucket, Key: `results/${state.data?.storage_key}` });
    const text = (await Body?.transformToString()) ?? "";
    return JSON.parse(text) as [number, string][];
  }

  it("previews all of it, makes it, and has nothing to change afterwards", async () => {
    const steps = await project.preview();
    assert.ok(steps.every(({ op }) => op === "create"));
    await project.up();
    assert.deepEqual(changes(await project.preview()), []);
    bucket = await project.output("bucket");
    await project.pulumi("preview", "--refresh", "--expect-no-changes");
  });

  it("has a worker in the cluster that is online, and may do no more than it does", async () => {
    const { work_pool_name: pool } = await find("plain");
    const workers = await client.filter<{ name: string; status: string }>(`/work_pools/${pool}/workers/filter`);
    assert.deepEqual(
      workers.map(({ name, status }) => [name, status]),
      [["test-dev", "ONLINE"]],
    );
    assert.deepEqual(refusals(), []);
  });

  it("runs a flow as a job with what the recipe says, to the end, with its result in the bucket", async () => {
    const run = await runOnce("plain", { n: 4 });
    assert.equal(run.state.type, "COMPLETED", run.state.message ?? "");
    const spec = run.job?.spec?.template.spec;
    const [container] = spec?.containers ?? [];
    assert.equal(spec?.serviceAccountName, flowAccount);
    assert.match(container?.image ?? "", /^prefecthq\/prefect:3\.\d+\.\d+-python3\.\d+$/);
    assert.deepEqual(container?.args, ["prefect", "flow-run", "execute"]);
    assert.deepEqual(
      { ...container?.resources },
      {
        requests: { cpu: "800m", memory: "1536Mi" },
        limits: { cpu: "800m", memory: "1536Mi" },
      },
    );
    const env = new Map(container?.env?.map((variable) => [variable.name, variable]));
    assert.equal(env.get("META_PREFECT__ENV")?.value, "prod");
    assert.equal(env.get("PREFECT_RESULTS_PERSIST_BY_DEFAULT")?.value, "true");
    assert.equal(env.get("PREFECT_DEFAULT_RESULT_STORAGE_BLOCK")?.value, "s3-bucket/test-dev-results");
    assert.deepEqual(
      { ...env.get("PREFECT_API_AUTH_STRING")?.valueFrom?.secretKeyRef },
      {
        name: "test-dev-prefect-api",
        key: "PREFECT_API_AUTH_STRING",
      },
    );
    assert.equal(run.job?.metadata?.labels?.["prefect.io/flow-run-id"], run.id);
    assert.equal(run.job?.spec?.template.metadata?.annotations?.["karpenter.sh/do-not-disrupt"], "true");

    const result = await resultOf(run);
    assert.deepEqual(
      result.map(([square]) => square),
      [0, 1, 4, 9],
    );
    // all in the flow's own pod
    assert.equal(new Set(result.map(([, pod]) => pod)).size, 1);
    assert.deepEqual(refusals(), []);
  });

  it("runs a flow's tasks in pods of a Dask cluster that is gone afterwards", async () => {
    const run = await runOnce("dask", { n: 6 });
    assert.equal(run.state.type, "COMPLETED", world.kubelet.logOf(namespace, ""));
    const result = await resultOf(run);
    assert.deepEqual(
      result.map(([square]) => square),
      [0, 1, 4, 9, 16, 25],
    );
    assert.ok(
      result.every(([, pod]) => /^dask-.*-worker-/.test(pod)),
      JSON.stringify(result),
    );
    await noDaskClusters();
    assert.deepEqual(refusals(), []);
  });

  long("makes Dask clusters by objects that the API server would refuse if they were wrong", async () => {
    const right = daskCluster("mine", { workers: 1 }, { namespace, image: "any", serviceAccount: "any", env: [] });
    const wrong = { ...right, spec: { ...right.spec, worker: { ...right.spec.worker, replicas: "two" } } };
    const of = { group: "kubernetes.dask.org", version: "v1", plural: "daskclusters", namespace, dryRun: "All" };
    const api = world.api.client(CustomObjectsApi);
    await api.createNamespacedCustomObject({ ...of, body: right });
    await assert.rejects(
      api.createNamespacedCustomObject({ ...of, body: wrong }),
      /spec\.worker\.replicas: Invalid value: .*must be of type integer/,
    );
  });

  long("lets runs share a Dask cluster that stays", async () => {
    set({ dask: { workers: 1, shared: true } });
    await project.up();
    assert.deepEqual(changes(await project.preview()), []);
    const run = await runOnce("dask", { n: 3 });
    assert.equal(run.state.type, "COMPLETED", world.kubelet.logOf(namespace, ""));
    const pods = (await resultOf(run)).map(([, pod]) => pod);
    assert.ok(
      pods.every((pod) => /^test-dev-prod-default-worker-/.test(pod)),
      pods.join(),
    );
    set();
    await project.up();
    await noDaskClusters();
  });

  long("leaves no Dask cluster when a run crashes", async () => {
    const run = await runOnce("dask", { n: 2, crash: true });
    assert.equal(run.state.type, "CRASHED");
    await noDaskClusters();
    const dask = { namespace, labelSelector: "dask.org/cluster-name" };
    for (let tries = 0; tries < 120; tries += 1, await pause(500)) {
      if ((await world.api.client(CoreV1Api).listNamespacedPod(dask)).items.length === 0) break;
    }
    assert.deepEqual((await world.api.client(CoreV1Api).listNamespacedPod(dask)).items, []);
  });

  it("keeps secrets out of the state, of pods and of what they print", async () => {
    const encoded = Buffer.from(`admin:${password}`).toString("base64");
    const core = world.api.client(CoreV1Api);
    const texts = {
      state: await project.pulumi("stack", "export"),
      pods: JSON.stringify(await core.listPodForAllNamespaces()),
      "config maps": JSON.stringify(await core.listConfigMapForAllNamespaces()),
      jobs: JSON.stringify(await world.api.client(BatchV1Api).listJobForAllNamespaces()),
      deployments: JSON.stringify(await world.api.client(AppsV1Api).listDeploymentForAllNamespaces()),
      logs: world.kubelet.logOf(namespace, ""),
      Prefect: JSON.stringify(await client.filter("/deployments/filter")),
    };
    for (const [place, text] of Object.entries(texts)) {
      assert.ok(text.length > 10, place);
      assert.ok(!text.includes(password) && !text.includes(encoded), `a secret is in ${place}`);
    }
    const secret = await core.readNamespacedSecret({ namespace, name: "test-dev-prefect-api" });
    assert.equal(secret.data?.PREFECT_API_AUTH_STRING, encoded);
  });

  long("shows each change as just its own", async () => {
    const both = (keys: string[]) => [
      ["update", "prod-squares/dask", keys],
      ["update", "prod-squares/plain", keys],
    ];
    const sorted = (steps: Step[]) => changes(steps).sort();
    set({ cpu: 1 });
    assert.deepEqual(sorted(await project.preview()), both(["jobVariables", "version"]));
    set({ dask: { workers: 3 } });
    assert.deepEqual(sorted(await project.preview()), [["update", "prod-squares/dask", ["jobVariables", "version"]]]);
    set({ schedule: { cron: "0 9 * * *", timezone: "Europe/Berlin" } });
    assert.deepEqual(sorted(await project.preview()), [["update", "prod-squares/plain", ["schedules", "version"]]]);
    set({ worker: { limit: 4 } });
    assert.deepEqual(sorted(await project.preview()), [["update", "test-dev-worker", ["spec"]]]);
    set();
    project.write("flows/flows.py", flows.replace("x * x", "x * x * x"));
    const steps = await project.preview();
    assert.deepEqual(
      sorted(steps).filter(([op]) => op !== "create-replacement" && op !== "delete-replaced"),
      [...both(["codeHash", "pullSteps", "version"]), ["replace", "prod-code-flows", ["key", "source"]]].sort(),
    );
    assert.match(await project.pulumi("preview", "--diff"), /"flows\.py"/);
    await project.up();
    assert.deepEqual(changes(await project.preview()), []);
    const run = await runOnce("plain", { n: 3 });
    assert.deepEqual(
      (await resultOf(run)).map(([cube]) => cube),
      [0, 1, 8],
    );
  });

  long("rolls the worker without losing runs", async () => {
    set({ worker: { image: "prefecthq/prefect:next" } });
    const { id } = await client.post<FlowRun>(`/deployments/${(await find("plain")).id}/create_flow_run`, {});
    await project.up();
    const { items } = await world.api.client(CoreV1Api).listNamespacedPod({
      namespace,
      labelSelector: "app.kubernetes.io/name=prefect-worker",
    });
    const running = items.filter(({ metadata }) => !metadata?.deletionTimestamp);
    assert.deepEqual(
      running.map(({ spec }) => spec?.containers[0]?.image),
      ["prefecthq/prefect:next"],
    );
    for (let tries = 0; tries < 240; tries += 1, await pause(250)) {
      if ((await client.find<FlowRun>(`/flow_runs/${id}`))?.state.type === "COMPLETED") break;
    }
    assert.equal((await client.find<FlowRun>(`/flow_runs/${id}`))?.state.type, "COMPLETED");
  });

  long("can't run a flow with one right of the worker taken away", async () => {
    const rbac = world.api.client(RbacAuthorizationV1Api);
    const name = { name: "test-dev-worker", namespace };
    const role = await rbac.readNamespacedRole(name);
    const rules = role.rules?.map((rule) => ({ ...rule, verbs: rule.verbs.filter((verb) => verb !== "create") }));
    await rbac.replaceNamespacedRole({ ...name, body: { ...role, rules } });
    try {
      const run = await runOnce("plain");
      assert.notEqual(run.state.type, "COMPLETED");
      assert.equal(run.job, undefined);
      assert.ok(
        refusals().some((refusal) => refusal.includes("create jobs")),
        refusals().join("\n"),
      );
    } finally {
      await rbac.patchNamespacedRole(
        { ...name, body: { rules: role.rules } },
        setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
      );
    }
    assert.equal((await runOnce("plain")).state.type, "COMPLETED");
  });

  it("leaves nothing when it is destroyed", async () => {
    await project.destroy();
    assert.deepEqual((await world.s3.listBuckets({})).Buckets ?? [], []);
    const iam = new IAMClient({
      endpoint: world.moto.url,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    assert.deepEqual((await iam.send(new ListRolesCommand({}))).Roles, []);
    const { items } = await world.api.client(CoreV1Api).listNamespace();
    assert.deepEqual(
      items.map(({ metadata }) => metadata?.name ?? "").filter((name) => name.startsWith("test-dev")),
      ["test-dev-dask-operator"],
    );
    assert.equal(await client.find("/work_pools/test-dev"), undefined);
    assert.equal(await client.find("/deployments/name/squares/plain-prod"), undefined);
    assert.equal(await client.find("/block_types/slug/s3-bucket/block_documents/name/test-dev-results"), undefined);
  });

  function refusals(): string[] {
    return world.api.refusals().filter((refusal) => refusal.includes("serviceaccount:test-dev"));
  }

  /** Waits until the last Dask cluster is gone. */
  async function noDaskClusters(): Promise<void> {
    const kind = { group: "kubernetes.dask.org", version: "v1", plural: "daskclusters", namespace };
    const list = async () =>
      ((await world.api.client(CustomObjectsApi).listNamespacedCustomObject(kind)) as { items: object[] }).items;
    for (let tries = 0; tries < 240 && (await list()).length > 0; tries += 1) await pause(500);
    assert.deepEqual(await list(), []);
  }
});
