import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { tellSkippedDays } from "../../components/skippedDays";
import { skippedDaysFile } from "../../components/skippedDaysFile";
import { temporaryFolder } from "../support/environment";

const daily = "FREQ=DAILY;BYHOUR=6;BYMINUTE=0;BYSECOND=0";
const now = new Date("2026-11-01T00:00:00Z");

describe("the holidays that schedules skip", () => {
  it("are told by their names where the command asks for them, each program's behind those of another", () => {
    const file = path.join(temporaryFolder(), "days");
    const plan = (name: string) => ({
      name,
      schedules: [
        { slug: "often", interval: 60 },
        { slug: "daily", rrule: daily, timezone: "US/Pacific", skipHolidays: { country: "US", years: [2026] } },
      ],
    });
    for (const name of ["a", "b"]) tellSkippedDays([plan(name)], now, { [skippedDaysFile]: file });
    const told = fs.readFileSync(file, "utf8").trim().split("\n");
    const named = ["2026-11-11 Veterans Day", "2026-11-26 Thanksgiving Day", "2026-12-25 Christmas Day"];
    assert.deepEqual(
      told.map((line) => JSON.parse(line) as unknown),
      ["a", "b"].flatMap((deployment) => [
        { deployment, slug: "often", skippedDays: [] },
        { deployment, slug: "daily", skippedDays: named },
      ]),
    );
  });

  it("are none of schedules that are wrong, which others say", () => {
    const file = path.join(temporaryFolder(), "days");
    const wrong: unknown[] = [
      "0 9 * * *",
      [null],
      [{ cron: "x", skipHolidays: "US" }],
      [{ rrule: 1, skipHolidays: 2 }],
    ];
    for (const schedules of wrong) {
      tellSkippedDays([{ name: "a", schedules: schedules as never }], now, { [skippedDaysFile]: file });
    }
    assert.equal(fs.readFileSync(file, "utf8"), "");
  });

  it("aren't worked out where nobody asks, or none are skipped", () => {
    const file = path.join(temporaryFolder(), "days");
    tellSkippedDays([{ name: "a", schedules: [{ slug: "s", interval: 60 }] }], now, { [skippedDaysFile]: file });
    assert.equal(fs.readFileSync(file, "utf8"), "");
    tellSkippedDays([{ name: "a", schedules: [{ slug: "s", rrule: daily, skipHolidays: "US" }] }], now, {});
  });
});
