import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as fc from "fast-check";
import { signature } from "../../provider/api/json";
import { contractsOf } from "../../report/contracts";
import { nothingCutOff } from "../../report/cutOff";
import { headline, longestMarkdown, markdown } from "../../report/markdown/markdown";
import { code, html } from "../../report/markdown/text";
import { planContracts } from "../../report/planContracts";
import { type Report, reportOf } from "../../report/report";
import type { Step } from "../../report/step";
import { root } from "../../tools/root";

type Json = Record<string, unknown>;

const now = new Date("2026-10-29T12:00:00Z");
const project = "urn:pulumi:prod::risk::";
const urnOf = (kind: string, name: string) => `${project}pulumi-nodejs:dynamic/prefect:${kind}::${name}`;

function step(kind: string, name: string, op: string, before?: Json, after?: Json): Step {
  const urn = urnOf(kind, name);
  const own = kind === "Deployment" ? { name, flowName: "sums" } : { name };
  const state = (inputs: Json | undefined) => inputs && { urn, type: "t", custom: true, inputs: { ...own, ...inputs } };
  return { op, urn, old: state(before), new: state(after) };
}
const update = (name: string, before: Json, after: Json) => step("Deployment", name, "update", before, after);
type Looks = Pick<Report, "broken" | "cutOffs" | "code">;
const textOf = (steps: Step[], looks: Looks = {}) => markdown({ ...reportOf({ steps }, now), ...looks });
const schema = (properties: Json, required: string[] = []) => JSON.stringify({ type: "object", properties, required });
const stack = (before: Json, after: Json): Step => ({
  op: "update",
  urn: `${project}pulumi:pulumi:Stack::risk-prod`,
  old: { urn: "", type: "", custom: false, outputs: before },
  new: { urn: "", type: "", custom: false, outputs: after },
});

/** Each was read through as a reviewer of a pull request would. */
const stored: Record<string, Step[]> = {
  "a schedule that moves, when the clocks change": [
    update(
      "nightly",
      { schedules: [{ slug: "nightly", cron: "0 9 * * *", timezone: "US/Pacific" }], version: "3" },
      { schedules: [{ slug: "nightly", cron: "30 7 * * *", timezone: "Europe/Berlin" }], version: "4" },
    ),
  ],
  "a holiday that is skipped": [
    stack({}, { schedules: [{ deployment: "nightly", slug: "s", skippedDays: ["2026-11-26 Thanksgiving Day"] }] }),
    update(
      "nightly",
      { schedules: [{ slug: "s", rrule: "FREQ=WEEKLY;BYDAY=TH;BYHOUR=9;BYMINUTE=0;BYSECOND=0" }] },
      {
        schedules: [
          {
            slug: "s",
            rrule:
              "DTSTART:20200101T000000\nRRULE:FREQ=WEEKLY;BYDAY=TH;BYHOUR=9;BYMINUTE=0;BYSECOND=0\nEXDATE:20261126T090000",
          },
        ],
      },
    ),
  ],
  "a parameter that is renamed": [
    update(
      "nightly",
      {
        parameters: { day: "today" },
        parameterOpenapiSchema: schema({ day: { type: "string", position: 0, title: "day" } }, ["day"]),
        codeHash: "aaaaaaaaaaaaaaaa",
      },
      {
        parameters: { date: "today" },
        parameterOpenapiSchema: schema({
          date: { anyOf: [{ type: "string", format: "date" }, { type: "null" }], default: null },
        }),
        codeHash: "bbbbbbbbbbbbbbbb",
      },
    ),
  ],
  "flows that go, and one that is replaced": [
    step("Deployment", "old", "delete", {}),
    step("WorkPool", "etl", "delete", {}),
    step("Deployment", "renamed", "replace", { name: "before" }, { name: "renamed" }),
  ],
  "an image of many": Array.from({ length: 30 }, (_, i) =>
    update(
      `load-${String(i).padStart(2, "0")}`,
      { jobVariables: { image: "flows:1" }, version: "1" },
      { jobVariables: { image: "flows:2" }, version: "2" },
    ),
  ),
  "what is new, paused, tagged and restarted": [
    step("Deployment", "weekly", "create", undefined, {
      entrypoint: "flows.py:sums",
      schedules: [{ slug: "weekly", cron: "0 9 * * MON" }],
      tags: ["env=prod"],
      workPoolName: "etl",
    }),
    update("nightly", { tags: ["a", "b"], paused: false }, { tags: ["b", "c"], paused: true }),
    update(
      "hourly",
      { jobVariables: { env: { A: "1", T: { "4dabf18193072939515e22adb298388d": "x" } } } },
      { jobVariables: { env: { A: "2", T: { "4dabf18193072939515e22adb298388d": "x" } } } },
    ),
    step("Worker", "w", "update", {}, {}),
    step("WorkPool", "etl", "update", { concurrencyLimit: 1 }, { concurrencyLimit: 2 }),
  ],
  "what is cut off on the server": [
    step("Deployment", "busy", "delete", {}),
    step("Deployment", "idle", "delete", {}),
    step("Deployment", "unread", "delete", {}),
    step("Deployment", "renamed", "replace", { name: "before" }, { name: "renamed" }),
    step("WorkPool", "etl", "delete", {}),
    step("WorkQueue", "slow", "delete", {}),
    step("Flow", "sums", "delete", {}),
  ],
  "the files behind a change of code": ["one", "comments", "older", "many", "untold"].map((name) =>
    update(name, { codeHash: "aaaaaaaaaaaaaaaa" }, { codeHash: "bbbbbbbbbbbbbbbb" }),
  ),
  nothing: [step("WorkPool", "etl", "same", {}, {})],
};

