import assert from "node:assert/strict";
import fc from "fast-check";
import { completeSchedules } from "../../../provider/schedule/completion";
import { wrongCron } from "../../../provider/schedule/cron";
import { forecasts } from "../../../provider/schedule/forecast";
import { holidayDays } from "../../../provider/schedule/holidays";
import { Steps, TooManySteps } from "../../../provider/schedule/occurrences";
import { occurrences, occurrencesAfter, withoutDates, wrongRule } from "../../../provider/schedule/recurrence";
import { type ScheduleArgs, scheduleFailures } from "../../../provider/schedule/schedule";

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
    const [forecast] = forecasts([{ rrule: rule, timezone: "US/Pacific", skipHolidays: "US", active: true }], now, 3);
    assert.deepEqual(forecast, {
      slug: "schedule-1",
      timezone: "US/Pacific",
      active: true,
      asOf: "2026-11-23T04:00:00-08:00",
      nextRuns: ["2026-11-23T09:00:00-08:00", "2026-11-25T09:00:00-08:00", "2026-11-27T09:00:00-08:00"],
      skippedDays: [
        "2026-12-25 Christmas Day",
        "2027-01-01 New Year's Day",
        "2027-01-18 Martin Luther King Jr. Day",
        "and 10 more until 2027-12-31",
      ],
    });
  });

  it("counts a holiday as one to come until its day has ended in the schedule's zone", () => {
    const first = (moment: string) =>
      forecasts([{ rrule: "FREQ=DAILY", timezone: "US/Pacific", skipHolidays: "US" }], new Date(moment))[0]
        ?.skippedDays[0];
    assert.equal(first("2026-11-27T07:59:59Z"), "2026-11-26 Thanksgiving Day");
    assert.equal(first("2026-11-27T08:00:00Z"), "2026-12-25 Christmas Day");
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
    assert.deepEqual(cron?.nextRuns, ["2026-11-24T09:00:00+01:00", "2026-11-25T09:00:00+01:00"]);
    assert.deepEqual(interval?.nextRuns, ["2026-11-23T13:00:00+00:00", "2026-11-23T14:00:00+00:00"]);
  });

  it("foretells runs with the offset that is in force on their day", () => {
    const daily: ScheduleArgs[] = [{ rrule: "FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0" }, { cron: "0 9 * * *" }];
    for (const schedule of daily) {
      const [forecast] = forecasts(
        [{ ...schedule, timezone: "America/New_York" }],
        new Date("2026-10-31T12:00:00Z"),
        2,
      );
      assert.deepEqual(forecast?.nextRuns, ["2026-10-31T09:00:00-04:00", "2026-11-01T09:00:00-05:00"]);
    }
  });

  const [newYork, berlin] = ["America/New_York", "Europe/Berlin"];
  const intervals: [string, ScheduleArgs, string, string[]][] = [
    [
      "of a day by the wall clock",
      { interval: 86_400, timezone: newYork },
      "2026-03-06T12:00:00Z",
      ["2026-03-06T19:00:00-05:00", "2026-03-07T19:00:00-05:00", "2026-03-08T19:00:00-04:00"],
    ],
    [
      "of less than a day by the time that passes",
      { interval: 43_200, timezone: newYork },
      "2026-03-07T12:00:00Z",
      ["2026-03-07T19:00:00-05:00", "2026-03-08T08:00:00-04:00", "2026-03-08T20:00:00-04:00"],
    ],
    [
      "of days and hours by the wall clock",
      { interval: 129_600, anchorDate: "2026-03-28T00:00:00Z", timezone: berlin },
      "2026-03-28T12:00:00Z",
      ["2026-03-29T13:00:00+02:00", "2026-03-31T01:00:00+02:00", "2026-04-01T13:00:00+02:00"],
    ],
    [
      "later at a time that the clocks leave out",
      { interval: 86_400, anchorDate: "2026-03-06T07:30:00Z", timezone: newYork },
      "2026-03-06T12:00:00Z",
      ["2026-03-07T02:30:00-05:00", "2026-03-08T03:30:00-04:00", "2026-03-09T03:30:00-04:00"],
    ],
    [
      "the second time at a time that the clocks repeat",
      { interval: 86_400, anchorDate: "2026-10-30T05:30:00Z", timezone: newYork },
      "2026-10-30T12:00:00Z",
      ["2026-10-31T01:30:00-04:00", "2026-11-01T01:30:00-05:00", "2026-11-02T01:30:00-05:00"],
    ],
    [
      "from the last one on when the clocks have changed since",
      { interval: 604_800, anchorDate: "2026-03-27T09:00:00Z", timezone: berlin },
      "2026-04-01T00:00:00Z",
      ["2026-04-03T10:00:00+02:00", "2026-04-10T10:00:00+02:00", "2026-04-17T10:00:00+02:00"],
    ],
    [
      "before its anchor",
      { interval: 86_400, anchorDate: "2026-04-05T09:00:00Z", timezone: berlin },
      "2026-03-27T00:00:00Z",
      ["2026-03-27T10:00:00+01:00", "2026-03-28T10:00:00+01:00", "2026-03-29T10:00:00+02:00"],
    ],
  ];
  for (const [what, schedule, asOf, expected] of intervals) {
    it(`foretells an interval ${what}, as Prefect's scheduler makes its runs`, () => {
      assert.deepEqual(forecasts([schedule], new Date(asOf), 3)[0]?.nextRuns, expected);
    });
  }

  it("that isn't active, or whose deployment is paused, is foretold to be paused, without runs", () => {
    const [resting] = forecasts([{ cron: "0 9 * * *", active: false }], now);
    assert.deepEqual([resting?.active, resting?.paused, resting?.nextRuns], [false, true, []]);
    const [paused] = forecasts([{ cron: "0 9 * * *", active: true }], now, 5, true);
    assert.deepEqual([paused?.active, paused?.paused, paused?.nextRuns], [true, true, []]);
    const [undecided] = forecasts([{ cron: "0 9 * * *" }], now);
    assert.deepEqual([undecided?.active, undecided?.paused, undecided?.nextRuns.length], [undefined, undefined, 5]);
  });

  it("in a zone that Prefect takes and Node doesn't know is foretold without runs", () => {
    const schedules: ScheduleArgs[] = [
      { cron: "0 9 * * *" },
      { interval: 60 },
      { rrule: "FREQ=DAILY", skipHolidays: "US" },
    ];
    const foretold = forecasts(
      schedules.map((schedule) => ({ ...schedule, timezone: "Factory" })),
      now,
    );
    assert.deepEqual(
      foretold.map(({ nextRuns }) => nextRuns),
      [[], [], []],
    );
    assert.equal(foretold[2]?.skippedDays[0], "2026-11-26 Thanksgiving Day");
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
    ["the nearest weekday", { cron: "0 0 15W * *" }, "schedules[0].cron", /Prefect refuses/],
    ["the last Friday", { cron: "0 0 * * 5L" }, "schedules[0].cron", /Prefect refuses/],
    ["a sign before a day", { cron: "0 9 * * +1" }, "schedules[0].cron", /Prefect refuses/],
    [
      "too many fields",
      { cron: "0 0 1 1 * 0 2027 x" },
      "schedules[0].cron",
      /has 8 fields, which Prefect refuses; give five/,
    ],
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
    assert.equal(occurrencesAfter(rule, after).next().value?.toISOString(), "2026-01-01T09:00:00.000Z");
  });

  it("says what is wrong with a line that it doesn't know", () => {
    assert.match(wrongRule("RRULE:FREQ=DAILY\nFOO:1") ?? "", /"FOO"; allowed are DTSTART/);
  });

  it("keeps its other lines when dates are taken out", () => {
    const rule = "DTSTART:20260101T090000\nRRULE:FREQ=DAILY\nRDATE:20260101T100000";
    assert.equal(withoutDates(rule, []), rule);
  });
});

