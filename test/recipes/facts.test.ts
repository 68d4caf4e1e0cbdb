import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Deployer, type DeploymentBuilder, type DeploymentPlan, localCode, metadata } from "../../index";
import type { FlowFacts } from "../../provider/program/flows/flowFacts";
import { remember } from "../../provider/program/flows/flowFactsCache";
import { importing } from "../../provider/program/flows/readers";
import { temporaryFolder } from "../support/environment";
import { registeredIn } from "../support/registered";

const python = "/no/such/python";
const facts: FlowFacts = {
  name: "Sums",
  description: "Adds.",
  parameterOpenapiSchema: '{"type": "object", "properties": {}}',
  more: null,
  codeHash: "0123456789abcdef",
};

/** A recipe that says of each flow what its facts say. */
class TellingDeployer extends Deployer {
  /** The plans as a builder after that of the code sees them. */
  readonly seen: DeploymentPlan[];

  constructor(name: string, args: ConstructorParameters<typeof Deployer>[2], opts?: pulumi.ComponentResourceOptions) {
    const seen: DeploymentPlan[] = [];
    const early: DeploymentBuilder = { build: (plan) => ({ ...plan, tags: [`${plan.facts?.name}`] }) };
    const late: DeploymentBuilder = {
      build(plan) {
        seen.push(plan);
        return { ...plan, description: plan.description ?? `${plan.facts?.name} by ${plan.facts?.codeHash}` };
      },
    };
    super("acme:recipes:TellingDeployer", name, args, [early, localCode(), metadata(), late], opts);
    this.seen = seen;
  }
}

