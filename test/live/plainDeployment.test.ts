import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { Deployment, type DeploymentArgs } from "../../index";
import { get } from "../../provider";
import { temporaryFolder, tools } from "../support/environment";
import { registeredIn } from "../support/registered";

describe("a deployment outside of a recipe", () => {
  let folder: string;
  before(async () => {
    process.env.META_PREFECT__PYTHON = (await tools()).python;
    folder = temporaryFolder();
    fs.mkdirSync(path.join(folder, "flows"));
    fs.writeFileSync(
      path.join(folder, "flows", "flows.py"),
      "from prefect import flow\n@flow\ndef sums(x: int, y: int = 1): ...\n@flow\ndef more(x: int = 1, **others): ...\n",
    );
  });
  after(() => delete process.env.META_PREFECT__PYTHON);

  const made = async (args: Partial<DeploymentArgs>) => {
    const [resource] = await registeredIn(
      folder,
      () => new Deployment("d", { flowName: "sums", entrypoint: "flows.py:sums", ...args }),
    );
    const { parameterOpenapiSchema: schema } = resource?.inputs ?? {};
    const properties =
      typeof schema === "string" ? Object.keys((JSON.parse(schema) as { properties: object }).properties) : undefined;
    return { failures: resource?.failures, properties };
  };
  const steps = (directory: string) => [{ "prefect.deployments.steps.set_working_directory": { directory } }];

  it("has its flow's schema, when the code is in its path, in the program's folder, or where its steps go", async () => {
    assert.deepEqual(await made({ path: path.join(folder, "flows") }), { failures: undefined, properties: ["x", "y"] });
    assert.deepEqual((await made({ path: "flows" })).properties, ["x", "y"]);
    assert.deepEqual((await made({ entrypoint: "flows/flows.py:sums" })).properties, ["x", "y"]);
    assert.deepEqual((await made({ pullSteps: steps(path.join(folder, "flows")) })).properties, ["x", "y"]);
  });

  it("has none when the code is elsewhere, which is no error", async () => {
    const elsewhere: Partial<DeploymentArgs>[] = [
      { path: "/srv/of/the/worker" },
      { path: "flows", pullSteps: [{ "prefect.deployments.steps.git_clone": { repository: "r" } }] },
      { path: "flows", pullSteps: [...steps("flows"), { "their.step": {} }] },
      { path: "flows", storageDocumentId: "00000000-0000-4000-8000-000000000000" },
      { entrypoint: "package.flows.sums" },
    ];
    for (const args of elsewhere) {
      assert.deepEqual(await made(args), { failures: undefined, properties: undefined }, JSON.stringify(args));
    }
  });

  it("has the schema that is given by hand", async () => {
    const parameterOpenapiSchema = '{"type":"object","properties":{"z":{}}}';
    assert.deepEqual((await made({ path: "flows", parameterOpenapiSchema })).properties, ["z"]);
  });

  it("is refused for a flow that its file doesn't have", async () => {
    const { failures } = await made({ path: "flows", entrypoint: "flows.py:sum" });
    assert.match(failures?.[0]?.reason ?? "", /was not found/);
  });

  it("keeps the schema of the state on a machine that hasn't the code, while it is the same flow", () => {
    const olds = { name: "d", flowName: "f", entrypoint: "flows.py:f", parameterOpenapiSchema: '{"type":"object"}' };
    const { parameterOpenapiSchema: _, ...news } = olds;
    const hints = { __hints: { staying: ["parameterOpenapiSchema"] } };
    const { inputs } = get("Deployment").check(olds, { ...news, ...hints });
    assert.equal(inputs.parameterOpenapiSchema, olds.parameterOpenapiSchema);
    const other = get("Deployment").check(olds, { ...news, entrypoint: "flows.py:g", ...hints });
    assert.equal(other.inputs.parameterOpenapiSchema, undefined);
  });

  it("may have any parameter when its flow takes **kwargs", async () => {
    const resources = await registeredIn(
      folder,
      () =>
        new Deployment("d", {
          flowName: "more",
          entrypoint: "flows.py:more",
          path: "flows",
          parameters: { x: 1, colour: "red" },
        }),
    );
    const { takesMoreParameters, codeHash } = resources[0]?.hints ?? {};
    assert.equal(takesMoreParameters, true);
    assert.match(codeHash ?? "", /^[0-9a-f]{16}$/);
  });
});
