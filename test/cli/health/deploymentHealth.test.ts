import assert from "node:assert/strict";
import { nextRun } from "../../../cli/health/deploymentHealth";
import type { DeploymentResponse, FlowRunResponse } from "../../../provider/api/prefect";

type Schedules = DeploymentResponse["schedules"];
const schedules = [
  { id: "a", active: true, schedule: { cron: "0 9 * * *", timezone: "Europe/Zurich" } },
  { id: "b", active: true, schedule: { cron: "0 9 * * *", timezone: "Asia/Tokyo" } },
] as unknown as Schedules;
const run = (made: string | undefined, state = "Scheduled") =>
  ({
    expected_start_time: "2026-11-27T08:00:00Z",
    created_by: made && { id: made },
    state: { name: state },
  }) as unknown as FlowRunResponse;

describe("the next run of a deployment", () => {
  it("is in the time zone of the schedule that made it", () => {
    const zone = (made?: string) => {
      const next = nextRun({ paused: false, schedules }, run(made));
      return "timezone" in next ? next.timezone : next.why;
    };
    assert.deepEqual([zone("b"), zone("gone"), zone()], ["Asia/Tokyo", "Europe/Zurich", "Europe/Zurich"]);
    const plain = [{ id: "c", schedule: { cron: "0 9 * * *" } }] as unknown as Schedules;
    assert.deepEqual(nextRun({ paused: false, schedules: plain }, run("c", "Late")), {
      at: "2026-11-27T08:00:00Z",
      timezone: "UTC",
      state: "Late",
    });
  });

  it("is none for a reason", () => {
    const why = (paused: boolean, schedules: Schedules) => nextRun({ paused, schedules }, undefined);
    const inactive = schedules.map((schedule) => ({ ...schedule, active: false }));
    assert.deepEqual(why(true, schedules), { why: "paused" });
    assert.deepEqual(why(false, []), { why: "no schedule" });
    assert.deepEqual(why(false, inactive), { why: "schedule paused" });
    assert.deepEqual(why(false, schedules), { why: "not scheduled yet" });
  });
});
