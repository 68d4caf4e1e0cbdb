import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import Ajv from "ajv";
import { parse } from "yaml";
import { loadYaml } from "../../index";
import { schemaFile, yamlSchema } from "../../tools/yamlSchema";
import { rightFiles } from "../recipes/yaml/rightFiles";
import { wrongForm, wrongSense } from "../recipes/yaml/wrongFiles";
import { temporaryFolder } from "../support/environment";

describe("the schema of meta_prefect.yaml", () => {
  const accepts = new Ajv({ strict: false }).compile(JSON.parse(fs.readFileSync(schemaFile, "utf8")) as object);
  const folder = temporaryFolder();

  it("is that of the types; `node dist/tools/yamlSchema.js` writes it anew", async () => {
    assert.equal(fs.readFileSync(schemaFile, "utf8"), await yamlSchema());
  });

  for (const [what, text] of Object.entries(rightFiles)) {
    it(`accepts, as the reader does, ${what}`, () => {
      const file = path.join(folder, "meta_prefect.yaml");
      fs.mkdirSync(path.join(folder, "recipes"), { recursive: true });
      fs.writeFileSync(path.join(folder, "recipes", "nightly.ts"), "");
      fs.writeFileSync(file, text);
      loadYaml(file);
      accepts(parse(text, { merge: true }));
      assert.deepEqual(accepts.errors, null);
    });
  }

  for (const { what, text } of wrongForm) {
    it(`refuses, as the reader does, ${what}`, () => assert.ok(!accepts(parse(text))));
  }

  for (const { what, text } of wrongSense) {
    it(`can't say, as the reader does, what is wrong with ${what}`, () => {
      let data: unknown;
      try {
        data = parse(text, { logLevel: "error" });
      } catch {
        return;
      }
      assert.ok(accepts(data) || text.trim() === "" || text.startsWith("#"));
    });
  }
});
