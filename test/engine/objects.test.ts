import assert from "node:assert/strict";
import * as path from "node:path";
import { type PrefectServer, startPrefectServer, stopPrefectServer } from "../../processes/prefectServer";
import type { PrefectClient } from "../../provider/api/client";
import { nothing } from "../../provider/api/shape";
import { prefectClient, prefectServer, temporaryFolder, tools } from "../support/environment";
import { long } from "../support/long";
import { Page } from "../support/page";
import { PulumiProject } from "../support/pulumiProject";
import { Reader } from "../support/reader";

type Json = Record<string, unknown>;

/** One of each kind, with secrets in each place where one may stand. `PROGRAM` holds what changes from test to test. */
const program = `
const pulumi = require("@pulumi/pulumi");
const m = require("meta-prefect");
const { adopt, description = "d", tags = ["a"], dataVersion = 1, triggers, name = (text) => text } = require("./settings");
const pool = new m.WorkPool(name("pool-all"), { type: "process", description, adopt });
const queue = new m.WorkQueue("fast", { workPoolName: pool.name, priority: 2, description, adopt });
const type = new m.BlockType(name("Db all"), { slug: name("db-all"), description, adopt });
const schema = new m.BlockSchema("db", { blockTypeId: type.id, fields: { title: name("Db"), type: "object", block_type_slug: name("db-all") }, adopt });
const block = new m.Block("main", { blockTypeSlug: type.slug, data: { host: "h", password: "hunter2-plain" }, adopt }, { dependsOn: schema });
new m.Block(name("hidden"), { blockTypeSlug: "secret", dataWriteOnly: { value: "hunter2-write-only" }, dataVersion, adopt });
new m.Variable(name("region_all"), { value: { name: "eu-1", none: null, zones: ["a", [null]] }, tags, adopt });
new m.Variable(name("secret_all"), { value: pulumi.secret("hunter2-variable"), adopt });
const limit = new m.GlobalConcurrencyLimit(name("limit-all"), { limit: 3, slotDecayPerSecond: 1.5, adopt });
new m.TagConcurrencyLimit(name("gpu-all"), { concurrencyLimit: 2, adopt });
const flow = new m.Flow(name("flow-all"), { adopt });
const deployment = new m.Deployment(name("sums-all"), {
  flowName: flow.name, workPoolName: pool.name, workQueueName: queue.name, globalConcurrencyLimitId: limit.id, tags, version: "auto", description,
  jobVariables: { env: { TOKEN: pulumi.secret("hunter2-env") } }, triggers, adopt,
});
const automation = new m.Automation(name("rerun-all"), {
  trigger: { type: "event", posture: "Reactive", expect: ["no.such.event"], threshold: 3, within: 20 }, description, adopt,
  actions: [{ type: "pause-work-pool", workPoolId: pool.uuid }, { type: "pause-work-queue", workQueueId: queue.uuid }, { type: "run-deployment", deploymentId: deployment.id, parameters: { token: pulumi.secret("hunter2-action") } }],
});
exports.data = block.data;
exports.urls = pulumi.all([pool, queue, block, deployment, automation].map(({ url }) => url));
exports.queueId = queue.id;
exports.uuids = pulumi.all([pool, queue, type, schema, block, limit, flow, deployment, automation].map(({ uuid }) => uuid));
exports.version = deployment.version;
`;

const trigger = { type: "event", posture: "Reactive", expect: ["data.ready"] };

