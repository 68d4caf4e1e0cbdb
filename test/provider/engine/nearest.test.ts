import assert from "node:assert/strict";
import { nearest } from "../../../provider/engine/nearest";

describe("the nearest of several known words", () => {
  const known = ["slug", "cron", "interval", "timezone", "active", "parameters"];

  const meant: [string, string | undefined][] = [
    ["timezon", "timezone"],
    ["timeZone", "timezone"],
    ["TIMEZONES", "timezone"],
    ["corn", "cron"],
    ["paramters", "parameters"],
    ["parmaeters", "parameters"],
    ["cat", undefined],
    ["", undefined],
    ["skipHolidays", undefined],
  ];
  for (const [word, expected] of meant) {
    it(`to "${word}" is ${expected ?? "none"}`, () => assert.equal(nearest(word, known), expected));
  }

  it("is the first of those that are equally near, and none of none", () => {
    assert.equal(nearest("bear", ["dear", "pear"]), "dear");
    assert.equal(nearest("bear", []), undefined);
  });
});
