import assert from "node:assert/strict";
import { signature, unknown } from "../../provider/api/json";
import type { Registered } from "../../report/registered";
import { checkedSide, stepsBetween } from "../../report/stepsBetween";

const urnOf = (kind: string, name: string) => `urn:pulumi:dev::sums::pulumi-nodejs:dynamic/prefect:${kind}::${name}`;
const secretOf = (value: unknown) => ({ [signature]: "1b47061264138c4ac30d75fd1eb44270", value });

function registered(kind: string, args: object, name = "one"): Registered {
  const type = `pulumi-nodejs:dynamic/prefect:${kind}`;
  return { urn: urnOf(kind, name), type, custom: true, id: `${type} ${name}`, args: { __provider: "text", ...args } };
}
const deployment = (args: object) => registered("Deployment", { name: "nightly", flowName: "etl", ...args });
const other = (args: object, custom = true): Registered => {
  const type = custom ? "aws:s3/bucket:Bucket" : "meta-prefect:recipes:PlainDeployer";
  return { urn: `urn:pulumi:dev::sums::${type}::one`, type, custom, id: "one", args: { ...args } };
};

function between(before: Registered[], after: Registered[]) {
  const base = checkedSide(before);
  return stepsBetween(base, checkedSide(after, base));
}

describe("the steps between two sides", () => {
  const table: [string, Registered[], Registered[], string[]][] = [
    ["nothing where both are the same", [deployment({ tags: ["a"] })], [deployment({ tags: ["a"] })], ["same"]],
    [
      "whatever the order of keys",
      [deployment({ parameters: { a: 1, b: 2 } })],
      [deployment({ parameters: { b: 2, a: 1 } })],
      ["same"],
    ],
    ["a change", [deployment({ tags: ["a"] })], [deployment({ tags: ["b"] })], ["update"]],
    ["a change to what isn't given", [deployment({ tags: ["a"] })], [deployment({})], ["update"]],
    [
      "a replacement, by what Prefect can't change",
      [deployment({ labels: { a: "b" } })],
      [deployment({})],
      ["replace"],
    ],
    ["one that is new", [], [deployment({})], ["create"]],
    [
      "one that goes, last",
      [registered("Variable", { name: "v", value: "1" }, "v"), deployment({})],
      [deployment({})],
      ["same", "delete"],
    ],
    [
      "hints and the provider, which aren't there to be compared",
      [deployment({ __hints: { stack: "a" } })],
      [{ ...deployment({}), args: { ...deployment({}).args, __provider: "other" } }],
      ["same"],
    ],
    ["another provider's object", [other({ tags: { a: "b" } })], [other({ tags: { a: "c" } })], ["update"]],
    ["a component, which is no object", [other({ a: 1 }, false)], [other({ a: 2 }, false)], ["same"]],
  ];
  for (const [what, before, after, expected] of table) {
    it(`are for ${what}`, () => {
      assert.deepEqual(
        between(before, after).map(({ op }) => op),
        expected,
      );
    });
  }

  it("go on from the version that there is, where it follows the changes", () => {
    const [step] = between([deployment({ version: "auto" })], [deployment({ version: "auto", tags: ["a"] })]);
    assert.deepEqual([step?.old?.inputs?.version, step?.new?.inputs?.version], ["1", "2"]);
    assert.deepEqual(step?.diffs?.sort(), ["tags", "version"]);
  });

  it("have a name in the place of each secret, and say that it changes", () => {
    const [step] = between(
      [deployment({ jobVariables: { env: secretOf({ T: "old" }) } })],
      [deployment({ jobVariables: { env: secretOf({ T: "new" }) } })],
    );
    assert.deepEqual([step?.op, step?.diffs], ["update", ["jobVariables"]]);
    assert.deepEqual([step?.old?.inputs?.jobVariables, step?.new?.inputs?.jobVariables], ["[secret]", "[secret]"]);
    const [block] = between(
      [],
      [registered("Block", { name: "b", blockTypeSlug: "secret", data: { value: "s3cret" } })],
    );
    assert.ok(!JSON.stringify(block).includes("s3cret"));
  });

  it("say what is wrong with a side, as its check does, and nothing of what isn't known", () => {
    const wrong = checkedSide([
      deployment({ tags: "a", __hints: { failures: [{ property: "path", reason: "isn't there" }] } }),
    ]);
    assert.deepEqual(
      wrong.failures.map(({ message }) => message.split(" ")[0]),
      ["path", "tags"],
    );
    assert.deepEqual(checkedSide([deployment({ tags: unknown })]).failures, []);
  });
});
