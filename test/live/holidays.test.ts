import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { completeSchedules } from "../../provider/schedule/completion";
import { forecasts } from "../../provider/schedule/forecast";
import { holidayDays } from "../../provider/schedule/holidays";
import { occurrences } from "../../provider/schedule/recurrence";
import type { ScheduleArgs } from "../../provider/schedule/schedule";
import { run } from "../../tools/run";
import { temporaryFolder, tools } from "../support/environment";

const script = `
import asyncio, datetime, json, sys
from prefect.server.schemas.schedules import RRuleSchedule
async def main():
    for line in json.load(sys.stdin if len(sys.argv) < 2 else open(sys.argv[1])):
        schedule = RRuleSchedule(rrule=line["rrule"], timezone=line["timezone"])
        zone = __import__("zoneinfo").ZoneInfo(line["timezone"])
        start = datetime.datetime(2026, 1, 1, tzinfo=zone)
        dates = await schedule.get_dates(n=5000, start=start, end=datetime.datetime(2026, 12, 31, 23, 59, tzinfo=zone))
        print(json.dumps([date.strftime("%Y-%m-%dT%H:%M:%S") for date in dates]))
asyncio.run(main())
`;

const moments = `
import asyncio, datetime, json, sys
from zoneinfo import ZoneInfo
from prefect.server.schemas.schedules import CronSchedule, RRuleSchedule
async def main():
    for case in json.load(open(sys.argv[1])):
        schedule = CronSchedule(**case["schedule"]) if "cron" in case["schedule"] else RRuleSchedule(**case["schedule"])
        dates = await schedule.get_dates(n=5, start=datetime.datetime.fromisoformat(case["start"]))
        print(json.dumps([date.astimezone(ZoneInfo(schedule.timezone)).isoformat() for date in dates]))
asyncio.run(main())
`;

async function printedBy(script: string, input: unknown): Promise<string[]> {
  const file = path.join(temporaryFolder(), "input.json");
  fs.writeFileSync(file, JSON.stringify(input));
  const { python } = await tools();
  const printed = await run(python, ["-c", script, file]);
  return printed
    .trim()
    .split("\n")
    .filter((line) => line.startsWith("["));
}

describe("a schedule", () => {
  it("fires by Prefect's own scheduler when it is foretold to, also when the clocks change", async () => {
    const timezone = "America/Los_Angeles";
    const schedules: ScheduleArgs[] = [
      ...["30 1 * * *", "30 2 * * *", "0 * * * *", "*/30 1-2 * * *"].map((cron) => ({ cron, timezone })),
      ...["DAILY;BYHOUR=1;BYMINUTE=30;BYSECOND=0", "DAILY;BYHOUR=2;BYMINUTE=30;BYSECOND=0", "HOURLY"].map((rule) => ({
        rrule: `FREQ=${rule}`,
        timezone,
      })),
    ];
    const starts = ["2026-03-07T20:00:01", "2026-03-08T08:00:01", "2026-10-31T20:00:01", "2026-11-01T08:00:01"];
    const cases = schedules.flatMap((schedule) => starts.map((start) => ({ schedule, start: `${start}+00:00` })));
    const printed = await printedBy(moments, cases);
    assert.equal(printed.length, cases.length);
    cases.forEach(({ schedule, start }, i) => {
      const [forecast] = forecasts([schedule], new Date(start));
      assert.deepEqual(forecast?.nextRuns, JSON.parse(printed[i] ?? ""), JSON.stringify([schedule, start]));
    });
  });
});

describe("a schedule that skips holidays", () => {
  const schedules: ScheduleArgs[] = [
    {
      rrule: "FREQ=DAILY;BYDAY=MO,WE,FR,SA;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
      timezone: "US/Pacific",
      skipHolidays: "US",
    },
    { rrule: "FREQ=DAILY;BYHOUR=17,9;BYMINUTE=30;BYSECOND=0", timezone: "America/New_York", skipHolidays: "US" },
    { rrule: "FREQ=DAILY", timezone: "Europe/Berlin", skipHolidays: { country: "DE", state: "BY" } },
    {
      rrule: "DTSTART:20250101T021500\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
      timezone: "America/New_York",
      skipHolidays: "US",
    },
    { rrule: "DTSTART:20250115T060000\nRRULE:FREQ=MONTHLY;BYDAY=1MO,-1FR", timezone: "Asia/Tokyo", skipHolidays: "JP" },
    {
      rrule:
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8;BYMINUTE=0;BYSECOND=0\nEXRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;BYHOUR=8;BYMINUTE=0;BYSECOND=0",
      timezone: "UTC",
      skipHolidays: "GB",
    },
  ];

  it("is fired by Prefect's own scheduler at the rule's times and on no holiday", async () => {
    const completed = completeSchedules(
      schedules.map((schedule) => ({ ...schedule, skipHolidays: withYears(schedule) })),
    );
    const printed = await printedBy(script, completed);
    assert.equal(printed.length, schedules.length);
    printed.forEach((line, i) => {
      const fired = JSON.parse(line) as string[];
      const { rrule = "" } = schedules[i] as ScheduleArgs;
      const holidays = new Set(holidayDays(withYears(schedules[i] as ScheduleArgs), 2026).map(({ date }) => date));
      const all = occurrences(rrule, new Date("2026-01-01T00:00:00Z"), new Date("2026-12-31T23:59:00Z")).map((time) =>
        time.toISOString().slice(0, 19),
      );
      const expected = all.filter((time) => !holidays.has(time.slice(0, 10)));
      // a wall-clock time that the change to summer time leaves out is another hour for Python
      const comparable = (times: string[]) =>
        times.filter((time) => !["2026-03-08", "2026-03-29"].includes(time.slice(0, 10)));
      assert.deepEqual(comparable(fired), comparable(expected), rrule);
      assert.ok(expected.length < all.length, `${rrule} meets a holiday`);
    });
  });
});

function withYears({ skipHolidays }: ScheduleArgs) {
  return {
    ...(typeof skipHolidays === "string" ? { country: skipHolidays } : { country: "", ...skipHolidays }),
    years: [2026],
  };
}
