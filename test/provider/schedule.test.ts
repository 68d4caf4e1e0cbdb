import assert from "node:assert/strict";
import fc from "fast-check";
import { holidayDays } from "../../provider/holidays";
import { nextOccurrences, occurrences, withoutDates, wrongRule } from "../../provider/recurrence";
import { completeSchedules, forecasts, type ScheduleArgs, scheduleFailures } from "../../provider/schedule";

const now = new Date("2026-11-23T12:00:00Z");
const excluded = (rule: string) => /EXDATE:(.*)/.exec(rule)?.[1]?.split(",") ?? [];
const complete = (schedule: ScheduleArgs) => completeSchedules([schedule], now)[0] as ScheduleArgs;

describe("holidays", () => {
  const dates = (country: string, ...years: number[]) => holidayDays({ country, years }, 2026).map(({ date }) => date);

  it("are the legal holidays of the country and the days on which they are observed", () => {
    assert.deepEqual(dates("US", 2027), [
      ...[
        "2027-01-01",
        "2027-01-18",
        "2027-02-15",
        "2027-05-31",
        "2027-06-18",
        "2027-06-19",
        "2027-07-04",
        "2027-07-05",
      ],
      ...["2027-09-06", "2027-10-11", "2027-11-11", "2027-11-25", "2027-12-24", "2027-12-25", "2027-12-31"],
    ]);
  });

  it("include the day that only the civil service and banks observe in place of a holiday", () => {
    // Veterans Day 2028 is a Saturday, observed on the Friday before
    assert.ok(dates("US", 2028).includes("2028-11-10"));
  });

  it("include the day before the year's end on which the next New Year's Day is observed", () => {
    assert.ok(dates("US", 2027).includes("2027-12-31"));
    assert.ok(!dates("US", 2027).includes("2028-01-01"));
  });

  it("leave out what is only observed, such as Valentine's Day", () => {
    assert.ok(!dates("US", 2026).includes("2026-02-14"));
  });

  it("are the civil days of a holiday that begins at sunset and lasts for several", () => {
    const days = dates("AE", 2026);
    assert.ok(["2026-03-20", "2026-03-21", "2026-03-22"].every((day) => days.includes(day)));
    assert.ok(!days.includes("2026-03-19") && !days.includes("2026-03-23"));
  });
});

