import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { convertedYaml } from "../../../importer/prefectYaml/convertedYaml";
import { filledIn } from "../../../importer/prefectYaml/filledIn";
import { deployFromYaml, fromPrefectYaml, PlainDeployer } from "../../../index";
import { convertPrefectYaml } from "../../../recipes/prefectYaml/convertPrefectYaml";
import { temporaryFolder } from "../../support/environment";
import { fixturesIn } from "../../support/prefectYaml/fixtures";
import { type Registered, registeredIn } from "../../support/registered";

describe("a prefect.yaml that is read, and one that is converted", () => {
  const earlier = { ...process.env };
  afterEach(() => {
    process.env = { ...earlier };
  });

  it("make the same resources", async () => {
    // the units have no Prefect
    process.env.META_PREFECT__FLOWS = "static";
    let compared = 0;
    for (const { name, folders, env } of await fixturesIn(temporaryFolder())) {
      Object.assign(process.env, env);
      for (const folder of folders) {
        const converted = convertPrefectYaml(path.join(folder, "prefect.yaml"));
        // what comes from a server in one way comes from the configuration in the other
        const asks = fs.readFileSync(path.join(folder, "prefect.yaml"), "utf8").includes("prefect.variables.");
        if (asks || filledIn(converted).config.length > 0) continue;
        fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), convertedYaml(converted));
        // what may be the worker's is left to it in one way, and in the other where this machine hasn't got it
        for (const { message } of converted.notes) {
          const [, name] = /^{{ \$(\w+) }} stays for each run/.exec(message) ?? [];
          if (name !== undefined) Reflect.deleteProperty(process.env, name);
        }
        const read = await registeredIn(folder, async () => {
          new PlainDeployer("plain_deployer", { deployments: await fromPrefectYaml() });
        });
        assert.ok(read.length > 1, name);
        const ofYaml = await registeredIn(folder, () => deployFromYaml());
        assert.deepEqual(withoutNames(ofYaml), withoutNames(read), `${name}: ${folder}`);
        compared += 1;
      }
    }
    assert.ok(compared >= 10, `${compared} were compared`);
  });
});

/** Without Pulumi's names, in which the YAML has the flow's name where a program has that of its function. */
function withoutNames(resources: Registered[]): string[] {
  return resources.map(({ name: _, ...rest }) => JSON.stringify(rest)).sort();
}
