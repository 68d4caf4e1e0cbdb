import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type CodeFolder, readCodeFolder } from "../../../components/eks/codeFolder";
import { temporaryFolder } from "../../support/environment";

function folderWith(files: Record<string, string | number>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), typeof content === "number" ? Buffer.alloc(content, 1) : content);
  }
  return folder;
}

function read(folder: string): CodeFolder {
  const code = readCodeFolder(folder);
  assert.ok(!("problem" in code), JSON.stringify(code));
  return code;
}
const names = (folder: string) => read(folder).files.map(({ name }) => name);
function problemOf(folder: string): string {
  const code = readCodeFolder(folder);
  assert.ok("problem" in code);
  return code.problem;
}

describe("the folder that flows run from", () => {
  // what is read is kept for each run of a program
  beforeEach(() => pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }));

  it("is all of its files, in order, but for what is never code", () => {
    const folder = folderWith({
      "flows.py": "a",
      "lib/x.sql": "b",
      ".git/config": "c",
      "lib/__pycache__/x.pyc": "d",
      ".venv/bin/python": "e",
      "node_modules/x/index.js": "f",
      "Pulumi.dev.yaml": "g",
      ".env": "PASSWORD=x",
    });
    assert.deepEqual(names(folder), ["flows.py", "lib/x.sql"]);
  });

  it("respects ignore files, also in folders below, and what they take back", () => {
    const folder = folderWith({
      ".gitignore": "*.log\n/data/\n!keep.log\n",
      ".prefectignore": "notebooks/",
      "a.log": "",
      "keep.log": "",
      "data/big.csv": "",
      "lib/data/x.csv": "",
      "notebooks/x.ipynb": "",
      "lib/.gitignore": "/private.py",
      "lib/private.py": "",
      "private.py": "",
    });
    assert.deepEqual(names(folder), [
      ".gitignore",
      ".prefectignore",
      "keep.log",
      "lib/.gitignore",
      "lib/data/x.csv",
      "private.py",
    ]);
  });

  it("has another hash for another content, another name and another place, and the same for the same", () => {
    const hash = (files: Record<string, string>) => read(folderWith(files)).hash;
    const before = hash({ "a.py": "1", "b.py": "2" });
    assert.equal(hash({ "b.py": "2", "a.py": "1" }), before);
    const others: Record<string, string>[] = [
      { "a.py": "1", "b.py": "3" },
      { "a.py": "1", "c.py": "2" },
      { "a.py": "12", "b.py": "" },
      { "a.py": "1" },
    ];
    const hashes = others.map(hash);
    assert.equal(new Set([before, ...hashes]).size, others.length + 1);
  });

  it("that isn't there is a problem, and so is one that is too large, which names what is large", () => {
    assert.match(problemOf("/no/such/folder"), /there is no folder \/no\/such\/folder; correct the path/);
    const folder = folderWith({ "flows.py": "x", "model/weights.bin": 26 * 2 ** 20, "data.csv": 2 ** 20 });
    assert.match(
      problemOf(folder),
      /is too large to be fetched by each run: 3 files with 27\.0 MiB, and at most 2000 files with 25\.0 MiB are allowed\. The largest are model\/ \(26\.0 MiB\), data\.csv \(1\.0 MiB\), flows\.py .*\.prefectignore/,
    );
    const many = folderWith(Object.fromEntries(Array.from({ length: 2_001 }, (_, i) => [`parts/${i}.txt`, ""])));
    assert.match(problemOf(many), /2001 files/);
  });

  it("follows links to files, and not those to folders", () => {
    const folder = folderWith({ "a.py": "x" });
    fs.symlinkSync(path.join(folder, "a.py"), path.join(folder, "link.py"));
    fs.symlinkSync(folder, path.join(folder, "loop"));
    fs.symlinkSync("/no/such/file", path.join(folder, "broken"));
    assert.deepEqual(names(folder), ["a.py", "link.py"]);
  });
});
