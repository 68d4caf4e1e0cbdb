import assert from "node:assert/strict";
import type { ScheduleArgs } from "../../../provider/schedule/schedule";
import { defaultAnchor, schedulesAsAsked } from "../../../provider/schedule/scheduleApi";

const daily: ScheduleArgs = { slug: "a", interval: 86_400, timezone: "Europe/Berlin" };
/** The same as the server has it. */
const held: ScheduleArgs = { ...daily, anchorDate: "2020-01-01T00:00:00Z", active: true, parameters: {} };

describe("an interval of the server", () => {
  const asAsked = (server: ScheduleArgs, asked: ScheduleArgs) => schedulesAsAsked([server], [asked]);

  it("is what is asked for when zone and anchor are the same", () => {
    assert.deepEqual(asAsked(held, daily), [daily]);
    const anchored = { ...daily, anchorDate: defaultAnchor };
    assert.deepEqual(asAsked(held, anchored), [anchored]);
  });

  it("differs by its zone", () => {
    assert.deepEqual(asAsked({ ...held, timezone: "America/New_York" }, daily), [
      { ...daily, timezone: "America/New_York" },
    ]);
  });

  it("differs by its anchor, also from one that is not written", () => {
    const anchorDate = "2026-11-23T13:37:00Z";
    assert.deepEqual(asAsked({ ...held, anchorDate }, daily), [{ ...daily, anchorDate }]);
  });

  it("without a slug is the one that is equal but for an anchor that is not written", () => {
    const { slug: _, ...nameless } = { ...held, anchorDate: "2026-11-23T13:37:00Z" };
    assert.deepEqual(asAsked(nameless, daily), [{ ...daily, anchorDate: nameless.anchorDate }]);
    const anchored = { ...daily, anchorDate: "2026-01-01T00:00:00Z" };
    assert.deepEqual(asAsked(nameless, anchored), [nameless]);
  });
});

describe("a schedule of the server that has no zone", () => {
  for (const rule of [{ cron: "0 9 * * *" }, { interval: 60 }, { rrule: "FREQ=DAILY" }]) {
    it(`counts in UTC: ${JSON.stringify(rule)}`, () => {
      const asked = { slug: "a", ...rule, timezone: "UTC" };
      const server = { slug: "a", ...rule, ...("interval" in rule && { anchorDate: defaultAnchor }) };
      assert.deepEqual(schedulesAsAsked([server], [asked]), [asked]);
    });
  }
});
