import assert from "node:assert/strict";
import * as fs from "node:fs";
import type { PrefectClient } from "../../provider/api/client";
import { ApiError } from "../../provider/api/errors";
import { aList } from "../../provider/api/shape";
import type { Json } from "../../provider/engine/kind";
import { scheduleToApi } from "../../provider/schedule/scheduleApi";
import { isTimezone } from "../../provider/schedule/timezone";
import { timezonesFile, timezonesOf } from "../../tools/timezones";
import { fresh } from "../support/driven";
import { prefectClient, tools } from "../support/environment";

const zones = JSON.parse(fs.readFileSync(timezonesFile, "utf8")) as string[];
/** How many schedules one request makes. */
const some = 50;
const kinds = [{ cron: "0 9 * * *" }, { interval: 3600 }, { rrule: "FREQ=DAILY" }];

describe("the time zones that are known", () => {
  let client: PrefectClient;
  let flow_id: string;
  before(async () => {
    client = await prefectClient();
    ({ id: flow_id } = await client.post<{ id: string }>("/flows/", { name: fresh("zones") }));
  });
  after(() => client.delete(`/flows/${flow_id}`));

  const newDeployment = async () =>
    (await client.post<{ id: string }>("/deployments/", { name: fresh("zones"), flow_id })).id;
  const post = (deployment: string, schedules: Json[]) =>
    client.post(`/deployments/${deployment}/schedules`, schedules, aList);

  it("are those of the pinned Prefect; `node dist/tools/timezones.js` writes them anew", async () => {
    assert.deepEqual(zones, await timezonesOf((await tools()).python));
  });

  it("are taken by the server with each kind of schedule", async () => {
    const bodies = zones.map((timezone, i) =>
      scheduleToApi({ ...kinds[i % kinds.length], timezone, slug: `zone-${i}`, active: false }),
    );
    // a server that has much to do takes longer than a request may for all of them at once
    for (let i = 0; i < bodies.length; i += some) await post(await newDeployment(), bodies.slice(i, i + some));
  });

  it("are all that the server takes with cron and interval", async () => {
    const deployment = await newDeployment();
    for (const timezone of ["utc", "us/pacific", "PST", "GMT+1", "+01:00", "posixrules", "posix/UTC", "Europe/Berln"]) {
      assert.ok(!isTimezone(timezone));
      for (const kind of kinds.slice(0, 2)) {
        await assert.rejects(post(deployment, [scheduleToApi({ ...kind, timezone })]), (error) => {
          assert.ok(error instanceof ApiError && error.status === 422, timezone);
          return true;
        });
      }
    }
  });

  it("are all in which the server makes runs of a rule, although it takes what merely has one in it", async () => {
    const timezone = "CEST";
    assert.ok(!isTimezone(timezone));
    const deployment = await newDeployment();
    await post(deployment, [scheduleToApi({ rrule: "FREQ=DAILY", timezone, slug: "nowhere" })]);
    await assert.rejects(client.post(`/deployments/${deployment}/schedule`, { min_runs: 1 }), /answered 500/);
  });
});
