import assert from "node:assert/strict";
import { beyond, reviewed, reviewedIn } from "../../report/reviewed";
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
const saved = (...steps: Step[]) => reviewedIn(JSON.stringify(planOf(...steps))) ?? assert.fail("is no plan");

describe("a plan that was reviewed", () => {
  const [a, b] = [update("a", 1, 2), update("b", { x: [1] }, { x: [2], y: undefined })];

  it("lets through what it says, and less", () => {
    assert.deepEqual(beyond(planOf(a, b), saved(b, a)), []);
    assert.deepEqual(beyond(planOf(a), saved(a, b)), []);
    assert.deepEqual(beyond(planOf(), saved()), []);
  });

  it("says what is new: an object, a value, another way", () => {
    assert.deepEqual(beyond(planOf(a, b), saved(a)), ['variable "b" would be changed as well (update)']);
    assert.deepEqual(beyond(planOf(update("a", 1, 3)), saved(a)), ['variable "a": value would change in another way']);
    assert.deepEqual(beyond(planOf(update("a", 0, 2)), saved(a)), ['variable "a": value would change in another way']);
    assert.deepEqual(beyond(planOf({ op: "delete", urn: urn("a"), old: state("a", {}) }), saved(a)), [
      'variable "a": delete, in place of update',
    ]);
  });

  it("says that a provider leads elsewhere, which changes no object by itself", () => {
    const provider = "urn:pulumi:prod::risk::pulumi:providers:kubernetes::cluster";
    const at = (kubeconfig: string) => ({ urn: provider, type: "", custom: true, inputs: { kubeconfig } });
    const led: Step = { op: "update", urn: provider, old: at("a"), new: at("b") };
    assert.deepEqual(beyond(planOf(a, led), saved(a)), [
      'pulumi kubernetes "cluster" would be changed as well (update)',
    ]);
    assert.deepEqual(beyond(planOf(a, led), saved(a, led)), []);
    assert.deepEqual(beyond(planOf(a, { op: "create", urn: provider, new: at("a") }), saved(a)), []);
  });

  it("is that of one stack", () => {
    const other = reviewed([a], { project: "risk", stack: "dev" });
    assert.deepEqual(beyond(planOf(a), other), ["the plan is one of risk/dev, and this is risk/prod"]);
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
