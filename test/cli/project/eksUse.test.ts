import assert from "node:assert/strict";
import * as path from "node:path";
import { eksUse } from "../../../cli/project/eksUse";
import { folderWith } from "../../support/folderWith";

const yaml = `
deployments:
  sums:
    - recipe: local_run_deployer
      variables: { name: daily }
      environments: { prod: { recipe: eks_dask_deployer } }
`;

function useOf(text: string, env: string) {
  return eksUse({ file: path.join(folderWith({ "meta_prefect.yaml": text }), "meta_prefect.yaml"), env });
}

describe("what a YAML needs for EKS", () => {
  it("is nothing where nothing of the environment runs there, or it can't be told", () => {
    assert.equal(useOf(yaml, "dev"), undefined);
    assert.equal(useOf("eks_dask_deployer: [", "prod"), undefined);
    assert.equal(eksUse({ file: "/none", env: "prod" }), undefined);
  });

  it("is the aws command, unless the file gives a kubeconfig", () => {
    const recipe = (cluster: string) => `${yaml}\nrecipes: { eks_dask_deployer: { cluster: ${cluster} } }\n`;
    assert.deepEqual(useOf(yaml, "prod"), { callsAws: true });
    assert.deepEqual(useOf(recipe("{ existing_name: flows }"), "prod"), { callsAws: true });
    const given = "{ existing_name: flows, kubeconfig: '${config:kubeconfig}' }";
    assert.deepEqual(useOf(recipe(given), "prod"), { callsAws: false });
  });
});
