import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { brokenCalls } from "../../../cli/engine/brokenCalls";
import { newCalls } from "../../../cli/engine/newCalls";
import { runDeploymentsBelow } from "../../../provider/program/flows/runDeployments";
import type { Step } from "../../../report/step";
import { folderWith } from "../../support/folderWith";
import { cloneWith, git, gitVariables as variables } from "../../support/git";

const head = "from prefect.deployments import run_deployment\n";
const call = (name: string, parameters = "{}") => `run_deployment("f/${name}", parameters=${parameters})\n`;
const newIn = (folder: string) =>
  newCalls({ folder, variables }, runDeploymentsBelow(folder).calls).map(({ file, line }) => `${file}:${line}`);

describe("the calls that a pull request brings", () => {
  it("are those that the files didn't have where it began, wherever they stand in them", () => {
    const folder = cloneWith({
      "flows/a.py": head + call("one") + call("two") + call("two"),
      "flows/same.py": head + call("one"),
    });
    fs.writeFileSync(
      path.join(folder, "flows/a.py"),
      `${head}# said\n${call("two")}${call("one", "{'x': 1}")}${call("two")}${call("two")}${call("one")}`,
    );
    git(folder, "commit", "--quiet", "--all", "--message", "two");
    fs.writeFileSync(path.join(folder, "flows/b.py"), head + call("one"));
    assert.deepEqual(newIn(folder), ["flows/a.py:4", "flows/a.py:6", "flows/b.py:2"]);
    assert.deepEqual(newIn(path.join(folder, "flows")), ["a.py:4", "a.py:6", "b.py:2"]);
  });

  it("aren't told where git can't tell", () => {
    const files = { "a.py": head + call("one") };
    assert.deepEqual(newIn(folderWith(files)), []);
    const folder = cloneWith(files);
    fs.writeFileSync(path.join(folder, "a.py"), head + call("two"));
    git(folder, "remote", "remove", "origin");
    assert.deepEqual(newIn(folder), []);
  });

  it("break, although the flow would have refused them before; those that were there do so already", async () => {
    const wrong = call("d", "{'y': 1}");
    const folder = cloneWith({ "a.py": head + wrong });
    fs.writeFileSync(path.join(folder, "b.py"), head + wrong);
    const parameterOpenapiSchema = JSON.stringify({ type: "object", properties: { x: { type: "integer" } } });
    const urn = "urn:pulumi:dev::p::pulumi-nodejs:dynamic/prefect:Deployment::d";
    const inputs = { name: "d", flowName: "f", parameterOpenapiSchema };
    const state = { urn, type: "pulumi-nodejs:dynamic/prefect:Deployment", custom: true, id: "1", inputs };
    const step: Step = { op: "same", urn, old: state, new: state };
    const { breaches } = await brokenCalls({ folder, env: "dev", variables }, [step], undefined);
    assert.deepEqual(
      breaches.map(({ caller, isNew }) => [caller.name, isNew]),
      [
        ["b.py:2", true],
        ["a.py:2", false],
      ],
    );
  });
});
