import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { readYamlProject } from "../../../recipes/yaml/project";
import { temporaryFolder } from "../../support/environment";

const text = `name: risk
deployments:
  sums:
    - recipe: local_run_deployer
      variables: { name: "n-\${env:TEAM_OF_TEST}", path: flows, description: "\${config:note}" }
      environments: { prod: { recipe: nightly_deployer }, "pr-*": false }
  Products of all:
    - { recipe: local_run_deployer, variables: { name: m } }
recipes:
  nightly_deployer: { module: ./nightly }
`;

describe("a meta_prefect.yaml without a program", () => {
  const folder = temporaryFolder();
  before(() => {
    process.env.TEAM_OF_TEST = "risk";
    fs.mkdirSync(path.join(folder, "flows"));
    const flows =
      'from prefect import flow\n@flow\ndef sums(): ...\n@flow(name="Products of all")\ndef products(): ...\n';
    fs.writeFileSync(path.join(folder, "flows", "f.py"), flows);
    // its module isn't loaded
    fs.writeFileSync(path.join(folder, "nightly.js"), 'throw new Error("no")');
    fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), text);
  });
  after(() => delete process.env.TEAM_OF_TEST);
  const read = (env: string) => readYamlProject(path.join(folder, "meta_prefect.yaml"), env);

  it("says its project, its environments, and the deployments of one of them", () => {
    const products = {
      ...{ flow: "Products of all", name: "m", recipe: "local_run_deployer", entrypoint: "flows/f.py:products" },
      ...{ pulumiName: "local_run_deployer-Products of all/m", line: 8, column: 7 },
    };
    assert.deepEqual(read("dev"), {
      ...{ name: "risk", folder, environments: ["prod"] },
      deployments: [
        {
          ...{ flow: "sums", name: "n-risk", recipe: "local_run_deployer", entrypoint: "f.py:sums", path: "flows" },
          ...{ pulumiName: "local_run_deployer-sums/n-risk", line: 4, column: 7 },
        },
        products,
      ],
    });
    assert.deepEqual(
      read("prod").deployments.map(({ pulumiName }) => pulumiName),
      ["nightly_deployer-sums/n-risk", "local_run_deployer-Products of all/m"],
    );
    assert.deepEqual(read("pr-7").deployments, [products]);
  });

  it("may leave recipe and name to its environments, and says it where another one is asked for", () => {
    const file = path.join(folder, "environments.yaml");
    const of = (text: string) => fs.writeFileSync(file, `deployments:\n  sums:\n${text}`);
    const recipeIn = (env: string) => readYamlProject(file, env).deployments.map(({ recipe, name }) => [recipe, name]);
    of(`    - variables: { name: n }
      environments: { dev: { recipe: local_run_deployer }, "pr-*": { recipe: local_run_deployer }, prod: { recipe: eks_dask_deployer } }
    - recipe: local_run_deployer
      environments: { dev: { variables: { name: m } }, "*": false }
`);
    assert.deepEqual(recipeIn("prod"), [["eks_dask_deployer", "n"]]);
    assert.deepEqual(recipeIn("dev"), [
      ["local_run_deployer", "n"],
      ["local_run_deployer", "m"],
    ]);
    assert.deepEqual(recipeIn("pr-7"), [["local_run_deployer", "n"]]);
    assert.throws(
      () => recipeIn("staging"),
      /:3:7: a deployment of flow "sums" has no recipe in environment "staging", only in dev, pr-\*, prod; deploy to one of these, name one, such as recipe: local_run_deployer, or leave it out elsewhere by environments: \{ "\*": false \}/,
    );
    const label =
      "  label:\n    - environments: { dev: { recipe: local_run_deployer, variables: { name: l, entrypoint: flows/f.py:sums } } }\n";
    of(`    - { recipe: local_run_deployer, variables: { name: n } }\n${label}`);
    assert.equal(recipeIn("dev").length, 2);
    of(`    - { recipe: local_run_deployer, environments: { dev: { variables: { name: n } } } }\n`);
    assert.deepEqual(recipeIn("dev"), [["local_run_deployer", "n"]]);
    assert.throws(() => recipeIn("other"), /has no name in environment "other", only in dev; /);
  });
});
