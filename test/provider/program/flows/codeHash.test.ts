import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../../../tools/root";
import { temporaryFolder } from "../../../support/environment";

type Files = Record<string, string | Buffer>;

const script = path.join(root, "provider", "program", "flows", "code_hash.py");
const program = `
import json, runpy, sys
Code = runpy.run_path(sys.argv[1])
hash, looked_at, _ = Code["code_hash"](*sys.argv[2:])
print(json.dumps({"hash": hash, "looked_at": sorted(looked_at), "files": sorted(Code["Code"](*sys.argv[2:]).files.values())}))
`;

function codeOf(folder: string, entrypoint = "flows.py:f") {
  const answer = execFileSync("python3", ["-c", program, script, folder, entrypoint], { encoding: "utf8" });
  return JSON.parse(answer) as { hash: string | null; looked_at: string[]; files: string[] };
}

function written(files: Files): string {
  const folder = fs.realpathSync(temporaryFolder());
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const hashOf = (files: Files, entrypoint?: string) => codeOf(written(files), entrypoint).hash;

describe("the code of a flow", () => {
  const rows: [what: string, files: Files, found: string[], entrypoint?: string][] = [
    ["that imports nothing", { "flows.py": "", "other.py": "" }, ["flows.py"]],
    ["with names in its text", { "flows.py": "'import other'  # import other\n", "other.py": "" }, ["flows.py"]],
    [
      "with imports wherever they stand",
      {
        "flows.py":
          "def f():\n  import a\nif TYPE_CHECKING:\n  from b import T\ntry:\n  import c as d\nexcept ImportError:\n  import e, g\n",
        ...{ "a.py": "", "b.py": "", "c.py": "", "e.py": "", "g.py": "", "h.py": "" },
      },
      ["a.py", "b.py", "c.py", "e.py", "flows.py", "g.py"],
    ],
    [
      "in packages",
      { "flows.py": "import a.b.c\n", "a/__init__.py": "", "a/b/__init__.py": "", "a/b/c.py": "", "a/d.py": "" },
      ["a/__init__.py", "a/b/__init__.py", "a/b/c.py", "flows.py"],
    ],
    [
      "whose name is a module or something else in a package",
      { "flows.py": "from a import b, value\n", "a/__init__.py": "value = 1\n", "a/b.py": "", "a/c.py": "" },
      ["a/__init__.py", "a/b.py", "flows.py"],
    ],
    [
      "of a package that lists its modules",
      { "flows.py": "from a import *\n", "a/__init__.py": "__all__ = ['b', 'none']\n", "a/b.py": "", "a/c.py": "" },
      ["a/__init__.py", "a/b.py", "flows.py"],
    ],
    [
      "in a package without __init__.py",
      { "flows.py": "import a.b\nfrom a.c import d\n", "a/b.py": "", "a/c/d.py": "", "a/e.py": "" },
      ["a/b.py", "a/c/d.py", "flows.py"],
    ],
    [
      "with relative imports, in the flow's file as well",
      {
        "etl/flows.py": "from .near import x\n",
        "etl/near.py": "import p.q.r\n",
        "p/__init__.py": "",
        "p/s.py": "",
        "p/t.py": "",
        "p/q/__init__.py": "",
        "p/q/r.py": "from . import u\nfrom .. import s\nfrom ..t import x\n",
        "p/q/u.py": "",
      },
      ["etl/flows.py", "etl/near.py", "p/__init__.py", "p/q/__init__.py", "p/q/r.py", "p/q/u.py", "p/s.py", "p/t.py"],
      "etl/flows.py:f",
    ],
    [
      "with relative imports beyond the folder",
      { "flows.py": "from .. import a\nfrom .....b import c\nfrom ... import *\n", "a.py": "", "b.py": "" },
      ["flows.py"],
    ],
    [
      "in circles",
      { "flows.py": "import a\n", "a.py": "import b\n", "b.py": "import a, flows\n" },
      ["a.py", "b.py", "flows.py"],
    ],
    [
      "with modules that aren't there",
      { "flows.py": "import none, a.none\nfrom a.b import c\n", "a.py": "" },
      ["a.py", "flows.py"],
    ],
    [
      "with a file that isn't Python",
      { "flows.py": "import bad, null\n", "bad.py": "import a\ndef f(:\n", "null.py": "import a\n\0", "a.py": "" },
      ["bad.py", "flows.py", "null.py"],
    ],
    [
      "with a module called as one of Python's",
      { "flows.py": "import json\n", "json.py": "" },
      ["flows.py", "json.py"],
    ],
    [
      "where a package is before a module, and a module before a folder",
      { "flows.py": "import a, b\n", "a.py": "", "a/__init__.py": "", "b.py": "", "b/c.py": "" },
      ["a/__init__.py", "b.py", "flows.py"],
    ],
    [
      "beside its file, before the folder",
      { "etl/flows.py": "import a, b\n", "etl/a.py": "", "a.py": "", "b.py": "" },
      ["b.py", "etl/a.py", "etl/flows.py"],
      "etl/flows.py:f",
    ],
    [
      "with names beyond ASCII, however they are composed",
      { "flows.py": "import caf\u00e9, \ufb01sh\n", "cafe\u0301.py": "", "fish.py": "" },
      ["caf\u00e9.py", "fish.py", "flows.py"],
    ],
    [
      "that is named as a module",
      { "a/__init__.py": "", "a/b.py": "import c\n", "c.py": "" },
      ["a/__init__.py", "a/b.py", "c.py"],
      "a.b.f",
    ],
    ["with a byte order mark", { "flows.py": "\ufeffimport a\r\n", "a.py": "" }, ["a.py", "flows.py"]],
    [
      "in another encoding",
      { "flows.py": Buffer.from("# coding: latin-1\nx = '\u00e9'\nimport a\n", "latin1"), "a.py": "" },
      ["a.py", "flows.py"],
    ],
    ["in a folder called as a file", { "flows.py": "import a\n", "a.py/b.py": "", "a/b.txt": "" }, ["flows.py"]],
  ];
  for (const [what, files, found, entrypoint] of rows) {
    it(`${what} is found`, () => {
      const code = codeOf(written(files), entrypoint);
      assert.deepEqual(code.files, found);
      assert.match(code.hash ?? "", /^[0-9a-f]{16}$/);
    });
  }

  it("of a module that isn't below the folder has no hash", () => {
    assert.equal(hashOf({ "a.py": "" }, "prefect.none.f"), null);
  });

  it("isn't followed out of the folder by links, nor round in circles by those within", () => {
    const folder = written({
      "flows.py": "import out, there.a, p.p.p.q\nfrom p.self import z\n",
      "p/q.py": "",
      "p/__init__.py": "from .self import w\n",
    });
    const outside = written({ "out.py": "", "there/a.py": "" });
    fs.symlinkSync(path.join(outside, "out.py"), path.join(folder, "out.py"));
    fs.symlinkSync(path.join(outside, "there"), path.join(folder, "there"));
    fs.symlinkSync(".", path.join(folder, "p", "p"));
    fs.symlinkSync(".", path.join(folder, "p", "self"));
    const { files, looked_at } = codeOf(folder);
    assert.deepEqual(files, ["flows.py", "p/__init__.py", "p/q.py"]);
    assert.deepEqual(
      looked_at.filter((place) => place.startsWith(outside)),
      [],
    );
  });

  it("is looked for in folders that change with a file that an import would find", () => {
    const folder = written({ "flows.py": "import later, p.later\n", "p/a.py": "" });
    const { looked_at } = codeOf(folder);
    assert.deepEqual(looked_at, [folder, path.join(folder, "flows.py"), path.join(folder, "p")]);
  });
});

describe("the hash of a flow's code", () => {
  const files: Files = { "flows.py": "import a\nx = 1\n", "a.py": "y = 1\n", "other.py": "z = 1\n", "data.csv": "1\n" };
  const hash = hashOf(files);

  it("is the same in each place, whatever else lies there and whenever it was written", () => {
    const folder = written(files);
    fs.utimesSync(path.join(folder, "a.py"), 1, 1);
    const link = path.join(temporaryFolder(), "link");
    fs.symlinkSync(folder, link);
    assert.equal(codeOf(folder).hash, hash);
    assert.equal(codeOf(link).hash, hash);
    assert.equal(hashOf({ ...files, "other.py": "z = 2\n", "data.csv": "2\n", "new.py": "" }), hash);
  });

  it("doesn't change with line endings and byte order marks", () => {
    assert.equal(hashOf({ ...files, "flows.py": "import a\r\nx = 1\r\n", "a.py": "\ufeffy = 1\r\n" }), hash);
  });

  const changes: [what: string, files: Files][] = [
    ["the flow's file", { "flows.py": "import a\nx = 2\n" }],
    ["a file that it imports", { "a.py": "y = 2\n" }],
    ["a file that is imported from now on", { "a.py": "y = 1\nimport other\n" }],
    ["the place of a file", { "a/__init__.py": "y = 1\n" }],
    ["a mistake in a file", { "a.py": "y = \n" }],
  ];
  for (const [what, changed] of changes) {
    it(`changes with ${what}`, () => {
      const { "a.py": _, ...rest } = files;
      assert.notEqual(hashOf({ ...("a/__init__.py" in changed ? rest : files), ...changed }), hash);
    });
  }
});
