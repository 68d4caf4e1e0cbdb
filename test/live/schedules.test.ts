import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { cronTimesAfter, isRandomCron, wrongCron } from "../../provider/schedule/cron";
import { TooManySteps } from "../../provider/schedule/occurrences";
import { occurrencesAfter, wrongRule } from "../../provider/schedule/recurrence";
import { findPrefectPython } from "../../tools/prefectPython";

/** What the pinned Prefect says of each text: null when it refuses it, else when it fires next. */
const asking = `
import json, signal, sys, warnings
from datetime import datetime
from itertools import islice
from dateutil.rrule import rrulestr
from prefect._internal.schemas.validators import validate_cron_string
from prefect._vendor.croniter import croniter

warnings.simplefilter("ignore")

def cron(text, day_or, after):
    try:
        validate_cron_string(text)
    except ValueError:
        return None
    times, found = croniter(text, after, day_or=day_or), []
    try:
        while len(found) < 5:
            found.append(times.get_next(datetime))
    except ValueError:
        pass
    return found

def give_up(*_):
    raise TimeoutError

signal.signal(signal.SIGALRM, give_up)

def rule(text, _, after):
    # dateutil goes through all times since the start, and then to the year 9999
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        return list(islice(rrulestr(text).xafter(after), 5))
    except (ValueError, TimeoutError):
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)

kind, after, texts = json.load(sys.stdin)
after = datetime.fromisoformat(after)
found = [globals()[kind](text, day_or, after) for text, day_or in texts]
print(json.dumps([times and [time.isoformat() for time in times] for times in found]))
`;

const after = "2026-11-24T12:34:56";
const afterTime = new Date(`${after}Z`);

