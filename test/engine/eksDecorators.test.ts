import assert from "node:assert/strict";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { BatchV1Api, type V1Job } from "@kubernetes/client-node";
import type { PrefectClient } from "../../provider/api/client";
import { run } from "../../tools/run";
import { type EksWorld, startEksWorld } from "../support/eksWorld";
import { prefectClient } from "../support/environment";
import { long } from "../support/long";
import { PulumiProject } from "../support/pulumiProject";

const flows = `import os
from meta_prefect import dask, kubernetes, tags_resolver, versioneer
from prefect import flow, task

@task
def add(x: int, y: int) -> dict:
    import meta_prefect
    from distributed import get_client
    client = get_client()
    client.wait_for_workers(5, timeout=120)
    return {"sum": x + y, "pod": os.environ["HOSTNAME"], "workers": len(client.nthreads()), "package": meta_prefect.__file__}

@kubernetes(cpu=0.8, memory=1.5)
@dask(num_workers=5)
@versioneer()
@tags_resolver("finance")
@flow(result_serializer="json")
def complex_eks_dask_flow(x: int = 1, y: int = 2) -> dict:
    return add.submit(x, y).result()
`;

/** The recipe says less of each than the flow does. */
const program = `
const { EksDaskDeployer } = require("meta-prefect");
const deployer = new EksDaskDeployer("prod", {
  deployments: [{ name: "seed", entrypoint: "flows.py:complex_eks_dask_flow", path: "flows", jobVariables: { env: require("./settings") } }],
  cpu: 0.1,
  memory: "100Mi",
  dask: { workers: 1 },
  version: "of the recipe",
  resultStorage: { forceDestroy: true },
});
exports.bucket = deployer.resultStorage.bucketName;
`;

interface Deployment {
  id: string;
  version: string;
  tags: string[];
}
interface FlowRun {
  id: string;
  state: { type: string; message: string | null; data: { storage_key: string } | null };
}

const namespace = "test-dev";

describe("a flow with decorators on EksDaskDeployer", function () {
  this.timeout(600_000);
  let world: EksWorld;
  let project: PulumiProject;
  let client: PrefectClient;
  const git = (...args: string[]) =>
    run("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: project.folder });

  const find = async () =>
    (await client.find<Deployment>("/deployments/name/complex-eks-dask-flow/seed-dev")) as Deployment;

  before(async () => {
    client = await prefectClient();
    world = await startEksWorld();
    const packages = ["@pulumi/aws", "@pulumi/kubernetes", "@kubernetes/client-node"];
    project = await PulumiProject.create(program, "dev", packages);
    const { PATH_FIRST = "", ...env } = world.env;
    Object.assign(project.env, env, {
      PATH: [PATH_FIRST, project.env.PATH].join(path.delimiter),
      META_PREFECT__TAGS: "risk,eu",
    });
    project.write("flows/flows.py", flows);
    project.write("settings.js", `module.exports = ${JSON.stringify(world.moto.environment)};`);
    project.write(".gitignore", "node_modules\n");
    await git("init", "--quiet");
    await git("add", ".");
    await git("commit", "--quiet", "-m", "flows");
    await git("tag", "v1.2.0");
  });
  after(async () => {
    await project?.destroy();
    await world?.stop();
  });

  long("is deployed with its version and tags, and its preview says what comes from the flow", async () => {
    const [preview = "", update = ""] = (await project.pulumi("up", "--yes")).split(/^Updating \(dev\):$/m);
    const line =
      'deployment "seed-dev": @kubernetes cpu 0.8, memory 1.5Gi; @dask 5 workers; @versioneer version git; ' +
      "@tags_resolver tag finance, as flows.py:complex_eks_dask_flow says";
    assert.ok(preview.includes(line), preview);
    assert.ok(update !== "" && !update.includes("@kubernetes"), update);
    const deployment = await find();
    assert.equal(deployment.version, (await git("describe", "--tags", "--always")).trim());
    assert.deepEqual(deployment.tags, ["risk", "eu", "finance", "env=dev"]);
    await project.pulumi("preview", "--expect-no-changes");
  });

  long("runs with what it says, by the package that travels with its code", async () => {
    const { id } = await client.post<FlowRun>(`/deployments/${(await find()).id}/create_flow_run`, {
      parameters: { x: 20, y: 22 },
    });
    let job: V1Job | undefined;
    let done: FlowRun | undefined;
    for (let tries = 0; tries < 800 && !done; tries += 1, await pause(250)) {
      const labelSelector = `prefect.io/flow-run-id=${id}`;
      job ??= (await world.api.client(BatchV1Api).listNamespacedJob({ namespace, labelSelector })).items[0];
      const flowRun = (await client.find<FlowRun>(`/flow_runs/${id}`)) as FlowRun;
      if (["COMPLETED", "FAILED", "CRASHED", "CANCELLED"].includes(flowRun.state.type)) done = flowRun;
    }
    assert.equal(done?.state.type, "COMPLETED", `${done?.state.message} ${world.kubelet.logOf(namespace, "")}`);
    const amounts = { cpu: "800m", memory: "1536Mi" };
    const [container] = job?.spec?.template.spec?.containers ?? [];
    assert.deepEqual({ ...container?.resources }, { requests: amounts, limits: amounts });

    const Bucket = await project.output<string>("bucket");
    const { Body } = await world.s3.getObject({ Bucket, Key: `results/${done.state.data?.storage_key}` });
    const result = JSON.parse((await Body?.transformToString()) ?? "{}") as Record<string, unknown>;
    assert.deepEqual([result.sum, result.workers], [42, 5]);
    assert.match(String(result.pod), /^dask-.*-worker-/);
    // neither Python has it installed
    assert.match(String(result.package), /flow-code\/meta_prefect\/__init__\.py$/);
  });
});