describe("a schedule that is hard to work out", () => {
  const steppable: { take: (this: Steps) => void } = Steps.prototype;
  const { take } = steppable;
  let steps = 0;
  beforeEach(() => {
    steps = 0;
    steppable.take = function () {
      steps += 1;
      take.call(this);
    };
  });
  afterEach(() => {
    steppable.take = take;
  });
  /** As many as one forecast may take: those of the rule, and a few for its last step. */
  const bound = 1_000_001;

  const forecastOf = (schedule: ScheduleArgs) => {
    assert.deepEqual(scheduleFailures([schedule], now), []);
    const [forecast] = forecasts([schedule], now, 2);
    return [forecast?.nextRuns.map((time) => time.slice(0, 19)), forecast?.note];
  };
  const never = [[], "none in the next 50 years"];
  const tooOften = [[], "fires, or counts, too often to be worked out here"];
  const foretold: [ScheduleArgs, unknown[], number][] = [
    [{ rrule: "FREQ=SECONDLY" }, [["2026-11-23T12:00:01", "2026-11-23T12:00:02"], undefined], 10],
    [{ rrule: "FREQ=SECONDLY;INTERVAL=7;BYHOUR=9" }, [["2026-11-24T09:00:02", "2026-11-24T09:00:09"], undefined], 100],
    [{ rrule: "FREQ=MINUTELY;BYMONTH=2" }, [["2027-02-01T00:00:00", "2027-02-01T00:01:00"], undefined], 100],
    [{ rrule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30" }, never, 20_000],
    [{ rrule: "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30" }, never, 20_000],
    [{ rrule: "FREQ=HOURLY;INTERVAL=24;BYHOUR=9" }, never, 500_000],
    [{ rrule: "FREQ=SECONDLY;INTERVAL=7200;BYSECOND=30" }, never, 500_000],
    [{ rrule: "FREQ=DAILY;BYSETPOS=2" }, never, 50_000],
    [{ rrule: "FREQ=YEARLY;INTERVAL=1000" }, never, 1_000],
    [{ rrule: `FREQ=DAILY;INTERVAL=${"9".repeat(400)}` }, never, 10],
    [{ rrule: "FREQ=DAILY;UNTIL=20200601" }, never, 10],
    [{ rrule: "FREQ=DAILY;COUNT=5" }, never, 20],
    [{ rrule: "FREQ=DAILY;UNTIL=20261124" }, [["2026-11-24T00:00:00"], "no others in the next 50 years"], 10],
    [{ rrule: "FREQ=DAILY;COUNT=100000000" }, [["2026-11-24T00:00:00", "2026-11-25T00:00:00"], undefined], 6_000],
    [{ rrule: "FREQ=SECONDLY;COUNT=100000000" }, tooOften, bound],
    [{ rrule: "FREQ=MINUTELY\nEXRULE:FREQ=MINUTELY" }, tooOften, bound],
    [
      { rrule: "DTSTART:00010101T000000\nRRULE:FREQ=SECONDLY" },
      [["2026-11-23T12:00:01", "2026-11-23T12:00:02"], undefined],
      10,
    ],
    [
      { rrule: "DTSTART:00010101T000000\nRRULE:FREQ=YEARLY" },
      [["2027-01-01T00:00:00", "2028-01-01T00:00:00"], undefined],
      2_000,
    ],
    [{ rrule: "DTSTART:99991231T235959\nRRULE:FREQ=SECONDLY" }, never, 10],
    [{ cron: "0 0 30 2 *" }, never, 20_000],
    [{ cron: "0 0 30 2 1" }, never, 50_000],
    [{ cron: "0 0 1 1 * 0 2020" }, never, 20_000],
    [{ cron: "0 0 29 2 1" }, [["2027-02-01T00:00:00", "2027-02-08T00:00:00"], undefined], 20_000],
    [{ cron: "* * * * * *" }, [["2026-11-23T12:00:01", "2026-11-23T12:00:02"], undefined], 100_000],
    [{ cron: "r(0-5) * * * *" }, [[], "fires at random times"], 0],
  ];
  for (const [schedule, expected, most] of foretold) {
    it(`is foretold in at most ${most} steps: ${JSON.stringify(schedule).slice(0, 100)}`, () => {
      assert.deepEqual(forecastOf(schedule), expected);
      assert.ok(steps <= most, String(steps));
    });
  }

  it("with long lists is foretold in few steps", () => {
    const list = (least: number, most: number) =>
      Array.from({ length: most - least + 1 }, (_, i) => least + i).join(",");
    const times = `BYHOUR=${list(0, 23)};BYMINUTE=${list(0, 59)};BYSECOND=${list(0, 59)}`;
    for (const frequency of [
      "YEARLY;BYYEARDAY=" + list(1, 366),
      "MONTHLY;BYMONTHDAY=" + list(1, 31),
      "DAILY",
      "SECONDLY",
    ]) {
      steps = 0;
      assert.deepEqual(forecastOf({ rrule: `FREQ=${frequency};${times}` }), [
        ["2026-11-23T12:00:01", "2026-11-23T12:00:02"],
        undefined,
      ]);
      assert.ok(steps < 100_000, `${frequency}: ${steps}`);
    }
  });

  it("is refused when holidays can't be taken out of it in a bounded number of steps", () => {
    const minutes = Array.from({ length: 60 }, (_, i) => i).join(",");
    const rrule = `FREQ=HOURLY;BYMINUTE=${minutes};BYSECOND=${minutes}`;
    const [failure] = scheduleFailures([{ rrule, skipHolidays: "US" }], now);
    assert.equal(failure?.property, "schedules[0].skipHolidays");
    assert.match(failure.reason, /^goes with no rule that fires, or counts, too often .*; let it fire at fewer times/);
    assert.ok(steps <= bound, String(steps));
  });

  it("takes a bounded number of steps, whatever the rule", () => {
    const numbers = (least: number, most: number) =>
      fc.option(
        fc.uniqueArray(
          fc.integer({ min: least, max: most }).filter((number) => number !== 0 || least === 0),
          { minLength: 1 },
        ),
      );
    const weekday = fc.constantFrom("MO", "TU", "WE", "TH", "FR", "SA", "SU");
    const numbered = fc.tuple(fc.constantFrom("1", "-1", "5", "53", "-53"), weekday).map((parts) => parts.join(""));
    const rule = fc
      .record({
        FREQ: fc.constantFrom("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"),
        INTERVAL: fc.option(fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constantFrom(1e9, 86_400, "9".repeat(30)))),
        COUNT: fc.option(fc.constantFrom(1, 1_000, 100_000_000, "9".repeat(30)), { freq: 2 }),
        UNTIL: fc.option(fc.constantFrom("00010101", "20200101", "20270101", "99991231T235959"), { freq: 2 }),
        WKST: fc.option(weekday),
        BYMONTH: numbers(1, 12),
        BYWEEKNO: numbers(-53, 53),
        BYYEARDAY: numbers(-366, 366),
        BYMONTHDAY: numbers(-31, 31),
        BYDAY: fc.option(fc.uniqueArray(fc.oneof(weekday, numbered), { minLength: 1 })),
        BYEASTER: numbers(-366, 366),
        BYHOUR: numbers(0, 23),
        BYMINUTE: numbers(0, 59),
        BYSECOND: numbers(0, 59),
        BYSETPOS: numbers(-366, 366),
      })
      .chain((parts) => fc.subarray(Object.entries(parts).filter(([key, part]) => key === "FREQ" || part !== null)))
      .filter((parts) => parts.some(([key]) => key === "FREQ"))
      .map((parts) => parts.map(([key, part]) => `${key}=${String(part)}`).join(";"));
    const start = fc.constantFrom("00010101T000000", "20200101T000000", "20261101T101112", "99991231T235959");
    fc.assert(
      fc.property(start, rule, fc.option(rule), (start, rule, exception) => {
        const text = `DTSTART:${start}\nRRULE:${rule}${exception === null ? "" : `\nEXRULE:${exception}`}`;
        assert.equal(wrongRule(text), undefined);
        steps = 0;
        let times = 0;
        try {
          for (const _ of occurrencesAfter(text, now)) if ((times += 1) === 5) break;
        } catch (error) {
          assert.ok(error instanceof TooManySteps);
        }
        assert.ok(steps <= bound, `${steps} steps`);
      }),
      { numRuns: 60 },
    );
  }).timeout(300_000);

  it("has only dates that there are", () => {
    for (const date of ["20261301", "20260230T000000", "20260101T240000", "00000101", "20260101T006000"]) {
      for (const line of [
        `DTSTART:${date}\nRRULE:FREQ=DAILY`,
        `FREQ=DAILY;UNTIL=${date}`,
        `RRULE:FREQ=DAILY\nEXDATE:${date}`,
      ]) {
        assert.match(wrongRule(line) ?? "", /20271231T0/, line);
      }
    }
    assert.match(wrongRule("FREQ=DAILY;INTERVAL=0") ?? "", /INTERVAL=0; allowed: an integer from 1 on/);
  });

  it("by cron may be written as Prefect takes it", () => {
    for (const cron of ["5/15 * * * *", "0 9 * * FRI-MON", "0 9 * * L5", "0 0 1 1 * 0 2027"])
      assert.equal(wrongCron(cron), undefined);
    assert.match(
      wrongCron("0 25 * * *") ?? "",
      /^has "25" as its hour, which goes from 0 to 23, which Prefect refuses; give five fields/,
    );
  });
});
