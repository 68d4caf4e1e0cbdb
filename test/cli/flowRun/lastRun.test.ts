import assert from "node:assert/strict";
import { meantRun } from "../../../cli/flowRun/lastRun";
import type { FlowRunResponse } from "../../../provider/api/prefect";

const now = new Date("2026-10-09T09:00:00Z");
const run = (type: string, at = "2026-10-09T08:00:00Z") =>
  ({ name: `${type} ${at}`, state: { type }, expected_start_time: at }) as unknown as FlowRunResponse;
const [ended, running] = [run("FAILED"), run("RUNNING")];
const [due, later] = [run("SCHEDULED", "2026-10-09T09:00:00.5Z"), run("SCHEDULED", "2026-10-10T09:00:00Z")];

describe("the run whose log is meant", () => {
  it("is the last that has begun, or one that waits when none has", () => {
    assert.equal(meantRun({ begun: ended, waiting: due }, false, now), ended);
    assert.equal(meantRun({ begun: running }, false, now), running);
    assert.equal(meantRun({ waiting: later }, false, now), later);
    assert.equal(meantRun({}, false, now), undefined);
  });

  it("is the next, for who follows it, when that is due and none is under way", () => {
    assert.equal(meantRun({ begun: ended, waiting: due }, true, now), due);
    assert.equal(meantRun({ begun: ended, waiting: later }, true, now), ended);
    assert.equal(meantRun({ begun: running, waiting: due }, true, now), running);
  });
});
