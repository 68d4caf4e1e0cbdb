import assert from "node:assert/strict";
import { isTimezone, momentOf, timezonesLike, withOffset } from "../../../provider/schedule/timezone";

describe("a time zone", () => {
  it("is one of those that Prefect takes, as it spells them", () => {
    for (const zone of ["UTC", "US/Pacific", "EST", "EST5EDT", "Etc/GMT+1", "Asia/Calcutta", "America/Coyhaique"]) {
      assert.ok(isTimezone(zone), zone);
    }
    for (const zone of ["utc", "us/pacific", "PST", "GMT+1", "+01:00", "localtime", "posixrules", "posix/UTC", ""]) {
      assert.ok(!isTimezone(zone), zone);
    }
  });

  const like: [string, string[]][] = [
    ["pst", ["America/Los_Angeles", "US/Pacific"]],
    ["utc", ["UTC"]],
    ["us/pacific", ["US/Pacific"]],
    ["Europe/Berln", ["Europe/Berlin"]],
    ["America/New York", ["America/New_York"]],
    ["berlin", ["Europe/Berlin"]],
    ["GMT+1", ["Etc/GMT-1"]],
    ["-05:00", ["Etc/GMT+5"]],
    ["+05:30", []],
    ["UTC+20", []],
    ["Mars/Base", []],
  ];
  for (const [text, expected] of like) {
    it(`is what "${text}" may stand for`, () => assert.deepEqual(timezonesLike(text), expected));
  }

  it("that abbreviations stand for is one that there is", () => {
    for (const text of ["PST", "PDT", "MDT", "CST", "CDT", "EDT", "BRT", "BST", "CEST", "EEST", "MSK", "IST"]) {
      assert.ok(timezonesLike(text).every(isTimezone), text);
    }
    for (const text of ["SGT", "HKT", "JST", "KST", "AEST", "AEDT", "NZST", "NZDT"]) {
      assert.ok(timezonesLike(text).every(isTimezone), text);
    }
  });
});

describe("a wall-clock time", () => {
  const shown = (time: string, timezone: string) => withOffset(momentOf(new Date(`${time}Z`), timezone), timezone);

  it("has its offset from UTC, before and after the clocks change", () => {
    assert.equal(shown("2026-03-07T09:00:00", "US/Pacific"), "2026-03-07T09:00:00-08:00");
    assert.equal(shown("2026-03-08T09:00:00", "US/Pacific"), "2026-03-08T09:00:00-07:00");
    assert.equal(shown("2026-03-08T00:30:00", "US/Pacific"), "2026-03-08T00:30:00-08:00");
    assert.equal(shown("2026-07-01T09:00:00", "Asia/Kolkata"), "2026-07-01T09:00:00+05:30");
    assert.equal(shown("2026-07-01T09:00:00", "America/St_Johns"), "2026-07-01T09:00:00-02:30");
    assert.equal(shown("2026-07-01T09:00:00", "UTC"), "2026-07-01T09:00:00+00:00");
  });

  it("that the clocks show twice is the first, and one that they leave out an hour earlier, as in Prefect", () => {
    assert.equal(shown("2026-11-01T01:30:00", "US/Pacific"), "2026-11-01T01:30:00-07:00");
    assert.equal(shown("2026-03-08T02:30:00", "US/Pacific"), "2026-03-08T01:30:00-08:00");
  });
});
