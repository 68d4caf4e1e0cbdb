import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { daskModule } from "../../../components/eks/dask/onDask";
import { type EksDaskDeployerArgs, LocalRunDeployer, type RecipeDeployment, WorkPool } from "../../../index";
import {
  all,
  aloneInEachTest,
  count,
  deploy,
  deployed,
  deployer,
  nightly,
  only,
  programFolder,
  registered,
  replicas,
  runner,
  variables,
} from "../../support/eksDask/deployed";
import { environment, fetched, moduleHash, onModule, packages, steps } from "../../support/eksDask/expectedDeployments";
import type { Json, Registered } from "../../support/registered";

describe("EksDaskDeployer", () => {
  aloneInEachTest();

  describe("that finds a secret beside the code", () => {
    const { warn } = pulumi.log;
    let warnings: string[];
    beforeEach(() => {
      warnings = [];
      Object.assign(pulumi.log, { warn: (text: string) => Promise.resolve(void warnings.push(text)) });
      fs.writeFileSync(path.join(programFolder, "flows", ".env.prod"), "PASSWORD=x");
    });
    afterEach(() => Object.assign(pulumi.log, { warn }));
    const aboutCode = () => warnings.filter((text) => text.includes("not uploaded"));

    it("says once that it isn't uploaded", async () => {
      const deployments = [nightly, { ...nightly, name: "hourly" }];
      const made = only("Deployment", await deploy({ deployments: [nightly] }));
      assert.deepEqual(made.inputs.pullSteps, steps());
      warnings = [];
      await deploy({ deployments });
      assert.deepEqual(aboutCode().length, 1);
      assert.match(aboutCode()[0] ?? "", /links that lead out of it: \.env\.prod; .*!\/\.env\.prod uploads it/);
    });

    it("says nothing when the code comes from elsewhere, or its .prefectignore file has settled it", async () => {
      await deploy({ deployments: [{ ...nightly, pullSteps: [] }] });
      await deploy({ source: { git: { repository: "https://example.com/a.git" } } });
      fs.writeFileSync(path.join(programFolder, "flows", ".prefectignore"), "/.env.prod\n");
      await deploy();
      assert.deepEqual(aboutCode(), []);
    });
  });

  describe("lets one deployment", () => {
    it("do without Dask", async () => {
      const deployments = [{ ...nightly, dask: { enabled: false } }];
      const resources = await deploy({ deployments, dask: {} });
      const made = only("Deployment", resources);
      assert.equal(made.inputs.entrypoint, "flows.py:my_flow");
      assert.deepEqual(made.inputs.pullSteps, steps());
      assert.equal(variables(made).env.META_PREFECT__DASK, undefined);
      assert.equal(count(":BucketObjectv2", resources), 1);
    });

    it("have its own number of workers, cpu and memory", async () => {
      const dask = runner(await deployed({ dask: { workers: 7 } }, { dask: { minWorkers: 1, maxWorkers: 3 } }));
      assert.deepEqual([replicas(dask), dask.adapt_kwargs], [7, undefined]);
      const other = runner(await deployed({ dask: { cpu: 3 } }, { dask: { workers: 5, cpu: 1 } }));
      assert.equal(replicas(other), 5);
      assert.match(JSON.stringify(other), /"limits":\{"cpu":"3"\}/);
      const adaptive = runner(await deployed({ dask: { maxWorkers: 4 } }, { dask: { workers: 5 } }));
      assert.deepEqual(adaptive.adapt_kwargs, { minimum: 0, maximum: 4 });
    });

    it("have Dask in place of the task runner that its flow chose, by a module of its own", async () => {
      const deployments = [nightly, { ...nightly, name: "replacing", dask: { replacesTaskRunner: true } }];
      const resources = await deploy({ deployments, dask: {} });
      const modules = resources.filter(({ inputs }) => inputs.content !== undefined);
      const base = "project-dev-results-on_dask_flows_py_my_flow";
      assert.deepEqual(
        modules.map(({ name, inputs }) => [name, /^REPLACES_TASK_RUNNER = .*$/m.exec(inputs.content as string)?.[0]]),
        [
          [base, "REPLACES_TASK_RUNNER = False"],
          [`${base}-replacing`, "REPLACES_TASK_RUNNER = True"],
        ],
      );
      const replacing = resources.find(({ name }) => name === "prod-my-flow/replacing");
      const { hash } = daskModule("flows.py:my_flow", true);
      assert.notEqual(hash, moduleHash);
      assert.deepEqual((replacing?.inputs.pullSteps as Json[]).at(-1), fetched(hash));
    });

    it("have job variables of its own, which win over the recipe's", async () => {
      const limits = variables(await deployed({}, { cpu: 0.8, memory: "1.5Gi" }));
      const { cpu_request, cpu_limit, memory_request, memory_limit } = limits;
      assert.deepEqual([cpu_request, cpu_limit, memory_request, memory_limit], ["0.8", "0.8", "1.5Gi", "1.5Gi"]);
      const jobVariables = { cpu_limit: "2", image: "other:1", env: { A: "1", META_PREFECT__ENV: "mine" } };
      const own = variables(await deployed({ jobVariables }, { cpu: 0.8 }));
      assert.deepEqual([own.cpu_request, own.cpu_limit, own.image], ["0.8", "2", "other:1"]);
      assert.deepEqual(own.env, { ...packages, ...environment, A: "1", META_PREFECT__ENV: "mine" });
    });

    it("asks for what a deployment says that it needs, before what the recipe says", async () => {
      const needs = variables(await deployed({ cpu: 2, memory: "4Gi" }, { cpu: 0.8, memory: "1.5Gi" }));
      const { cpu_request, cpu_limit, memory_request, memory_limit } = needs;
      assert.deepEqual([cpu_request, cpu_limit, memory_request, memory_limit], ["2", "2", "4Gi", "4Gi"]);
    });

    it("run in a work pool of its own, with no image, results' environment and Dask of the recipe's", async () => {
      const args = { image: "flows:1", cpu: 1, memory: "1Gi", packages: ["polars"] };
      const dasks: (EksDaskDeployerArgs["dask"] | undefined)[] = [undefined, {}, { shared: true }];
      for (const dask of dasks) {
        const deployments = [{ ...nightly, workPoolName: "theirs", dask: { replacesTaskRunner: true } }];
        const resources = await deploy({ ...args, dask, deployments });
        const { inputs, failures } = only("Deployment", resources);
        assert.equal(inputs.workPoolName, "theirs");
        assert.deepEqual(inputs.jobVariables, { env: { META_PREFECT__ENV: "dev" } });
        assert.deepEqual([inputs.entrypoint, inputs.pullSteps], [nightly.entrypoint, steps()]);
        assert.equal(failures, undefined);
        assert.equal(count(":DaskOperator", resources), dask ? 1 : 0);
        assert.deepEqual(
          all(":BucketObjectv2", resources).map(({ name }) => name),
          ["prod-code-flows"],
        );
      }
    });

    it("run in a work pool that is given by an output, as in any other of its own", async () => {
      const resources = await registered(() => {
        const pool = new WorkPool("theirs", { type: "process" });
        deployer({
          dask: {},
          cpu: 1,
          deployments: [{ ...nightly, workPoolName: pool, jobVariables: { working_dir: "/" } }],
        });
      });
      const { inputs, failures } = only("Deployment", resources);
      assert.equal(inputs.workPoolName, "theirs");
      assert.deepEqual(inputs.jobVariables, { working_dir: "/", env: { META_PREFECT__ENV: "dev" } });
      assert.equal(failures, undefined);
    });

    it("have job variables of its own in a work pool of its own, which nobody but the pool knows", async () => {
      const jobVariables = { cpu: 1, memory_limit: 5, env: { A: "1" } };
      const { inputs, failures } = await deployed({ workPoolName: "theirs", jobVariables });
      assert.deepEqual(inputs.jobVariables, { cpu: 1, memory_limit: 5, env: { A: "1", META_PREFECT__ENV: "dev" } });
      assert.equal(failures, undefined);
    });

    it("give quantities as numbers, which become texts, or as null, which is none", async () => {
      const jobVariables = { cpu_request: 0.25, cpu_limit: 2, memory_request: 2 ** 30, memory_limit: null };
      const made = await deployed({ jobVariables }, { cpu: 0.8, memory: "1.5Gi" });
      const { cpu_request, cpu_limit, memory_request, memory_limit } = variables(made);
      assert.deepEqual([cpu_request, cpu_limit, memory_request, memory_limit], ["0.25", "2", "1073741824", null]);
      assert.equal(made.failures, undefined);
    });

    it("choose whether its tasks run on a Dask cluster that all share, and whether that replaces its task runner", async () => {
      const deployments = [
        { ...nightly, name: "none", dask: { enabled: false } },
        { ...nightly, name: "other", dask: { enabled: true, replacesTaskRunner: true } },
      ];
      const made = all("Deployment", await deploy({ deployments, dask: { shared: true } }));
      assert.deepEqual(
        made.map(({ name, inputs, failures }) => [name, inputs.entrypoint, failures]),
        [
          ["prod-my-flow/none", nightly.entrypoint, undefined],
          ["prod-my-flow/other", onModule.entrypoint, undefined],
        ],
      );
    });

    it("have pull steps of its own, and then uploads no code", async () => {
      const pullSteps = [{ "prefect.deployments.steps.set_working_directory": { directory: "/srv" } }];
      const resources = await deploy({ deployments: [{ ...nightly, pullSteps }] });
      assert.equal(count(":BucketObjectv2", resources), 0);
      assert.deepEqual(only("Deployment", resources).inputs.pullSteps, pullSteps);
    });
  });

  it("takes environment, tags and version from the program, then the configuration, then the environment", async () => {
    const configuration = {
      "meta-prefect:env": "staging",
      "meta-prefect:tags": '["configured"]',
      "meta-prefect:version": "c1",
    };
    const seen = async (args: Partial<EksDaskDeployerArgs>, configuration: Record<string, string> = {}) => {
      const made = only("Deployment", await deploy(args, configuration));
      const { name, tags, version } = made.inputs;
      return [name, tags, version, variables(made).env.META_PREFECT__ENV];
    };
    const program = { env: "prod", tags: ["program"], version: "p1" };
    assert.deepEqual(await seen(program, configuration), ["nightly-prod", ["program", "env=prod"], "p1", "prod"]);
    assert.deepEqual(await seen({}, configuration), [
      "nightly-staging",
      ["configured", "env=staging"],
      "c1",
      "staging",
    ]);
    Object.assign(process.env, { META_PREFECT__ENV: "e", META_PREFECT__TAGS: "a, b", META_PREFECT__VERSION: "e1" });
    assert.deepEqual(await seen({}), ["nightly-e", ["a", "b", "env=e"], "e1", "e"]);
  });

  it("takes the deployments that LocalRunDeployer takes, who has no use for what they say of Dask", async () => {
    const deployments: RecipeDeployment[] = [nightly, { ...nightly, name: "big", dask: { workers: 9, enabled: true } }];
    const eks = await deploy({ deployments, dask: {} });
    const local = await registered(() => new LocalRunDeployer("prod", { deployments }));
    const named = (resources: Registered[]) =>
      all("Deployment", resources).map(({ name, failures }) => [name, failures]);
    assert.deepEqual(named(eks), [
      ["prod-my-flow/big", undefined],
      ["prod-my-flow/nightly", undefined],
    ]);
    assert.deepEqual(named(local), named(eks));
    const [big, small] = all("Deployment", local).map(({ inputs: { name: _, ...inputs } }) => inputs);
    assert.deepEqual(big, small);
    assert.doesNotMatch(JSON.stringify(local), /dask/i);
  });
});
