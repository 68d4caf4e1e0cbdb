import assert from "node:assert/strict";
import type { Json } from "../../provider/engine/kind";
import { type Caller, type Contract, type ContractChange, contractsOf } from "../../report/contracts";

const deployment = "etl/load-dev";
const unknown = { __prefect_kind: "jinja", template: "{{ x }}" };

function schemaOf(properties: Record<string, Json>, required: string[] = []): Json {
  return { type: "object", title: "Parameters", properties, ...(required.length > 0 && { required }) };
}

function contract(properties: Record<string, Json>, required: string[] = [], rest: Partial<Contract> = {}): Contract {
  return { schema: schemaOf(properties, required), isEnforced: true, takesMore: false, parameters: {}, ...rest };
}

const integer = { type: "integer", default: 1 };
const text = { type: "string" };
const caller = (kind: Caller["kind"], parameters: Json, rest: Partial<Caller> = {}): Caller => ({
  kind,
  deployment,
  name: "nightly",
  parameters,
  ...rest,
});
const said = (change: Omit<ContractChange, "deployment">, ...callers: Caller[]) =>
  contractsOf([{ deployment, ...change }], callers).map(({ message }) => message);

describe("a change of a flow's parameters", () => {
  const renamed = { before: contract({ day: text }, ["day"]), after: contract({ date: text, x: integer }, ["date"]) };
  const day = { day: "2026-01-02" };

  const rows: [string, Omit<ContractChange, "deployment">, Caller, string | undefined][] = [
    [
      "a schedule that sets what is renamed",
      renamed,
      caller("schedule", day),
      'schedule "nightly" of deployment "etl/load-dev" passes "day", which the flow doesn\'t take any more, and doesn\'t pass "date", which the flow needs now; it takes date (required), x; its runs are made, and fail when they start',
    ],
    [
      "an automation that sets what is renamed",
      renamed,
      caller("automation", day),
      'automation "nightly", which runs deployment "etl/load-dev", passes "day", which the flow doesn\'t take any more, and doesn\'t pass "date", which the flow needs now; it takes date (required), x; Prefect refuses the run',
    ],
    [
      "a run that waits with what is renamed",
      renamed,
      caller("run", day, { name: "brave-fox", due: "2026-01-02T03:00:00Z" }),
      'run "brave-fox" of deployment "etl/load-dev", due 2026-01-02T03:00:00Z, passes "day", which the flow doesn\'t take any more, and doesn\'t pass "date", which the flow needs now; it takes date (required), x; it fails when it starts',
    ],
    [
      "a call that sets what is gone",
      { before: contract({ day: text }), after: contract({ date: text }) },
      caller("call", day, { name: "flows/all.py:12" }),
      'flows/all.py:12, which calls deployment "etl/load-dev", passes "day", which the flow doesn\'t take any more; it takes date; its run is made, and fails when it starts',
    ],
    [
      "a value of another type",
      { before: contract({ x: text }), after: contract({ x: { anyOf: [integer, { type: "null" }] } }) },
      caller("automation", { x: "secret" }),
      'automation "nightly", which runs deployment "etl/load-dev", passes "x" as a text, where the flow\'s schema says that it must be integer or null; Prefect refuses the run',
    ],
    [
      "a value of another type in a run that waits",
      { before: contract({ x: text }), after: contract({ x: integer }) },
      caller("run", { x: "5" }),
      'run "nightly" of deployment "etl/load-dev" passes "x" as a text, where the flow\'s schema says that it must be integer; it fails when it starts, unless the flow can convert it',
    ],
    [
      "a value that isn't one of those allowed",
      { after: contract({ x: { enum: ["a", 1, null] } }) },
      caller("call", { x: "b" }),
      'nightly, which calls deployment "etl/load-dev", passes "x" as a text, where the flow\'s schema says that it must be one of "a", 1, null; Prefect refuses the run',
    ],
    [
      "a value within others",
      {
        after: contract({
          m: { anyOf: [{ type: "object", properties: { n: integer }, additionalProperties: false }, { type: "null" }] },
        }),
      },
      caller("call", { m: { n: true } }),
      'nightly, which calls deployment "etl/load-dev", passes "m.n" as true or false, where the flow\'s schema says that it must be integer; Prefect refuses the run',
    ],
    [
      "nothing, where the deployment sets what is needed",
      { after: contract({ x: integer }, ["x"], { parameters: { x: 1 } }) },
      caller("schedule", {}),
      undefined,
    ],
    [
      "nothing, where the flow's deployment may set more than is known",
      { after: contract({ x: integer }, ["x"], { isOpen: true }) },
      caller("schedule", {}),
      undefined,
    ],
    [
      "nothing, where the caller may give more than is known",
      { after: contract({ x: integer }, ["x"]) },
      caller("call", {}, { isOpen: true }),
      undefined,
    ],
    [
      "values that aren't known",
      { after: contract({ x: integer, l: { type: "array", items: integer } }, ["x"]) },
      caller("automation", { x: unknown, l: [1, unknown] }),
      undefined,
    ],
    [
      "a union with a value that isn't known",
      {
        after: contract({
          x: {
            anyOf: [
              { type: "object", properties: { a: integer } },
              { type: "object", properties: { b: integer }, required: ["c"] },
            ],
          },
        }),
      },
      caller("automation", { x: { a: unknown, b: "b" } }),
      undefined,
    ],
    [
      "more, where the flow takes more",
      { after: contract({ x: integer }, [], { takesMore: true }) },
      caller("call", { y: 1 }),
      undefined,
    ],
    [
      "another type, where Prefect doesn't look",
      { after: contract({ x: integer }, [], { isEnforced: false }) },
      caller("call", { x: "a" }),
      undefined,
    ],
    [
      "nothing of what is needed, where Prefect doesn't look",
      { after: contract({ x: integer }, ["x"], { isEnforced: false }) },
      caller("call", {}),
      'nightly, which calls deployment "etl/load-dev", doesn\'t pass "x", which the flow needs; it takes x (required); its run is made, and fails when it starts',
    ],
    [
      "the deployment's parameters and not those of its own",
      {
        after: contract(
          { date: text, ...Object.fromEntries("abcdefghij".split("").map((name) => [name, {}])) },
          ["date"],
          { parameters: { date: "x" } },
        ),
      },
      caller("schedule", { zzz: 1 }),
      'schedule "nightly" of deployment "etl/load-dev" passes "zzz", which the flow doesn\'t take; it takes date (which the deployment sets), a, b, c, d, e, f, g and 3 more; its runs are made, and fail when they start',
    ],
    [
      "a flow that takes nothing",
      { before: contract({ x: {} }), after: contract({}) },
      caller("schedule", { x: 1 }),
      'schedule "nightly" of deployment "etl/load-dev" passes "x", which the flow doesn\'t take any more; it takes none; its runs are made, and fail when they start',
    ],
    [
      "hostile names",
      { after: contract({ constructor: {} }) },
      caller("schedule", JSON.parse('{"__proto__": 1, "a\\n\\u202eb": 2}') as Json, { name: "a\nb" }),
      'schedule "a\\u000ab" of deployment "etl/load-dev" passes "__proto__", which the flow doesn\'t take, and passes "a\\u000a\\u202eb", which the flow doesn\'t take; it takes constructor; its runs are made, and fail when they start',
    ],
    [
      "what isn't a schema",
      { after: { ...contract({}), schema: { type: 5 } } },
      caller("schedule", { x: 1 }),
      undefined,
    ],
  ];
  for (const [what, change, who, message] of rows) {
    it(`is told for ${what}`, () => assert.deepEqual(said(change, who), message === undefined ? [] : [message]));
  }

  it("is told of the deployment's own parameters once, and not of each caller again", () => {
    const after = contract({ x: integer }, [], { parameters: { x: "a", y: 1 } });
    assert.deepEqual(said({ after }, caller("schedule", {}), caller("call", {})), [
      'deployment "etl/load-dev" passes "y", which the flow doesn\'t take, and passes "x" as a text, where the flow\'s schema says that it must be integer; it takes x; Prefect refuses the deployment',
    ]);
  });

  it("is told of the callers of that deployment alone", () => {
    assert.deepEqual(said(renamed, caller("schedule", day, { deployment: "etl/load-prod" })), []);
  });

  it("tells what went well before first", () => {
    const change = { deployment, before: contract({ x: integer }), after: contract({ z: integer }) };
    const callers = [caller("call", { y: 1 }, { name: "a.py:1" }), caller("call", { x: 1 }, { name: "b.py:1" })];
    const breaches = contractsOf([change], callers);
    assert.deepEqual(
      breaches.map(({ caller: { name }, isNew, by }) => [name, isNew, by]),
      [
        ["b.py:1", true, "the flow"],
        ["a.py:1", false, "the flow"],
      ],
    );
    const [late] = contractsOf([change], [caller("call", { y: 1 }, { isNew: true })]);
    assert.equal(late?.isNew, true);
    const [alike] = contractsOf([{ ...change, before: undefined }], [caller("call", { y: 1 })]);
    assert.equal(alike?.isNew, true);
  });

  it("shows no value that is given", () => {
    const after = contract({ x: integer, y: { const: 1 }, z: { pattern: "^a" } });
    const [message = ""] = said({ after }, caller("automation", { x: "hush", y: "hush", z: "hush", hushed: "hush" }));
    assert.doesNotMatch(message.replaceAll("hushed", ""), /hush/);
  });
});