describe("all kinds in one program", () => {
  let project: PulumiProject;
  let client: PrefectClient;
  const set = (settings: Json) => project.write("settings.js", `module.exports = ${JSON.stringify(settings)};`);
  const automations = async () =>
    (await client.filter<{ name: string; id: string; description: string }>("/automations/filter")).filter(({ name }) =>
      name.includes("sums-all"),
    );

  before(async () => {
    client = await prefectClient();
    project = await PulumiProject.create(program);
    set({ triggers: [trigger] });
  });

  it("are made, with nothing to change afterwards, also when compared with the server", async () => {
    await project.up();
    assert.deepEqual(await project.preview(), []);
    assert.deepEqual(await project.preview("--refresh"), []);
    assert.match(await project.output<string>("queueId"), /^pool-all\/fast$/);
    for (const uuid of await project.output<string[]>("uuids")) assert.match(uuid, /^[0-9a-f-]{36}$/);
    const { apiUrl } = await prefectServer();
    for (const url of await project.output<string[]>("urls"))
      assert.ok(url.startsWith(apiUrl.replace("/api", "/")), url);
  });

  it("keep no secret in clear, and write-only data not at all", async () => {
    const stored = await project.pulumi("stack", "export");
    assert.doesNotMatch(stored, /hunter2/);
    const shown = await project.pulumi("stack", "export", "--show-secrets");
    for (const secret of ["plain", "variable", "env", "action"]) assert.match(shown, new RegExp(`hunter2-${secret}`));
    assert.doesNotMatch(shown, /hunter2-write-only/);
    assert.doesNotMatch(await project.pulumi("preview", "--diff"), /hunter2/);
    const resource = (await project.resources()).get("sums-all");
    assert.equal(resource?.inputs.server, (await prefectServer()).apiUrl);
  });

  it("change in place, each only where it changed, with the same ids", async () => {
    const before = await project.resources();
    set({ triggers: [trigger], description: "e", tags: ["b"], dataVersion: 2 });
    const steps = await project.preview();
    assert.deepEqual(Object.fromEntries(steps.map(({ name, op, changed }) => [name, `${op} ${changed.join(" ")}`])), {
      "pool-all": "update description",
      fast: "update description",
      "Db all": "update description",
      hidden: "update dataVersion",
      region_all: "update tags",
      "sums-all": "update description tags version",
      "rerun-all": "update description",
    });
    assert.doesNotMatch(await project.up(), /hunter2/);
    const after = await project.resources();
    for (const [name, { id }] of before) assert.equal(after.get(name)?.id, id, name);
    assert.deepEqual(await project.preview("--refresh"), []);
  });

  it("have a deployment's triggers as automations, made, changed and removed with it", async () => {
    const [made] = await automations();
    assert.equal(made?.name, "flow-all/sums-all__automation_1");
    set({
      description: "e",
      tags: ["b"],
      dataVersion: 2,
      triggers: [
        { ...trigger, description: "why" },
        { ...trigger, name: "sums-all second" },
      ],
    });
    const steps = await project.preview();
    assert.deepEqual(steps.map(({ name, op }) => `${op} ${name}`).sort(), [
      "create sums-all/sums-all second",
      "update sums-all/trigger-1",
    ]);
    await project.up();
    assert.deepEqual((await automations()).map(({ id }) => id).includes(made.id), true);
    assert.equal((await automations()).length, 2);
    set({ description: "e", tags: ["b"], dataVersion: 2 });
    await project.up();
    assert.deepEqual(await automations(), []);
  });

  it("are found to be gone within seconds, and made again", async () => {
    const resources = await project.resources();
    const gone = ["rerun-all", "gpu-all", "limit-all", "region_all", "hidden", "main"];
    const paths: Record<string, string> = {
      "rerun-all": "automations",
      "gpu-all": "concurrency_limits",
      "limit-all": "v2/concurrency_limits",
      region_all: "variables",
      hidden: "block_documents",
      main: "block_documents",
    };
    for (const name of gone) await client.delete(`/${paths[name]}/${resources.get(name)?.id}`);
    const started = Date.now();
    const steps = await project.preview("--refresh");
    assert.ok(Date.now() - started < 30_000);
    const made = steps.filter(({ op }) => op === "create").map(({ name }) => name);
    assert.deepEqual(made.sort(), gone.sort());
    await project.up("--refresh");
    assert.deepEqual(await project.preview("--refresh"), []);
  });

  it("exist for another stack, which may take them over and is told what that changes", async () => {
    const other = await PulumiProject.create(program);
    other.write(
      "settings.js",
      `module.exports = ${JSON.stringify({ description: "e", tags: ["b"], dataVersion: 2 })};`,
    );
    assert.match(
      await other.failure("up", "--yes", "--skip-preview"),
      /already exists; set adopt: true to manage it here/,
    );
    const settings = { adopt: true, description: "new", tags: ["b"], dataVersion: 2 };
    other.write("settings.js", `module.exports = ${JSON.stringify(settings)};`);
    const said = await other.pulumi("preview");
    assert.match(
      said,
      /work pool "pool-all" exists in Prefect and is taken over; this changes description: "e" => "new"/,
    );
    assert.match(said, /block "secret\/hidden" exists .* this changes dataWriteOnly: \[secret\]/);
    assert.match(said, /\d objects exist in Prefect just as the program says; taking over changes nothing/);
    assert.doesNotMatch(said, /hunter2/);
    await other.up();
    assert.deepEqual(await other.preview("--refresh"), []);
    assert.doesNotMatch(await other.pulumi("preview"), /taken over|taking over/);
    // the other stack lets go of them again, so that this one still has them
    await other.pulumi("stack", "rm", "--yes", "--force", "dev");
    await project.up("--refresh");
  });

  it("are refused at preview when they can't be taken over", async () => {
    const other = await PulumiProject.create(
      `new (require("meta-prefect").WorkPool)("pool-all", { type: "docker", adopt: true });`,
    );
    const said = await other.failure("preview");
    assert.match(said, /property adopt .*exists with type "process", not "docker", which can't be changed/);
    assert.doesNotMatch(said, /\n\s+at .*:\d+:\d+/);

    // what docs/guides/taking-over.md shows, of a pool whose name no other test has
    const { blocks } = new Page("docs/guides/taking-over.md");
    const [example = "", shown = ""] = ["ts", "text"].map((language) =>
      blocks.find((block) => block.language === language)?.text.replaceAll('"etl"', '"taken-over"'),
    );
    await client.post("/work_pools/", { name: "taken-over", type: "process", concurrency_limit: 2 });
    const names = Array.from({ length: 12 }, (_, i) => `taken_over_${i}`);
    await Promise.all(names.map((name) => client.post("/variables/", { name, value: 1 })));
    other.program = `
      const { Variable, WorkPool } = require("meta-prefect");
      ${example}
      for (const name of ${JSON.stringify(names)}) new Variable(name, { value: 1, adopt: true });`;
    const told = await other.pulumi("preview");
    for (const line of shown.trimEnd().split("\n")) assert.ok(told.includes(line), told);
  });

  long("are never looked for on another server, unless the stack is deliberately moved", async () => {
    const { python } = await tools();
    const home = path.join(temporaryFolder(), "other");
    let second: PrefectServer | undefined;
    try {
      second = await startPrefectServer(python, home);
      const first = (await prefectServer()).apiUrl;
      project.env.PREFECT_API_URL = second.apiUrl;
      for (const command of [
        ["preview"],
        ["preview", "--refresh"],
        ["up", "--yes", "--skip-preview"],
        ["destroy", "--yes", "--skip-preview"],
      ]) {
        const said = await project.failure(...command);
        const both = new RegExp(
          `lives on the Prefect server ${first}, but the stack is now configured for ${second.apiUrl}`,
        );
        assert.match(said, both, command.join(" "));
        assert.doesNotMatch(said, /\n\s+at .*:\d+:\d+/);
      }
      assert.equal(await client.find("/variables/name/region_all").then((found) => found !== undefined), true);
      await project.pulumi("config", "set", "prefect:movedFrom", first);
      assert.match(await project.failure("preview"), /run `pulumi up --refresh --run-program` once to move there/);
      await Reader.at(project.folder, project.env).follow(new Page("docs/guides/moving.md"), {
        "http://old-server:4200/api": first,
        "http://new-server:4200/api": second.apiUrl,
        "pulumi up": "pulumi up --yes --skip-preview",
      });
      assert.deepEqual(await project.preview("--refresh"), []);
      // what was on the first server is still there
      assert.notEqual(await client.find("/variables/name/region_all"), undefined);
      const stored = (await project.resources()).get("region_all");
      assert.equal(stored?.inputs.server, second.apiUrl);
      await project.destroy();
    } finally {
      if (second) await stopPrefectServer(second);
    }
  });
});

describe("look-ups", () => {
  it("find each object by its keys, and page to the end", async () => {
    const client = await prefectClient();
    const flow = await client.post<{ id: string }>("/flows/", { name: "looked-up flow" });
    const names = Array.from({ length: 205 }, (_, i) => `looked-up ${i}`);
    for (const name of names) {
      await client.post("/deployments/", {
        name,
        flow_id: flow.id,
        tags: ["looked-up", name.endsWith("7") ? "seven" : "other"],
      });
    }
    const type = await client.find<{ id: string }>("/block_types/slug/secret");
    const [schema] = await client.filter<{ id: string; checksum: string; version: string }>("/block_schemas/filter", {
      block_schemas: { block_type_id: { any_: [type?.id] } },
    });
    const project = await PulumiProject.create(`
      const m = require("meta-prefect");
      module.exports = async () => {
        const pool = new m.WorkPool("looked-up", { type: "process", concurrencyLimit: 4 });
        const found = await m.getDeployments({ tags: ["looked-up"] });
        const { data, ...block } = await m.getBlock({ blockTypeSlug: "secret", name: "looked-up" });
        return {
          all: found.length,
          seven: (await m.getDeployments({ tags: ["looked-up", "seven"], flowName: "looked-up flow", nameLike: "looked-up 1%" })).length,
          deployment: await m.getDeployment({ flowName: "looked-up flow", name: "looked-up 7" }),
          byId: (await m.getDeployment({ id: found[0].id })).name === found[0].name,
          flow: await m.getFlow({ name: "looked-up flow" }),
          block, data,
          variable: await m.getVariable({ name: "looked_up" }),
          automation: await m.getAutomation({ name: "looked up" }),
          limit: await m.getGlobalConcurrencyLimit({ name: "looked up" }),
          pool: await m.getWorkPool({ name: "looked up" }),
          pools: (await m.getWorkPools({ type: "docker" })).map(({ name }) => name),
          queue: await m.getWorkQueue({ workPoolName: "looked up", name: "default" }),
          queues: (await m.getWorkQueues({ workPoolName: "looked up" })).length,
          workers: await m.getWorkers({ workPoolName: "looked up" }),
          worker: await m.getWorker({ workPoolName: "looked up", name: "w" }),
          type: await m.getBlockType({ slug: "secret" }),
          schema: await m.getBlockSchema({ checksum: ${JSON.stringify(schema?.checksum)}, version: ${JSON.stringify(schema?.version)} }),
          tagLimit: await m.getTagConcurrencyLimit({ tag: "looked up" }),
          search: await m.getSavedSearch({ name: "looked up" }),
        };
      };`);
    await client.post("/work_pools/", { name: "looked up", type: "docker", concurrency_limit: 3 });
    await client.post("/work_pools/looked%20up/workers/heartbeat", { name: "w" }, nothing);
    await client.post("/variables/", { name: "looked_up", value: { a: [1, null] } });
    await client.post("/v2/concurrency_limits/", { name: "looked up", limit: 2 });
    await client.post("/automations/", { name: "looked up", trigger, actions: [{ type: "do-nothing" }] });
    await client.post("/concurrency_limits/", { tag: "looked up", concurrency_limit: 5 });
    await client.remake("PUT", "/saved_searches/", { name: "looked up", filters: [] });
    await client.post("/block_documents/", {
      name: "looked-up",
      data: { value: "hunter2" },
      block_type_id: type?.id,
      block_schema_id: schema?.id,
    });
    const printed = await project.up();
    assert.doesNotMatch(printed, /hunter2/);
    const outputs = JSON.parse(await project.pulumi("stack", "output", "--json", "--show-secrets")) as Record<
      string,
      Json
    >;
    assert.equal(outputs.all, 205);
    assert.equal(outputs.seven, 11);
    assert.equal(outputs.byId, true);
    assert.equal(outputs.deployment?.flowName, "looked-up flow");
    assert.equal(outputs.deployment?.name, "looked-up 7");
    assert.equal(outputs.flow?.id, flow.id);
    assert.deepEqual(outputs.data, { value: "hunter2" });
    assert.equal(outputs.block?.blockTypeSlug, "secret");
    assert.deepEqual(outputs.variable?.value, { a: [1, null] });
    assert.deepEqual((outputs.automation?.trigger as Json).expect, ["data.ready"]);
    assert.deepEqual([outputs.limit?.limit, outputs.limit?.activeSlots], [2, 0]);
    assert.deepEqual([outputs.pool?.id, outputs.pool?.concurrencyLimit], ["looked up", 3]);
    assert.ok((outputs.pools as unknown as string[]).includes("looked up"));
    assert.equal(outputs.queue?.id, "looked up/default");
    assert.equal(outputs.queues, 1);
    assert.equal((outputs.workers as unknown as Json[])[0]?.status, "ONLINE");
    assert.deepEqual(outputs.worker, (outputs.workers as unknown as Json[])[0]);
    assert.deepEqual([outputs.type?.id, outputs.type?.slug], [type?.id, "secret"]);
    assert.deepEqual(
      [outputs.schema?.id, outputs.schema?.blockTypeId, outputs.schema?.checksum],
      [schema?.id, type?.id, schema?.checksum],
    );
    const { tag, concurrencyLimit, activeSlots } = outputs.tagLimit ?? {};
    assert.deepEqual([tag, concurrencyLimit, activeSlots], ["looked up", 5, 0]);
    assert.equal(outputs.search?.name, "looked up");
    await project.destroy();
  });

  it("of what isn't there is an error that says so, without a stack trace", async () => {
    const project = await PulumiProject.create(
      `module.exports = async () => ({ found: await require("meta-prefect").getVariable({ name: "nowhere" }) });`,
    );
    const said = await project.failure("preview");
    assert.match(said, /there is no variable "nowhere" on http/);
    assert.doesNotMatch(said, /\n\s+at .*:\d+:\d+/);
  });
});
