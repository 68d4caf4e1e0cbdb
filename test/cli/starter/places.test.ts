import assert from "node:assert/strict";
import * as path from "node:path";
import { checkNoYaml, programPlace, yamlPlace } from "../../../cli/starter/places";
import { folderWith } from "../../support/folderWith";

const settings = "name: mine\nruntime: nodejs\n";
const own = "name: mine\nruntime: nodejs\nmain: .meta-prefect/\n";

describe("where a starter is written", () => {
  const programs: [place: typeof yamlPlace, files: Record<string, string>, manifest?: string][] = [
    [yamlPlace, { "Pulumi.yaml": settings }],
    [yamlPlace, { "Pulumi.yml": settings }, "Pulumi.yml"],
    [yamlPlace, { "Pulumi.json": '{ "name": "mine", "runtime": "nodejs" }' }, "Pulumi.json"],
    [programPlace, { "Pulumi.yml": "name: mine\nruntime: python\n" }, "Pulumi.yml"],
    [programPlace, { "Pulumi.yaml": "name: mine\nruntime: { name: python }\n" }],
    [programPlace, { "Pulumi.yaml": `${settings}main: src\n` }],
    [programPlace, { "Pulumi.yaml": settings, "index.js": "" }],
    [programPlace, { "Pulumi.yaml": settings, "package.json": '{ "main": "a.ts" }', "a.ts": "" }],
  ];
  for (const [place, files, manifest = "Pulumi.yaml"] of programs) {
    it(`isn't the folder of another program, for ${place.name}: ${JSON.stringify(files)}`, () => {
      assert.throws(
        () => place({}, folderWith(files)),
        new RegExp(
          `has a Pulumi program of its own \\(${manifest}\\), .*; add a deployer to it, or write \\S+ into a folder of`,
        ),
      );
    });
  }

  it("is where a project has no program yet, or the one of a YAML", () => {
    const usual: Record<string, string>[] = [
      {},
      { "Pulumi.yaml": settings },
      { "Pulumi.yaml": `${settings}main: ./\n` },
      { "Pulumi.yml": own },
    ];
    for (const files of usual) {
      const folder = folderWith({ ...files, "package.json": '{ "main": "index.ts" }' });
      assert.equal(programPlace({}, folder), path.join(folder, "index.ts"));
    }
    const folder = folderWith({ "Pulumi.yml": own, "index.js": "" });
    assert.equal(yamlPlace({}, folder), path.join(folder, "meta_prefect.yaml"));
  });

  it("isn't beside a YAML of which the program says nothing", () => {
    for (const [yaml, manifest] of [
      ["meta_prefect.yml", settings],
      ["team.yaml", own.replace("main: .meta-prefect/", "main: .meta-prefect/team.yaml.js")],
    ] as const) {
      const folder = folderWith({ [yaml]: "", "Pulumi.yaml": manifest });
      assert.throws(
        () => checkNoYaml(folder),
        new RegExp(`${yaml} is in this folder, .* meta-prefect init --typescript;`),
      );
    }
    checkNoYaml(folderWith({ "team.yaml": "", "Pulumi.yaml": own }));
  });
});