/** What is known besides of those. */
const looked: Record<string, Looks> = {
  "what is cut off on the server": {
    cutOffs: {
      of: {
        [urnOf("Deployment", "busy")]: {
          ...nothingCutOff(),
          scheduled: 12,
          late: 1,
          next: "2026-10-29T13:00:00Z",
          waiting: 2,
          running: 1,
          automations: ["after load", "by <b>hand</b>"],
        },
        [urnOf("Deployment", "idle")]: nothingCutOff(),
        [urnOf("Deployment", "unread")]: { ...nothingCutOff(), isPartial: true },
        [urnOf("Deployment", "renamed")]: { ...nothingCutOff(), scheduled: 1, running: 2, isPartial: true },
        [urnOf("WorkPool", "etl")]: {
          ...nothingCutOff(),
          waiting: 1,
          running: 3,
          users: ["a", "b", "c", "d", "e", "f", "g"].map((name) => `other/${name}`),
        },
        [urnOf("WorkQueue", "slow")]: nothingCutOff(),
        [urnOf("Flow", "sums")]: { ...nothingCutOff(), history: 1250, users: ["sums/by hand"] },
      },
      left: ["only 2000 automations of the server were looked at"],
    },
  },
  "the files behind a change of code": {
    code: {
      [urnOf("Deployment", "one")]: {
        base: "main",
        commit: "a1b2c3d",
        isDeployed: false,
        files: [
          { name: "flows/etl.py", added: 12, removed: 3 },
          { name: "flows/new.py", added: 0, removed: 0, isNew: true },
          { name: "flows/said.py", added: 2, removed: 0, isSame: true },
        ],
      },
      [urnOf("Deployment", "comments")]: {
        base: "v1.0-2-ga1b2c3d",
        commit: "a1b2c3d",
        isDeployed: true,
        files: [{ name: "flows/`said`.py", added: 2, removed: 0, isSame: true }],
      },
      [urnOf("Deployment", "older")]: { base: "main", commit: "a1b2c3d", isDeployed: false, files: [] },
      [urnOf("Deployment", "many")]: {
        base: "main",
        commit: "a1b2c3d",
        isDeployed: false,
        files: Array.from({ length: 12 }, (_, i) => ({ name: `flows/${i}.py`, added: i, removed: 0 })),
      },
    },
  },
};

