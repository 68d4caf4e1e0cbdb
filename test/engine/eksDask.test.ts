import assert from "node:assert/strict";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { AppsV1Api, BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import type { PrefectClient } from "../../provider/client";
import { prefectClient } from "../support/environment";
import { type EksWorld, startEksWorld } from "../support/eksWorld";
import { PulumiProject, type Step } from "../support/pulumiProject";

const flows = `import os
from prefect import flow, task

@task
def square(x: int) -> int:
    return x * x

@flow(result_serializer="json")
def squares(n: int = 3) -> list[int]:
    return square.map(range(n)).result()
`;

/** The program; \`settings\` holds what changes from test to test. */
const program = `
const { EksDaskDeployer } = require("meta-prefect");
const { env, schedule, ...settings } = require("./settings");
const deployment = (name, more) => ({ name, entrypoint: "flows.py:squares", path: "flows", jobVariables: { env }, ...more });
const deployer = new EksDaskDeployer("prod", {
  deployments: [deployment("plain", { dask: { enabled: false }, schedule }), deployment("dask")],
  env: "prod",
  cpu: 0.8,
  memory: "1.5Gi",
  dask: { workers: 5 },
  ...settings,
  resultStorage: { path: "results", forceDestroy: true, ...settings.resultStorage },
});
exports.bucket = deployer.resultStorage.bucketName;
exports.kubeconfig = deployer.cluster.kubeconfig;
`;

interface Deployment {
  id: string;
  version: string;
  entrypoint: string;
  job_variables: { env: Record<string, string> };
  pull_steps: object[];
}

describe("pulumi up of EksDaskDeployer", () => {
  let world: EksWorld;
  let project: PulumiProject;
  let client: PrefectClient;
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
    project.write("flows/flows.py", flows);
    set();
  });
  after(async () => {
    await world?.stop();
  });

  it("previews all of it, makes it, and has nothing to change afterwards", async () => {
    const steps = await project.preview();
    assert.ok(steps.every(({ op }) => op === "create"));
    await project.up();
    assert.deepEqual(changes(await project.preview()), []);
  });

  it("leaves nothing when it is destroyed", async () => {
    await project.destroy();
  });
});
