import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  type Deployed,
  type DeploymentTriggerArgs,
  localCode,
  LocalRunDeployer,
  type LocalRunDeployerArgs,
  type RecipeDeployment,
  schedules,
  WorkPool,
  WorkQueue,
} from "../../index";
import { root } from "../../tools/root";
import { temporaryFolder } from "../support/environment";
import { type Json, type Registered, registeredIn } from "../support/registered";

const folder = path.join(root, "examples", "laptopToEks");
const byHand = { parameterOpenapiSchema: { type: "object", properties: {} } };
const deployment: RecipeDeployment = {
  name: "local-run",
  entrypoint: "elsewhere.py:add_two_numbers_flow",
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
          entrypoint: "elsewhere.py:add_two_numbers_flow",
          path: flows,
          pullSteps: [{ "prefect.deployments.steps.set_working_directory": { directory: flows } }],
          parameterOpenapiSchema: byHand.parameterOpenapiSchema,
          tags: ["env=dev"],
          version: "auto",
          jobVariables: { env: { META_PREFECT__ENV: "dev" } },
          workPoolName: pool,
        },
        hints: { staying: ["codeHash", "flowName"] },
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
            name: "add-two-numbers-flow/local-run-dev__automation_2",
            trigger: { type: "event", posture: "Reactive" },
            actions: [run],
          },
          hints: { formerDefaults: { name: "local-run-dev__automation_2" } },
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

  it("leaves schedules that are no objects as they were given, for the preview to name them", async () => {
    for (const schedules of ["0 6 * * *", ["0 6 * * *"], { cron: "0 6 * * *" }, [null]]) {
      const wrong = { ...deployment, schedules } as unknown as RecipeDeployment;
      assert.deepEqual(deploymentIn(await registered(deploy({ deployments: [wrong] }))).schedules, schedules);
    }
    const wrong = { ...deployment, schedule: "0 6 * * *" } as unknown as RecipeDeployment;
    assert.deepEqual(deploymentIn(await registered(deploy({ deployments: [wrong] }))).schedules, ["0 6 * * *"]);
  });

  it("says what a schedule is called in the program", () => {
    const context = { env: "dev", programFolder: folder, tags: { configured: [] }, version: "auto" };
    const builder = schedules();
    assert.deepEqual(builder.build({ ...deployment, schedule: { interval: 1 } }, context).writtenAs, {
      "schedules[0]": "schedule",
    });
    assert.equal(builder.build({ ...deployment, schedules: [{ interval: 1 }] }, context).writtenAs, undefined);
    const both = builder.build({ ...deployment, schedule: { interval: 1 }, schedules: [{ interval: 2 }] }, context);
    assert.deepEqual([both.writtenAs, both.schedules], [undefined, [{ interval: 2 }]]);
    assert.deepEqual(both.failures, [{ property: "schedules", reason: "excludes schedule; give one of them" }]);
  });

  it("names tags and job variables that are a text, once each", async () => {
    const wrong = { ...deployment, tags: "nightly", jobVariables: "x" } as unknown as RecipeDeployment;
    const made = (await registered(deploy({ deployments: [wrong] }))).find(({ type }) => type === "Deployment");
    assert.deepEqual(made?.failures, [
      { property: "tags", reason: 'must be a list of strings, not "nightly"' },
      { property: "jobVariables", reason: 'must be an object, not "x"' },
    ]);
    const env = { ...deployment, jobVariables: { env: "A=1" } };
    const other = (await registered(deploy({ deployments: [env] }))).find(({ type }) => type === "Deployment");
    assert.deepEqual(other?.failures, [{ property: "jobVariables.env", reason: 'must be an object, not "A=1"' }]);
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

  it("gives each deployment the recipe's tags, or else the configured ones, then its own, then the environment's", async () => {
    const configuration = { "meta-prefect:tags": "team, shared" };
    const tags = async (own: string[] | undefined, recipe: string[] | undefined) =>
      deploymentIn(
        await registered(deploy({ deployments: [{ ...deployment, tags: own }], tags: recipe }), configuration),
      ).tags;
    assert.deepEqual(await tags(undefined, undefined), ["team", "shared", "env=dev"]);
    assert.deepEqual(await tags(["own", "shared"], undefined), ["team", "shared", "own", "env=dev"]);
    assert.deepEqual(await tags([], undefined), ["team", "shared", "env=dev"]);
    assert.deepEqual(await tags(["own"], ["recipe"]), ["recipe", "own", "env=dev"]);
    assert.deepEqual(await tags(["own"], []), ["own", "env=dev"]);
  });

  it("leaves a deployment in the pool that it names", async () => {
    const resources = await registered(deploy({ deployments: [{ ...deployment, workPoolName: "theirs" }] }));
    assert.equal(deploymentIn(resources).workPoolName, "theirs");
  });

  it("makes neither pool nor worker when no deployment needs them", async () => {
    const theirs = { ...deployment, workPoolName: "theirs" };
    for (const deployments of [[theirs, { ...theirs, name: "other" }], []]) {
      const resources = await registered(() => {
        const { workPool, worker } = new LocalRunDeployer("local", { deployments });
        assert.deepEqual([workPool, worker], [undefined, undefined]);
      });
      assert.deepEqual(
        resources.map(({ type }) => type).filter((type) => /^Work/.test(type)),
        [],
      );
    }
    const mixed = await registered(() => {
      const { workPool, worker } = new LocalRunDeployer("local", {
        deployments: [theirs, { ...deployment, name: "b" }],
      });
      assert.ok(workPool && worker);
    });
    assert.deepEqual(
      mixed.map(({ type }) => type).filter((type) => /^Work/.test(type)),
      ["WorkPool", "Worker"],
    );
  });

  it("takes a pool itself, its name as an output, and other ids and names as outputs", async () => {
    const jobVariables = { memory: "1Gi" };
    const id = "b4acd6a3-8eb6-4100-aecd-78a78f4c6990";
    const resources = await registered(() => {
      const pool = new WorkPool("etl", { name: "etl pool", type: "kubernetes" });
      const queue = new WorkQueue("fast", { workPoolName: pool.name });
      const own: Partial<RecipeDeployment>[] = [
        { workPoolName: pool, jobVariables },
        { workPoolName: pool.name, jobVariables, workQueueName: queue.name },
        { workPoolName: pulumi.output("etl pool"), globalConcurrencyLimitId: pulumi.output(id) },
        { workPoolName: Promise.resolve("etl pool"), storageDocumentId: pulumi.output(id) },
      ];
      const deployer = new LocalRunDeployer("local", {
        deployments: own.map((args, i) => ({ ...deployment, ...args, name: `d${i}` })),
        transform: {
          deployment: (plan) => ({ ...plan, workPoolName: plan.name === "d0-dev" ? pool : plan.workPoolName }),
        },
      });
      assert.equal(deployer.workPool, undefined);
    });
    const made = resources.filter(({ type }) => type === "Deployment");
    assert.deepEqual(
      made.map(({ inputs }) => inputs.workPoolName),
      Array(4).fill("etl pool"),
    );
    assert.deepEqual(
      made.map(({ failures }) => failures),
      Array(4).fill(undefined),
    );
    const { 1: second, 2: third, 3: fourth } = made.map(({ inputs }) => inputs);
    assert.deepEqual(
      [second?.workQueueName, third?.globalConcurrencyLimitId, fourth?.storageDocumentId],
      ["fast", id, id],
    );
    assert.equal(resources.filter(({ type }) => type === "WorkPool").length, 1);
  });

  it("says where each deployment is found, how to run it, and where its worker's log is", async () => {
    let deployed: Deployed[] = [];
    const deployments = [
      deployment,
      { ...deployment, flowName: "it's mine", name: "$(other)", workPoolName: "theirs" },
    ];
    const outputs = ({ type }: Registered): Json => (type === "Worker" ? { logFile: "/var/log/worker.log" } : {});
    const program = () => void ({ deployed } = new LocalRunDeployer("local", { deployments }));
    await registeredIn(folder, program, { outputs, configuration: { "prefect:apiUrl": "http://prefect:4200/api" } });
    const seen = await Promise.all(deployed.map((one) => new Promise((resolve) => pulumi.output(one).apply(resolve))));
    const page = (name: string) => `http://prefect:4200/deployments/deployment/${encodeURIComponent(name)}-id`;
    assert.deepEqual(seen, [
      {
        name: "add-two-numbers-flow/local-run-dev",
        url: page("local-add-two-numbers-flow/local-run"),
        run: "prefect deployment run 'add-two-numbers-flow/local-run-dev'",
        log: "/var/log/worker.log",
      },
      {
        name: "it's mine/$(other)-dev",
        url: page("local-it's mine/$(other)"),
        run: "prefect deployment run 'it'\\''s mine/$(other)-dev'",
      },
    ]);
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
  const file = path.join(root, "test", "recipes", "nightlyDeployer.ts");

  it("is one file of at most 30 lines", () => {
    assert.ok(fs.readFileSync(file, "utf8").trimEnd().split("\n").length <= 30);
  });

  it("makes what it says, with the recipe's retries and times unless the deployment has its own", async () => {
    const { NightlyDeployer } = require("./nightlyDeployer") as typeof import("./nightlyDeployer");
    const schedule = { cron: "0 8 * * 1" };
    const jobVariables = { env: { PREFECT_FLOWS_DEFAULT_RETRIES: "0", A: "1" } };
    const deployments = [deployment, { ...deployment, name: "own", schedule, jobVariables }];
    const resources = await registered(() => new NightlyDeployer("team", { deployments, retries: 2 }));
    const [first, second] = resources.filter(({ type }) => type === "Deployment");
    assert.deepEqual([first?.failures, second?.failures], [undefined, undefined]);
    assert.deepEqual(
      [first?.inputs.schedules, first?.inputs.parameters, first?.inputs.jobVariables, first?.inputs.workPoolName],
      [
        [{ cron: "0 2 * * *", timezone: "Europe/Berlin" }],
        undefined,
        { env: { PREFECT_FLOWS_DEFAULT_RETRIES: "2", META_PREFECT__ENV: "dev" } },
        "nightly",
      ],
    );
    assert.deepEqual(second?.inputs.schedules, [schedule]);
    assert.deepEqual(second?.inputs.jobVariables, { env: { ...jobVariables.env, META_PREFECT__ENV: "dev" } });
    assert.deepEqual(resources.map(({ type }) => type).sort(), [
      "Deployment",
      "Deployment",
      "WorkPool",
      "acme:recipes:NightlyDeployer",
    ]);
  });

  it("refuses arguments that it doesn't have", async () => {
    const { NightlyDeployer } = require("./nightlyDeployer") as typeof import("./nightlyDeployer");
    const args = { deployments: [deployment], retries: 2, evn: "prod" };
    await registered(() =>
      assert.throws(
        () => new NightlyDeployer("team", args),
        /NightlyDeployer "team": evn: there is no such argument; did you mean env\? allowed are .*, retries$/,
      ),
    );
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

  it("is deployed as lying below the folder that colleagues agree on, and is read where it is", () => {
    const plans = (programFolder: string) =>
      [undefined, "flows", "./flows/../etl", "../shared", path.join(programFolder, "flows"), "/opt/flows"].map(
        (given) => {
          const context = {
            env: "dev",
            programFolder,
            workerFolder: "/srv/team",
            tags: { configured: [] },
            version: "1",
          };
          return localCode().build({ name: "n", entrypoint: "a.py:f", path: given }, context);
        },
      );
    const [mine, theirs] = [plans("/home/anna/repo"), plans("/home/bob/work/repo")];
    const deployed = mine.map(({ codeFolder: _, ...rest }) => rest);
    assert.deepEqual(
      deployed,
      theirs.map(({ codeFolder: _, ...rest }) => rest),
    );
    const folders = ["/srv/team", "/srv/team/flows", "/srv/team/etl", "/srv/shared", "/srv/team/flows", "/opt/flows"];
    assert.deepEqual(
      deployed.map((plan) => [plan.path, plan.pullSteps]),
      folders.map((directory) => [directory, [{ "prefect.deployments.steps.set_working_directory": { directory } }]]),
    );
    assert.equal(mine[1]?.codeFolder, "/home/anna/repo/flows");
  });

  it("is configured by the stack or the environment, as an absolute path", async () => {
    const flows = async (configuration: Record<string, string>) =>
      deploymentIn(await registered(deploy(), configuration)).path;
    assert.equal(await flows({ "meta-prefect:root": "/srv/team" }), "/srv/team/flows");
    process.env.META_PREFECT__ROOT = "/srv/other/";
    try {
      assert.equal(await flows({}), "/srv/other/flows");
      process.env.META_PREFECT__ROOT = "flows";
      await registered(() =>
        assert.throws(deploy(), /meta-prefect:root \(or META_PREFECT__ROOT\) is "flows"; give an absolute path: /),
      );
    } finally {
      delete process.env.META_PREFECT__ROOT;
    }
  });
});
