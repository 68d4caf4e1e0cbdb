import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  Deployer,
  type DeployerArgs,
  EksDaskDeployer,
  type EksDaskDeployerArgs,
  flowMetadata,
  type FlowNeeds,
  localCode,
  LocalRunDeployer,
  type RecipeDeployment,
} from "../../index";
import type { FlowFacts } from "../../provider/program/flows/flowFacts";
import { remember } from "../../provider/program/flows/flowFactsCache";
import { importing } from "../../provider/program/flows/readers";
import {
  aloneInEachTest,
  only,
  programFolder,
  registered,
  replicas,
  runner,
  variables,
} from "../support/eksDask/deployed";
import { temporaryFolder } from "../support/environment";
import { Page } from "../support/page";

const needs: FlowNeeds = {
  cpu: 0.8,
  memory: "1.5Gi",
  dask: { workers: 5 },
  version: "git v1",
  tags: ["finance", "own"],
};
const deployment: RecipeDeployment = { name: "nightly", entrypoint: "flows.py:my_flow", path: "flows" };

/** A recipe that gives deployments what is written, and nothing else. */
class WrittenDeployer extends Deployer {
  constructor(name: string, args: DeployerArgs) {
    super("acme:recipes:WrittenDeployer", name, args, [localCode(), flowMetadata()]);
  }
}

