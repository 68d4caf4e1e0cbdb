import assert from "node:assert/strict";
import type { Json } from "../../../../provider/engine/kind";
import { runCheck } from "../../../../provider/kinds/deployment/runParameters";

function mistakes(schema: Json, parameters: Json): string[] {
  const check = runCheck({ schema, isEnforced: true, takesMore: false });
  assert.ok(typeof check === "function", String(check));
  return check(parameters).map((one) =>
    one.kind === "wrong" ? `${one.path.join(".")} ${one.rule}` : `${one.kind} ${one.name}`,
  );
}

const of = (x: unknown, rest: Json = {}): Json => ({ type: "object", properties: { x }, ...rest });
const block = {
  title: "Db",
  type: "object",
  block_type_slug: "db",
  properties: { n: { type: "integer" } },
  required: ["n"],
};
const withBlock = of({ $ref: "#/definitions/Db" }, { definitions: { Db: block } });
const reference = { $ref: { block_document_id: "00000000-0000-4000-8000-000000000000" } };

describe("the parameters of a run", () => {
  const rows: [string, Json, Json, string[]][] = [
    ["null where a value may be left out and has no default", of({ type: "integer" }), { x: null }, []],
    ["null where there is a default", of({ type: "integer", default: 1 }), { x: null }, ["x must be integer"]],
    ["null where a value is needed", of({ type: "integer" }, { required: ["x"] }), { x: null }, ["x must be integer"]],
    [
      "a tuple in an earlier draft's words",
      of({ type: "array", items: [{ type: "integer" }], default: [] }),
      { x: ["a"] },
      ["x.0 must be integer"],
    ],
    ["a block by its values", withBlock, { x: { n: 1 } }, []],
    ["a block by its id", withBlock, { x: reference }, []],
    ["what isn't a block", withBlock, { x: 1 }, ["x must be object"]],
    [
      "what another dialect allows",
      of({ type: "integer", nullable: true, default: 1 }),
      { x: null },
      ["x must be integer"],
    ],
    [
      "a schema of another draft",
      of({ type: "integer" }, { $schema: "http://json-schema.org/draft-07/schema#" }),
      { x: 1 },
      [],
    ],
    [
      "a parameter called nullable",
      { properties: { nullable: { type: "integer", default: 1 } } },
      { nullable: "a" },
      ["nullable must be integer"],
    ],
    [
      "a parameter called required",
      { properties: { required: { type: "integer", default: 1 } } },
      { required: "a" },
      ["required must be integer"],
    ],
    [
      "a pattern in Python's words",
      of({ type: "string", pattern: "(?P<year>\\d+)\\Z" }),
      { x: "a" },
      ['x must match pattern "(?P<year>\\d+)\\Z"'],
    ],
    ["a pattern with a flag", of({ type: "string", pattern: "(?i)^A$" }), { x: "a" }, []],
    ["a pattern that JavaScript hasn't", of({ type: "string", pattern: "(?>a)b" }), { x: "a" }, []],
    [
      "a name with signs of paths",
      { properties: { "a/b~c": { type: "integer", default: 1 } } },
      { "a/b~c": "d" },
      ["a/b~c must be integer"],
    ],
    ["several rules", of({ minimum: 3, multipleOf: 2 }), { x: 1 }, ["x must be >= 3 and must be multiple of 2"]],
    [
      "one more than is allowed within",
      of({ additionalProperties: false, properties: {} }),
      { x: { a: 1 } },
      ['x must not have "a"'],
    ],
  ];
  for (const [what, schema, parameters, expected] of rows) {
    it(`are judged with ${what}`, () => assert.deepEqual(mistakes(schema, parameters), expected));
  }

  it("can't be judged by what is no schema", () => {
    assert.match(
      String(runCheck({ schema: { type: 5 }, isEnforced: true, takesMore: false })),
      /^is not a JSON schema/,
    );
  });
});
