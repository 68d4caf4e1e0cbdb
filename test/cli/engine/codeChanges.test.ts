import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { codeChanges } from "../../../cli/engine/codeChanges";
import type { Json } from "../../../provider/engine/kind";
import { codeFiles } from "../../../provider/program/flows/codeFiles";
import type { Step } from "../../../report/step";
import { folderWith } from "../../support/folderWith";
import { cloneWith, git, gitVariables as variables } from "../../support/git";

const flow = (imports: string) =>
  `import ${imports}\nfrom prefect import flow\n\n@flow\ndef f(): ...\n\n@flow\ndef g(): ...\n`;

function update(entrypoint: string, before: Json = {}, after: Json = {}): Step {
  const urn = `urn:pulumi:dev::p::pulumi-nodejs:dynamic/prefect:Deployment::${entrypoint}`;
  const state = (inputs: Json) => ({ urn, type: "t", custom: true, inputs: { entrypoint, path: ".", ...inputs } });
  return { op: "update", urn, old: state({ codeHash: "a", ...before }), new: state({ codeHash: "b", ...after }) };
}
const changesIn = (folder: string, ...steps: Step[]) => {
  const found = codeChanges({ folder, variables }, steps);
  return Object.fromEntries(Object.entries(found).map(([urn, change]) => [urn.split("::")[3] ?? "", change] as const));
};
const write = (folder: string, name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);

describe("the files behind a change of code", () => {
  it("are those of the flow's own that differ from the main branch, and no others", () => {
    const folder = cloneWith({
      "flows/etl.py": flow("helper, more"),
      "flows/helper.py": "x = 1\n",
      "flows/other.py": "x = 1\n",
      "flows/plain.py": flow("other"),
      "flows/same.py": "x = 1\n",
    });
    const main = git(folder, "rev-parse", "--short=7", "HEAD").trim();
    write(folder, "flows/helper.py", "x = 2\ny = 3\n");
    git(folder, "commit", "--quiet", "--all", "--message", "two");
    write(folder, "flows/etl.py", flow("helper, more").replace("...", "pass"));
    write(folder, "flows/more.py", "z = 1\n");
    write(folder, "flows/other.py", "# said\n\nx  =  1\n");
    const base = { base: "main", commit: main, isDeployed: false };
    assert.deepEqual(
      changesIn(folder, update("flows/etl.py:f"), update("flows/etl.py:g"), update("flows/plain.py:f")),
      {
        ...Object.fromEntries(
          ["flows/etl.py:f", "flows/etl.py:g"].map((name) => [
            name,
            {
              ...base,
              files: [
                { name: "flows/etl.py", added: 1, removed: 1 },
                { name: "flows/helper.py", added: 2, removed: 1 },
                { name: "flows/more.py", added: 0, removed: 0, isNew: true },
              ],
            },
          ]),
        ),
        "flows/plain.py:f": { ...base, files: [{ name: "flows/other.py", added: 3, removed: 1, isSame: true }] },
      },
    );
  });

  it("are told from the commit that is deployed, where the version names it", () => {
    const folder = cloneWith({ "a.py": flow("b"), "b.py": "x = 1\n" });
    git(folder, "tag", "v1");
    write(folder, "b.py", "x = 2\n");
    git(folder, "commit", "--quiet", "--all", "--message", "two");
    git(folder, "push", "--quiet", "origin", "HEAD:refs/heads/main");
    git(folder, "fetch", "--quiet");
    const one = git(folder, "rev-parse", "--short=7", "v1").trim();
    const two = git(folder, "rev-parse", "--short=7", "HEAD").trim();
    const files = [{ name: "b.py", added: 1, removed: 1 }];
    assert.deepEqual(changesIn(folder, update("a.py:f", { version: "v1" }, { version: "v1-1-gabc" })), {
      "a.py:f": { base: "v1", commit: one, isDeployed: true, files },
    });
    // what is deployed is older, and nothing of it is this branch's
    const counted = { "a.py:f": { base: "main", commit: two, isDeployed: false, files: [] } };
    assert.deepEqual(changesIn(folder, update("a.py:f", { version: "3" }, { version: "4" })), counted);
    assert.deepEqual(changesIn(folder, update("a.py:f", { version: "v1-dirty" })), counted);
  });

  it("aren't told where git can't, nor of code that is elsewhere or the same", () => {
    const files = { "a.py": flow("b"), "b.py": "x = 1\n" };
    assert.deepEqual(changesIn(folderWith(files), update("a.py:f")), {});
    const folder = cloneWith(files);
    write(folder, "b.py", "x = 2\n");
    const stays = update("a.py:f", {}, { codeHash: "a" });
    const isNew = { ...update("a.py:f"), old: undefined };
    assert.deepEqual(changesIn(folder, stays, isNew, update("absent.py:f")), {});
    // what a worker fetches is here as well
    const fetched = update("a.py:f", {}, { pullSteps: [{ "prefect.deployments.steps.git_clone": {} }] });
    assert.equal(Object.keys(changesIn(folder, fetched)).length, 1);
    git(folder, "remote", "remove", "origin");
    assert.deepEqual(changesIn(folder, update("a.py:f")), {});
  });

  it("are the same that the hash is made of, in one process for many flows", () => {
    const folder = folderWith({
      "flows/a.py": flow("pack.one"),
      "flows/pack/__init__.py": "",
      "flows/pack/one.py": "from . import two\n",
      "flows/pack/two.py": "(",
      "flows/b.py": flow("nothing"),
    });
    const places = ["a.py:f", "b.py:f", "absent.py:f"].map((entrypoint) => ({
      folder: path.join(folder, "flows"),
      entrypoint,
    }));
    const of = (...names: string[]) => names.map((name) => path.join(folder, "flows", name));
    assert.deepEqual(codeFiles(folder, places), [
      of("a.py", "pack/__init__.py", "pack/one.py", "pack/two.py"),
      of("b.py"),
      of("absent.py"),
    ]);
  });
});
