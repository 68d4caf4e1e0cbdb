import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { buildWheel } from "../../tools/wheel";
import { temporaryFolder, tools } from "../support/environment";
import { Newcomer } from "../support/newcomer";
import { NpmMirror } from "../support/npmMirror";
import { installedByPip, withoutNode } from "../support/pip";

describe("the Python package for EKS", () => {
  it("installs what EKS needs by the npm that it brings, on a machine without Node.js", async () => {
    const { command } = await installedByPip(await buildWheel(temporaryFolder()));
    const { env } = await tools();
    const mirror = await NpmMirror.start();
    try {
      const person = await Newcomer.with([command("meta-prefect")], {
        PATH: withoutNode(env.PATH ?? ""),
        META_PREFECT__PYTHON: undefined,
        npm_config_registry: mirror.address,
      });
      const yaml = "deployments: { add-two-numbers-flow: [{ recipe: eks_dask_deployer, variables: { name: x } }] }\n";
      fs.writeFileSync(path.join(person.folder, "meta_prefect.yaml"), yaml);
      const { said } = await person.try("deploy", "--yes");
      assert.match(said, /^installing @kubernetes\/client-node, @pulumi\/aws, @pulumi\/kubernetes into \S+-eks$/m);
      // it is the program that asks for it, by then
      assert.match(said, /^error: .*no AWS region is configured/m);
      const modules = path.join(person.folder, ".meta-prefect", "node_modules");
      const kept = path.join(fs.realpathSync(person.home), ".cache", "meta-prefect", "packages");
      for (const name of ["meta-prefect", "@pulumi/pulumi", "@pulumi/aws", "@pulumi/kubernetes"]) {
        const place = fs.realpathSync(path.join(modules, name));
        assert.match(path.relative(kept, place), new RegExp(`^[^/]+-eks/node_modules/${name}$`));
      }
      const again = await person.try("deploy", "--yes");
      assert.doesNotMatch(again.said, /installing/);
    } finally {
      mirror.stop();
    }
  });
});
