import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { PrefectClient } from "../../provider/api/client";
import { aList } from "../../provider/api/shape";
import type { AnyKind, Json } from "../../provider/engine/kind";
import { deployment } from "../../provider/kinds/deployment/deployment";
import { flow } from "../../provider/kinds/flow";
import { workPool } from "../../provider/kinds/workPool/workPool";
import { Driven, fresh } from "../support/driven";
import { prefectClient } from "../support/environment";

describe("on a real server", () => {
  let client: PrefectClient;
  before(async () => {
    client = await prefectClient();
  });

  const driven = (kind: AnyKind) => new Driven(kind, client);

  describe("a work pool", () => {
    it("has Prefect's own template for its type", async () => {
      const name = fresh("pool");
      await driven(workPool).up({ name, type: "process" });
      const { variables } = (await workPool.get(client, name))?.base_job_template as { variables: Json };
      assert.deepEqual(Object.keys(variables.properties as Json), [
        "name",
        "env",
        "labels",
        "command",
        "stream_output",
        "working_dir",
      ]);
    });

    it("that exists is an error, unless it is to be adopted", async () => {
      const args = { name: fresh("pool"), type: "process", description: "new" };
      await driven(workPool).up({ ...args, description: "old" });
      await assert.rejects(driven(workPool).up(args), /work pool "pool .*" ?: already exists; set adopt: true/);
      const adopted = driven(workPool);
      assert.equal(await adopted.up({ ...args, adopt: true }), "create");
      assert.deepEqual(await adopted.refresh(), []);
      assert.equal(await adopted.up({ ...args, adopt: true }), "same");
    });

    it("of another type is not adopted", async () => {
      const args = { name: fresh("pool"), type: "process" };
      await driven(workPool).up(args);
      await assert.rejects(
        driven(workPool).up({ ...args, type: "docker", adopt: true }),
        /exists with type "process", not "docker"/,
      );
    });

    it("with deployments that stay is not deleted", async () => {
      const pool = driven(workPool);
      const args = { name: fresh("pool"), type: "process" };
      await pool.up(args);
      const user = driven(deployment);
      await user.up({ name: "user", flowName: fresh("flow"), workPoolName: args.name });
      await assert.rejects(pool.delete(), /still has deployments that this stack doesn't delete \("user"\)/);
      await user.delete();
      await pool.delete();
    });

    it("that changed in Prefect shows what has drifted, and is mended", async () => {
      const args = { name: fresh("pool"), type: "process", concurrencyLimit: 3, description: "d" };
      const pool = driven(workPool);
      await pool.up(args);
      await client.patch(`/work_pools/${encodeURIComponent(args.name)}`, { concurrency_limit: 5, is_paused: true });
      // whether it is paused was never set, so it isn't managed
      assert.deepEqual(await pool.refresh(), ["concurrencyLimit"]);
      assert.equal(await pool.up(args), "update");
      assert.deepEqual(await pool.refresh(), []);
    });
  });

  describe("a flow", () => {
    it("with deployments that stay is not deleted", async () => {
      const name = fresh("flow");
      const own = driven(flow);
      await own.up({ name });
      await driven(deployment).up({ name: "user", flowName: name });
      await assert.rejects(own.delete(), /still has deployments .*"user".* Prefect would delete with it/);
    });

    it("has the labels that it was made with", async () => {
      const object = driven(flow);
      const args = { name: fresh("flow"), labels: { team: "data", level: 2, on: true } };
      await object.up(args);
      assert.deepEqual(await object.refresh(), []);
      assert.equal(await object.up({ ...args, labels: { team: "data" } }), "replace");
    });
  });

  describe("a deployment", () => {
    const base = async () => {
      const pool = fresh("pool");
      await driven(workPool).up({ name: pool, type: "process" });
      return { name: fresh("deployment"), flowName: fresh("flow"), workPoolName: pool };
    };

    it("leaves a pool when it names none any more", async () => {
      const { workPoolName, ...args } = await base();
      const object = driven(deployment);
      await object.up({ ...args, workPoolName });
      await object.up(args);
      const { work_pool_name } = (await deployment.get(client, object.id)) ?? {};
      assert.equal(work_pool_name, null);
    });

    it("stays in its queue when something else changes, and goes to the same queue of another pool", async () => {
      const args = { ...(await base()), workQueueName: "fast" };
      const object = driven(deployment);
      await object.up(args);
      const place = async () => {
        const { work_pool_name, work_queue_name } = (await deployment.get(client, object.id)) ?? {};
        return [work_pool_name, work_queue_name];
      };
      await object.up({ ...args, jobVariables: { env: { A: "1" } } });
      assert.deepEqual(await place(), [args.workPoolName, "fast"]);
      const workPoolName = fresh("pool");
      await driven(workPool).up({ name: workPoolName, type: "process" });
      await object.up({ ...args, workPoolName });
      assert.deepEqual(await place(), [workPoolName, "fast"]);
      const { workQueueName: _, ...without } = args;
      await object.up({ ...without, workPoolName });
      assert.deepEqual(await place(), [workPoolName, "default"]);
    });

    it("says that its global concurrency limit isn't there, when it is made and when it is changed", async () => {
      const args = await base();
      const given = { ...args, globalConcurrencyLimitId: crypto.randomUUID() };
      const says = /its global concurrency limit [0-9a-f-]{36} does not exist; make it first, or correct/;
      const object = driven(deployment);
      await assert.rejects(object.up(given), says);
      await object.up(args);
      await assert.rejects(object.up(given), says);
      assert.deepEqual(await object.refresh(), []);
    });

    it("takes slots of a global concurrency limit, and lets it go again", async () => {
      const limit = await client.post<{ id: string }>("/v2/concurrency_limits/", {
        name: `limit-${process.pid}`,
        limit: 2,
      });
      const args = await base();
      const object = driven(deployment);
      await object.up({ ...args, globalConcurrencyLimitId: limit.id });
      assert.deepEqual(await object.refresh(), []);
      assert.equal(await object.up(args), "update");
      assert.equal((await deployment.get(client, object.id))?.global_concurrency_limit, null);
    });

    it("sends nothing when nothing changed", async () => {
      const args = { ...(await base()), version: "auto", tags: ["a"] };
      const object = driven(deployment);
      await object.up(args);
      const updated = async () => ((await deployment.get(client, object.id)) as unknown as { updated: string }).updated;
      const before = await updated();
      assert.equal(await object.up(args), "same");
      assert.equal(await updated(), before);
    });

    it("is found again when it was deleted in Prefect", async () => {
      const args = await base();
      const object = driven(deployment);
      await object.up(args);
      await client.delete(`/deployments/${object.id}`);
      await assert.rejects(object.up({ ...args, tags: ["a"] }), /was deleted in Prefect; run `pulumi up --refresh`/);
      assert.equal(await object.refresh(), undefined);
      assert.equal(await object.up(args), "create");
    });

    it("that exists is neither overwritten nor touched, unless it is to be adopted", async () => {
      const args = { ...(await base()), tags: ["new"], schedules: [{ slug: "s", cron: "0 8 * * *" }] };
      const first = driven(deployment);
      await first.up({
        ...args,
        tags: ["old"],
        schedules: [
          { slug: "s", cron: "0 9 * * *" },
          { slug: "t", cron: "0 9 * * *" },
        ],
      });
      await assert.rejects(driven(deployment).up(args), /already exists; set adopt: true/);
      assert.deepEqual(await first.refresh(), []);
      const adopted = driven(deployment);
      await adopted.up({ ...args, adopt: true });
      assert.equal(adopted.id, first.id);
      assert.deepEqual(await adopted.refresh(), []);
    });

    it("says what the server refuses, by name", async () => {
      const args = { ...(await base()), workPoolName: "no such pool" };
      await assert.rejects(
        driven(deployment).up(args),
        /deployment "flow .*\/deployment .*": its work pool "no such pool" does not exist; make it first/,
      );
    });

    describe("with schedules", () => {
      const scheduled = async (id: string) =>
        (
          await client.filter<{ id: string; expected_start_time: string }>("/flow_runs/filter", {
            flow_runs: { deployment_id: { any_: [id] }, state: { type: { any_: ["SCHEDULED"] } } },
          })
        ).map((run) => run.expected_start_time);
      /** The server's scheduler looks every few seconds for deployments that have changed. */
      const untilScheduled = async (id: string) => {
        for (let tries = 0; tries < 120 && (await scheduled(id)).length === 0; tries += 1) await pause(250);
        return scheduled(id);
      };
      const schedulesOf = async (id: string) => (await deployment.get(client, id))?.schedules ?? [];

      it("keeps each schedule's id when it changes, and makes no run twice", async () => {
        const args = {
          ...(await base()),
          schedules: [
            { slug: "a", cron: "0 9 * * *" },
            { slug: "b", interval: 86_400 },
          ],
        };
        const object = driven(deployment);
        await object.up(args);
        assert.ok((await untilScheduled(object.id)).length > 0);
        const [a, b] = await schedulesOf(object.id);
        await object.up({ ...args, tags: ["x"] });
        await object.up({
          ...args,
          tags: ["x"],
          schedules: [
            { slug: "a", cron: "0 9 * * *", parameters: { p: 1 } },
            { slug: "b", interval: 86_400 },
          ],
        });
        const after = await schedulesOf(object.id);
        assert.deepEqual(after.map(({ id }) => id).sort(), [a?.id, b?.id].sort());
        const times = await untilScheduled(object.id);
        assert.ok(times.length > 0);
        assert.equal(new Set(times).size, times.length);
      });

      it("leaves a schedule paused that was paused in Prefect's UI, until the program sets active", async () => {
        const args = { ...(await base()), schedules: [{ slug: "a", cron: "0 9 * * *" }] };
        const object = driven(deployment);
        await object.up(args);
        const [schedule] = await schedulesOf(object.id);
        await client.patch(`/deployments/${object.id}/schedules/${schedule?.id}`, { active: false });
        await object.up({ ...args, schedules: [{ slug: "a", cron: "0 8 * * *" }] });
        assert.deepEqual(
          (await schedulesOf(object.id)).map(({ active }) => active),
          [false],
        );
        assert.deepEqual(await object.refresh(), []);
        await object.up({ ...args, schedules: [{ slug: "a", cron: "0 8 * * *", active: true }] });
        assert.deepEqual(
          (await schedulesOf(object.id)).map(({ active }) => active),
          [true],
        );
      });

      it("adds, renames and removes schedules one by one", async () => {
        const args = await base();
        const object = driven(deployment);
        await object.up({
          ...args,
          schedules: [
            { slug: "a", cron: "0 9 * * *" },
            { slug: "b", cron: "0 9 * * *" },
          ],
        });
        const before = await schedulesOf(object.id);
        await object.up({
          ...args,
          schedules: [
            { slug: "b", cron: "0 9 * * *" },
            { slug: "c", interval: 60 },
          ],
        });
        const after = await schedulesOf(object.id);
        assert.deepEqual(after.map(({ slug }) => slug).sort(), ["b", "c"]);
        assert.equal(after.find(({ slug }) => slug === "b")?.id, before.find(({ slug }) => slug === "b")?.id);
        await object.up(args);
        assert.deepEqual(await schedulesOf(object.id), []);
      });

      it("clears a schedule's arguments that are removed", async () => {
        const args = await base();
        const object = driven(deployment);
        await object.up({
          ...args,
          schedules: [
            {
              slug: "a",
              cron: "0 9 * * *",
              dayOr: false,
              timezone: "Europe/Berlin",
              maxScheduledRuns: 5,
              parameters: { p: 1 },
            },
          ],
        });
        await object.up({ ...args, schedules: [{ slug: "a", cron: "0 9 * * *" }] });
        const [schedule] = await schedulesOf(object.id);
        // Prefect counts in UTC where there is no zone
        assert.deepEqual(schedule?.schedule, { cron: "0 9 * * *", timezone: null, day_or: true });
        assert.deepEqual([schedule?.max_scheduled_runs, schedule?.parameters], [null, {}]);
      });

      it("changes a schedule from one kind to another", async () => {
        const args = await base();
        const object = driven(deployment);
        await object.up({ ...args, schedules: [{ slug: "a", cron: "0 9 * * *" }] });
        assert.equal(await object.up({ ...args, schedules: [{ slug: "a", rrule: "FREQ=DAILY" }] }), "update");
        assert.deepEqual(await object.refresh(), []);
      });

      it("shows a schedule that was added or changed in Prefect, and mends it", async () => {
        const args = { ...(await base()), schedules: [{ slug: "a", cron: "0 9 * * *" }] };
        const object = driven(deployment);
        await object.up(args);
        await client.post(
          `/deployments/${object.id}/schedules`,
          [{ schedule: { interval: 60 }, slug: "other" }],
          aList,
        );
        const [a] = await schedulesOf(object.id);
        await client.patch(`/deployments/${object.id}/schedules/${a?.id}`, {
          schedule: { cron: "0 7 * * *", timezone: "UTC" },
        });
        assert.deepEqual(await object.refresh(), ["schedules"]);
        assert.equal(await object.up(args), "update");
        assert.deepEqual(
          (await schedulesOf(object.id)).map(({ schedule }) => "cron" in schedule && schedule.cron),
          ["0 9 * * *"],
        );
      });
    });
  });
});
