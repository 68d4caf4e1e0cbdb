import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { PulumiProject } from "../support/pulumiProject";

const program = `
  const { LocalRunDeployer } = require("meta-prefect");
  const deployments = [{ name: "d", entrypoint: "flows.py:marked", path: "flows" }];
  new LocalRunDeployer("local", { deployments });
`;
const flows = `
from pathlib import Path
from prefect import flow

Path(__file__).with_name("executed").touch()

@flow(name="marked by its text")
def marked(x: int = 1):
    pass
`;

describe("pulumi preview of a flow whose file does something when it is imported", () => {
  for (const [mode, executes] of [
    ["import", true],
    ["static", false],
  ] as const) {
    it(`${executes ? "executes it" : "executes nothing of it"} with META_PREFECT__FLOWS=${mode}, and finds the same`, async () => {
      const project = await PulumiProject.create(program);
      project.write("flows/flows.py", flows);
      project.env.META_PREFECT__FLOWS = mode;
      const deployment = (await project.preview()).find(({ name }) => name === "local-marked/d");
      assert.equal(deployment?.newState?.inputs?.flowName, "marked by its text");
      assert.match(JSON.stringify(deployment.newState.inputs.parameterOpenapiSchema), /integer/);
      assert.equal(fs.existsSync(path.join(project.folder, "flows", "executed")), executes);
    });
  }
});
