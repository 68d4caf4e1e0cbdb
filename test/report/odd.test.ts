import assert from "node:assert/strict";
import { unknown } from "../../provider/api/json";
import { nothingCutOff } from "../../report/cutOff";
import { page } from "../../report/html/page";
import { headline, markdown } from "../../report/markdown/markdown";
import { html, prose } from "../../report/markdown/text";
import { previewOf } from "../../report/preview";
import { type Report, reportOf } from "../../report/report";
import { type ResourceState, type Step, titleOf } from "../../report/step";

type Json = Record<string, unknown>;

const now = new Date("2026-10-29T12:00:00Z");
const urn = "urn:pulumi:prod::risk::pulumi-nodejs:dynamic/prefect:Deployment::nightly";
const state = (inputs: Json, more: Partial<ResourceState> = {}): ResourceState => ({
  urn,
  type: "t",
  custom: true,
  inputs: { name: "nightly", flowName: "sums", ...inputs },
  ...more,
});
const update = (before: Json, after: Json, diffs?: string[]): Step => ({
  op: "update",
  urn,
  old: state(before),
  new: state(after),
  ...(diffs && { diffs }),
});
const textOf = (steps: Step[], looks: Partial<Report> = {}) => markdown({ ...reportOf({ steps }, now), ...looks });

