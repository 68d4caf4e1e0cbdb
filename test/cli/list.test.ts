import assert from "node:assert/strict";
import { otherLines } from "../../cli/list";
import { coloursOf } from "../../cli/terminal/colours";
import type { Step } from "../../report/step";

describe("list --refresh", () => {
  it("shows what differs of other objects on one line each, in which nothing acts", () => {
    const urn = (kind: string) => `urn:pulumi:dev::p::pulumi-nodejs:dynamic/prefect:${kind}::x`;
    const state = (kind: string, inputs: Record<string, unknown>) => ({ urn: urn(kind), type: "t", inputs });
    const drift: Step[] = [
      { op: "delete", urn: urn("Deployment"), old: state("Deployment", { name: "row of its own" }) },
      {
        op: "update",
        urn: urn("Variable"),
        old: state("Variable", { name: "a\u009b2Jb", value: { "\u202ekey": 1 } }),
        new: state("Variable", { name: "a\u009b2Jb", value: { "\u202ekey": 2 } }),
      },
    ];
    const deployments = [{ urn: urn("Deployment"), id: "i", flowName: "f", name: "n", inputs: {} }];
    assert.deepEqual(otherLines(drift, { deployments }, coloursOf(process.stdout, { NO_COLOR: "1" })), [
      'drift  variable "a\\u009b2Jb": value.\\u202ekey',
    ]);
  });
});
