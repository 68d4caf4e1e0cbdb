import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isRunning, type ProcessIdentity } from "../../processes/localProcess";
import type { PrefectClient } from "../../provider/api/client";
import { providerText } from "../../provider/program/resource";
import { root } from "../../tools/root";
import { run } from "../../tools/run";
import { startEksWorld } from "../support/eksWorld";
import { prefectClient, temporaryFolder, tools } from "../support/environment";
import { long } from "../support/long";
import { PulumiProject, type Step } from "../support/pulumiProject";

const flows = `from prefect import flow

@flow(persist_result=True)
def add(x: int, y: int) -> int:
    return x + y
`;

const program = (deployments: object[], more = "") => `
  const { LocalRunDeployer } = require("meta-prefect");
  const deployer = new LocalRunDeployer("local", { deployments: ${JSON.stringify(deployments)} ${more} });
  exports.schedules = deployer.schedules;
  exports.deployed = deployer.deployed;
  exports.urls = deployer.deployments.map((deployment) => deployment.url);
`;
const add = { name: "local-run", entrypoint: "flows.py:add", path: "flows" };
const other = {
  ...add,
  name: "other",
  parameters: { x: 1 },
  schedule: { rrule: "FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0", timezone: "US/Pacific", skipHolidays: "US" },
};

interface Deployment {
  id: string;
  name: string;
  version: string;
  tags: string[];
  work_pool_name: string;
  parameter_openapi_schema: { properties: object };
}

