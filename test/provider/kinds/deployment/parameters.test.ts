import assert from "node:assert/strict";
import { get } from "../../../../provider";
import type { Hints, Json } from "../../../../provider/engine/kind";

const properties = { name: { type: "string" }, retries: { type: "integer" } };
const schema = { type: "object", properties, required: ["name"] };
const minimal = { name: "d", flowName: "f", parameterOpenapiSchema: schema };

const failuresOf = (args: Json, hints: Hints = {}) =>
  get("Deployment").check({}, { ...minimal, ...args, __hints: hints }).failures;

describe("parameters", () => {
  it("that the flow doesn't have are errors, which name the nearest that it has", () => {
    assert.deepEqual(failuresOf({ parameters: { nam: "x" } }), [
      {
        property: "parameters.nam",
        reason: 'is no parameter of the flow, which has name, retries; did you mean "name"?',
      },
    ]);
  });

  it("of a schedule are checked as the deployment's are", () => {
    const schedules = [
      { cron: "0 6 * * *", parameters: { name: "x", retries: 1 } },
      { cron: "0 7 * * *", parameters: { rerties: 2, name: 3 } },
    ];
    assert.deepEqual(
      failuresOf({ schedules }).map(({ property }) => property),
      ["schedules[1].parameters.rerties", "schedules[1].parameters.name"],
    );
  });

  it("of a flow that takes any, or whose schema does, pass", () => {
    assert.deepEqual(failuresOf({ parameters: { other: 1 } }, { takesMoreParameters: true }), []);
    const open = { ...schema, additionalProperties: true };
    assert.deepEqual(failuresOf({ parameters: { other: 1 }, parameterOpenapiSchema: open }), []);
    assert.deepEqual(failuresOf({ parameters: { other: 1 }, parameterOpenapiSchema: {} }), []);
  });

  it("of a flow that takes none are all too many", () => {
    const none = { type: "object", properties: {} };
    assert.deepEqual(failuresOf({ parameters: { x: 1 }, parameterOpenapiSchema: JSON.stringify(none) }), [
      { property: "parameters.x", reason: "is no parameter of the flow, which has none" },
    ]);
  });

  it("are checked by their names also when their names are hostile", () => {
    const parameters = JSON.parse('{"__proto__": 1, "constructor": 2}') as Json;
    assert.deepEqual(
      failuresOf({ parameters }).map(({ property }) => property),
      ["parameters.__proto__", "parameters.constructor"],
    );
  });
});
