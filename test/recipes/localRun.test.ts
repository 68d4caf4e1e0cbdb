import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  type DeploymentTriggerArgs,
  localCode,
  LocalRunDeployer,
  type LocalRunDeployerArgs,
  type RecipeDeployment,
} from "../../index";
import { root } from "../../tools/root";
import { temporaryFolder } from "../support/environment";
import { type Json, type Registered, registeredIn } from "../support/registered";

const folder = path.join(root, "examples", "laptopToEks");
const byHand = { parameterOpenapiSchema: { type: "object", properties: {} } };
const deployment: RecipeDeployment = {
  name: "local-run",
  entrypoint: "flows.py:add_two_numbers_flow",
  path: "flows",
  ...byHand,
};

const registered = (program: () => unknown, configuration: Record<string, string> = {}) =>
  registeredIn(folder, program, { configuration });
const deploy =
  (args: Partial<LocalRunDeployerArgs> = {}) =>
  () =>
    new LocalRunDeployer("local", { deployments: [deployment], ...args });
const deploymentIn = (resources: Registered[]) => resources.find(({ type }) => type === "Deployment")?.inputs ?? {};

describe("LocalRunDeployer", () => {
  it("makes a pool, a worker and the deployment, with exactly these inputs", async () => {
    const resources = await registered(deploy());
    const pool = resources.find(({ type }) => type === "WorkPool")?.name ?? "";
    assert.match(pool, /^local-process-work-pool-[0-9a-f]{8}$/);
    const worker = pool.replace("work-pool", "worker");
    const flows = path.join(folder, "flows");
    assert.deepEqual(resources, [
      { type: "meta-prefect:recipes:LocalRunDeployer", name: "local", inputs: {} },
      {
        type: "Deployment",
        name: "local-add-two-numbers-flow/local-run",
        inputs: {
          name: "local-run-dev",
          flowName: "add-two-numbers-flow",
          entrypoint: "flows.py:add_two_numbers_flow",
          path: flows,
          pullSteps: [{ "prefect.deployments.steps.set_working_directory": { directory: flows } }],
          parameterOpenapiSchema: byHand.parameterOpenapiSchema,
          tags: ["env=dev"],
          version: "auto",
          jobVariables: { env: { META_PREFECT__ENV: "dev" } },
          workPoolName: pool,
        },
      },
      { type: "WorkPool", name: pool, inputs: { name: pool, type: "process" } },
      { type: "Worker", name: worker, inputs: { name: worker, workPoolName: pool } },
    ]);
  });

  it("makes an automation of each trigger of a deployment", async () => {
    const triggers: DeploymentTriggerArgs[] = [
      { type: "event", posture: "Reactive", expect: ["data.ready"], name: "when ready", scheduleAfter: 5 },
      { type: "event", posture: "Reactive" },
    ];
    const resources = await registered(deploy({ deployments: [{ ...deployment, triggers }] }));
    const name = "local-add-two-numbers-flow/local-run";
    const run = { type: "run-deployment", deploymentId: `${name}-id` };
    assert.deepEqual(
      resources.filter(({ type }) => type === "Automation"),
      [
        {
          type: "Automation",
          name: `${name}/trigger-2`,
          inputs: {
            name: "local-run-dev__automation_2",
            trigger: { type: "event", posture: "Reactive" },
            actions: [run],
          },
        },
        {
          type: "Automation",
          name: `${name}/when ready`,
          inputs: {
            name: "when ready",
            trigger: { type: "event", posture: "Reactive", expect: ["data.ready"] },
            actions: [{ ...run, scheduleAfter: 5 }],
          },
        },
      ],
    );
    assert.equal(deploymentIn(resources).triggers, undefined);
  });

  it("has a pool of the same name for the same needs, and of another for others", async () => {
    const name = async (args: Partial<LocalRunDeployerArgs>) =>
      (await registered(deploy(args))).find(({ type }) => type === "WorkPool")?.name;
    const limited = {
      transform: { workPool: (pool: Json) => void (pool.concurrencyLimit = 1) },
    } as Partial<LocalRunDeployerArgs>;
    assert.equal(await name({}), await name({ tags: ["other"] }));
    assert.notEqual(await name({}), await name(limited));
  });

  it("shares pool and worker with the deployers that need the same", async () => {
    const resources = await registered(() => {
      const first = new LocalRunDeployer("first", { deployments: [deployment, { ...deployment, name: "second-run" }] });
      const second = new LocalRunDeployer("second", { deployments: [{ ...deployment, name: "other" }] });
      assert.equal(first.worker, second.worker);
      assert.equal(first.workPool, second.workPool);
    });
    const count = (type: string) => resources.filter((resource) => resource.type === type).length;
    assert.deepEqual([count("WorkPool"), count("Worker"), count("Deployment")], [1, 1, 3]);
  });

  it("lets schedules rest unless they are asked to be active", async () => {
    const schedules = [{ cron: "0 9 * * *" }, { cron: "0 8 * * *", active: true }];
    const { schedules: made } = deploymentIn(await registered(deploy({ deployments: [{ ...deployment, schedules }] })));
    assert.deepEqual(made, [
      { active: false, cron: "0 9 * * *" },
      { cron: "0 8 * * *", active: true },
    ]);
    const one = deploymentIn(
      await registered(deploy({ deployments: [{ ...deployment, schedule: { interval: 60 } }] })),
    );
    assert.deepEqual(one.schedules, [{ active: false, interval: 60 }]);
  });

  it("takes environment, tags and version from the program, then the configuration, then the environment", async () => {
    const configuration = {
      "meta-prefect:env": "staging",
      "meta-prefect:tags": '["configured"]',
      "meta-prefect:version": "c1",
    };
    const seen = ({ name, tags, version, jobVariables }: Json) => [name, tags, version, jobVariables];
    const variables = (env: string) => ({ env: { META_PREFECT__ENV: env } });
    const program = deploymentIn(
      await registered(deploy({ env: "prod", tags: ["program"], version: "p1" }), configuration),
    );
    assert.deepEqual(seen(program), ["local-run-prod", ["program", "env=prod"], "p1", variables("prod")]);
    const configured = deploymentIn(await registered(deploy(), configuration));
    assert.deepEqual(seen(configured), [
      "local-run-staging",
      ["configured", "env=staging"],
      "c1",
      variables("staging"),
    ]);
    Object.assign(process.env, { META_PREFECT__ENV: "e", META_PREFECT__TAGS: "a, b", META_PREFECT__VERSION: "e1" });
    try {
      const environment = deploymentIn(await registered(deploy()));
      assert.deepEqual(seen(environment), ["local-run-e", ["a", "b", "env=e"], "e1", variables("e")]);
    } finally {
      for (const key of ["ENV", "TAGS", "VERSION"]) delete process.env[`META_PREFECT__${key}`];
    }
  });

  it("lets a deployment's own arguments win, and adds its tags and job variables", async () => {
    const own = { ...deployment, tags: ["own"], version: "7", jobVariables: { env: { A: "1" }, working_dir: "/tmp" } };
    const made = deploymentIn(await registered(deploy({ deployments: [own], tags: ["all"], version: "p" })));
    assert.deepEqual(made.tags, ["all", "own", "env=dev"]);
    assert.equal(made.version, "7");
    assert.deepEqual(made.jobVariables, { working_dir: "/tmp", env: { META_PREFECT__ENV: "dev", A: "1" } });
  });

  it("leaves a deployment in the pool that it names", async () => {
    const resources = await registered(deploy({ deployments: [{ ...deployment, workPoolName: "theirs" }] }));
    assert.equal(deploymentIn(resources).workPoolName, "theirs");
  });

  it("applies transforms to what it makes", async () => {
    const resources = await registered(
      deploy({
        transform: {
          deployment: (plan) => ({ ...plan, description: "transformed" }),
          workPool: (pool) => void (pool.concurrencyLimit = 3),
          worker: (worker) => void (worker.limit = 2),
        },
      }),
    );
    assert.equal(deploymentIn(resources).description, "transformed");
    assert.equal(resources.find(({ type }) => type === "WorkPool")?.inputs.concurrencyLimit, 3);
    assert.equal(resources.find(({ type }) => type === "Worker")?.inputs.limit, 2);
  });

  const wrong: [string, unknown, RegExp][] = [
    ["no list", undefined, /LocalRunDeployer "local": deployments must be a list/],
    [
      "no entrypoint",
      [{ name: "a" }],
      /deployments\[0\]\.entrypoint must be a text, such as flows\.py:my_flow, not undefined/,
    ],
    ["no name", [{ entrypoint: "a.py:f" }], /deployments\[0\]\.name must be a text/],
    ["one deployment twice", [deployment, deployment], /deployment "add-two-numbers-flow\/local-run" is given twice/],
  ];
  for (const [what, deployments, message] of wrong) {
    it(`with ${what} is an error without a stack trace`, async () => {
      const failing = () => {
        assert.throws(deploy({ deployments: deployments as RecipeDeployment[] }), (error) => {
          assert.ok(pulumi.RunError.isInstance(error));
          assert.match(error.message, message);
          return true;
        });
      };
      await registered(failing);
    });
  }

  it("reads tags that are neither a list nor a text as an error", async () => {
    await registered(() => assert.throws(deploy(), /meta-prefect:tags .* is \[1\]; give a JSON list/), {
      "meta-prefect:tags": "[1]",
    });
  });
});