describe("a schedule that skips holidays", () => {
  const rule = "FREQ=DAILY;BYDAY=MO,WE,FR,SA;BYHOUR=9;BYMINUTE=0;BYSECOND=0";

  it("excludes exactly the wall-clock times at which its rule would fire on them", () => {
    const { rrule = "" } = complete({
      rrule: rule,
      timezone: "US/Pacific",
      skipHolidays: { country: "US", years: [2026] },
    });
    assert.deepEqual(rrule.split("\n").slice(0, 2), ["DTSTART:20200101T000000", `RRULE:${rule}`]);
    // Thanksgiving is a Thursday and the Fourth of July a Saturday
    assert.ok(!excluded(rrule).includes("20261126T090000") && excluded(rrule).includes("20260704T090000"));
    assert.ok(excluded(rrule).every((date) => date.endsWith("T090000")));
  });

  it("excludes each of several times of a day, once and in order, beside the dates that were excluded before", () => {
    const twice =
      "DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY;BYHOUR=9,17;BYMINUTE=30;BYSECOND=0\nEXDATE:20261225T093000Z,20260102T093000";
    const { rrule = "" } = complete({ rrule: twice, skipHolidays: { country: "US", years: [2026] } });
    const dates = excluded(rrule);
    assert.deepEqual(dates, [...new Set(dates)].sort());
    assert.ok(["20261225T093000", "20261225T173000", "20260102T093000"].every((date) => dates.includes(date)));
  });

  it("covers this year and next unless years are given", () => {
    const { rrule = "" } = complete({ rrule: "FREQ=DAILY", skipHolidays: "US" });
    assert.deepEqual([...new Set(excluded(rrule).map((date) => date.slice(0, 4)))], ["2026", "2027"]);
  });

  it("is the same however often it is made", () => {
    const schedule = { rrule: "FREQ=DAILY", skipHolidays: "DE" };
    assert.deepEqual(complete(schedule), complete(schedule));
  });

  it("leaves just the runs that are on no holiday, whatever the rule", () => {
    const days = fc.subarray(["MO", "TU", "WE", "TH", "FR", "SA", "SU"], { minLength: 1 });
    const hours = fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 3 });
    const country = fc.constantFrom("US", "DE", "JP", "AE", "GB");
    fc.assert(
      fc.property(days, hours, country, fc.integer({ min: 1, max: 3 }), (days, hours, country, interval) => {
        const rrule = `FREQ=WEEKLY;INTERVAL=${interval};BYDAY=${days.join(",")};BYHOUR=${hours.join(",")};BYMINUTE=0;BYSECOND=0`;
        const skipped = complete({ rrule, skipHolidays: { country, years: [2026] } }).rrule ?? "";
        const [from, to] = [new Date("2026-01-01T00:00:00Z"), new Date("2026-12-31T23:59:59Z")];
        const holidays = new Set(holidayDays({ country, years: [2026] }, 2026).map(({ date }) => date));
        const wanted = occurrences(rrule, from, to).filter((time) => !holidays.has(time.toISOString().slice(0, 10)));
        assert.deepEqual(occurrences(skipped, from, to), wanted);
      }),
      { numRuns: 50 },
    );
  });

  it("foretells its next runs and the days that it skips", () => {
    const [forecast] = forecasts([{ rrule: rule, timezone: "US/Pacific", skipHolidays: "US", active: false }], now);
    assert.equal(forecast?.slug, "schedule-1");
    assert.deepEqual(forecast?.nextRuns.slice(0, 3), [
      "2026-11-23T09:00:00",
      "2026-11-25T09:00:00",
      "2026-11-27T09:00:00",
    ]);
    assert.ok(forecast?.skippedDays.includes("2026-12-25 Christmas Day"));
  });
});

