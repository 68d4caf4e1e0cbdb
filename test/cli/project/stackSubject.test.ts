import assert from "node:assert/strict";
import * as path from "node:path";
import { stackSubject } from "../../../cli/project/stackSubject";
import { folderWith } from "../../support/folderWith";

const yaml = "deployments: {}\n";

describe("the stack of a preview that failed", () => {
  const subject = (files: Record<string, string>, flags: { env?: string }, environment: NodeJS.ProcessEnv = {}) => {
    const folder = folderWith(files);
    const file = "meta_prefect.yaml" in files ? "meta_prefect.yaml" : "Pulumi.yaml";
    return stackSubject({ ...flags, file: path.join(folder, file) }, environment);
  };

  it("is that of the YAML's project and environment", () => {
    const files = { "meta_prefect.yaml": yaml, "Pulumi.yaml": "name: risk\nmain: .meta-prefect/\n" };
    assert.deepEqual(subject(files, {}), { project: "risk", stack: "dev" });
    assert.deepEqual(subject(files, { env: "prod" }), { project: "risk", stack: "prod" });
    assert.deepEqual(subject(files, {}, { META_PREFECT__ENV: "prod" }), { project: "risk", stack: "prod" });
  });

  it("is that of the YAML which never came to be a project", () => {
    assert.deepEqual(subject({ "meta_prefect.yaml": `name: risk\n${yaml}` }, {}), { project: "risk", stack: "dev" });
  });

  it("is that which a program is asked for, by its last name", () => {
    const files = { "Pulumi.yaml": "name: risk\n" };
    assert.deepEqual(subject(files, { env: "acme/risk/prod" }), { project: "risk", stack: "prod" });
    assert.deepEqual(subject(files, {}, { PULUMI_STACK: "dev" }), { project: "risk", stack: "dev" });
  });

  it("isn't guessed", () => {
    assert.throws(() => subject({ "Pulumi.yaml": "name: risk\n" }, {}), /isn't known; give the stack by --env$/);
    assert.throws(() => subject({ "Pulumi.yaml": "runtime: nodejs\n" }, { env: "dev" }), /give Pulumi.yaml a name$/);
  });
});
