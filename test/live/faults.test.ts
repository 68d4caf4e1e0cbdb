import assert from "node:assert/strict";
import * as path from "node:path";
import { startPrefectServer, stopPrefectServer } from "../../processes/prefectServer";
import { PrefectClient } from "../../provider/api/client";
import type { DeploymentSchedule } from "../../provider/api/prefect";
import { aList } from "../../provider/api/shape";
import type { AnyKind, Json } from "../../provider/engine/kind";
import { automation } from "../../provider/kinds/automation/automation";
import { block } from "../../provider/kinds/block";
import { blockType } from "../../provider/kinds/blockType";
import { deployment } from "../../provider/kinds/deployment/deployment";
import { flow } from "../../provider/kinds/flow";
import { globalConcurrencyLimit } from "../../provider/kinds/globalConcurrencyLimit";
import { tagConcurrencyLimit } from "../../provider/kinds/tagConcurrencyLimit";
import { variable } from "../../provider/kinds/variable";
import { workPool } from "../../provider/kinds/workPool/workPool";
import { workQueue } from "../../provider/kinds/workQueue";
import { Driven, fresh, slug } from "../support/driven";
import { prefectClient, temporaryFolder, tools } from "../support/environment";

/** What users of other tools run into; docs/reference/terraform.md says which is which. */
describe("faults of other tools are absent", () => {
  let client: PrefectClient;
  before(async () => {
    client = await prefectClient();
  });

  const driven = (kind: AnyKind) => new Driven(kind, client);
  const remoteOf = async (object: Driven) => (await client.find<Json>(`/deployments/${object.id}`)) ?? {};
  const base = async (): Promise<Json> => {
    const workPoolName = fresh("pool");
    await driven(workPool).up({ name: workPoolName, type: "process" });
    return { name: fresh("deployment"), flowName: fresh("flow"), workPoolName };
  };
  const lists = { tags: [], parameters: {}, jobVariables: {}, pullSteps: [] };
  const full = { tags: ["a"], parameters: { x: 1 }, jobVariables: { env: { A: "1" } }, pullSteps: [{ "my.step": {} }] };

  it("tags, parameters, job variables and pull steps are cleared by an empty value as by none", async () => {
    const args = await base();
    const object = driven(deployment);
    for (const empty of [lists, {}]) {
      await object.up({ ...args, ...full });
      await object.up({ ...args, ...empty });
      const { tags, parameters, job_variables, pull_steps } = await remoteOf(object);
      assert.deepEqual([tags, parameters, job_variables, pull_steps ?? []], [[], {}, {}, []]);
      assert.deepEqual(await object.refresh(), []);
      assert.equal(await object.up({ ...args, ...empty }), "same");
    }
  });

  it("parameter schemas of any shape have no difference on the next run", async () => {
    const schemas = [
      {},
      { type: "object", properties: {} },
      { title: "Parameters", type: "object", properties: {}, definitions: {} },
      {
        type: "object",
        properties: { x: { position: 0, default: null, anyOf: [{ type: "integer" }, { type: "null" }] } },
      },
      '{"type":"object","properties":{"z":{"default":1.0},"a":{"default":12345678901234567890}}}',
    ];
    for (const parameterOpenapiSchema of schemas) {
      const args = { ...(await base()), parameterOpenapiSchema };
      const object = driven(deployment);
      await object.up(args);
      assert.deepEqual(await object.refresh(), [], JSON.stringify(parameterOpenapiSchema));
      assert.equal(await object.up(args), "same");
    }
  });

  it("a deployment's limit that somebody set in the UI is left alone, unless the program has one", async () => {
    const args = await base();
    const object = driven(deployment);
    await object.up(args);
    await client.patch(`/deployments/${object.id}`, { concurrency_limit: 4 });
    assert.deepEqual(await object.refresh(), []);
    await object.up({ ...args, description: "changed" });
    assert.equal(((await remoteOf(object)).global_concurrency_limit as Json).limit, 4);
    await object.up({ ...args, concurrencyLimit: 2 });
    await client.patch(`/deployments/${object.id}`, { concurrency_limit: 5 });
    assert.deepEqual(await object.refresh(), ["concurrencyLimit"]);
    await object.up({ ...args, concurrencyLimit: 2 });
    assert.equal(((await remoteOf(object)).global_concurrency_limit as Json).limit, 2);
  });

  it("job variables change in place, and those that the pool refuses are an error that says why", async () => {
    const args = await base();
    const object = driven(deployment);
    await object.up({ ...args, jobVariables: { env: { A: "1" } } });
    assert.equal(await object.up({ ...args, jobVariables: { env: { A: "2" }, stream_output: false } }), "update");
    assert.deepEqual(await object.refresh(), []);
    await assert.rejects(
      object.up({ ...args, jobVariables: { stream_output: "perhaps" } }),
      /could not update.*perhaps/s,
    );
    assert.equal(await object.up({ ...args, jobVariables: { env: { A: "2" } } }), "update");
  });

  it("pull steps are of any kind, with any keys, and change in place", async () => {
    const args = await base();
    const object = driven(deployment);
    await object.up({ ...args, pullSteps: [{ "prefect.deployments.steps.git_clone": { id: "c", repository: "r" } }] });
    const steps = [
      { "their.own.step": { id: "x", requires: ["a", "b"], deep: { none: null, list: [{}] } } },
      { "b.c": {} },
    ];
    assert.equal(await object.up({ ...args, pullSteps: steps }), "update");
    assert.deepEqual((await remoteOf(object)).pull_steps, steps);
    assert.deepEqual(await object.refresh(), []);
  });

  it("a schedule keeps dayOr: false, takes parameters and a slug late, and loses its most runs", async () => {
    const args = await base();
    const object = driven(deployment);
    const schedule = { cron: "0 0 1 * 1", dayOr: false, maxScheduledRuns: 3 };
    await object.up({ ...args, schedules: [schedule] });
    const schedules = async () =>
      (await remoteOf(object)).schedules as { schedule: Json; max_scheduled_runs: unknown; parameters: Json }[];
    assert.equal((await schedules())[0]?.schedule.day_or, false);
    assert.deepEqual(await object.refresh(), []);
    await object.up({ ...args, schedules: [{ ...schedule, parameters: { x: 1 } }] });
    assert.deepEqual((await schedules())[0]?.parameters, { x: 1 });
    await object.up({ ...args, schedules: [{ slug: "late", cron: "0 0 1 * 1", dayOr: false }] });
    assert.deepEqual(await object.refresh(), []);
    assert.equal((await schedules()).length, 1);
    assert.equal((await schedules())[0]?.max_scheduled_runs, null);
  });

  it("a schedule without a slug, as prefect deploy makes it, is taken over as it is and changed in place", async () => {
    const args = await base();
    const object = driven(deployment);
    await object.up(args);
    const body = { schedule: { cron: "0 9 * * *", timezone: "UTC" }, active: true };
    await client.post(`/deployments/${object.id}/schedules`, [body], aList);
    const rows = () => client.list<{ id: string; slug: string | null }>(`/deployments/${object.id}/schedules`);
    const before = await rows();
    const adopted = driven(deployment);
    const schedules = [{ cron: "0 9 * * *" }];
    await adopted.up({ ...args, schedules, adopt: true });
    assert.deepEqual(await rows(), before);
    assert.deepEqual(await adopted.refresh(), []);
    assert.equal(await adopted.up({ ...args, schedules, adopt: true }), "same");
    await adopted.up({ ...args, schedules: [{ cron: "0 9 * * *", active: false }], adopt: true });
    assert.deepEqual(
      (await rows())?.map(({ id, slug }) => [id, slug]),
      [[before?.[0]?.id, "schedule-1"]],
    );
    assert.deepEqual(await adopted.refresh(), []);
  });

  it("an interval that prefect deploy made is anchored anew, in place, and its zone follows the program and is watched", async () => {
    const args = await base();
    const object = driven(deployment);
    await object.up(args);
    const made = { schedule: { interval: 86_400, timezone: "America/New_York" }, parameters: { x: 1 } };
    await client.post(`/deployments/${object.id}/schedules`, [made], aList);
    const row = async () => (await client.list<DeploymentSchedule>(`/deployments/${object.id}/schedules`))?.[0];
    const before = await row();
    const adopted = driven(deployment);
    const zoned = (timezone: string) => ({ ...args, schedules: [{ interval: 86_400, timezone }], adopt: true });
    await adopted.up(zoned("America/New_York"));
    const anchor_date = "2020-01-01T00:00:00Z";
    const after = await row();
    assert.deepEqual(
      [after?.id, after?.schedule, after?.parameters],
      [before?.id, { ...made.schedule, anchor_date }, { x: 1 }],
    );
    assert.deepEqual(await adopted.refresh(), []);

    assert.equal(await adopted.up(zoned("Europe/Berlin")), "update");
    assert.deepEqual((await row())?.schedule, { interval: 86_400, timezone: "Europe/Berlin", anchor_date });
    await client.patch(`/deployments/${object.id}/schedules/${before?.id}`, { schedule: made.schedule });
    assert.deepEqual(await adopted.refresh(), ["schedules"]);
  });

  it("a deployment that is replaced, or made again, has its schedules again", async () => {
    const args = { ...(await base()), schedules: [{ slug: "a", interval: 60 }] };
    const object = driven(deployment);
    await object.up(args);
    assert.equal(await object.up({ ...args, name: fresh("renamed") }), "replace");
    assert.deepEqual(await object.refresh(), []);
    await client.delete(`/deployments/${object.id}`);
    assert.equal(await object.refresh(), undefined);
    assert.equal(await object.up(args), "create");
    assert.deepEqual(await object.refresh(), []);
  });

  it("an event trigger without threshold and within has no difference", async () => {
    const object = driven(automation);
    const args = {
      name: fresh("a"),
      trigger: { type: "event", posture: "Reactive", expect: ["x"] },
      actions: [{ type: "do-nothing" }],
    };
    await object.up(args);
    assert.deepEqual(await object.refresh(), []);
    assert.equal(await object.up(args), "same");
  });

  it("a deployment that somebody else made is not overwritten", async () => {
    const args = await base();
    const theirs = driven(deployment);
    await theirs.up({ ...args, tags: ["theirs"] });
    await assert.rejects(driven(deployment).up({ ...args, tags: ["ours"] }), /already exists; set adopt: true/);
    assert.deepEqual((await remoteOf(theirs)).tags, ["theirs"]);
  });

  it("a tag's limit that somebody else made is not overwritten", async () => {
    const tag = fresh("tag");
    const theirs = driven(tagConcurrencyLimit);
    await theirs.up({ tag, concurrencyLimit: 5 });
    await assert.rejects(driven(tagConcurrencyLimit).up({ tag, concurrencyLimit: 1 }), /already exists/);
    assert.deepEqual(await theirs.refresh(), []);
  });

  it("a limit's held slots show no difference, and no update frees them", async () => {
    const object = driven(globalConcurrencyLimit);
    const args = { name: fresh("limit"), limit: 3 };
    await object.up(args);
    await client.post("/v2/concurrency_limits/increment", { names: [args.name], slots: 3, mode: "concurrency" }, aList);
    assert.deepEqual(await object.refresh(), []);
    assert.equal(await object.up(args), "same");
    await object.up({ ...args, limit: 4 });
    assert.equal((await client.find<Json>(`/v2/concurrency_limits/${object.id}`))?.active_slots, 3);
  });

  it("a queue's description changes with no priority given, and a queue moves to another pool", async () => {
    const { workPoolName } = await base();
    const object = driven(workQueue);
    await object.up({ name: "q", workPoolName, description: "a" });
    assert.equal(await object.up({ name: "q", workPoolName, description: "b" }), "update");
    const other = (await base()).workPoolName;
    assert.equal(await object.up({ name: "q", workPoolName: other, description: "b" }), "replace");
    assert.deepEqual(await object.refresh(), []);
  });

  it("a pool's template that is taken out of the program goes back to Prefect's own", async () => {
    const args = { name: fresh("pool"), type: "process" };
    const object = driven(workPool);
    const baseJobTemplate = { job_configuration: {}, variables: { type: "object", properties: {} } };
    const template = async () =>
      (await client.find<Json>(`/work_pools/${encodeURIComponent(args.name)}`))?.base_job_template as Json;
    await object.up(args);
    const usual = await template();
    await object.up({ ...args, baseJobTemplate: { ...baseJobTemplate, job_configuration: { a: "b" } } });
    assert.deepEqual((await template()).job_configuration, { a: "b" });
    await object.up(args);
    assert.deepEqual(await template(), usual);
  });

  it("a deployment's storage is none when none is given, and is unset again", async () => {
    const args = await base();
    const store = driven(block);
    await store.up({ name: slug("store"), blockTypeSlug: "local-file-system", data: { basepath: "/tmp" } });
    const object = driven(deployment);
    await object.up(args);
    assert.equal((await remoteOf(object)).storage_document_id, null);
    await object.up({ ...args, storageDocumentId: store.id });
    assert.deepEqual(await object.refresh(), []);
    await object.up({ ...args, description: "unrelated", storageDocumentId: store.id });
    await object.up({ ...args, description: "unrelated" });
    assert.equal((await remoteOf(object)).storage_document_id, null);
  });

  it("a block type needs none of its optional texts, and is replaced by another name", async () => {
    const object = driven(blockType);
    const args = { name: fresh("type"), slug: slug("type") };
    await object.up(args);
    assert.deepEqual(await object.refresh(), []);
    assert.equal(await object.up({ ...args, name: fresh("type") }), "replace");
    assert.deepEqual(await object.refresh(), []);
  });

  it("a block needs no data", async () => {
    const object = driven(block);
    await object.up({ name: slug("block"), blockTypeSlug: "secret" });
    assert.deepEqual(await object.refresh(), []);
  });

  it("variables hold lists of objects, nested nulls and whole numbers", async () => {
    const object = driven(variable);
    const value = { list: [{ a: null }, [null, [{ b: 9007199254740991 }]]], none: null, float: 0.1, zero: 0 };
    await object.up({ name: slug("variable"), value });
    assert.deepEqual((await client.find<Json>(`/variables/${object.id}`))?.value, value);
    assert.deepEqual(await object.refresh(), []);
  });

  it("names that have to be escaped work for every kind that allows them", async () => {
    const name = () => `${fresh("a#b?c=d+e;f:g @[]{}|^~`'\"\\")} %`.replace("%", "$");
    const workPoolName = name();
    const args: [AnyKind, Json][] = [
      [workPool, { name: workPoolName, type: "process" }],
      [workQueue, { name: name(), workPoolName }],
      [flow, { name: name() }],
      [globalConcurrencyLimit, { name: name(), limit: 1 }],
      [tagConcurrencyLimit, { tag: name(), concurrencyLimit: 1 }],
      [deployment, { name: name(), flowName: name(), workPoolName }],
      [
        automation,
        { name: `${name()}/%&<>`, trigger: { type: "event", posture: "Reactive", expect: ["x"] }, actions: [] },
      ],
    ];
    const objects: Driven[] = [];
    for (const [kind, given] of args) {
      const object = driven(kind);
      await object.up(given);
      assert.deepEqual(await object.refresh(), [], JSON.stringify(given));
      objects.push(object);
    }
    for (const object of objects.reverse()) {
      await object.delete();
      assert.equal(await object.refresh(), undefined);
    }
  });

  it("a server with small pages is read to the end", async () => {
    const { python } = await tools();
    const env = { PREFECT_SERVER_API_DEFAULT_LIMIT: "5" };
    const server = await startPrefectServer(python, path.join(temporaryFolder(), "small"), undefined, env);
    try {
      const small = new PrefectClient({ apiUrl: server.apiUrl, headers: {}, environment: {} });
      for (let i = 0; i < 12; i += 1) await small.post("/flows/", { name: `flow ${i}` });
      assert.equal((await small.filter("/flows/filter")).length, 12);
      assert.equal((await small.filter("/deployments/filter")).length, 0);
    } finally {
      await stopPrefectServer(server);
    }
  });
});