describe("the times of a schedule", function () {
  this.timeout(120_000);
  let python: string;
  before(async () => {
    python = await findPrefectPython();
  });

  function asked(kind: "cron" | "rule", texts: [text: string, dayOr: boolean][]): (string[] | null)[] {
    const input = JSON.stringify([kind, after, texts]);
    return JSON.parse(execFileSync(python, ["-c", asking], { input, encoding: "utf8" })) as (string[] | null)[];
  }

  const first = (times: Iterator<Date>) => {
    const found: string[] = [];
    for (let next = times.next(); !next.done; next = times.next()) {
      if (found.push(next.value.toISOString().slice(0, 19)) === 5) break;
    }
    return found;
  };

  function assertCron(texts: [text: string, dayOr: boolean][]): void {
    const expected = asked("cron", texts);
    for (const [i, [text, dayOr]] of texts.entries()) {
      const what = `${JSON.stringify(text)} ${dayOr}`;
      const wrong = wrongCron(text);
      assert.equal(wrong === undefined, expected[i] !== null, `${what}: ${wrong}`);
      if (wrong !== undefined || isRandomCron(text)) continue;
      assert.deepEqual(first(cronTimesAfter(text, dayOr, afterTime)), expected[i] ?? [], what);
    }
  }

  const taken = [
    ...["@daily", "@Yearly", "@midnight", " 0 9 * * * ", "0 9 * * * 30", "0 0 1 1 * 0 2027", "0 0 29 2 * 0 2028-2099"],
    ...[
      "5/15 * * * *",
      "*/7 * * * *",
      "0 9 * * FRI-MON",
      "0 9 * * 5-7",
      "0 9 * * 0-7",
      "0 9 * * mon-mon",
      "0 0 1 NOV-FEB/2 *",
    ],
    ...[
      "0 9 * * L5",
      "0 9 * * l0,l3",
      "0 9 * * 1#2",
      "0 9 * * mon-fri#2",
      "0 9 * * 5#5",
      "0 9 13 * 5#2",
      "0 9 13 * L5",
    ],
    ...[
      "0 9 L * *",
      "0 9 1,L * *",
      "0 9 28-L * *",
      "0 9 31 * *",
      "0 9 13 * 5",
      "0 9 */2 * */2",
      "0 9 1-31 * 1",
      "0 9 * * 1-7",
    ],
    ...[
      "0 9 ? * 1",
      "0 9 1 * ?",
      "0 22-2 * * *",
      "50-10/7 * * * *",
      "5-5 * * * *",
      "0 0 30 2 *",
      "0 0 29 2 1",
      "0 0 0 * * 0",
    ],
    ...["r(0-5) * * * *", "r/7 * * * *", "0 r(1-5)/2 * * *", "0,0 09 * * 001", "*,5 * * * *", "0 9 * jan,Mar SUN"],
  ];
  const refused = [
    ...[
      "",
      "x",
      "* * * *",
      "* * * * * * * *",
      "60 * * * *",
      "0 24 * * *",
      "0 0 0 * *",
      "0 0 * 0 *",
      "0 0 * * 8",
      "0 0 * * 7 0",
    ],
    ...[
      "H * * * *",
      "R * * * *",
      "h(0-5) * * * *",
      "r(5-0) * * * *",
      "r/0 * * * *",
      "0 0 15W * *",
      "0 0 * * 5L",
      "0 9 * * +1",
    ],
    ...[
      "*/0 * * * *",
      "5-1/0 * * * *",
      "-5 * * * *",
      "1--5 * * * *",
      "1-5/ * * * *",
      "a * * * *",
      "0 0 * * 1#6",
      "0 0 * * 1#0",
    ],
    ...[
      "0 0 * * 1,2#1",
      "0 0 * * jan",
      "0 0 L-3 * *",
      "0 ? * * *",
      "0 0 ?,1 * *",
      "0 0 * * L",
      "0 0 * * * 0 1969",
      "0-60 * * * *",
      "@never",
    ],
  ];

  it("by cron are those of Prefect, which takes and refuses the same expressions", () => {
    const both = [...taken, ...refused].flatMap((text): [string, boolean][] => [
      [text, true],
      [text, false],
    ]);
    assertCron(both);
    assert.deepEqual([taken.filter((text) => wrongCron(text)), refused.filter((text) => !wrongCron(text))], [[], []]);
  });

  it("by cron are those of Prefect, whatever the expression", () => {
    const number = fc.integer({ min: 0, max: 62 }).map(String);
    const small = fc.integer({ min: 0, max: 8 }).map(String);
    const value = fc.oneof(
      number,
      small,
      fc.constantFrom("*", "L", "?", "mon", "FRI", "sun", "jan", "DEC", "l5", "L0", "2#1", "mon#3", "r", "H", ""),
    );
    const range = fc.tuple(value, value).map(([low, high]) => `${low}-${high}`);
    const step = fc.tuple(fc.oneof(value, range), small).map(([part, by]) => `${part}/${by}`);
    const field = fc
      .array(fc.oneof({ weight: 3, arbitrary: value }, range, step), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join(","));
    const legal = (least: number, most: number) => {
      const one = fc.integer({ min: least, max: most });
      const each = fc.oneof(
        fc.constant("*"),
        one.map(String),
        fc.tuple(one, one).map(([a, b]) => `${a}-${b}`),
        fc.tuple(one, fc.integer({ min: 1, max: 9 })).map(([a, b]) => `${a}/${b}`),
        fc.tuple(one, one, fc.integer({ min: 1, max: 9 })).map(([a, b, c]) => `${a}-${b}/${c}`),
      );
      return fc.array(each, { minLength: 1, maxLength: 2 }).map((parts) => parts.join(","));
    };
    const wild = fc.array(fc.oneof(fc.constant("*"), field), { minLength: 4, maxLength: 7 });
    const days = fc.oneof(legal(1, 31), legal(1, 31), fc.constantFrom("L", "1,L", "?"));
    const weekdays = fc.oneof(legal(0, 6), legal(0, 7), fc.constantFrom("l5", "1#1", "fri#5", "sat-mon", "mon-wed#2"));
    const likely = fc
      .tuple(legal(0, 59), legal(0, 23), days, legal(1, 12), weekdays, fc.option(legal(0, 59)))
      .map((parts) => parts.filter((part) => part !== null));
    const texts = fc.sample(
      fc.tuple(
        fc.oneof(wild, likely).map((parts) => parts.join(" ")),
        fc.boolean(),
      ),
      4_000,
    );
    assertCron(texts);
  });

  it("by a recurrence rule are those of dateutil, whatever the rule", () => {
    const rarely = <T>(part: fc.Arbitrary<T>) =>
      fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: part });
    const some = <T>(part: fc.Arbitrary<T>) => rarely(fc.uniqueArray(part, { minLength: 1, maxLength: 3 }));
    const numbers = (least: number, most: number) =>
      some(fc.integer({ min: least, max: most }).filter((number) => number !== 0 || least === 0));
    const weekday = fc.constantFrom("MO", "TU", "WE", "TH", "FR", "SA", "SU");
    const numbered = fc.tuple(fc.constantFrom("1", "2", "-1", "+3", "5"), weekday).map((parts) => parts.join(""));
    const rule = fc
      .record({
        FREQ: fc.constantFrom("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"),
        INTERVAL: rarely(fc.integer({ min: 1, max: 40 })),
        COUNT: rarely(fc.integer({ min: 1, max: 400 })),
        UNTIL: rarely(fc.constantFrom("20270101", "20270301T120000")),
        WKST: rarely(weekday),
        BYMONTH: numbers(1, 12),
        // of the days around New Year dateutil counts some weeks otherwise than RFC 5545
        BYWEEKNO: rarely(some(fc.integer({ min: 2, max: 51 }))),
        BYYEARDAY: rarely(numbers(-366, 366)),
        BYMONTHDAY: numbers(-31, 31),
        BYDAY: some(fc.oneof(weekday, weekday, numbered)),
        BYEASTER: rarely(rarely(some(fc.integer({ min: -50, max: 50 })))),
        BYHOUR: numbers(0, 23),
        BYMINUTE: numbers(0, 59),
        BYSECOND: numbers(0, 59),
        BYSETPOS: rarely(numbers(-5, 5)),
      })
      .map((parts) =>
        Object.entries(parts)
          .filter(([, part]) => part !== null)
          .map(([key, part]) => `${key}=${String(part)}`)
          .join(";"),
      );
    // close to the time that is asked for: dateutil has no other way than to go through all times since then
    const start = fc.constantFrom("20261101T000000", "20261120T093015", "20260831T235959", "20240229T120000");
    const lines = fc
      .tuple(start, rule, fc.option(rule, { freq: 6 }))
      .map(([start, rule, exception]) =>
        [
          `DTSTART:${start}`,
          `RRULE:${rule}`,
          ...(exception ? [`EXRULE:${exception}`] : []),
          "EXDATE:20261201T093015",
        ].join("\n"),
      );
    const within = (times: string[]) => times.filter((time) => time < "2070");
    const isQuick = (text: string) => !/MINUTELY|SECONDLY/.test(text) || !/2024|202608/.test(text);
    const texts = fc.sample(lines.filter(isQuick), 300).filter((text) => firesSoon(text));
    const expected = asked(
      "rule",
      texts.map((text) => [text, true]),
    );
    let compared = 0;
    for (const [i, text] of texts.entries()) {
      assert.equal(wrongRule(text), undefined, text);
      const times = expected[i];
      if (!times) continue;
      compared += 1;
      assert.deepEqual(within(first(occurrencesAfter(text, afterTime))), within(times), text);
    }
    assert.ok(compared > 50, String(compared));
  });

  /** Whether a rule fires five times soon, by our reckoning; dateutil takes long for one that doesn't. */
  function firesSoon(text: string): boolean {
    try {
      const times = first(occurrencesAfter(text, afterTime));
      return times.length === 5 && (times.at(-1) ?? "") < "2036";
    } catch (error) {
      assert.ok(error instanceof TooManySteps, text);
      return false;
    }
  }
});