describe("the facts of a recipe's flows", () => {
  let folder: string;
  const earlier = { ...process.env };
  const deployment = { name: "d", entrypoint: "flows.py:sums" };
  const made = async (...deployments: (typeof deployment & Partial<DeploymentPlan>)[]) => {
    let deployer: TellingDeployer | undefined;
    const resources = await registeredIn(folder, () => (deployer = new TellingDeployer("t", { deployments })));
    return { deployer, deployed: resources.filter(({ type }) => type === "Deployment") };
  };

  beforeEach(() => {
    folder = fs.realpathSync(temporaryFolder());
    fs.writeFileSync(path.join(folder, "flows.py"), "");
    process.env.XDG_CACHE_HOME = temporaryFolder();
    process.env.META_PREFECT__PYTHON = python;
    remember({ reader: importing(folder), folder, entrypoint: deployment.entrypoint }, facts, {});
  });
  afterEach(() => {
    process.env = { ...earlier };
  });

  it("are seen by the builders after that of the code", async () => {
    const { deployer, deployed } = await made(deployment);
    assert.deepEqual(deployer?.seen[0]?.facts, facts);
    const { inputs, hints } = deployed[0] ?? {};
    assert.deepEqual([inputs?.tags, inputs?.description], [["undefined", "env=dev"], "Sums by 0123456789abcdef"]);
    assert.deepEqual([inputs?.flowName, inputs?.parameterOpenapiSchema], ["Sums", facts.parameterOpenapiSchema]);
    assert.deepEqual(hints, { codeHash: facts.codeHash });
    assert.ok(!("facts" in (inputs ?? {})) && !("codeHash" in (inputs ?? {})));
  });

  it("are overridden by what a deployment says", async () => {
    const { deployed } = await made({ ...deployment, flowName: "mine", description: "By hand." });
    assert.deepEqual([deployed[0]?.inputs.flowName, deployed[0]?.inputs.description], ["mine", "By hand."]);
  });

  it("are all read but for the parameter schema where that is given by hand", async () => {
    const byHand = { ...deployment, parameterOpenapiSchema: { type: "object" } };
    const { deployer, deployed } = await made(byHand, { ...byHand, name: "named", flowName: "sums" });
    assert.deepEqual(
      deployer?.seen.map((plan) => plan.facts),
      [facts, facts],
    );
    const [unnamed, named] = deployed;
    const { flowName, description, parameterOpenapiSchema } = unnamed?.inputs ?? {};
    assert.deepEqual(
      [flowName, description, parameterOpenapiSchema],
      ["Sums", "Sums by 0123456789abcdef", byHand.parameterOpenapiSchema],
    );
    // what an earlier release has deployed stays in its flow
    assert.deepEqual(unnamed?.hints, { codeHash: facts.codeHash, formerDefaults: { flowName: "sums" } });
    assert.deepEqual([named?.inputs.flowName, named?.hints], ["sums", { codeHash: facts.codeHash }]);
  });

  it("aren't needed where the parameter schema is given by hand: of a flow that isn't here, or can't be read", async () => {
    fs.writeFileSync(path.join(folder, "new.py"), "");
    for (const entrypoint of ["none.py:f", "new.py:f"]) {
      const { deployer, deployed } = await made({ name: "d", entrypoint, parameterOpenapiSchema: {} });
      assert.equal(deployer?.seen[0]?.facts, undefined);
      assert.equal(deployed[0]?.inputs.flowName, "f");
      // as another machine may have read it
      assert.deepEqual([deployed[0]?.failures, deployed[0]?.hints], [undefined, { staying: ["codeHash", "flowName"] }]);
    }
    const named = await made({ name: "d", entrypoint: "none.py:f", parameterOpenapiSchema: {}, flowName: "mine" });
    assert.deepEqual(named.deployed[0]?.hints, { staying: ["codeHash"] });
  });

  it("are warned of where the text doesn't tell all, but not of a schema that is given by hand", async () => {
    process.env.META_PREFECT__FLOWS = "static";
    delete process.env.META_PREFECT__PYTHON;
    const { warn } = pulumi.log;
    const said: string[] = [];
    Object.assign(pulumi.log, { warn: (text: string) => Promise.resolve(void said.push(text)) });
    const text = (decorator: string) =>
      `from prefect import flow\nfrom meta_prefect import kubernetes\n${decorator}\n@flow\ndef f(x: Some):\n  pass\n`;
    fs.writeFileSync(path.join(folder, "typed.py"), text("@kubernetes(cpu=1)"));
    fs.writeFileSync(path.join(folder, "needing.py"), text("@kubernetes(cpu=some)"));
    const byHand = { name: "by hand", parameterOpenapiSchema: {} };
    try {
      await made({ ...byHand, entrypoint: "typed.py:f" });
      assert.deepEqual(said, []);
      await made({ ...byHand, entrypoint: "typed.py:f" }, { name: "read", entrypoint: "typed.py:f" });
      await made({ ...byHand, entrypoint: "needing.py:f" });
    } finally {
      Object.assign(pulumi.log, { warn });
    }
    assert.equal(said.length, 2);
    assert.match(said[0] ?? "", /typed\.py.* doesn't tell the type of x; give parameterOpenapiSchema/);
    assert.match(said[1] ?? "", /needing\.py.* of @kubernetes/);
  });

  it("that can't be read are a failure of the entrypoint, and the other flows are there", async () => {
    fs.writeFileSync(path.join(folder, "new.py"), "");
    const { deployer, deployed } = await made({ name: "d", entrypoint: "new.py:f" }, deployment);
    assert.deepEqual(
      deployer?.seen.map((plan) => plan.facts?.name),
      [undefined, "Sums"],
    );
    assert.equal(deployed[0]?.failures?.length, 1);
    assert.equal(deployed[0].failures[0]?.property, "entrypoint");
    assert.match(
      deployed[0].failures[0]?.reason ?? "",
      /Prefect can't be used in \/no\/such\/python .*can't be started/,
    );
    assert.equal(deployed[1]?.failures, undefined);
  });

  it("can't be given by a program", async () => {
    const { deployed } = await made({ ...deployment, ...({ facts, codeHash: "0" } as object) });
    assert.deepEqual(deployed[0]?.failures?.map(({ property }) => property).sort(), ["codeHash", "facts"]);
  });
});
