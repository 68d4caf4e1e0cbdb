import assert from "node:assert/strict";
import { signature, unknown } from "../../provider/api/json";
import type { Json } from "../../provider/engine/kind";
import { planContracts, withoutTemplates } from "../../report/planContracts";
import type { Step } from "../../report/step";

const schema = (...names: string[]) =>
  JSON.stringify({ type: "object", properties: Object.fromEntries(names.map((name) => [name, {}])) });
const urnOf = (kind: string, name: string) => `urn:pulumi:dev::p::pulumi-nodejs:dynamic/prefect:${kind}::${name}`;
function step(op: string, before: Json | undefined, after: Json | undefined, kind = "Deployment", id = "i"): Step {
  const urn = urnOf(kind, "r");
  const state = (inputs: Json) => ({ urn, type: "t", custom: true, inputs });
  return { op, urn, ...(before && { old: { ...state(before), id } }), ...(after && { new: state(after) }) };
}
const named = { name: "load", flowName: "etl" };
const secret = { [signature]: "1b47061264138c4ac30d75fd1eb44270", plaintext: "[secret]" };
const open = { __prefect_kind: "unknown" };

describe("the contracts of a plan", () => {
  it("are those of each deployment that stays, with what changes", () => {
    const before = { ...named, parameterOpenapiSchema: schema("x") };
    const after = {
      ...named,
      parameterOpenapiSchema: schema("y"),
      parameters: { y: 1 },
      enforceParameterSchema: false,
    };
    const { contracts, changed } = planContracts([
      step("update", before, after),
      step("same", { ...before, name: "same" }, { ...before, name: "same" }, "Deployment", "j"),
      step("delete", { ...before, name: "gone" }, undefined, "Deployment", "k"),
      step("create", undefined, { ...after, name: "new" }),
      step("update", before, after, "WorkPool"),
    ]);
    assert.deepEqual(changed, [{ deployment: "etl/load", id: "i" }]);
    assert.deepEqual(
      contracts.map(({ deployment, before }) => [deployment, before !== undefined]),
      [
        ["etl/load", true],
        ["etl/same", true],
        ["etl/new", false],
      ],
    );
    assert.deepEqual(contracts[0]?.after, {
      schema: { type: "object", properties: { y: {} } },
      isEnforced: false,
      takesMore: false,
      parameters: { y: 1 },
    });
  });

  it("aren't known where the schema isn't", () => {
    for (const parameterOpenapiSchema of [undefined, unknown, "[secret]", secret, "{", "[]"]) {
      assert.deepEqual(planContracts([step("create", undefined, { ...named, parameterOpenapiSchema })]).contracts, []);
    }
    const late = { flowName: "etl", name: unknown, parameterOpenapiSchema: schema() };
    assert.deepEqual(planContracts([step("create", undefined, late)]).contracts, []);
  });

  it("begin anew when a deployment is another by its name", () => {
    const before = { ...named, name: "old", parameterOpenapiSchema: schema("x") };
    const { contracts, changed } = planContracts([step("replace", before, { ...before, name: "load" })]);
    assert.equal(contracts[0]?.before, undefined);
    assert.deepEqual(changed, []);
  });

  it("hold no secret, nor what is known later", () => {
    const given = (parameters: unknown) =>
      planContracts([step("create", undefined, { ...named, parameterOpenapiSchema: schema("x"), parameters })])
        .contracts[0]?.after;
    assert.deepEqual(given({ x: [secret, "[secret]", unknown, 1] })?.parameters, { x: [open, open, open, 1] });
    for (const whole of [secret, unknown, "[secret]"]) {
      assert.deepEqual([given(whole)?.parameters, given(whole)?.isOpen], [{}, true]);
    }
  });

  it("are open where the flow takes more, as the deployment itself shows", () => {
    const takesMore = (inputs: Json) =>
      planContracts([step("create", undefined, { ...named, ...inputs })]).contracts[0]?.after.takesMore;
    assert.equal(takesMore({ parameterOpenapiSchema: schema("x"), parameters: { x: 1 } }), false);
    assert.equal(takesMore({ parameterOpenapiSchema: schema("x"), parameters: { y: 1 } }), true);
    assert.equal(takesMore({ parameterOpenapiSchema: schema("x"), schedules: [{ parameters: { y: 1 } }] }), true);
    assert.equal(takesMore({ parameterOpenapiSchema: schema("x", "kwargs") }), true);
    assert.equal(takesMore({ parameterOpenapiSchema: schema("kwargs", "x") }), false);
  });

  it("have the schedules as callers, new ones marked", () => {
    const schedules = [
      { slug: "old", parameters: { x: 1 } },
      { slug: "other", parameters: { x: 1 } },
    ];
    const before = { ...named, parameterOpenapiSchema: schema("x"), schedules };
    const now = [
      schedules[0],
      { slug: "other", parameters: { x: 2 } },
      { slug: "bare" },
      { slug: "late", parameters: unknown },
    ];
    assert.deepEqual(planContracts([step("update", before, { ...before, schedules: now })]).callers, [
      { kind: "schedule", deployment: "etl/load", name: "old", parameters: { x: 1 } },
      { kind: "schedule", deployment: "etl/load", name: "other", parameters: { x: 2 }, isNew: true },
      { kind: "schedule", deployment: "etl/load", name: "bare", parameters: {}, isNew: true },
      { kind: "schedule", deployment: "etl/load", name: "late", parameters: {}, isOpen: true, isNew: true },
    ]);
  });

  it("have the plan's own automations as they will be", () => {
    const deployment = { ...named, parameterOpenapiSchema: schema("x") };
    const action = (parameters: Json) => ({ type: "run-deployment", deploymentId: "i", parameters });
    const before = { name: "a", actions: [action({ x: 1 })] };
    const after = {
      name: "a",
      actions: [action({ x: 1 }), action({ x: "{{ event.id }}" }), { type: "do-nothing" }],
      actionsOnTrigger: [
        { ...action({}), deploymentId: unknown },
        { type: "run-deployment", source: "inferred" },
      ],
    };
    const steps = [
      step("update", before, after, "Automation", "a"),
      step("delete", before, undefined, "Automation", "b"),
      step("same", deployment, deployment),
    ];
    const { callers, automations } = planContracts(steps);
    assert.deepEqual(automations, ["a", "b"]);
    assert.deepEqual(callers, [
      { kind: "automation", deployment: "etl/load", name: "a", parameters: { x: 1 } },
      { kind: "automation", deployment: "etl/load", name: "a", parameters: { x: open }, isNew: true },
    ]);
  });

  it("don't judge templates at any depth", () => {
    const given = { a: "{{ x }}", b: ["{% if x %}", { c: "d {{ x }}" }], e: "{ x }" };
    assert.deepEqual(withoutTemplates(given), { a: open, b: [open, { c: open }], e: "{ x }" });
  });
});