describe("pulumi up of LocalRunDeployer", () => {
  let project: PulumiProject;
  let client: PrefectClient;
  const find = (name: string) => client.find<Deployment>(`/deployments/name/add/${name}`);
  const changes = (steps: Step[]) => steps.map(({ op, name, changed }) => [op, name, changed]);

  before(async () => {
    client = await prefectClient();
    project = await PulumiProject.create(program([add, other]));
    project.write("flows/flows.py", flows);
    await project.up();
  });
  after(() => project.destroy());

  it("deploys what the program says, with a worker that is online", async () => {
    const deployment = await find("local-run-dev");
    assert.deepEqual(deployment?.tags, ["env=dev"]);
    assert.equal(deployment?.version, "1");
    const workers = await client.filter<{ status: string }>(`/work_pools/${deployment?.work_pool_name}/workers/filter`);
    assert.deepEqual(
      workers.map(({ status }) => status),
      ["ONLINE"],
    );
  });

  it("shows no change in a second preview, nor after a refresh", async () => {
    assert.deepEqual(changes(await project.preview()), []);
    await project.pulumi("preview", "--refresh", "--expect-no-changes");
  });

  it("stores the same short provider text with each resource", async () => {
    for (const [name, { type, inputs, outputs }] of await project.resources()) {
      const kind = /^pulumi-nodejs:dynamic\/prefect:(.*)$/.exec(type)?.[1];
      if (!kind) continue;
      assert.equal(inputs.__provider, providerText(kind), name);
      assert.equal(outputs.__provider, providerText(kind), name);
      assert.ok(!("__hints" in inputs) && !("__hints" in outputs));
    }
  });

  it("lists the next days skipped of each schedule, and no runs of one that is paused", async () => {
    const [schedule] =
      await project.output<{ deployment: string; paused: boolean; nextRuns: string[]; skippedDays: string[] }[]>(
        "schedules",
      );
    assert.equal(schedule?.deployment, "other-dev");
    assert.equal(schedule?.paused, true);
    assert.deepEqual(schedule?.nextRuns, []);
    assert.equal(schedule?.skippedDays.length, 4);
    assert.match(schedule?.skippedDays.at(-1) ?? "", /^and \d+ more until \d{4}-12-\d\d$/);
  });

  it("says where each deployment is found, how to run it, and where the worker's log is", async () => {
    const deployed = await project.output<{ name: string; url: string; run: string; log: string }[]>("deployed");
    const { id } = (await find("local-run-dev")) as Deployment;
    assert.equal(deployed.length, 2);
    const [first] = deployed;
    assert.equal(first?.name, "add/local-run-dev");
    assert.equal(first?.url, `${project.env.PREFECT_API_URL?.replace("/api", "")}/deployments/deployment/${id}`);
    assert.match(fs.readFileSync(first?.log ?? "", "utf8"), /Worker .* started/);
    const { python } = await tools();
    const words = `${first?.run} -p x=1 -p y=2 --watch`;
    const env = { ...project.env, PATH: `${path.dirname(python)}${path.delimiter}${process.env.PATH}` };
    assert.match(await run("sh", ["-c", words], { env }), /finished successfully/);
    // none of it is a change, nor unknown where something else changes
    assert.doesNotMatch(await project.pulumi("preview"), /Outputs:/);
    project.program = program([{ ...add, tags: ["new"] }, other]);
    const changed = await project.pulumi("preview", "--diff");
    assert.match(changed, /"new"/);
    assert.doesNotMatch(changed, /Outputs:|\[unknown\]/);
    project.program = program([add, other]);
  });

  it("shows only tags and version when only a tag changes", async () => {
    project.program = program([add, { ...other, tags: ["new"] }]);
    assert.deepEqual(changes(await project.preview()), [["update", "local-add/other", ["tags", "version"]]]);
    const printed = await project.pulumi("preview", "--diff");
    assert.ok(!printed.includes("[unknown]"));
    assert.match(printed, /~ version\s*: "1" => "2"/);
    await project.up();
    assert.equal((await find("other-dev"))?.version, "2");
    assert.equal((await find("local-run-dev"))?.version, "1");
    assert.deepEqual(changes(await project.preview()), []);
  });

  it("shows the change of the schema when the flow's signature is edited", async () => {
    project.write("flows/flows.py", flows.replace("y: int)", "y: int, z: float = 1.0)"));
    const steps = await project.preview();
    assert.deepEqual(
      steps.map(({ op, changed }) => [op, changed]),
      Array(2).fill(["update", ["codeHash", "parameterOpenapiSchema", "version"]]),
    );
    assert.match(await project.pulumi("preview", "--diff"), /\+ z\s*: \{/);
    await project.up();
    assert.deepEqual(Object.keys((await find("other-dev"))?.parameter_openapi_schema.properties ?? {}), [
      "x",
      "y",
      "z",
    ]);
  });

  it("makes a deployment again that was deleted in Prefect, and mends one that was changed there", async () => {
    const [first, second] = [await find("local-run-dev"), await find("other-dev")];
    await client.delete(`/deployments/${first?.id}`);
    await client.patch(`/deployments/${second?.id}`, { tags: ["by hand"], description: "not managed" });
    await project.up("--refresh");
    const [again, mended] = [await find("local-run-dev"), await find("other-dev")];
    assert.notEqual(again?.id, first?.id);
    assert.equal(mended?.id, second?.id);
    assert.deepEqual(mended?.tags, ["new", "env=dev"]);
  });

  it("starts a worker again that was killed", async () => {
    const pid = async () =>
      [...(await project.resources()).values()].find(({ type }) => type.endsWith(":Worker"))?.outputs.pid as number;
    const before = await pid();
    process.kill(before, "SIGKILL");
    await pause(200);
    await project.up("--refresh");
    assert.notEqual(await pid(), before);
    process.kill(await pid(), 0);
  });

  it("deletes a deployment that is removed from the program", async () => {
    project.program = program([add]);
    assert.deepEqual(
      changes(await project.preview()).map(([op, name]) => [op, name]),
      [["delete", "local-add/other"]],
    );
    await project.up();
    assert.equal(await find("other-dev"), undefined);
  });

  long("counts on from the version of a deployment that it adopts", async () => {
    const { id } = await client.post<{ id: string }>("/flows/", { name: "add" });
    await client.post("/deployments/", { name: "adopted-dev", flow_id: id, version: "41", tags: ["old"] });
    project.program = program([add, { ...add, name: "adopted" }]);
    assert.match(
      await project.failure("up", "--yes", "--skip-preview"),
      /deployment "add\/adopted-dev": already exists; set adopt: true/,
    );
    project.program = program([add, { ...add, name: "adopted", adopt: true }]);
    const [step] = await project.preview();
    assert.equal(step?.newState?.inputs?.version, "42");
    await project.up();
    assert.equal((await find("adopted-dev"))?.version, "42");
    assert.deepEqual(changes(await project.preview()), []);
    project.program = program([add, { ...add, name: "adopted", adopt: true, tags: ["x"] }]);
    await project.up();
    assert.equal((await find("adopted-dev"))?.version, "43");
  });

  it("leaves nothing when it is destroyed", async () => {
    const { work_pool_name: pool } = (await find("local-run-dev")) as Deployment;
    const worker = [...(await project.resources()).values()].find(({ type }) => type.endsWith(":Worker"));
    await project.destroy();
    assert.equal(await find("local-run-dev"), undefined);
    assert.equal(await client.find(`/work_pools/${pool}`), undefined);
    assert.ok(!isRunning(worker?.outputs as unknown as ProcessIdentity));
  });
});

describe("pulumi up of LocalRunDeployer with deployments in other pools", () => {
  long(
    "makes the pools first, and neither a pool nor a worker of its own; their removal takes away the deployments first",
    async () => {
      const client = await prefectClient();
      const project = await PulumiProject.create(`
      const { LocalRunDeployer, WorkPool, WorkQueue } = require("meta-prefect");
      const pool = new WorkPool("theirs", { type: "process" });
      const queue = new WorkQueue("fast", { workPoolName: pool.name });
      const add = { entrypoint: "flows.py:add", path: "flows" };
      new LocalRunDeployer("local", { deployments: [
        { ...add, name: "in-pool", workPoolName: pool },
        { ...add, name: "in-queue", workPoolName: pool.name, workQueueName: queue.name },
      ] });`);
      project.write("flows/flows.py", flows);
      const steps = await project.preview();
      assert.deepEqual(
        steps.filter(({ urn }) => urn.includes("Deployment::")).map(({ newState }) => newState?.inputs?.workPoolName),
        ["theirs", "theirs"],
      );
      await project.up();
      try {
        await project.pulumi("preview", "--expect-no-changes");
        const deployed = await client.find<Deployment & { work_queue_name: string }>(
          "/deployments/name/add/in-queue-dev",
        );
        assert.deepEqual([deployed?.work_pool_name, deployed?.work_queue_name], ["theirs", "fast"]);
        const types = [...(await project.resources()).values()].map(({ type }) => type.split(":").at(-1)).sort();
        assert.deepEqual(
          types.filter((type) => type?.startsWith("Work")),
          ["WorkPool", "WorkQueue"],
        );
      } finally {
        await project.destroy();
      }
    },
  );
});

describe("a folder that colleagues agree on", () => {
  long(
    "lets the one preview what the other has deployed without a change, and lets its runs find the code",
    async () => {
      const client = await prefectClient();
      const project = await PulumiProject.create(program([add]));
      project.write("flows/flows.py", flows);
      const agreed = path.join(temporaryFolder(), "agreed");
      fs.symlinkSync(project.folder, agreed);
      await project.up();
      try {
        const { id } = (await client.find<Deployment>("/deployments/name/add/local-run-dev")) as Deployment;
        const colleague = temporaryFolder();
        fs.cpSync(project.folder, colleague, { recursive: true, verbatimSymlinks: true });
        const theirs = (env: Record<string, string> = {}) =>
          run("pulumi", ["preview", "--stack", "dev", "--diff", "--non-interactive", "--color", "never"], {
            cwd: colleague,
            env: { ...project.env, ...env },
          });
        assert.match(await theirs(), /~ path\s*: .*\n[^]*set_working_directory/);

        project.env.META_PREFECT__ROOT = agreed;
        await project.up();
        assert.doesNotMatch(await theirs(), /~ (path|pullSteps|version)/);
        await project.pulumi("preview", "--expect-no-changes");
        const made = await client.post<{ id: string }>(`/deployments/${id}/create_flow_run`, {
          parameters: { x: 1, y: 2 },
        });
        assert.equal(await stateOf(client, made.id), "COMPLETED");
      } finally {
        await project.destroy();
      }
    },
  );
});

/** The state in which a run ends. */
async function stateOf(client: PrefectClient, run: string): Promise<string> {
  let state = "";
  for (let tries = 0; tries < 240 && !/COMPLETED|FAILED|CRASHED|CANCELLED/.test(state); tries += 1, await pause(250)) {
    state = (await client.find<{ state_type: string }>(`/flow_runs/${run}`))?.state_type ?? "";
  }
  return state;
}

describe("the root program", () => {
  it("deploys its example, and previews its prod stack without a server", async () => {
    const client = await prefectClient();
    const project = await PulumiProject.at(root, undefined, "dev");
    await project.up();
    try {
      await project.pulumi("preview", "--expect-no-changes");
      const name = "/deployments/name/add-two-numbers-flow/local-run-dev";
      const deployment = await client.find<
        Deployment & { schedules: { active: boolean; schedule: { rrule: string } }[]; entrypoint: string; path: string }
      >(name);
      assert.deepEqual(
        [deployment?.tags, deployment?.version, deployment?.entrypoint],
        [["env=dev"], "1", "flows.py:add_two_numbers_flow"],
      );
      assert.equal(deployment?.path, path.join(root, "examples", "laptopToEks", "flows"));
      const [{ active, schedule } = { active: true, schedule: { rrule: "" } }] = deployment?.schedules ?? [];
      assert.equal(active, false);
      const year = new Date().getFullYear();
      assert.ok(schedule.rrule.includes(`EXDATE:${year}`) && schedule.rrule.includes(`,${year + 1}`));
      const made = await client.post<{ id: string }>(`/deployments/${deployment?.id}/create_flow_run`, {
        parameters: { x: 1, y: 2 },
      });
      assert.equal(await stateOf(client, made.id), "COMPLETED");
    } finally {
      await project.destroy();
    }
    const file = path.join(root, "Pulumi.prod.yaml");
    const configuration = fs.readFileSync(file);
    // prod is on EKS: its preview asks AWS for the default VPC
    const world = await startEksWorld();
    try {
      const { PATH_FIRST = "", ...env } = world.env;
      Object.assign(project.env, env, { PATH: [PATH_FIRST, project.env.PATH].join(path.delimiter) });
      await project.pulumi("stack", "init", "prod");
      project.env.PREFECT_API_URL = "http://127.0.0.1:9/api";
      const printed = await project.pulumi("preview", "--stack", "prod", "--diff");
      assert.match(printed, /"tier=production"/);
      assert.match(printed, /"local-run-prod"/);
    } finally {
      // Pulumi notes the salt of the passphrase in the stack's file
      fs.writeFileSync(file, configuration);
      await world.stop();
    }
  });
});
