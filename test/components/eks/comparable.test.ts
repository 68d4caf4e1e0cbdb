import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { comparable } from "../../../components/eks/comparable";
import { isEqual } from "../../../provider/api/json";

const areEqual = (a: Record<string, unknown>, b: Record<string, unknown>) => isEqual(comparable(a), comparable(b));
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 8);

describe("arguments in a form in which they can be compared", () => {
  beforeEach(() => pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }));

  it("are plain data as it is, but for what isn't given", () => {
    const data = { text: "a", number: 1, flag: false, none: null, list: ["a", { b: [1] }], object: { a: { b: "c" } } };
    assert.deepEqual(comparable(data), data);
    assert.deepEqual(comparable({ a: undefined, b: { c: undefined, d: 1 } }), { b: { d: 1 } });
    assert.deepEqual(comparable({}), {});
  });

  it("are copies, so that later changes of them don't count", () => {
    const given = { tags: { team: "a" }, list: ["a"] };
    const before = comparable(given);
    given.tags.team = "b";
    given.list.push("b");
    assert.deepEqual(before, { tags: { team: "a" }, list: ["a"] });
  });

  it("are the same in another order of keys, and not in another order of a list", () => {
    assert.ok(areEqual({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }));
    assert.ok(!areEqual({ list: [1, 2] }, { list: [2, 1] }));
    assert.ok(!areEqual({ a: 1 }, { a: "1" }));
    assert.ok(!areEqual({ a: null }, {}));
  });

  it("have functions as themselves, wherever they are: what they do may not be in their text", () => {
    const adding = (more: number) => (value: number) => value + more;
    const [one, other] = [adding(1), adding(2)];
    assert.equal(String(one), String(other));
    assert.ok(areEqual({ a: { b: [one] } }, { a: { b: [one] } }));
    assert.ok(!areEqual({ a: { b: [one] } }, { a: { b: [other] } }));
    assert.ok(!areEqual({ a: one }, { a: String(one) }));
  });

  it("have a kubeconfig as a hash, at any depth, and other texts as they are", () => {
    const kubeconfig = "users: [{token: s3cret}]";
    const shown = comparable({ kubeconfig, cluster: { kubeconfig }, list: [{ kubeconfig }], name: "c" });
    const hash = hashOf(kubeconfig);
    assert.deepEqual(shown, {
      kubeconfig: hash,
      cluster: { kubeconfig: hash },
      list: [{ kubeconfig: hash }],
      name: "c",
    });
    assert.ok(areEqual({ kubeconfig }, { kubeconfig }));
    assert.ok(!areEqual({ kubeconfig }, { kubeconfig: `${kubeconfig} ` }));
  });

  describe("have what only another resource knows", () => {
    class Component extends pulumi.ComponentResource {
      /** What a comparison by content would never come to the end of. */
      readonly self = this;
      constructor(name: string) {
        super("test:Component", name);
      }
    }
    const kinds: [string, (i: number) => unknown][] = [
      ["an output", () => pulumi.output("s3cret")],
      ["a secret", () => pulumi.secret("s3cret")],
      ["a promise", () => Promise.resolve("s3cret")],
      ["a resource", (i) => new Component(`s3cret-${i}`)],
    ];
    for (const [what, make] of kinds) {
      it(`as itself: ${what}`, () => {
        const [one, other] = [make(1), make(2)];
        for (const at of [
          (value: unknown) => ({ kubeconfig: value }),
          (value: unknown) => ({ provider: value }),
          (value: unknown) => ({ subnetIds: [value, "subnet-1"] }),
          (value: unknown) => ({ cluster: { subnetIds: { a: value } } }),
        ]) {
          assert.ok(areEqual(at(one), at(one)));
          assert.ok(!areEqual(at(one), at(other)));
          assert.ok(!areEqual(at(one), at("s3cret")));
        }
        const shown = JSON.stringify(comparable({ kubeconfig: one, list: [one, other] }));
        assert.match(shown, /^\{"kubeconfig":"#(\d+)","list":\["#\1","#(?!\1")\d+"\]\}$/);
      });
    }
  });
});
