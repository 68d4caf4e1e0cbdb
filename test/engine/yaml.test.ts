import assert from "node:assert/strict";
import type { PrefectClient } from "../../provider/api/client";
import { documented, nightlyModule } from "../recipes/yaml/documented";
import { prefectClient } from "../support/environment";
import { PulumiProject } from "../support/pulumiProject";

const flows = `from prefect import flow

@flow
def add_two_numbers_flow(x: int, y: int = 2):
    return x + y
`;
/** The documented file, with what is filled in from the configuration. */
const yaml = documented.replace(
  /name: local-run$/m,
  '$&\n        parameters: { x: 1 }\n        job_variables: { env: { TOKEN: "${config:token}" } }',
);
const program = `
  const { deployFromYaml } = require("meta-prefect");
  exports.deployed = deployFromYaml("meta_prefect.yaml").flatMap((deployer) => deployer.deployed);
`;
const inTypeScript = `
  const { LocalRunDeployer } = require("meta-prefect");
  exports.deployed = new LocalRunDeployer("local_run_deployer", { deployments: [{
    name: "local-run",
    entrypoint: "flows.py:add_two_numbers_flow",
    schedule: { rrule: "FREQ=DAILY;BYDAY=MO,WE,FR,SA", timezone: "US/Pacific" },
  }] }).deployed;
`;

describe("pulumi up of a meta_prefect.yaml", () => {
  let project: PulumiProject;
  let client: PrefectClient;

  before(async () => {
    client = await prefectClient();
    project = await PulumiProject.create(program);
    project.write("flows.py", flows);
    project.write("recipes/nightly.ts", nightlyModule);
    project.write("meta_prefect.yaml", documented);
    await project.up();
  });
  after(() => project.destroy());

  interface Remote {
    schedules: { active: boolean }[];
    job_variables: object;
  }
  const deployed = () => client.find<Remote>("/deployments/name/add-two-numbers-flow/local-run-dev");

  it("deploys the flow, with nothing more to do afterwards", async () => {
    const remote = await deployed();
    assert.deepEqual(
      remote?.schedules.map(({ active }) => active),
      [false],
    );
    assert.deepEqual(remote.job_variables, { env: { META_PREFECT__ENV: "dev" } });
    await project.up("--refresh", "--expect-no-changes");
  });

  it("is what the same program in TypeScript deploys", async () => {
    project.program = inTypeScript;
    assert.deepEqual(await project.preview(), []);
    project.program = program;
  });

  it("keeps a secret of the configuration encrypted", async () => {
    project.write("meta_prefect.yaml", yaml);
    await project.pulumi("config", "set", "--secret", "token", "hush");
    await project.up();
    assert.deepEqual((await deployed())?.job_variables, { env: { META_PREFECT__ENV: "dev", TOKEN: "hush" } });
    assert.doesNotMatch(await project.pulumi("stack", "export"), /hush/);
  });

  it("says the line of what the engine finds wrong", async () => {
    project.write("meta_prefect.yaml", yaml.replace("x: 1", "x: one"));
    const said = await project.failure("preview");
    assert.match(said, /property parameters\.x .*must be integer, not "one" \(meta_prefect\.yaml:8:26\)/);
  });

  it("says all that the reader finds wrong, in one message", async () => {
    project.write("meta_prefect.yaml", documented.replace("rrule:", "rule:"));
    const said = await project.failure("preview");
    assert.match(said, /meta_prefect\.yaml:8:21: there is no "rule" in "schedule"; did you mean rrule\?/);
    assert.doesNotMatch(said, /\n\s+at .*:\d+:\d+\)/);
    project.write("meta_prefect.yaml", yaml);
  });
});
