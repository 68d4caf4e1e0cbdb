import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { cutOffsOn } from "../../cli/engine/cutOffs";
import { freePort } from "../../processes/freePort";
import { PrefectClient } from "../../provider/api/client";
import { resolveConnection } from "../../provider/api/connection";
import type { Json } from "../../provider/engine/kind";
import type { Step } from "../../report/step";
import { prefectClient, temporaryFolder, testEnvironment, tools } from "../support/environment";

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

function gone(kind: string, id: string, op = "delete"): Step {
  const urn = `urn:pulumi:dev::p::pulumi-nodejs:dynamic/prefect:${kind}::${id}`;
  return { op, urn, old: { urn, type: "t", custom: true, id, inputs: { name: id } } };
}
const urnOf = (kind: string, id: string) => gone(kind, id).urn;
const none = { scheduled: 0, late: 0, waiting: 0, running: 0, automations: [], users: [] };

describe("what a deletion cuts off on the server", () => {
  let client: PrefectClient;
  let flowId: string;
  let folder: string;
  before(async () => {
    client = await prefectClient();
    flowId = (await client.post<{ id: string }>("/flows/", { name: "cut" })).id;
    folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, "flows.py"), "from prefect import flow\n@flow\ndef cut(): ...\n");
    await client.post("/work_pools/", { name: "cut", type: "process", base_job_template: {} });
  });

  const deployed = async (name: string, body: Json = {}) => {
    const own = { name, flow_id: flowId, path: folder, entrypoint: "flows.py:cut" };
    return (await client.post<{ id: string }>("/deployments/", { ...own, ...body })).id;
  };
  const made = async (id: string, minutes: number) => {
    const state = { type: "SCHEDULED", state_details: { scheduled_time: inMinutes(minutes) } };
    return (await client.postOnce<{ id: string }>(`/deployments/${id}/create_flow_run`, { state })).id;
  };
  const put = async (run: string, ...states: Json[]) => {
    for (const state of states) {
      await client.post(`/flow_runs/${run}/set_state`, { state, force: true }, { holds: () => true, what: "anything" });
    }
    return run;
  };
  const stateOf = async (run: string) =>
    (await client.find<{ state: { name: string } }>(`/flow_runs/${run}`))?.state.name ?? "deleted";
  const runningOf = async (id: string) => put(await made(id, -5), { type: "RUNNING" });
  const automation = async (name: string, body: Json) => {
    const trigger = { type: "event", posture: "Reactive", expect: ["never"], threshold: 1, within: 0 };
    const all = { name, trigger, actions: [{ type: "do-nothing" }], ...body };
    return (await client.post<{ id: string }>("/automations/", all)).id;
  };
  const due = { scheduled_time: inMinutes(-1) };

  it("are a deployment's runs that wait, while those that run go on, and what is between ends", async () => {
    const id = await deployed("busy", { work_pool_name: "cut" });
    const other = await deployed("other");
    const runs = {
      later: await made(id, 60),
      next: await made(id, 30),
      late: await made(id, -5),
      pending: await put(await made(id, -5), { type: "PENDING" }),
      running: await runningOf(id),
      retried: await put(await runningOf(id), { type: "SCHEDULED", name: "AwaitingRetry", state_details: due }),
      waiting: await put(await made(id, -5), {
        type: "SCHEDULED",
        name: "AwaitingConcurrencySlot",
        state_details: due,
      }),
      past: await put(await made(id, -5), { type: "COMPLETED" }),
    };
    await made(other, 60);
    const run = { type: "run-deployment", deployment_id: id };
    await automation("runs it", { actions: [run] });
    const own = await automation("own", { actions: [run] });
    const match = { "prefect.resource.id": `prefect.deployment.${id}` };
    const heard = { type: "event", posture: "Reactive", match, expect: ["x"], threshold: 1, within: 0 };
    await automation("hears of it", { trigger: { type: "compound", require: "all", within: 60, triggers: [heard] } });
    await automation("of another", { actions: [{ type: "pause-deployment", deployment_id: other }] });

    const [next] = await client.filter<{ id: string; expected_start_time: string }>("/flow_runs/filter", {
      flow_runs: { id: { any_: [runs.next] } },
    });
    const steps = [gone("Deployment", id), gone("Automation", own, "update")];
    const { of, left } = await cutOffsOn(client, steps);
    assert.deepEqual(left, []);
    const cutOff = of[urnOf("Deployment", id)];
    assert.deepEqual(
      { ...cutOff, automations: cutOff?.automations.sort() },
      {
        ...none,
        scheduled: 2,
        late: 1,
        next: next?.expected_start_time,
        waiting: 3,
        running: 1,
        automations: ["hears of it", "runs it"],
      },
    );
    const few = await cutOffsOn(client, steps, { automations: 1, runs: 2, deployments: 1, counted: 1 });
    assert.ok(few.of[urnOf("Deployment", id)]?.isPartial);
    assert.deepEqual(few.left, [
      "of 7 runs of what goes that haven't ended only the first 2 were looked at",
      "only 1 automations of the server were looked at",
    ]);

    // and that is what becomes of them
    await client.delete(`/deployments/${id}`);
    const after = async () =>
      Object.fromEntries(
        await Promise.all(Object.entries(runs).map(async ([name, run]) => [name, await stateOf(run)])),
      ) as Json;
    const gones = { later: "deleted", next: "deleted", late: "deleted", past: "Completed" };
    assert.deepEqual(await after(), {
      ...gones,
      pending: "Pending",
      running: "Running",
      retried: "AwaitingRetry",
      waiting: "AwaitingConcurrencySlot",
    });
    assert.equal(
      (await client.filter("/automations/filter", { automations: { name: { any_: ["runs it"] } } })).length,
      1,
    );
    const [{ python }, env] = [await tools(), await testEnvironment()];
    const prefect = (...words: string[]) =>
      promisify(execFile)(python, ["-m", "prefect", ...words], { cwd: folder, env, timeout: 90_000 }).catch(
        () => undefined,
      );
    await Promise.all([
      prefect("worker", "start", "--pool", "cut", "--run-once"),
      prefect("flow-run", "execute", runs.pending),
    ]);
    await put(runs.running, { type: "COMPLETED" });
    assert.deepEqual(await after(), {
      ...gones,
      pending: "Crashed",
      running: "Completed",
      retried: "Cancelled",
      waiting: "Cancelled",
    });
    const found = (filter: Json) => client.filter<{ id: string }>("/flow_runs/filter", filter);
    const isPast = ({ id }: { id: string }) => id === runs.past;
    assert.ok((await found({ flows: { id: { any_: [flowId] } } })).some(isPast));
    assert.deepEqual(await found({ deployments: { id: { any_: [id] } } }), []);
  }).timeout(240_000);

  it("are the deployments of others that use a pool, a queue or a flow, and the runs in it", async () => {
    await client.post("/work_pools/", { name: "gone", type: "process", base_job_template: {} });
    const pool = { work_pool_name: "gone" };
    const [own, others] = [await deployed("own", pool), await deployed("others", { ...pool, work_queue_name: "slow" })];
    const another = (await client.post<{ id: string }>("/flows/", { name: "history" })).id;
    const ofFlow = await deployed("of a flow", { flow_id: another, path: folder });
    await made(own, 60);
    const orphan = await made(others, -5);
    await runningOf(others);
    await put(await made(ofFlow, -5), { type: "COMPLETED" });
    await made(ofFlow, 60);
    const steps = [
      gone("Deployment", own),
      gone("WorkPool", "gone"),
      gone("WorkQueue", "gone/slow", "replace"),
      gone("WorkQueue", "gone/default"),
      gone("Flow", another),
    ];
    const { of, left } = await cutOffsOn(client, steps);
    assert.deepEqual(left, []);
    assert.deepEqual(of[urnOf("WorkPool", "gone")], { ...none, waiting: 1, running: 1, users: ["cut/others"] });
    assert.deepEqual(of[urnOf("WorkQueue", "gone/slow")], { ...none, waiting: 1, running: 1, users: ["cut/others"] });
    assert.deepEqual(of[urnOf("WorkQueue", "gone/default")], none);
    assert.deepEqual(of[urnOf("Flow", another)], { ...none, history: 2, users: ["history/of a flow"] });
    const few = await cutOffsOn(client, steps, { automations: 9, runs: 9, deployments: 1, counted: 1 });
    assert.deepEqual(few.left, [
      "only 1 deployments that use what goes were looked at",
      "the runs of only 1 pools, queues and flows that go were counted",
    ]);

    // as it is without the refusal of this package
    await client.delete("/work_pools/gone");
    const run = await client.find<{ work_pool_name: string | null; state: { name: string } }>(`/flow_runs/${orphan}`);
    assert.equal(run?.work_pool_name, null);
    await client.delete(`/flows/${another}`);
    assert.deepEqual(
      await client.filter("/flow_runs/filter", { flow_runs: { deployment_id: { any_: [ofFlow] } } }),
      [],
    );
  });

  it("takes few requests, however many deployments go", async () => {
    const ids = Array.from({ length: 250 }, (_, i) => `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`);
    const asked: string[] = [];
    const pages = client.pages.bind(client);
    const counting = Object.assign(Object.create(client) as PrefectClient, {
      pages: (...given: Parameters<typeof pages>) => {
        asked.push(given[0]);
        return pages(...given);
      },
    });
    const { left } = await cutOffsOn(
      counting,
      ids.map((id) => gone("Deployment", id)),
    );
    assert.deepEqual(left, []);
    assert.deepEqual(asked, [...Array<string>(3).fill("/flow_runs/filter"), "/automations/filter"]);
  });

  it("isn't looked at when nothing goes, and is told not to be when the server is away", async () => {
    const port = await freePort();
    const variables = { PREFECT_API_URL: `http://127.0.0.1:${port}/api`, PREFECT_HOME: temporaryFolder() };
    const away = new PrefectClient(
      resolveConnection(() => undefined, variables),
      { firstContact: 500, total: 500 },
    );
    assert.deepEqual(await cutOffsOn(away, [gone("Deployment", "x", "update")]), { of: {}, left: [] });
    const { of, left } = await cutOffsOn(away, [gone("Deployment", "x")]);
    assert.deepEqual(of, {});
    assert.match(left.join("\n"), /^what is cut off on the server wasn't looked at: .*127\.0\.0\.1/);
  });
});
