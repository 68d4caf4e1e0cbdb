import assert from "node:assert/strict";
import { isAtRest, type Obstacle, obstacle, type Schedules } from "../../../cli/schedule/obstacle";

const [on, off] = [{ active: true }, { active: false }];

/** Schedules, whether they are at rest, and what stands in the way of pausing and of resuming them. */
const cases: [what: string, schedules: Schedules, atRest: boolean, pause?: Obstacle, resume?: Obstacle][] = [
  ["none", { inputs: {}, paused: false, schedules: [] }, false, "none", "none"],
  ["none, though it is paused", { inputs: {}, paused: true, schedules: [] }, false, "none", "none"],
  ["an active one", { inputs: {}, paused: false, schedules: [on] }, false],
  ["an active one, paused in Prefect", { inputs: {}, paused: true, schedules: [on] }, true],
  ["one of two active", { inputs: { schedules: [on, off] }, paused: false, schedules: [on, off] }, false],
  [
    "one that the program has inactive",
    { inputs: { schedules: [off] }, paused: false, schedules: [off] },
    true,
    undefined,
    "inactive",
  ],
  [
    "one that somebody has switched off in Prefect",
    { inputs: { schedules: [{ cron: "* * * * *" }] }, paused: false, schedules: [off] },
    true,
    undefined,
    "inactive in Prefect",
  ],
  [
    "one that the program pauses",
    { inputs: { paused: true }, paused: true, schedules: [on] },
    true,
    undefined,
    "paused",
  ],
  [
    "one that the program doesn't pause",
    { inputs: { paused: false }, paused: false, schedules: [on] },
    false,
    "paused",
  ],
  [
    "one that the program doesn't pause, paused in Prefect",
    { inputs: { paused: false }, paused: true, schedules: [on] },
    true,
    "paused",
  ],
  [
    "one of which it is secret",
    { inputs: { paused: { secret: 1 } }, paused: true, schedules: [on] },
    true,
    "paused",
    "paused",
  ],
];

describe("a deployment whose schedules are", () => {
  for (const [what, schedules, atRest, pause, resume] of cases) {
    it(`${what}: ${atRest ? "at rest" : "not at rest"}`, () => {
      assert.equal(isAtRest(schedules), atRest);
      assert.equal(obstacle(schedules, true), pause);
      assert.equal(obstacle(schedules, false), resume);
    });
  }
});
