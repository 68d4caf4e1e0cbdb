import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { registry } from "../../provider/kinds/registry";
import { publicExamples, referenceFolder, referencePages, writtenPages } from "../../tools/reference";
import { problemsOf } from "../support/compiled";

describe("the reference pages", () => {
  it("are those of the tables and doc comments; `node dist/tools/reference.js` writes them anew", async () => {
    const pages = await referencePages();
    assert.deepEqual(writtenPages().sort(), [...pages.keys()].sort());
    for (const [file, text] of pages) assert.equal(fs.readFileSync(path.join(referenceFolder, file), "utf8"), text);
  });

  it("have an example for each resource and recipe, which compiles", () => {
    const examples = publicExamples();
    for (const name of [...Object.keys(registry), "LocalRunDeployer", "EksDaskDeployer"]) {
      assert.ok(examples.has(name), name);
    }
    assert.deepEqual(problemsOf(examples), []);
  });
});