describe("a report of odd data", () => {
  const daily = { slug: "daily", cron: "0 9 * * *", timezone: "UTC" };
  const schema = JSON.stringify({ type: "object", properties: { x: { type: "integer" } } });
  const untold: [name: string, before: unknown][] = [
    ["schedules", [daily]],
    ["parameters", { x: 1 }],
    ["tags", ["a"]],
    ["parameterOpenapiSchema", schema],
    ["jobVariables", { image: "a" }],
  ];
  for (const [name, before] of untold) {
    for (const after of [unknown, "[secret]"]) {
      it(`doesn't take ${name} for removed that are ${after === unknown ? "known later" : "a secret"}`, () => {
        const there = textOf([update({ [name]: before }, { [name]: after })]);
        assert.doesNotMatch(there, /removed|any more|− |` `/);
        assert.match(there, after === unknown ? /known after the deploy/ : /\(secret\)/);
        assert.match(there, new RegExp(name));
        const back = textOf([update({ [name]: after }, { [name]: before })]);
        assert.doesNotMatch(back, /is new|which is new|\+ |` `/);
        assert.match(back, new RegExp(name));
      });
    }
  }

  it("doesn't take schedules for removed of which a part is a secret or known later", () => {
    for (const odd of [
      { ...daily, cron: "[secret]" },
      { ...daily, parameters: "[secret]" },
      { ...daily, cron: unknown },
    ]) {
      const text = textOf([update({ schedules: [daily] }, { schedules: [odd] })]);
      assert.doesNotMatch(text, /removed|next runs|other times/);
      assert.match(text, /schedules/);
    }
  });

  it("tells of what is empty and comes or goes", () => {
    const text = textOf([update({ jobVariables: { env: {} } }, { jobVariables: {} })]);
    assert.doesNotMatch(text, /only its version/);
    assert.match(text, /job variable `env`: `{}` is removed/);
  });

  it("reads a schema whatever is in it", () => {
    const odd = [
      "null",
      "1",
      '{"properties":null}',
      '{"properties":{"x":true,"y":null,"z":{"anyOf":[true,null]}},"required":5}',
    ];
    for (const one of odd) {
      assert.doesNotThrow(() => textOf([update({ parameterOpenapiSchema: one }, { parameterOpenapiSchema: schema })]));
      assert.doesNotThrow(() => textOf([update({ parameterOpenapiSchema: schema }, { parameterOpenapiSchema: one })]));
    }
  });

  it("doesn't say that the version alone changes of what has a secret, by which it may have risen", () => {
    const inputs = (version: string) => ({ version, jobVariables: { env: { TOKEN: "[secret]" } } });
    const steps = [update(inputs("1"), inputs("2"))];
    const text = textOf(steps);
    assert.match(
      text,
      /\(version 1 → 2\) changes: perhaps a secret<.*\n\n- `jobVariables.env.TOKEN`: \(secret\), which may change\n/,
    );
    assert.doesNotMatch(text + page(reportOf({ steps }, now)), /only its version/);
  });

  it("doesn't call a new deployment one whose version alone changes", () => {
    const text = textOf([{ op: "create", urn, new: state({}) }]);
    assert.doesNotMatch(text, /version/);
    assert.doesNotMatch(page(reportOf({ steps: [{ op: "create", urn, new: state({}) }] }, now)), /only its version/);
  });

  it("names a deployment whose flow is known later as the program does", () => {
    assert.equal(titleOf({ op: "create", urn, new: state({ flowName: unknown }) }), 'deployment "nightly"');
  });

  it("says a moment as the server does where that is none", () => {
    const steps: Step[] = [{ op: "delete", urn, old: state({}) }];
    const cutOffs = { of: { [urn]: { ...nothingCutOff(), scheduled: 1, next: "soon" } }, left: [] };
    assert.match(textOf(steps, { cutOffs }), /1 scheduled run, the next at soon, goes with it/);
  });

  it("names its project and stack where nothing of what it is about changes", () => {
    const subject = { project: "risk", stack: "prod" };
    assert.equal(markdown(reportOf({ steps: [] }, now, { subject })), "**risk/prod: nothing changes**\n");
  });

  it("has a first line whatever is all that it tells", () => {
    const quiet = reportOf({ steps: [] }, now);
    const call = {
      kind: "absent" as const,
      file: "a.py",
      line: 1,
      name: "a/b",
      message: "a.py:1 calls what isn't there",
    };
    const breach = {
      deployment: "d",
      caller: { kind: "defaults" as const, name: "d" },
      by: "Prefect" as const,
      isNew: false,
      mistakes: [],
      message: "m",
    };
    const withCall = { ...quiet, broken: { breaches: [], calls: [call], left: [] } };
    assert.equal(headline(withCall), "1 call is to be looked at");
    assert.equal(
      headline({ ...quiet, broken: { breaches: [breach], calls: [], left: [] } }),
      "1 call is broken already",
    );
  });

  it("shows a backslash, and cuts no character in two", () => {
    assert.equal(html("a\\*b\\"), "a&#92;&#42;b&#92;");
    for (const text of [html("x".repeat(158) + "💥💥"), prose("x".repeat(998) + "💥💥")]) {
      assert.doesNotMatch(text, /\p{Cs}/u);
    }
  });

  it("tells nobody, and refers to nothing: hosts look for names once Markdown is read", () => {
    // an entity alone is what it stands for by then
    const read = (text: string) => text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    const given = "@all @org/team #1 !2 %3 $4 ~bug &5 a@b.c 50% of #";
    const shown = read(html(given).replaceAll("&amp;", "&"));
    assert.doesNotMatch(shown, /[@#!%$~&]\w/);
    assert.equal(shown.replaceAll("\u200b", ""), given);
  });

  it("takes a resource of another name for the one that was compared with the server by its old one", () => {
    const former = `${urn}-former`;
    const [old, renamed] = [state({}, { urn: former }), state({})];
    const { steps } = previewOf({
      steps: [
        { op: "refresh", urn: former, oldState: old, newState: old },
        { op: "same", urn, oldState: old, newState: renamed },
      ],
    });
    assert.deepEqual(
      steps.map(({ op, urn }) => [op, urn]),
      [["same", urn]],
    );
    assert.deepEqual(reportOf({ steps }, now).drift, { objects: [], left: [] });
  });

  it("has room for others beside an object of which much was changed on the server", () => {
    const one = (name: string, many: Json): Step => {
      const own = `urn:pulumi:prod::risk::pulumi-nodejs:dynamic/prefect:Variable::${name}`;
      const of = (value: unknown): ResourceState => ({ urn: own, type: "t", custom: true, inputs: { name, value } });
      return { op: "update", urn: own, deployed: of({ x: 1 }), old: of(many), new: of({ x: 1 }), diffs: ["value"] };
    };
    const many = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`v${i}`, "x".repeat(99)]));
    const text = textOf([one("a", many), one("b", { x: 2 })]);
    assert.match(text, /<b>variable "a" was changed on the server<\/b>/);
    assert.match(text, /and \d+ lines more/);
    assert.match(text, /<b>variable "b" was changed on the server<\/b>/);
    assert.equal(text.split("to undo it: ").length, 3);
  });

  it("names no holidays of another deployment that is called the same", () => {
    const rrule = "DTSTART:20200101T000000\nRRULE:FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0\nEXDATE:20261126T090000";
    const before = { schedules: [{ slug: "s", rrule: "FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0" }] };
    const steps = [update(before, { schedules: [{ slug: "s", rrule }] })];
    const told = (...days: string[]) => days.map((day) => ({ deployment: "nightly", slug: "s", skippedDays: [day] }));
    const skipped = (...days: string[]) => {
      const report = reportOf({ steps }, now, { skippedDays: told(...days) });
      return report.deployments[0]?.schedules[0]?.after?.skippedDays;
    };
    const thanksgiving = "2026-11-26 Thanksgiving Day";
    assert.deepEqual(skipped(thanksgiving), [thanksgiving]);
    assert.deepEqual(skipped(thanksgiving, thanksgiving), [thanksgiving]);
    assert.deepEqual(skipped(thanksgiving, "2026-12-25 Christmas Day"), ["2026-11-26"]);
  });

  it("goes by no part of a replacement", () => {
    for (const part of ["import-replacement", "read-replacement", "remove-pending-replace", "discard-replaced"]) {
      const steps = [
        { op: "replace", urn, oldState: state({}), newState: state({ path: "x" }) },
        { op: part, urn, oldState: state({}), newState: state({ path: "x" }) },
      ];
      assert.deepEqual(
        previewOf({ steps }).steps.map(({ op }) => op),
        ["replace"],
      );
    }
  });

  it("is the same in whatever order Pulumi answers, where two that changed on the server are called alike", () => {
    const one = (queue: string): Step => {
      const own = `urn:pulumi:prod::risk::pulumi-nodejs:dynamic/prefect:WorkQueue::${queue}`;
      const of = (priority: number): ResourceState => ({
        urn: own,
        type: "t",
        custom: true,
        inputs: { name: "default", priority },
      });
      return {
        op: "update",
        urn: own,
        deployed: of(1),
        old: of(queue === "a" ? 2 : 3),
        new: of(1),
        diffs: ["priority"],
      };
    };
    assert.equal(textOf([one("a"), one("b")]), textOf([one("b"), one("a")]));
  });
});
