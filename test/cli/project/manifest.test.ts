import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { ensureManifest, isAsWritten } from "../../../cli/project/manifest";
import { folderWith } from "../../support/folderWith";

const none = { HOME: "/nowhere" };

describe("the Pulumi.yaml of a YAML", () => {
  it("is what another command has made of it at the same moment", () => {
    const folder = folderWith({ "meta_prefect.yaml": "name: risk\n" });
    const file = path.join(folder, "meta_prefect.yaml");
    // neither has found one
    const [first, second] = [1, 2].map(() => ensureManifest({ folder }, file, none));
    assert.deepEqual([first, second], [path.join(folder, "Pulumi.yaml"), first]);
    assert.deepEqual(fs.readdirSync(folder).sort(), ["Pulumi.yaml", "meta_prefect.yaml"]);
    fs.writeFileSync(path.join(folder, "other.yaml"), "deployments: {}\n");
    assert.throws(
      () => ensureManifest({ folder }, path.join(folder, "other.yaml"), none),
      /is that of another file \(main: \.meta-prefect\/\); put other.yaml into a folder of its own/,
    );
  });

  it("is known as written here, whatever the YAML and the project are called, until somebody changes it", () => {
    for (const name of ["meta_prefect.yml", 'a "b".yaml']) {
      const folder = folderWith({ [name]: "name: old\n" });
      const file = path.join(folder, name);
      const manifest = ensureManifest({ folder }, file, none);
      assert.ok(isAsWritten(manifest));
      fs.writeFileSync(file, "name: new\n");
      ensureManifest({ folder, manifest }, file, none);
      assert.match(fs.readFileSync(manifest, "utf8"), /^name: "new"\n/);
      assert.ok(isAsWritten(manifest));
      fs.appendFileSync(manifest, "config: {}\n");
      assert.ok(!isAsWritten(manifest));
    }
    assert.ok(!isAsWritten(path.join(folderWith({ "Pulumi.yaml": "name: x\nruntime: nodejs\n" }), "Pulumi.yaml")));
  });
});
