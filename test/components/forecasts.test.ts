import assert from "node:assert/strict";
import { steadyForecasts } from "../../components/forecasts";
import type { ScheduleArgs } from "../../provider/schedule/schedule";

const rrule = "FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0";
const daily: ScheduleArgs = { rrule, timezone: "US/Pacific", skipHolidays: "US", active: true };
const then = new Date("2026-11-23T12:00:00.500Z");
const later = new Date("2026-12-24T18:00:00Z");

describe("the forecasts of a deployer's schedules", () => {
  const foretold = (schedules: ScheduleArgs[], outputs: unknown, now: Date, paused?: boolean) =>
    steadyForecasts([{ name: "d-dev", schedules, paused }], outputs, now);
  const first = foretold([daily, { cron: "0 9 * * *", active: false }], {}, then);
  /** What the stack put out, as JSON keeps it. */
  const outputs: unknown = JSON.parse(JSON.stringify({ any: { where: first } }));

  it("name the deployment, the moment, the runs and the next holidays", () => {
    assert.equal(first.length, 2);
    assert.deepEqual(first[0], {
      deployment: "d-dev",
      slug: "schedule-1",
      timezone: "US/Pacific",
      active: true,
      asOf: "2026-11-23T04:00:00-08:00",
      nextRuns: ["23", "24", "25", "27", "28"].map((day) => `2026-11-${day}T09:00:00-08:00`),
      skippedDays: [
        "2026-11-26 Thanksgiving Day",
        "2026-12-25 Christmas Day",
        "2027-01-01 New Year's Day",
        "and 14 more until 2027-12-31",
      ],
    });
  });

  it("stay as the stack's last outputs have them, though runs and holidays pass", () => {
    assert.deepEqual(foretold([daily, { cron: "0 9 * * *", active: false }], outputs, later), first);
  });

  it("are as of now where the outputs have none", () => {
    for (const other of [undefined, {}, { schedules: ["text", null, { deployment: "d-dev", slug: "schedule-1" }] }]) {
      assert.equal(foretold([daily], other, later)[0]?.asOf, "2026-12-24T10:00:00-08:00");
    }
  });

  const changes: [string, ScheduleArgs][] = [
    ["fires at other times", { ...daily, rrule: rrule.replace("9", "10") }],
    ["fires in another zone", { ...daily, timezone: "America/New_York" }],
    ["becomes paused", { ...daily, active: false }],
    ["skips other days", { ...daily, skipHolidays: "DE" }],
    ["skips nothing", { rrule, timezone: "US/Pacific", active: true }],
  ];
  for (const [what, schedule] of changes) {
    it(`are as of now for a schedule that ${what}`, () => {
      const [forecast, untouched] = foretold([schedule, { cron: "0 9 * * *", active: false }], outputs, later);
      assert.equal(Date.parse(forecast?.asOf ?? ""), later.getTime());
      assert.deepEqual(untouched, first[1]);
    });
  }

  it("are as of now when the deployment is paused, and in a year with other holidays", () => {
    assert.equal(foretold([daily], outputs, later, true)[0]?.paused, true);
    const [nextYear] = foretold([daily], outputs, new Date("2027-01-05T12:00:00Z"));
    assert.equal(nextYear?.asOf, "2027-01-05T04:00:00-08:00");
  });

  it("are none of schedules that are wrong", () => {
    for (const wrong of ["0 9 * * *", ["0 9 * * *"], [{ cron: "0 9 * * *", timezone: "PST" }], null]) {
      assert.deepEqual(foretold(wrong as unknown as ScheduleArgs[], outputs, later), []);
    }
  });
});
