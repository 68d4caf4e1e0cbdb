import assert from "node:assert/strict";
import * as path from "node:path";
import {
  type DeploymentTriggerArgs,
  PlainDeployer,
  type PlainDeployerArgs,
  type RecipeDeployment,
  WorkPool,
} from "../../index";
import { root } from "../../tools/root";
import { registeredIn } from "../support/registered";

const folder = path.join(root, "examples", "laptopToEks");
const byHand = { parameterOpenapiSchema: { type: "object", properties: {} } };
const deployment: RecipeDeployment = {
  name: "nightly",
  entrypoint: "flows/elsewhere.py:add_two_numbers_flow",
  ...byHand,
};
const trigger: DeploymentTriggerArgs = { type: "event", posture: "Reactive", expect: ["a"] };
const step = (directory: string) => ({ "prefect.deployments.steps.set_working_directory": { directory } });

/** The inputs of what is made of some deployments, by kinds. */
async function made(
  deployments: RecipeDeployment[],
  args: Partial<PlainDeployerArgs> = {},
  configuration: Record<string, string> = {},
) {
  const resources = await registeredIn(folder, () => new PlainDeployer("plain", { deployments, ...args }), {
    configuration,
  });
  const of = (type: string) => resources.filter((one) => one.type === type);
  return { resources, deployments: of("Deployment").map(({ inputs }) => inputs), automations: of("Automation") };
}

describe("PlainDeployer", () => {
  const before = process.env.META_PREFECT__FLOWS;
  // the units have no Prefect
  beforeEach(() => (process.env.META_PREFECT__FLOWS = "static"));
  afterEach(() => {
    if (before === undefined) delete process.env.META_PREFECT__FLOWS;
    else process.env.META_PREFECT__FLOWS = before;
  });

  it("makes the deployment alone, with exactly these inputs", async () => {
    const { resources } = await made([
      { ...deployment, tags: ["a"], jobVariables: { env: { A: "1" } }, workPoolName: "etl" },
    ]);
    assert.deepEqual(resources, [
      { type: "meta-prefect:recipes:PlainDeployer", name: "plain", inputs: {} },
      {
        type: "Deployment",
        name: "plain-add-two-numbers-flow/nightly",
        inputs: {
          name: "nightly",
          flowName: "add-two-numbers-flow",
          entrypoint: "flows/elsewhere.py:add_two_numbers_flow",
          pullSteps: [step(folder)],
          parameterOpenapiSchema: byHand.parameterOpenapiSchema,
          tags: ["a"],
          version: "auto",
          jobVariables: { env: { A: "1" } },
          workPoolName: "etl",
        },
        hints: { staying: ["codeHash", "flowName"] },
      },
    ]);
  });

  it("takes neither the environment's name nor configured tags, but the configured version", async () => {
    const configuration = { "meta-prefect:env": "prod", "meta-prefect:tags": "team", "meta-prefect:version": "7" };
    const [inputs] = (await made([deployment], {}, configuration)).deployments;
    assert.equal(inputs?.name, "nightly");
    assert.equal(inputs.tags, undefined);
    assert.equal(inputs.jobVariables, undefined);
    assert.equal(inputs.version, "7");
  });

  it("reads the flow in the folder of its path, and sends the path that is written", async () => {
    const { name, entrypoint } = { name: "nightly", entrypoint: "flows.py:add_two_numbers_flow" };
    const [inputs] = (await made([{ name, entrypoint, path: "flows" }])).deployments;
    assert.equal(inputs?.path, "flows");
    assert.equal(inputs.pullSteps, undefined);
    assert.match(String(inputs.parameterOpenapiSchema), /"x"/);
  });

  it("reads the flow in the program's folder where its path is one of the worker's", async () => {
    const entrypoint = "flows/flows.py:add_two_numbers_flow";
    const [inputs] = (await made([{ name: "nightly", entrypoint, path: "/opt/elsewhere" }])).deployments;
    assert.equal(inputs?.path, "/opt/elsewhere");
    assert.match(String(inputs.parameterOpenapiSchema), /"x"/);
  });

  it("works in the image's folder where an image is named, and in none where pull steps say so", async () => {
    const image = { ...deployment, name: "image", jobVariables: { image: "flows:1" } };
    const none = { ...deployment, name: "none", pullSteps: [] };
    const { deployments } = await made([image, none]);
    assert.deepEqual(
      deployments.map(({ pullSteps }) => pullSteps),
      [[step("/opt/prefect")], []],
    );
  });

  it("has the worker's own folder in the pull step", async () => {
    const [inputs] = (await made([deployment], {}, { "meta-prefect:root": "/srv/team" })).deployments;
    assert.deepEqual(inputs?.pullSteps, [step("/srv/team")]);
  });

  it("makes schedules without an active that isn't written", async () => {
    const schedules = [{ cron: "0 9 * * *" }, { cron: "0 8 * * *", active: false }];
    const [inputs] = (await made([{ ...deployment, schedules }])).deployments;
    assert.deepEqual(inputs?.schedules, schedules);
  });

  it("calls automations as Prefect does, also when two flows have a deployment of the name", async () => {
    const one = { ...deployment, triggers: [trigger, { ...trigger, name: "mine" }] };
    const other = { ...deployment, flowName: "other", triggers: [trigger] };
    const { automations } = await made([one, other]);
    assert.deepEqual(automations.map(({ name, inputs }) => [name, inputs.name]).sort(), [
      ["plain-add-two-numbers-flow/nightly/mine", "mine"],
      ["plain-add-two-numbers-flow/nightly/nightly__automation_1", "nightly__automation_1"],
      ["plain-other/nightly/nightly__automation_1", "nightly__automation_1"],
    ]);
  });

  it("takes a pool that the program makes", async () => {
    const program = () => {
      const pool = new WorkPool("etl", { type: "process" });
      return new PlainDeployer("plain", { deployments: [{ ...deployment, workPoolName: pool }] });
    };
    const resources = await registeredIn(folder, program, {});
    assert.equal(resources.find(({ type }) => type === "Deployment")?.inputs.workPoolName, "etl");
  });

  it("takes over all of its deployments and their automations when it is told to", async () => {
    const own = { ...deployment, name: "own", adopt: false };
    const { deployments, automations } = await made([{ ...deployment, triggers: [trigger] }, own], { adopt: true });
    assert.deepEqual(
      deployments.map(({ adopt }) => adopt),
      [true, false],
    );
    assert.equal(automations[0]?.inputs.adopt, true);
  });

  it("says what isn't its to be given", async () => {
    const wrong = { deployments: [deployment], env: "prod", tags: ["a"], version: "1", pool: "etl" };
    await assert.rejects(
      registeredIn(folder, () => new PlainDeployer("plain", wrong), {}),
      (error: Error) => {
        for (const key of ["env", "tags", "version"]) {
          assert.ok(
            error.message.includes(`${key}: is no argument of PlainDeployer, which deploys what is written`),
            error.message,
          );
        }
        assert.match(error.message, /pool: there is no such argument/);
        return true;
      },
    );
  });

  it("refuses a deployment that is given twice", async () => {
    await assert.rejects(made([deployment, deployment]), /"add-two-numbers-flow\/nightly" is given twice/);
  });
});
