import assert from "node:assert/strict";
import { belongingTo } from "../../../cli/engine/targets";
import type { Preview } from "../../../report/preview";
import type { Step } from "../../../report/step";

const urn = (type: string, name: string) => `urn:pulumi:dev::p::${type}::${name}`;
const prefect = (kind: string) => `pulumi-nodejs:dynamic/prefect:${kind}`;
const stack = urn("pulumi:pulumi:Stack", "p-dev");
const recipe = urn("meta-prefect:recipes:LocalRunDeployer", "local");
const pool = urn(prefect("WorkPool"), "pool");

function step(op: string, of: string, more: Partial<NonNullable<Step["new"]>> = {}): Step {
  const state = { urn: of, type: "", ...more };
  return op === "delete" ? { op, urn: of, old: state } : { op, urn: of, new: state };
}

const deployment = (op: string, flow: string, name = "run-dev") =>
  step(op, urn(prefect("Deployment"), `local-${flow}/${name}`), {
    inputs: { flowName: flow, name },
    parent: recipe,
    dependencies: [pool],
  });
const trigger = (op: string, flow: string) =>
  step(op, urn(prefect("Automation"), `${flow}/trigger`), {
    parent: urn(prefect("Deployment"), `local-${flow}/run-dev`),
    inputs: { name: flow },
  });

const chosen = (steps: Step[], ...flows: string[]) =>
  belongingTo({ steps, diagnostics: [] } satisfies Preview, flows, "dev").map(
    ({ op, urn }) => `${op} ${urn.split("::").at(-1)}`,
  );
const base = (op: string) => [step(op, stack), step(op, recipe, { parent: stack }), step(op, pool, { parent: stack })];

describe("what belongs to a flow", () => {
  it("is its deployments with their triggers, and what they need that isn't there yet", () => {
    const steps = [...base("create"), deployment("create", "a"), trigger("create", "a"), deployment("create", "b")];
    assert.deepEqual(chosen(steps, "a"), [
      "create p-dev",
      "create local",
      "create pool",
      "create local-a/run-dev",
      "create a/trigger",
    ]);
  });

  it("isn't what it needs and is there, though that changes", () => {
    assert.deepEqual(chosen([...base("update"), deployment("update", "a")], "a"), ["update local-a/run-dev"]);
  });

  it("is what went from the program, whatever stands first", () => {
    const steps = [...base("same"), trigger("delete", "a"), deployment("delete", "a"), deployment("update", "b")];
    assert.deepEqual(chosen(steps, "a"), ["delete a/trigger", "delete local-a/run-dev"]);
  });

  it("is what a deployment needs by way of what that needs, its provider too", () => {
    const cluster = urn("acme:index:Cluster", "cluster");
    const provider = urn("pulumi:providers:acme", "mine");
    const steps = [
      step("create", provider),
      step("create", cluster, { provider: `${provider}::04da6b54` }),
      step("create", pool, { propertyDependencies: { baseJobTemplate: [cluster] } }),
      deployment("create", "a"),
    ];
    assert.equal(chosen(steps, "a").length, 4);
  });

  it("is named by flow, flow and deployment, with the environment or without", () => {
    const steps = [deployment("update", "a", "x-dev"), deployment("update", "a", "y-dev"), deployment("update", "b")];
    assert.equal(chosen(steps, "a").length, 2);
    assert.deepEqual(chosen(steps, "a/x"), ["update local-a/x-dev"]);
    assert.deepEqual(chosen(steps, "a/y-dev", "b"), ["update local-a/y-dev", "update local-b/run-dev"]);
  });

  it("can't be found by a name that nothing has", () => {
    const steps = [deployment("same", "sums"), deployment("same", "other")];
    assert.throws(() => chosen(steps, "sum"), /^UsageError|did you mean sums\?/);
    assert.throws(() => chosen(steps, "nothing-like-it"), /there are: sums, other$/);
    assert.throws(() => chosen([], "a"), /flow "a": .*; there is none$/);
    assert.throws(() => chosen(steps, "run-dev"), /flow "run-dev": there is no deployment of it/);
  });
});