describe("a recipe of a team's own", () => {
  it("is one file of at most 30 lines", async () => {
    const file = path.join(root, "test", "recipes", "nightlyDeployer.ts");
    assert.ok(fs.readFileSync(file, "utf8").trimEnd().split("\n").length <= 30);
    const { NightlyDeployer } = require("./nightlyDeployer") as typeof import("./nightlyDeployer");
    const resources = await registered(() => new NightlyDeployer("team", { deployments: [deployment], retries: 2 }));
    const made = deploymentIn(resources);
    assert.deepEqual(made.schedules, [{ cron: "0 2 * * *", timezone: "Europe/Berlin" }]);
    assert.deepEqual(made.parameters, { retries: 2 });
    assert.equal(made.workPoolName, "nightly");
    assert.deepEqual(resources.map(({ type }) => type).sort(), [
      "Deployment",
      "WorkPool",
      "acme:recipes:NightlyDeployer",
    ]);
  });
});

describe("localCode", () => {
  it("is where the program is, unless a path is given, and keeps pull steps that are given", () => {
    const context = { env: "dev", programFolder: temporaryFolder(), tags: { configured: [] }, version: "auto" };
    const plan = { name: "n", entrypoint: "a.py:f" };
    assert.equal(localCode().build(plan, context).path, context.programFolder);
    assert.equal(localCode().build({ ...plan, path: "/srv" }, context).path, "/srv");
    assert.deepEqual(localCode().build({ ...plan, pullSteps: [] }, context).pullSteps, []);
  });
});