describe("what a flow says of itself", () => {
  aloneInEachTest();
  const { info, warn } = pulumi.log;
  const { isDryRun } = pulumi.runtime;
  let said: string[];

  beforeEach(() => {
    process.env.XDG_CACHE_HOME = temporaryFolder();
    process.env.META_PREFECT__PYTHON = "/no/such/python";
    said = [];
    const noting = (severity: string) => (text: string) => Promise.resolve(void said.push(`${severity}: ${text}`));
    Object.assign(pulumi.log, { info: noting("info"), warn: noting("warning") });
    Object.assign(pulumi.runtime, { isDryRun: () => true });
  });
  afterEach(() => {
    Object.assign(pulumi.log, { info, warn });
    Object.assign(pulumi.runtime, { isDryRun });
  });

  /** Has the flow's facts be what a reading would have found. */
  function known(more: Partial<FlowFacts> = {}, text = "x = 1\n"): void {
    const folder = path.join(programFolder, "flows");
    fs.writeFileSync(path.join(folder, "flows.py"), text);
    const facts = {
      name: "mine",
      description: null,
      parameterOpenapiSchema: "{}",
      more: null,
      codeHash: null,
      ...more,
    };
    const before = process.cwd();
    process.chdir(programFolder);
    remember({ reader: importing(folder), folder, entrypoint: "flows.py:my_flow" }, facts, {});
    process.chdir(before);
  }
  const onEks = async (own: Partial<RecipeDeployment> = {}, args: Partial<EksDaskDeployerArgs> = {}) =>
    only(
      "Deployment",
      await registered(() => new EksDaskDeployer("prod", { deployments: [{ ...deployment, ...own }], ...args })),
    );
  const resources = (made: Awaited<ReturnType<typeof onEks>>) => {
    const { cpu_request, cpu_limit, memory_request, memory_limit } = variables(made);
    return [cpu_request, cpu_limit, memory_request, memory_limit];
  };

  it("wins over the recipe on Kubernetes", async () => {
    known({ needs });
    const made = await onEks({}, { cpu: 1, memory: "8Gi", dask: { minWorkers: 1, maxWorkers: 9 }, version: "v0" });
    assert.deepEqual(resources(made), ["0.8", "0.8", "1.5Gi", "1.5Gi"]);
    assert.deepEqual([replicas(runner(made)), runner(made).adapt_kwargs], [5, undefined]);
    assert.equal(made.inputs.version, "git v1");
    assert.equal(made.failures, undefined);
    assert.deepEqual(said, [
      'info: deployment "nightly-dev": @kubernetes cpu 0.8, memory 1.5Gi; @dask 5 workers; @versioneer version git v1; ' +
        "@tags_resolver tags finance, own, as flows.py:my_flow says",
    ]);
  });

  it("is said as docs/guides/decorators.md shows it", async () => {
    known({ needs: { cpu: 0.8, memory: "1.5Gi", dask: { workers: 5 } } });
    await onEks({}, { dask: { workers: 1 } });
    const shown = new Page("docs/guides/decorators.md").blocks.find(({ language }) => language === "text")?.text ?? "";
    const here = shown.trimEnd().replace("nightly-prod", "nightly-dev").replace("complex_eks_dask_flow", "my_flow");
    assert.deepEqual(said, [`info: ${here}`]);
  });

  it("gives way to the deployment, each by itself", async () => {
    known({ needs });
    const own = { memory: "2Gi", dask: { maxWorkers: 3 }, version: "v2" };
    const made = await onEks(own, { dask: { workers: 2 } });
    assert.deepEqual(resources(made), ["0.8", "0.8", "2Gi", "2Gi"]);
    assert.deepEqual([replicas(runner(made)), runner(made).adapt_kwargs], [0, { minimum: 0, maximum: 3 }]);
    assert.equal(made.inputs.version, "v2");
    assert.equal(made.failures, undefined);
    assert.match(said.join(), /: @kubernetes cpu 0\.8; @tags_resolver tags finance, own, as /);
  });

  it("gives way to job variables that are written", async () => {
    known({ needs: { cpu: 0.8 } });
    const made = await onEks({ jobVariables: { cpu_request: "1", cpu_limit: "2" } });
    assert.deepEqual(resources(made).slice(0, 2), ["1", "2"]);
    assert.deepEqual(said, []);
  });

  it("keeps what else a deployment says of Dask", async () => {
    known({ needs });
    const made = await onEks({ dask: { cpu: 3 } }, { dask: {} });
    assert.equal(replicas(runner(made)), 5);
    assert.match(JSON.stringify(runner(made)), /"limits":\{"cpu":"3"/);
    const without = await onEks({ dask: { enabled: false } }, { dask: {} });
    assert.equal(variables(without).env.META_PREFECT__DASK, undefined);
  });

  it("adds tags between the deployment's and the environment's, each once", async () => {
    known({ needs });
    const made = await onEks({ tags: ["own", "deployment"] }, { tags: ["recipe", "finance"] });
    assert.deepEqual(made.inputs.tags, ["recipe", "finance", "own", "deployment", "env=dev"]);
    const configured = await registered(() => new EksDaskDeployer("prod", { deployments: [deployment] }), {
      "meta-prefect:tags": "configured",
    });
    assert.deepEqual(only("Deployment", configured).inputs.tags, ["configured", "finance", "own", "env=dev"]);
  });

  it("is enough to run on Dask where the recipe says none, unless the deployment does without", async () => {
    known({ needs: { dask: { workers: 5 } } });
    const made = await onEks({}, { cpu: 2 });
    assert.equal(replicas(runner(made)), 5);
    assert.match(JSON.stringify(runner(made)), /"limits":\{"cpu":"2"/);
    assert.equal(variables(made).service_account_name, "project-dev-dask-flow");
    assert.deepEqual(said, ['info: deployment "nightly-dev": @dask 5 workers, as flows.py:my_flow says']);
    said = [];
    const without = await onEks({ dask: { enabled: false } });
    assert.equal(variables(without).env.META_PREFECT__DASK, undefined);
    assert.equal(variables(without).service_account_name, "project-dev-flow");
    assert.deepEqual(said, []);
  });

  it("is mentioned where nothing comes of it: with a Dask cluster that is shared, and in another pool", async () => {
    known({ needs: { dask: { workers: 1 } } });
    assert.equal((await onEks({}, { dask: { shared: true, workers: 3 } })).failures, undefined);
    assert.deepEqual(said, [
      'info: flow "flows.py:my_flow": @dask 1 worker: nothing comes of it in this recipe, which has no use for it',
    ]);
    said = [];
    known({ needs: { cpu: 1 } });
    await onEks({ workPoolName: "elsewhere" });
    assert.match(said.join(), /@kubernetes cpu 1: nothing comes of it/);
  });

  it("is mentioned once on this machine, where its tags and its version count", async () => {
    known({ needs });
    const deployments = [deployment, { ...deployment, name: "hourly", tags: ["hourly"], version: "v3" }];
    const made = await registered(() => new LocalRunDeployer("local", { deployments }));
    const inputs = made.filter(({ type }) => type === "Deployment").map(({ inputs }) => inputs);
    assert.deepEqual(
      inputs.map(({ tags, version, jobVariables }) => [tags, version, jobVariables]),
      [
        [["hourly", "finance", "own", "env=dev"], "v3", { env: { META_PREFECT__ENV: "dev" } }],
        [["finance", "own", "env=dev"], "git v1", { env: { META_PREFECT__ENV: "dev" } }],
      ],
    );
    const tags = "@tags_resolver tags finance, own, as flows.py:my_flow says";
    assert.deepEqual(said, [
      `info: deployment "nightly-dev": @versioneer version git v1; ${tags}`,
      'info: flow "flows.py:my_flow": @kubernetes cpu 0.8, memory 1.5Gi; @dask 5 workers: nothing comes of it in this recipe, which has no use for it',
      `info: deployment "hourly-dev": ${tags}`,
    ]);
  });

  it("gives tags and version to a recipe that adds none of its own", async () => {
    known({ needs });
    const made = await registered(() => new WrittenDeployer("w", { deployments: [{ ...deployment, tags: ["own"] }] }));
    const { name, tags, version } = only("Deployment", made).inputs;
    assert.deepEqual([name, tags, version], ["nightly", ["own", "finance"], "git v1"]);
  });

  it("is said by previews alone", async () => {
    known({ needs });
    Object.assign(pulumi.runtime, { isDryRun: () => false });
    await onEks();
    assert.deepEqual(said, []);
  });

  it("can't be given by a program as if it had been read", async () => {
    known();
    const made = await onEks({ ...({ heeded: {}, remarks: [] } as object) });
    assert.deepEqual(made.failures?.map(({ property }) => property).sort(), ["heeded", "remarks"]);
  });

  const imports = "from meta_prefect import kubernetes\n";

  it("needs the package in the worker's Python, which is said once with what to do", async () => {
    known({ usesPackage: true, lacksPackage: true }, imports);
    const deployments = [deployment, { ...deployment, name: "hourly" }];
    await registered(() => new LocalRunDeployer("local", { deployments }));
    assert.equal(said.length, 1);
    assert.match(
      said[0] ?? "",
      /^warning: the flows in \S+\/flows import meta_prefect, which \/no\/such\/python hasn't got, .*: \/no\/such\/python -m pip install meta-prefect$/,
    );
    said = [];
    await registered(() => new LocalRunDeployer("local", { deployments: [{ ...deployment, workPoolName: "theirs" }] }));
    assert.deepEqual(said, []);
    known({ usesPackage: true }, imports);
    await registered(() => new LocalRunDeployer("local", { deployments }));
    assert.deepEqual(said, []);
  });

  it("needs the package in images whose code doesn't come from the bucket", async () => {
    known({ usesPackage: true, lacksPackage: true }, imports);
    const git = { source: { git: { repository: "https://example.com/a.git" } } };
    const rows: [Partial<EksDaskDeployerArgs>, RegExp | undefined][] = [
      [{}, undefined],
      [
        git,
        /^warning: .* import meta_prefect, which Prefect's image hasn't got; add "meta-prefect" to packages, or have an image with: pip install meta-prefect$/,
      ],
      [{ ...git, packages: ["meta-prefect==0.1.0"] }, undefined],
      [{ ...git, image: "acme/flows" }, /^info: .* import meta_prefect, which the image acme\/flows must have; /],
      [{ image: "acme/flows", source: { imageDirectory: "/code" } }, /^info: .* the image acme\/flows must have/],
    ];
    for (const [args, expected] of rows) {
      said = [];
      await onEks({}, args);
      if (expected) assert.match(said.join("\n"), expected);
      else assert.deepEqual(said, []);
    }
  });
});
