import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { PrefectClient } from "../../provider/api/client";
import { PartialFailure } from "../../provider/api/errors";
import type { FlowRunResponse } from "../../provider/api/prefect";
import type { Json } from "../../provider/engine/kind";
import * as lifecycle from "../../provider/engine/lifecycle";
import { deployment } from "../../provider/kinds/deployment/deployment";
import { workPool } from "../../provider/kinds/workPool/workPool";
import { Driven, fresh } from "../support/driven";
import { prefectClient } from "../support/environment";
import { Proxy } from "../support/proxy";

/** A run is due each so many seconds. */
const seconds = 5;
const changes = 20;
/** Between two changes, in milliseconds. */
const rest = 2_000;

describe("a deployment that is changed while runs are due", () => {
  let client: PrefectClient;
  before(async () => {
    client = await prefectClient();
  });

  const made = async (more: Json = {}) => {
    const workPoolName = fresh("pool");
    await new Driven(workPool, client).up({ name: workPoolName, type: "process" });
    const args = {
      name: fresh("deployment"),
      flowName: fresh("flow"),
      workPoolName,
      schedules: [
        { slug: "often", interval: seconds },
        { slug: "daily", cron: "0 9 * * *" },
      ],
      ...more,
    };
    const object = new Driven(deployment, client);
    await object.up(args);
    return { object, args };
  };

  /** When runs are due, or were, as seconds since 1970. */
  const runsOf = async (id: string) => {
    const found = await client.filter<FlowRunResponse>("/flow_runs/filter", { deployments: { id: { any_: [id] } } });
    return found.map(({ expected_start_time: at }) => Math.round(Date.parse(at ?? "") / 1000));
  };

  const isDue = async (id: string) => {
    for (let tries = 0; tries < 240 && (await runsOf(id)).length === 0; tries += 1) await pause(250);
  };

  it("has exactly one run for each time, whatever is changed; without the remedy some are lost", async () => {
    const ours = await made();
    const control = await made();
    await Promise.all([isDue(ours.object.id), isDue(control.object.id)]);
    const { args } = ours;
    const [often, daily] = args.schedules;
    const hourly = { slug: "hourly", cron: "0 * * * *" };
    const limited = { ...often, maxScheduledRuns: 9 };
    const change = (i: number): Json =>
      [
        { tags: [`t${i}`] },
        { parameters: { i } },
        { schedules: [often, { ...daily, cron: `${i} 9 * * *` }] },
        { schedules: [often, daily, hourly] },
        { schedules: [often, daily] },
        { codeHash: String(i).padStart(16, "0"), version: String(i) },
        { schedules: [limited, daily] },
        { schedules: [often, daily] },
      ][i % 8] as Json;
    const first = Math.ceil(Date.now() / 1000);
    let now: Json = args;
    for (let i = 0; i < changes; i += 1) {
      now = { ...now, ...change(i) };
      await ours.object.up(now);
      await client.patch(`/deployments/${control.object.id}`, { tags: [`t${i}`] });
      await pause(rest);
    }
    const last = Math.floor(Date.now() / 1000);
    const due = (all: number[]) => all.filter((at) => at >= first && at <= last).sort((a, b) => a - b);
    const ticks = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((at) => at % seconds === 0);
    const lost = ticks.length - due(await runsOf(control.object.id)).length;
    console.log(
      `      ${ticks.length} runs due in ${last - first} s, ${changes} changes; without the remedy ${lost} lost`,
    );
    assert.deepEqual(due(await runsOf(ours.object.id)), ticks);
    if (lost === 0) await loses(control.object.id);
  });

  /** Changes a deployment without the remedy until a run is lost: on a busy machine a change may take too long to hit one. */
  async function loses(id: string): Promise<void> {
    const first = Math.ceil(Date.now() / 1000);
    for (let i = 0; i < 120; i += 1) {
      await client.patch(`/deployments/${id}`, { tags: [`again ${i}`] });
      await pause(500);
      const last = Math.floor(Date.now() / 1000) - 1;
      const ticks = Math.floor(last / seconds) - Math.floor((first - 1) / seconds);
      const kept = (await runsOf(id)).filter((at) => at >= first && at <= last).length;
      if (kept < ticks) return;
    }
    assert.fail("no run is lost without the remedy");
  }

  it("gets no run by it while it is paused, and none of a schedule that is inactive", async () => {
    const paused = await made({ paused: true });
    const inactive = await made({ schedules: [{ slug: "often", interval: seconds, active: false }] });
    for (const { object, args } of [paused, inactive]) {
      await object.up({ ...args, tags: ["a"] });
      assert.deepEqual(await runsOf(object.id), []);
    }
  });

  it("that is paused in Prefect stays without runs, although the program doesn't say so", async () => {
    const { object, args } = await made();
    await client.post(`/deployments/${object.id}/pause_deployment`, undefined, { holds: () => true, what: "anything" });
    await object.up({ ...args, tags: ["a"] });
    assert.deepEqual(await runsOf(object.id), []);
  });

  describe("and interrupted", () => {
    let proxy: Proxy;
    let through: PrefectClient;
    beforeEach(async () => {
      proxy = await Proxy.before(client.connection.apiUrl);
      through = new PrefectClient({ ...client.connection, apiUrl: proxy.apiUrl });
    });
    afterEach(() => proxy.close());

    const refused = { status: 400, type: "application/json", body: '{"detail":"no"}' };
    const schedulesOf = async (id: string) => (await deployment.get(client, id))?.schedules ?? [];

    it("deletes a schedule the next time whose deletion failed", async () => {
      const { object, args } = await made();
      const news = { ...args, schedules: args.schedules.slice(0, 1) };
      proxy.decide = ({ method }) => (method === "DELETE" ? refused : "pass");
      const failed: unknown = await lifecycle
        .update(deployment, through, object.id, object.outputs, news)
        .catch((error: unknown) => error);
      assert.ok(failed instanceof PartialFailure);
      assert.equal((await schedulesOf(object.id)).length, 2);
      // Pulumi keeps this as the state
      const state = { ...news, ...failed.known };
      assert.ok(lifecycle.diff(deployment, state, news).changes);
      await lifecycle.update(deployment, client, object.id, state, news);
      assert.deepEqual(
        (await schedulesOf(object.id)).map(({ slug }) => slug),
        ["often"],
      );
    });

    it("knows the schedules again that it may have added, also when they are no longer wanted", async () => {
      const { object, args } = await made();
      const added = { slug: "hourly", cron: "0 * * * *" };
      const news = { ...args, schedules: [...args.schedules, added] };
      proxy.decide = ({ method, path }) => {
        const isAddition = method === "POST" && path.endsWith("/schedules");
        return isAddition && proxy.lost === 0 ? "lose the answer" : "pass";
      };
      const failed: unknown = await lifecycle
        .update(deployment, through, object.id, object.outputs, news)
        .catch((error: unknown) => error);
      assert.ok(failed instanceof PartialFailure);
      const state = { ...news, ...failed.known };
      assert.ok(lifecycle.diff(deployment, state, news).changes);
      await lifecycle.update(deployment, client, object.id, state, args);
      assert.deepEqual((await schedulesOf(object.id)).map(({ slug }) => slug).sort(), ["daily", "often"]);
    });

    for (const active of [true, false]) {
      for (const step of ["POST", "DELETE", "PATCH"]) {
        it(`renews a schedule that is ${active ? "active" : "paused"}, although the ${step} of it failed`, async () => {
          const limited = { slug: "often", interval: seconds, maxScheduledRuns: 5 };
          const { object, args } = await made({ schedules: [limited] });
          const [before] = await schedulesOf(object.id);
          await client.patch(`/deployments/${object.id}/schedules/${before?.id}`, { active });
          const news = { ...args, schedules: [{ slug: "often", interval: seconds }] };
          proxy.decide = ({ method, path }) => (method === step && path.includes("/schedules") ? refused : "pass");
          await assert.rejects(lifecycle.update(deployment, through, object.id, object.outputs, news), PartialFailure);
          await lifecycle.update(deployment, client, object.id, object.outputs, news);
          const after = (await schedulesOf(object.id)).map(({ slug, active, max_scheduled_runs }) => ({
            slug,
            active,
            max_scheduled_runs,
          }));
          assert.deepEqual(after, [{ slug: "often", active, max_scheduled_runs: null }]);
        });
      }
    }
  });
});