describe("a schedule", () => {
  it("has a slug of its own, also beside given ones", () => {
    const slugs = completeSchedules(
      [{ cron: "0 9 * * *" }, { cron: "0 8 * * *", slug: "schedule-1" }, { interval: 60 }],
      now,
    );
    assert.deepEqual(
      slugs.map(({ slug }) => slug),
      ["schedule-2", "schedule-1", "schedule-3"],
    );
  });

  it("foretells the runs of cron expressions and intervals in its time zone", () => {
    const [cron, interval] = forecasts(
      [{ cron: "0 9 * * 1-5", timezone: "Europe/Berlin" }, { interval: 3600 }],
      now,
      2,
    );
    assert.deepEqual(cron?.nextRuns, ["2026-11-24T09:00:00", "2026-11-25T09:00:00"]);
    assert.deepEqual(interval?.nextRuns, ["2026-11-23T13:00:00", "2026-11-23T14:00:00"]);
  });

  const wrong: [string, ScheduleArgs, string, RegExp][] = [
    [
      "several of cron, interval and rrule",
      { cron: "0 9 * * *", rrule: "FREQ=DAILY" },
      "schedules[0].rrule",
      /exactly one of cron, interval and rrule, not cron and rrule/,
    ],
    ["none of cron, interval and rrule", { timezone: "UTC" }, "schedules[0]", /exactly one/],
    ["a bad cron expression", { cron: "99 * * * *" }, "schedules[0].cron", /99 \* \* \* \*/],
    ["a random cron field", { cron: "H * * * *" }, "schedules[0].cron", /Prefect refuses/],
    ["an unknown frequency", { rrule: "FREQ=DALY" }, "schedules[0].rrule", /FREQ=DALY; allowed: YEARLY/],
    ["an unknown part of a rule", { rrule: "FREQ=DAILY;FOO=1" }, "schedules[0].rrule", /allowed parts are FREQ/],
    ["no frequency", { rrule: "BYHOUR=9" }, "schedules[0].rrule", /no FREQ/],
    ["an hour that isn't", { rrule: "FREQ=DAILY;BYHOUR=25" }, "schedules[0].rrule", /integers from 0 to 23/],
    [
      "an EXDATE within the rule",
      { rrule: "FREQ=DAILY;EXDATE=20261225T090000" },
      "schedules[0].rrule",
      /allowed parts/,
    ],
    [
      "a rule that is too long",
      { rrule: `RRULE:FREQ=DAILY\nEXDATE:${Array(500).fill("20261225T090000").join(",")}` },
      "schedules[0].rrule",
      /at most 6500/,
    ],
    ["holidays without a rule", { cron: "0 9 * * *", skipHolidays: "US" }, "schedules[0].skipHolidays", /rrule only/],
    [
      "holidays of an unknown country",
      { rrule: "FREQ=DAILY", skipHolidays: "XX" },
      "schedules[0].skipHolidays",
      /"XX" is not known/,
    ],
    [
      "holidays of an unknown state",
      { rrule: "FREQ=DAILY", skipHolidays: { country: "US", state: "zz" } },
      "schedules[0].skipHolidays.state",
      /"zz" is not known; allowed are AL/,
    ],
    [
      "holidays at too many times",
      { rrule: "FREQ=HOURLY", skipHolidays: "US" },
      "schedules[0].skipHolidays",
      /Prefect takes at most 6500/,
    ],
    [
      "holidays of a rule of minutes",
      { rrule: "FREQ=MINUTELY", skipHolidays: "US" },
      "schedules[0].skipHolidays",
      /set times of the day/,
    ],
    [
      "an anchor without an interval",
      { cron: "0 9 * * *", anchorDate: "2026-01-01" },
      "schedules[0].anchorDate",
      /interval only/,
    ],
  ];
  for (const [what, schedule, property, reason] of wrong) {
    it(`is refused with ${what}`, () => {
      const [failure] = scheduleFailures([schedule], now);
      assert.equal(failure?.property, property);
      assert.match(failure?.reason ?? "", reason);
    });
  }

  it("takes what Prefect takes", () => {
    const right: ScheduleArgs[] = [
      { cron: "@daily" },
      { cron: "0 9 * * MON-FRI", dayOr: false },
      { cron: "0 9 * * * 30" },
      { interval: 0.5, anchorDate: "2026-01-01T00:00:00Z" },
      { rrule: "RRULE:FREQ=MONTHLY;BYDAY=-1FR,2MO;BYSETPOS=1" },
      { rrule: "DTSTART:20260101T090000\nRRULE:FREQ=DAILY\nEXRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH" },
    ];
    assert.deepEqual(
      scheduleFailures(
        right.map((schedule, i) => ({ slug: String(i), ...schedule })),
        now,
      ),
      [],
    );
  });
});

describe("a recurrence rule", () => {
  it("reads all digits as wall-clock time, whatever zone they claim", () => {
    const after = new Date("2026-01-01T00:00:00Z");
    const rule = "DTSTART;TZID=America/New_York:20260101T090000Z\nRRULE:FREQ=DAILY";
    assert.equal(nextOccurrences(rule, after, 1)[0]?.toISOString(), "2026-01-01T09:00:00.000Z");
  });

  it("says what is wrong with a line that it doesn't know", () => {
    assert.match(wrongRule("RRULE:FREQ=DAILY\nFOO:1") ?? "", /"FOO"; allowed are DTSTART/);
  });

  it("keeps its other lines when dates are taken out", () => {
    const rule = "DTSTART:20260101T090000\nRRULE:FREQ=DAILY\nRDATE:20260101T100000";
    assert.equal(withoutDates(rule, []), rule);
  });
});
