import assert from "node:assert/strict";
import type { Outcome } from "../../../provider/api/answer";
import { patienceOf } from "../../../provider/api/patience";
import { isUndone, mayPass, pauseAfter, retryAfter } from "../../../provider/api/retry";

const answer = (status: number, after?: string): Outcome => ({
  status,
  headers: after === undefined ? {} : { "retry-after": after },
  body: { json: {} },
});
const failure = (code: string): Outcome => ({ code, message: code });

describe("the rules for another try", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  const headers: [unknown, number][] = [
    [undefined, 0],
    ["", 0],
    ["0", 0],
    ["7", 7_000],
    [" 7 ", 7_000],
    ["86400", 60_000],
    ["99999999999999999999", 60_000],
    ["-5", 0],
    ["1e9", 0],
    ["soon", 0],
    ["mayonnaise", 0],
    ["Thu, 01 Jan 2026 00:00:09 GMT", 9_000],
    ["Fri, 01 Jan 2027 00:00:00 GMT", 60_000],
    ["Wed, 01 Jan 2025 00:00:00 GMT", 0],
  ];
  for (const [header, wait] of headers) {
    it(`read Retry-After: ${String(header)} as ${wait} ms`, () => assert.equal(retryAfter(header, now), wait));
  }

  it("pause twice as long each time, up to five seconds", () => {
    const pauses = [1, 2, 3, 8, 9, 10, 11, 1_000].map((tries) => pauseAfter(answer(503), tries, 0));
    assert.deepEqual(pauses, [10, 20, 40, 1_280, 2_560, 5_000, 5_000, 5_000]);
    assert.equal(pauseAfter(failure("ECONNREFUSED"), 2, 1), 24);
    assert.equal(pauseAfter(answer(429, "30"), 1, 0), 30_000);
  });

  const outcomes: [Outcome, boolean, boolean][] = [
    [answer(429), true, true],
    [answer(503), true, true],
    [answer(502), true, false],
    [answer(504), true, false],
    [answer(200), false, false],
    [answer(409), false, false],
    [answer(500), false, false],
    ...["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"].map((code): [Outcome, boolean, boolean] => [
      failure(code),
      true,
      true,
    ]),
    ...["ECONNRESET", "ETIMEDOUT", "ERR_BAD_RESPONSE"].map((code): [Outcome, boolean, boolean] => [
      failure(code),
      true,
      false,
    ]),
    ...["ERR_CANCELED", "CERT_HAS_EXPIRED", "EPROTO"].map((code): [Outcome, boolean, boolean] => [
      failure(code),
      false,
      false,
    ]),
  ];
  for (const [outcome, passes, undone] of outcomes) {
    const name = "status" in outcome ? String(outcome.status) : outcome.code;
    it(`${passes ? "try again after" : "take as final"} ${name}${undone ? ", which has surely done nothing" : ""}`, () =>
      assert.deepEqual([mayPass(outcome), isUndone(outcome)], [passes, undone]));
  }

  it("have the patience that META_PREFECT__PATIENCE says, in seconds", () => {
    assert.deepEqual(patienceOf({}), { total: 120_000, firstContact: 15_000, silence: 60_000 });
    assert.deepEqual(patienceOf({ META_PREFECT__PATIENCE: "3" }), {
      total: 3_000,
      firstContact: 3_000,
      silence: 3_000,
    });
    for (const META_PREFECT__PATIENCE of ["soon", "0", "-1", "NaN", "1e9"])
      assert.throws(() => patienceOf({ META_PREFECT__PATIENCE }), /META_PREFECT__PATIENCE is ".*"; give the seconds/);
  });
});
