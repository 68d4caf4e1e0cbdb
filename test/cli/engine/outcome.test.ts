import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { changed, outcomeOf, present } from "../../../cli/engine/outcome";

const urn = (type: string, name: string) => `urn:pulumi:dev::p::${type}::${name}`;
const pool = urn("pulumi-nodejs:dynamic/prefect:WorkPool", "etl");
const stack = urn("pulumi:pulumi:Stack", "p-dev");

function event(
  kind: "resourcePreEvent" | "resOutputsEvent" | "resOpFailedEvent",
  op: string,
  of: string,
  outputs = {},
) {
  const state = { type: "", urn: of, custom: of !== stack, id: "x", inputs: {}, outputs };
  return { [kind]: { metadata: { op, urn: of, type: "", new: state, old: null } } } as unknown as EngineEvent;
}
const said = (severity: string, message: string) =>
  ({ diagnosticEvent: { severity, message, prefix: `${severity}: `, color: "never" } }) as EngineEvent;

describe("the outcome of an operation", () => {
  it("has what was done, what is there, and the stack's outputs", () => {
    const outcome = outcomeOf([
      event("resourcePreEvent", "same", stack),
      event("resourcePreEvent", "create", pool),
      event("resOutputsEvent", "create", pool, { type: "process" }),
      event("resOutputsEvent", "same", stack, { deployed: [] }),
    ]);
    assert.deepEqual(
      changed(outcome).map(({ urn }) => urn),
      [pool],
    );
    assert.deepEqual(present(outcome)[0]?.new?.outputs, { type: "process" });
    assert.deepEqual(outcome.outputs, { deployed: [] });
    assert.deepEqual([outcome.failures, outcome.unfinished], [[], []]);
  });

  it("has what failed, and what had begun when all ended", () => {
    const other = `${pool}2`;
    const outcome = outcomeOf([
      event("resourcePreEvent", "update", pool),
      event("resourcePreEvent", "delete", other),
      event("resOpFailedEvent", "update", pool),
      said("error", "no"),
      said("debug", "RPC"),
      said("info#err", "printed"),
    ]);
    assert.deepEqual(
      [outcome.failures, outcome.unfinished].map((steps) => steps.map(({ urn }) => urn)),
      [[pool], [other]],
    );
    assert.deepEqual(outcome.diagnostics, [
      { severity: "error", message: "error: no" },
      { severity: "info", message: "info#err: printed" },
    ]);
  });
});
