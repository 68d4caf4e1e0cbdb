import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { deployedFlows } from "../../../cli/deployed";
import { brokenCalls } from "../../../cli/engine/brokenCalls";
import { chosenDeployment } from "../../../cli/project/chosenDeployment";
import { environmentName } from "../../../cli/project/environmentName";
import { metaPrefect } from "../../support/command";
import { folderWith } from "../../support/folderWith";

const settings = (value: string) => ({ "Pulumi.production-eu.yaml": `config:\n  meta-prefect:env: ${value}\n` });
const named = (files: Record<string, string>, env: string | undefined = "production-eu") =>
  environmentName({ folder: folderWith({ "Pulumi.yaml": "name: x\n", ...files }), env });

describe("the environment of a stack", () => {
  it("is what its configuration calls it, or that of the project, else the stack's name", () => {
    assert.equal(named(settings("prod")), "prod");
    assert.equal(named(settings("2026")), "2026");
    const project = "name: x\nconfig:\n  meta-prefect:env:\n    default: prod\n";
    assert.equal(named({ "Pulumi.yaml": project }), "prod");
    assert.equal(named({ "Pulumi.yaml": project, ...settings("eu") }), "eu");
    assert.equal(named({}), "production-eu");
    assert.equal(named(settings('""')), "production-eu");
  });

  it("is that of a stack whose organization and project are named as well", () => {
    assert.equal(named(settings("prod"), "acme/x/production-eu"), "prod");
    assert.equal(named({}, "acme/x/production-eu"), "production-eu");
  });

  it("is the stack's name where the files don't tell, and nothing where the stack isn't known", () => {
    assert.equal(named(settings("{ secure: v1:x }")), "production-eu");
    assert.equal(named({ "Pulumi.production-eu.yaml": "config: [" }), "production-eu");
    assert.equal(environmentName({ folder: folderWith(settings("prod")), env: undefined }), undefined);
  });

  const folder = folderWith({
    ...settings("prod"),
    "meta_prefect.yaml":
      "deployments:\n  f:\n    - recipe: r\n      variables:\n        name: sums\n        schedule: { cron: 0 9 * * * }\n",
  });
  const project = { folder, file: `${folder}/meta_prefect.yaml`, env: "production-eu", variables: {} };

  it("is what the short name of a deployment leaves out", () => {
    const deployment = { urn: "urn", id: "1", flowName: "f", name: "sums-prod", inputs: {} };
    const others = [deployment, { ...deployment, name: "other-prod" }];
    assert.equal(chosenDeployment("f/sums", others, project), deployment);
    assert.throws(() => chosenDeployment("g", others, project), /"g" is not deployed in "production-eu"/);
  });

  it("is what the flows of a command line are chosen by", async () => {
    const urn = "urn:pulumi:production-eu::x::pulumi-nodejs:dynamic/prefect:Deployment::sums";
    const newState = {
      urn,
      type: "pulumi-nodejs:dynamic/prefect:Deployment",
      inputs: { flowName: "f", name: "sums-prod" },
    };
    const program = folderWith({
      ...settings("prod"),
      "Pulumi.yaml": "name: x\nruntime: nodejs\n",
      "preview.json": JSON.stringify({ steps: [{ op: "create", urn, newState }] }),
      "bin/pulumi": "#!/bin/sh\ncat $1.json\n",
    });
    fs.chmodSync(path.join(program, "bin/pulumi"), 0o755);
    const env = { PATH: `${program}/bin:/usr/bin:/bin`, HOME: program };
    const { code, said } = await metaPrefect(["preview", "f/sums", "--env", "production-eu"], { cwd: program, env });
    assert.equal(code, 0, said);
  });

  it("is what tells the deployments that Python calls from those of others", async () => {
    const text = 'from prefect.deployments import run_deployment\nrun_deployment("f/sums-dev")\n';
    const caller = folderWith({
      ...settings("prod"),
      "Pulumi.test.yaml": "config: { meta-prefect:env: dev }\n",
      "f.py": text,
    });
    const { calls } = await brokenCalls({ folder: caller, env: "production-eu", variables: {} }, [], undefined);
    assert.match(calls[0]?.message ?? "", /which belongs to the environment dev, not to prod$/);
  });

  it("leads to the line of a deployment's schedule", () => {
    const urn = "urn:pulumi:production-eu::x::pulumi-nodejs:dynamic/prefect:Deployment::sums";
    const inputs = { flowName: "f", name: "sums-prod", schedules: [{ active: false }] };
    const [flow] = deployedFlows([{ op: "create", urn, new: { urn, type: "", inputs } }], new Set([urn]), project);
    assert.equal(flow?.scheduleAt, "meta_prefect.yaml:6");
  });
});
