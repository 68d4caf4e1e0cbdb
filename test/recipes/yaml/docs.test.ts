import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { deployFromYaml, loadYaml } from "../../../index";
import { rulesOf } from "../../../recipes/registry";
import { deploymentRules } from "../../../recipes/yaml/rules";
import { temporaryFolder } from "../../support/environment";
import { Page } from "../../support/page";
import { registeredIn } from "../../support/registered";

const page = new Page("docs/reference/yaml.md");
const blocks = (language: string) => page.blocks.filter((block) => block.language === language).map(({ text }) => text);

describe("the page about YAML", () => {
  const folder = temporaryFolder();
  const [recipe = ""] = blocks("ts");
  before(() => {
    fs.mkdirSync(path.join(folder, "recipes"));
    fs.writeFileSync(path.join(folder, "recipes", "nightly.ts"), recipe);
  });
  const file = path.join(folder, "meta_prefect.yaml");

  it("shows what is said of a mistake", () => {
    const [right = ""] = blocks("yaml");
    const [said = ""] = blocks("text");
    fs.writeFileSync(file, right.replace("rrule:", "rule:"));
    const shown = said.trimEnd().split("\n");
    assert.throws(
      () => loadYaml(file),
      ({ message }: Error) => {
        const lines = message.split("\n");
        for (const [index, line] of shown.entries()) {
          assert.ok(lines[index]?.includes(line.replace(/ ?\.\.\.$/, "")), message);
        }
        return true;
      },
    );
  });

  it("shows a recipe that works", async () => {
    const deployment = "{ name: n, entrypoint: flows.py:f, parameterOpenapiSchema: {} }";
    fs.writeFileSync(
      file,
      `deployments:\n  f:\n    - { recipe: nightly_deployer, variables: ${deployment} }\nrecipes:\n  nightly_deployer: { module: ./recipes/nightly, retries: 3 }\n`,
    );
    const resources = await registeredIn(folder, () => deployFromYaml());
    const { inputs, failures } = resources.find(({ type }) => type === "Deployment") ?? {};
    assert.deepEqual(inputs?.jobVariables, { env: { META_PREFECT__ENV: "dev", PREFECT_FLOWS_DEFAULT_RETRIES: "3" } });
    assert.equal(failures, undefined);
  });

  it("names all variables and all of a recipe's arguments", () => {
    const names = [...Object.keys(deploymentRules.shape), ...Object.keys(rulesOf("eks_dask_deployer").shape)];
    for (const name of names) assert.ok(page.text.includes(`\`${name}\``), name);
  });
});