describe("the report of a preview in Markdown", () => {
  for (const [what, steps] of Object.entries(stored)) {
    it(`says what becomes of ${what}`, () => {
      const file = path.join(root, "test/report/expected", `${what.replace(/\W+/g, "-")}.md`);
      const text = textOf(steps, looked[what]);
      if (process.env.WRITE === "1") fs.writeFileSync(file, text);
      assert.equal(text, fs.readFileSync(file, "utf8"));
      // in whatever order Pulumi answers
      assert.equal(textOf([...steps].reverse(), looked[what]), text);
    });
  }

  it("counts in its first line", () => {
    const of = (...steps: Step[]) => headline(reportOf({ steps }, now));
    const cron = (rule: string) => ({ schedules: [{ slug: "s", cron: rule }] });
    const moved = update("a", cron("0 9 * * *"), cron("0 8 * * *"));
    assert.equal(of(moved), "1 deployment changes, 1 runs at other times");
    assert.equal(
      of(moved, update("b", {}, { tags: ["x"] }), step("Deployment", "c", "delete", {})),
      "2 deployments change, 1 deployment is deleted, 1 runs at other times",
    );
    assert.equal(of(step("Deployment", "n", "create", undefined, cron("0 9 * * *"))), "1 deployment is new");
    assert.equal(
      of(step("Block", "n", "delete", {}), step("Block", "m", "update", {}, { data: 1 })),
      "2 other objects change",
    );
    assert.equal(of(), "nothing changes");
  });

  const name = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.constantFrom("a|b", "``", "<b>", "@all", "-->", "\n\n# x", "</details>"),
  );
  // what all objects inherit is a key like any other
  const inherited = fc.constantFrom("toString", "constructor", "__proto__", "hasOwnProperty");
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    name,
    fc.dictionary(inherited, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }),
  );
  const argument = fc.constantFrom(
    "tags",
    "parameters",
    "schedules",
    "jobVariables",
    "description",
    "version",
    "paused",
    "parameterOpenapiSchema",
  );
  const kind = fc.constantFrom("Deployment", "WorkPool", "Worker");
  const operation = fc.constantFrom("create", "update", "delete", "replace");

  describe("of 300 changes among 1000 deployments", () => {
    const gone = 12;
    /** Of the 300, some are deleted. */
    const among = (nameOf: (i: number) => string, before: (i: number) => Json, after: (i: number) => Json) =>
      Array.from({ length: 1000 }, (_, i) => {
        const op = i >= 300 ? "same" : i >= 300 - gone ? "delete" : "update";
        const urn = urnOf("Deployment", nameOf(i));
        const state = (inputs: Json) => ({
          urn,
          type: "t",
          custom: true,
          inputs: { name: nameOf(i), flowName: "sums", ...inputs },
        });
        const now = op === "delete" ? undefined : state(op === "same" ? before(i) : after(i));
        return { op, urn, old: state(before(i)), new: now } satisfies Step;
      });
    const cron = (i: number, hour: number) => ({
      schedules: [{ slug: "daily", cron: `${i % 60} ${hour} * * *`, timezone: "Europe/Berlin" }],
    });
    const hostile = ["\u{1f4a5}", "`|<b>\n", "\u202e\u0000", "漢字", "&@#![]()"];
    const shapes: Record<string, Step[]> = {
      "all alike": among(
        (i) => `load-${i}`,
        () => cron(0, 8),
        () => cron(0, 9),
      ),
      "all different": among(
        (i) => `load-${i}`,
        (i) => ({ ...cron(i, 8), parameters: { x: i } }),
        (i) => ({ ...cron(i, 9), parameters: { x: -i } }),
      ),
      "with hostile long names": among(
        (i) => `${(hostile[i % hostile.length] ?? "").repeat(200)}${i}`,
        (i) => ({ parameters: Object.fromEntries(hostile.map((text) => [text.repeat(i), text.repeat(i + 1)])) }),
        (i) => ({ parameters: Object.fromEntries(hostile.map((text) => [text.repeat(i), `${text.repeat(i)}x`])) }),
      ),
      "one of which alone is too long": among(
        (i) => `load-${i}`,
        (i) => (i === 0 ? {} : cron(i, 8)),
        (i) =>
          i === 0
            ? { jobVariables: Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`v${n}`, "x".repeat(99)])) }
            : cron(i, 9),
      ),
    };
    for (const [shape, steps] of Object.entries(shapes)) {
      it(`has room, ${shape}: deletions stand first, and what is left out is counted`, () => {
        // calls that break are many, too
        const breach = { deployment: "d", caller: { kind: "defaults" as const, name: "d" }, by: "Prefect" as const };
        const breaches = Array.from({ length: 300 }, (_, i) => ({
          ...breach,
          isNew: true,
          mistakes: [],
          message: `${i} ${"ü".repeat(900)}`,
        }));
        const text = textOf(steps, { broken: { breaches, calls: [], left: [] } });
        assert.ok(text.length < longestMarkdown, `${text.length} characters`);
        assert.ok(Buffer.byteLength(text) < longestMarkdown, `${Buffer.byteLength(text)} bytes`);
        assert.match(text, /^\*\*risk\/prod: 300 calls break, 288 deployments change, 12 deployments are deleted/);
        assert.equal(text.split(" is deleted**: ").length - 1, gone);
        assert.ok(text.indexOf(" is deleted**") < text.indexOf("<details>"));
        const left = (noun: string) => Number(new RegExp(`(\\d+) ${noun}s?(?= and| more)`).exec(text)?.[1] ?? 0);
        assert.equal(text.split("**breaks:**").length - 1 + left("broken call"), 300);
        const sections = [...text.matchAll(/<summary>deployments? (<b>.*<\/b>)(?: and (\d+) more)?/g)];
        const told = sections.reduce(
          (sum, [, names = "", more]) => sum + names.split("<b>").length - 1 + Number(more ?? 0),
          0,
        );
        assert.equal(told + left("deployment"), 288);
        assert.ok(told > 0);
      });
    }
  });

  it("has no secret, wherever it is, and is the same bytes in whatever order Pulumi answers", () => {
    const canary = "canary-5f1e7d";
    const secret = { [signature]: "1b47061264138c4ac30d75fd1eb44270", plaintext: JSON.stringify(canary) };
    const held = fc.oneof(
      fc.constant(secret),
      fc.dictionary(name, fc.oneof(value, fc.constant(secret)), { maxKeys: 3 }),
      fc.array(fc.oneof(value, fc.constant(secret)), { maxLength: 3 }),
      fc.constant([{ slug: "s", cron: "0 9 * * *", parameters: { a: secret, b: 1 } }]),
      fc.constant({ type: "object", properties: { a: { type: "integer" }, b: { type: "string" } }, required: ["c"] }),
      value,
    );
    const args = fc.dictionary(argument, held);
    const given = fc.array(fc.tuple(kind, operation, args, args, fc.array(argument)), { maxLength: 20 });
    const shuffled = given.chain((all) => {
      const numbers = all.map((_, i) => i);
      return fc.tuple(fc.constant(all), fc.shuffledSubarray(numbers, { minLength: numbers.length }));
    });
    fc.assert(
      fc.property(shuffled, ([all, order]) => {
        const steps = all.map(([kind, op, before, after, diffs], i): Step => {
          // several have the same name
          const named = (inputs: Json) => ({ ...inputs, name: `n${i % 3}` });
          const [old, now] = [op === "create" ? undefined : named(before), op === "delete" ? undefined : named(after)];
          return { ...step(kind, `n${i}`, op, old, now), diffs };
        });
        const whole = (inOrder: Step[]) => {
          const { contracts, callers } = planContracts(inOrder);
          return textOf(inOrder, { broken: { breaches: contractsOf(contracts, callers), calls: [], left: [] } });
        };
        const text = whole(steps);
        assert.ok(!text.includes(canary), text);
        assert.equal(whole(order.flatMap((i) => steps[i] ?? [])), text);
      }),
      { numRuns: 300 },
    );
  }).timeout(60_000);

  it("is never longer than the limit, and the same each time, with any names and values", () => {
    const args = fc.dictionary(argument, value);
    const steps = fc.array(fc.tuple(kind, name, operation, args, args), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (given) => {
        const all = given.map(([kind, called, op, before, after]) =>
          step(kind, called, op, op === "create" ? undefined : before, op === "delete" ? undefined : after),
        );
        const text = textOf(all);
        assert.ok(Buffer.byteLength(text) <= longestMarkdown);
        assert.equal(textOf(all), text);
        // nothing of what is deployed opens or closes a fold, or begins a heading
        const outside = text.replace(/(`+)(?!`).*?[^`]\1(?!`)/g, "");
        assert.equal(outside.split("<details>").length, outside.split("</details>").length);
        assert.doesNotMatch(text, /^#/m);
      }),
      { numRuns: 200 },
    );
  }).timeout(60_000);

  it("shows names as they are, whatever Markdown and HTML would make of them", () => {
    assert.equal(code("a`b"), "``a`b``");
    assert.equal(code("`"), "`` ` ``");
    assert.equal(code("a|b"), "`a¦b`");
    assert.equal(code("a\nb"), "`a\\u000ab`");
    assert.equal(html("<b>@all #1 [x](y)"), "&lt;b&gt;&#64;&#8203;all &#35;&#8203;1 &#91;&#8203;x&#93;(y)");
  });
});
