import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { PrefectClient } from "../../provider/api/client";
import { prefectClient } from "../support/environment";
import { PulumiProject } from "../support/pulumiProject";

const flows = `from prefect import flow

@flow
def add_two_numbers_flow(x: int, y: int = 2):
    return x + y
`;
const yaml = `name: risk
deployments:
  add-two-numbers-flow:
    - recipe: local_run_deployer
      variables:
        name: local-run
        parameters: { x: 1 }
        schedule: { rrule: "FREQ=DAILY;BYDAY=MO,WE,FR,SA", timezone: "US/Pacific" }
        job_variables: { env: { TOKEN: "\${config:token}" } }
`;
const program = `
  const { deployFromYaml } = require("meta-prefect");
  exports.deployed = deployFromYaml("meta_prefect.yaml").flatMap((deployer) => deployer.deployed);
`;
const inTypeScript = `
  const { LocalRunDeployer } = require("meta-prefect");
  const token = new (require("@pulumi/pulumi").Config)().requireSecret("token");
  exports.deployed = new LocalRunDeployer("local_run_deployer", { deployments: [{
    name: "local-run",
    entrypoint: "flows.py:add_two_numbers_flow",
    parameters: { x: 1 },
    schedule: { rrule: "FREQ=DAILY;BYDAY=MO,WE,FR,SA", timezone: "US/Pacific" },
    jobVariables: { env: { TOKEN: token } },
  }] }).deployed;
`;

describe("pulumi up of a meta_prefect.yaml", () => {
  let project: PulumiProject;
  let client: PrefectClient;

  before(async () => {
    client = await prefectClient();
    project = await PulumiProject.create(program);
    project.write("flows.py", flows);
    project.write("meta_prefect.yaml", yaml);
    await project.pulumi("config", "set", "--secret", "token", "hush");
    await project.up();
  });
  after(() => project.destroy());

  it("deploys the flow, with nothing more to do afterwards", async () => {
    const remote = await client.find<{ name: string; schedules: { active: boolean }[]; job_variables: object }>(
      "/deployments/name/add-two-numbers-flow/local-run-dev",
    );
    assert.deepEqual(
      remote?.schedules.map(({ active }) => active),
      [false],
    );
    assert.deepEqual(remote.job_variables, { env: { META_PREFECT__ENV: "dev", TOKEN: "hush" } });
    assert.deepEqual(await project.preview("--refresh"), []);
  });

  it("keeps a secret of the configuration encrypted", async () => {
    assert.doesNotMatch(await project.pulumi("stack", "export"), /hush/);
  });

  it("is what the same program in TypeScript deploys", async () => {
    project.program = inTypeScript;
    assert.deepEqual(await project.preview(), []);
    project.program = program;
  });

  it("is the same from a program in a folder below the file's", async () => {
    const below = path.join(project.folder, ".meta-prefect");
    fs.mkdirSync(below);
    fs.writeFileSync(path.join(below, "index.js"), program.replace('"meta_prefect.yaml"', '"../meta_prefect.yaml"'));
    fs.writeFileSync(path.join(below, "package.json"), JSON.stringify({ main: "index.js" }));
    const manifest = path.join(project.folder, "Pulumi.yaml");
    const before = fs.readFileSync(manifest, "utf8");
    project.write("Pulumi.yaml", JSON.stringify({ ...(JSON.parse(before) as object), main: ".meta-prefect/" }));
    try {
      assert.deepEqual(await project.preview(), []);
    } finally {
      project.write("Pulumi.yaml", before);
    }
  });

  it("says the line of what the engine finds wrong", async () => {
    project.write("meta_prefect.yaml", yaml.replace("x: 1", "x: one"));
    const said = await project.failure("preview");
    assert.match(said, /property parameters\.x .*must be integer, not "one" \(meta_prefect\.yaml:7:26\)/);
    project.write("meta_prefect.yaml", yaml);
  });

  it("says all that the reader finds wrong, in one message", async () => {
    project.write("meta_prefect.yaml", yaml.replace("rrule:", "rule:"));
    const said = await project.failure("preview");
    assert.match(said, /meta_prefect\.yaml:8:21: there is no "rule" in "schedule"; did you mean rrule\?/);
    assert.doesNotMatch(said, /\n\s+at .*:\d+:\d+\)/);
    project.write("meta_prefect.yaml", yaml);
  });
});
