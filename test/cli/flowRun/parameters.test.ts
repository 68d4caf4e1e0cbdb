import assert from "node:assert/strict";
import { runParameters } from "../../../cli/flowRun/parameters";
import { UsageError } from "../../../cli/usageError";

const schema = {
  type: "object",
  properties: {
    x: { type: "integer" },
    ratio: { anyOf: [{ type: "number" }, { type: "null" }] },
    label: { type: "string" },
    note: { anyOf: [{ type: "string" }, { type: "null" }] },
    either: { anyOf: [{ type: "string" }, { type: "integer" }] },
    names: { type: "array", items: { type: "string" } },
    anything: {},
    __proto__x: {},
  },
  required: ["x"],
};

const of = (...given: string[]) => runParameters(given, { schema, defaults: { x: 1 } });

describe("the parameters of a run", () => {
  for (const [given, expected] of [
    ["x=1", { x: 1 }],
    ["x=-3", { x: -3 }],
    ["ratio=1.5", { ratio: 1.5 }],
    ["ratio=null", { ratio: null }],
    ["label=7", { label: "7" }],
    ["label=", { label: "" }],
    ["label=a=b", { label: "a=b" }],
    ["label=true", { label: "true" }],
    ['label="quoted"', { label: '"quoted"' }],
    ["label=two\nlines", { label: "two\nlines" }],
    ["note=null", { note: "null" }],
    ["either=7", { either: 7 }],
    ["either=seven", { either: "seven" }],
    ['names=["a","b"]', { names: ["a", "b"] }],
    ['anything={"a":1}', { anything: { a: 1 } }],
    ["anything=plain", { anything: "plain" }],
    ["x=1234567890123456789", { x: 1234567890123456789n }],
    ['anything={"ids":[1234567890123456789]}', { anything: { ids: [1234567890123456789n] } }],
    ["ratio=1e300", { ratio: 1e300 }],
    ["label=1e999", { label: "1e999" }],
  ] as const) {
    it(`are read from ${JSON.stringify(given)}`, () => assert.deepEqual(of(given), expected));
  }

  for (const [given, message] of [
    [["x"], '--param "x": write it as <name>=<value>, such as x=1'],
    [["=1"], '--param "=1": write it as <name>=<value>, such as x=1'],
    [["x=1", "x=2"], '--param "x" is given twice; give it once'],
    [["labl=a"], '--param "labl": the flow has no such parameter; did you mean label?'],
    [
      ["unheard=1"],
      '--param "unheard": the flow has no such parameter; it has x, ratio, label, note, either, names, anything, __proto__x',
    ],
    [["x=a"], '--param x: the flow\'s schema says that it must be integer, not "a"'],
    [
      ["names=1234567890123456789"],
      "--param names: the flow's schema says that it must be array, not 1234567890123456789",
    ],
    [
      ["ratio=1e999"],
      `--param ratio: 1e999 has a number beyond 1.8e+308, which can't be sent; give a smaller one, or a text: "..."`,
    ],
    [["anything=[-1e999]"], /^--param anything: \[-1e999\] has a number beyond/],
    [["names=[1"], /^--param names: \[1 is not JSON: /],
  ] as const) {
    it(`are refused from ${given.join(" ")}`, () => {
      assert.throws(
        () => of(...given),
        (error: Error) => {
          assert.ok(error instanceof UsageError);
          if (typeof message === "string") assert.equal(error.message, message);
          else assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  it("that are missing are named", () => {
    const missing = () => runParameters([], { schema, defaults: {} });
    assert.throws(missing, { name: "UsageError", message: "the flow needs x; write --param x=..." });
    assert.deepEqual(runParameters([], { schema, defaults: { x: 1 } }), {});
  });

  it("of a flow without a schema are taken as they are", () => {
    assert.deepEqual(runParameters(["a=1", "b=c"], { schema: null, defaults: {} }), { a: 1, b: "c" });
  });

  it("are checked by a schema that holds integers beyond 2^53", () => {
    const huge = { type: "object", properties: { id: { type: "integer", maximum: 9223372036854775807n } } };
    const read = (given: string) => runParameters([given], { schema: huge, defaults: {} });
    assert.deepEqual(read("id=1234567890123456789"), { id: 1234567890123456789n });
    assert.throws(() => read("id=99999999999999999999"), /must be <= 9223372036854775808|not 99999999999999999999/);
  });

  it("called as JavaScript's own words are data", () => {
    const read = runParameters(["__proto__=1", "constructor=2"], { schema: null, defaults: {} });
    assert.deepEqual(Object.entries(read), [
      ["__proto__", 1],
      ["constructor", 2],
    ]);
  });
});
