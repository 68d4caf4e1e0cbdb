import assert from "node:assert/strict";
import { unknown } from "../../provider/api/json";
import { beyond } from "../../report/beyond";
import { reviewed, reviewedIn, type ReviewedPlan } from "../../report/reviewed";
import type { Step } from "../../report/step";

const subject = { project: "risk", stack: "prod" };
const urn = (name: string) => `urn:pulumi:prod::risk::pulumi-nodejs:dynamic/prefect:Variable::${name}`;
const state = (name: string, inputs: object) => ({
  urn: urn(name),
  type: "",
  custom: true,
  inputs: { name, ...inputs },
});
const update = (name: string, before: unknown, after: unknown): Step => ({
  op: "update",
  urn: urn(name),
  old: state(name, { value: before }),
  new: state(name, { value: after }),
});
const planOf = (...steps: Step[]) => reviewed(steps, subject);
const more = (steps: Step[], seen: ReviewedPlan) => beyond(steps, subject, seen);
const saved = (...steps: Step[]) => reviewedIn(JSON.stringify(planOf(...steps))) ?? assert.fail("is no plan");

describe("a plan that was reviewed", () => {
  const [a, b] = [update("a", 1, 2), update("b", { x: [1] }, { x: [2], y: undefined })];

  it("lets through what it says, and less", () => {
    assert.deepEqual(more([a, b], saved(b, a)), []);
    assert.deepEqual(more([a], saved(a, b)), []);
    assert.deepEqual(more([], saved()), []);
  });

  it("says what is new: an object, a value, another way", () => {
    assert.deepEqual(more([a, b], saved(a)), ['variable "b" would be changed as well (update)']);
    assert.deepEqual(more([update("a", 1, 3)], saved(a)), ['variable "a": value would change in another way']);
    assert.deepEqual(more([update("a", 0, 2)], saved(a)), ['variable "a": value would change in another way']);
    assert.deepEqual(more([{ op: "delete", urn: urn("a"), old: state("a", {}) }], saved(a)), [
      'variable "a": delete, in place of update',
    ]);
  });

  it("says that a provider leads elsewhere, which changes no object by itself", () => {
    const provider = "urn:pulumi:prod::risk::pulumi:providers:kubernetes::cluster";
    const at = (kubeconfig: string) => ({ urn: provider, type: "", custom: true, inputs: { kubeconfig } });
    const led: Step = { op: "update", urn: provider, old: at("a"), new: at("b") };
    assert.deepEqual(more([a, led], saved(a)), ['pulumi kubernetes "cluster" would be changed as well (update)']);
    assert.deepEqual(more([a, led], saved(a, led)), []);
    const made = (inputs: Record<string, unknown>): Step => ({
      op: "create",
      urn: provider,
      new: { ...at(""), inputs },
    });
    assert.deepEqual(more([a, made({ version: "4.18.0" })], saved(a)), []);
    assert.deepEqual(more([a, made({ context: "prod" })], saved(a, made({ context: "staging" }))), [
      'pulumi kubernetes "cluster": context would change in another way',
    ]);
    assert.deepEqual(more([a, made({ context: "prod" })], saved(a)), [
      'pulumi kubernetes "cluster" would be changed as well (create)',
    ]);
  });

  it("says that an object goes through another provider, which is none of its inputs", () => {
    const through = (name: string): Step => ({
      ...a,
      new: { ...state("a", { value: 2 }), provider: `urn:pulumi:prod::risk::pulumi:providers:kubernetes::${name}::id` },
    });
    assert.deepEqual(more([through("prod")], saved(through("staging"))), [
      'variable "a" would go through another provider',
    ]);
    assert.deepEqual(more([through("prod")], saved(a)), ['variable "a" would go through another provider']);
    assert.deepEqual(more([through("default_4_18_0")], saved(through("default_4_17_0"))), []);
  });

  it("says what of it is missing of an object that is made", () => {
    for (const op of ["create", "import"]) {
      const made = (inputs: object): Step => ({ op, urn: urn("a"), new: state("a", inputs) });
      const all = { value: 1, paused: true, limit: { most: 1 } };
      assert.deepEqual(more([made(all)], saved(made(all))), []);
      assert.deepEqual(more([made({ value: 1 })], saved(made(all))), [
        'variable "a": paused, limit would change in another way',
      ]);
    }
  });

  it("says what of it is missing of an object that changes, unless that is done already", () => {
    for (const op of ["update", "replace"]) {
      const to = (before: object, after: object): Step => ({
        op,
        urn: urn("a"),
        old: state("a", before),
        new: state("a", after),
      });
      const old = { on: [{ cron: "1", tags: ["x"] }], paused: false, old: 1 };
      const seen = saved(to(old, { on: [{ cron: "2", tags: ["y"] }], paused: true }));
      const missing = (before: object, after: object) => more([to(before, after)], seen);
      const other = (paths: string) => [`variable "a": ${paths} would change in another way`];
      assert.deepEqual(missing(old, { ...old, on: [{ cron: "2", tags: ["x"] }] }), other("on[0].tags, paused, old"));
      const done = { on: [{ cron: "1", tags: ["y"] }], paused: true };
      assert.deepEqual(missing(done, { ...done, on: [{ cron: "2", tags: ["y"] }] }), []);
      assert.deepEqual(
        missing({ ...done, old: 2 }, { ...done, on: [{ cron: "2", tags: ["y"] }], old: 2 }),
        other("old"),
      );
    }
  });

  it("needs no property of what is deleted", () => {
    const gone = (inputs: object): Step => ({ op: "delete", urn: urn("a"), old: state("a", inputs) });
    assert.deepEqual(more([gone({ value: 1 })], saved(gone({ value: 1, paused: true }))), []);
  });

  describe("that was done in part", () => {
    const there = (name: string): Step => ({ op: "same", urn: urn(name), old: state(name, {}), new: state(name, {}) });
    const made = (name: string): Step => ({ op: "create", urn: urn(name), new: state(name, {}) });
    const user = (id: unknown, of: string[], more: object = {}): Step => ({
      op: "create",
      urn: urn("user"),
      new: {
        ...state("user", { actions: [{ id, type: "pause" }], ...more }),
        propertyDependencies: { actions: of.map(urn) },
      },
    });
    const seen = saved(made("a"), made("b"), user(unknown, ["a"]));
    const [other, begun] = [
      'variable "user": actions would change in another way',
      "the plan was done in part already",
    ];

    it("is gone on with: what is known by now comes of what it has made", () => {
      assert.deepEqual(more([there("a"), made("b"), user("id-of-a", ["a"])], seen), []);
      const both = saved(made("a"), made("b"), user([unknown, unknown], ["a", "b"]));
      assert.deepEqual(more([there("a"), made("b"), user(["id-of-a", unknown], ["b", "a"])], both), []);
      const changing = (value: unknown): Step => ({
        op: "update",
        urn: urn("user"),
        old: state("user", { actions: { id: "x", type: "pause" } }),
        new: { ...state("user", { actions: value }), propertyDependencies: { actions: [urn("a")] } },
      });
      const whole = saved(made("a"), changing(unknown));
      assert.deepEqual(more([there("a"), changing({ id: "id-of-a", type: "pause" })], whole), []);
    });

    it("is to be reviewed anew where the value comes of anything else", () => {
      const refused: [what: string, steps: Step[], lines: string[]][] = [
        ["a text of the program", [there("a"), user("another", [])], [other, begun]],
        ["another object", [there("a"), there("c"), user("id-of-c", ["c"])], [other, begun]],
        ["another one of the plan", [there("a"), there("b"), user("id-of-b", ["b"])], [other, begun]],
        ["one more", [there("a"), there("c"), user("id-of-a", ["a", "c"])], [other, begun]],
        ["what is still to be made", [made("a"), user("another", ["a"])], [other]],
        ["what isn't known yet, of another one", [there("a"), made("b"), user(unknown, ["b"])], [other, begun]],
      ];
      for (const [what, steps, lines] of refused) assert.deepEqual(more(steps, seen), lines, what);
      assert.deepEqual(more([there("c"), user("id-of-c", ["c"])], saved(user(unknown, ["c"]))), [other]);
    });

    it("is to be reviewed anew where more than the value is another", () => {
      const type = user("id-of-a", ["a"]);
      Object.assign(type.new?.inputs ?? {}, { actions: [{ id: "id-of-a", type: "run" }] });
      assert.deepEqual(more([there("a"), type], seen), [other, begun]);
      Object.assign(type.new?.inputs ?? {}, { actions: [{ id: "id-of-a", type: "pause" }, { type: "run" }] });
      assert.deepEqual(more([there("a"), type], seen), [other, begun]);
      assert.deepEqual(more([there("a"), user("id-of-a", ["a"], { paused: true })], seen), [
        'variable "user": paused would change in another way',
        begun,
      ]);
    });
  });

  it("is that of one stack", () => {
    const other = reviewed([a], { project: "risk", stack: "dev" });
    assert.deepEqual(more([a], other), ["the plan is one of risk/dev, and this is risk/prod"]);
  });

  it("is no other file", () => {
    for (const text of [
      "",
      "{}",
      "[]",
      "null",
      '{"version": 2, "project": "", "stack": "", "changes": []}',
      "<html>",
    ]) {
      assert.equal(reviewedIn(text), undefined);
    }
  });

  it("is the same in whatever order the answers came, and has no secret", () => {
    assert.deepEqual(planOf(a, b), planOf(b, a));
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "hidden" };
    assert.doesNotMatch(
      JSON.stringify(planOf(update("s", secret, { ...secret, ciphertext: "other" }))),
      /hidden|other/,
    );
  });
});
