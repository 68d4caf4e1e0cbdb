import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { findFlows, flowsBelow } from "../../../../provider/program/flows/findFlows";
import { temporaryFolder } from "../../../support/environment";

/** A folder with these files. */
function folderOf(files: Record<string, string>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const one = "from prefect import flow\n@flow\ndef a_b(): ...\n";
const entrypoints = (files: Record<string, string>) => findFlows(folderOf(files)).map(({ entrypoint }) => entrypoint);

describe("the flows below a folder", () => {
  const forms: [string, string, string | undefined][] = [
    ["a plain decorator", "from prefect import flow\n@flow\ndef a_b(): ...", "a-b"],
    ["a decorator of the module", "import prefect\n@prefect.flow\ndef a_b(): ...", "a-b"],
    ["a module under another name", "import prefect as p\n@p.flow(retries=3)\ndef a_b(): ...", "a-b"],
    ["a decorator under another name", "from prefect import flow as f\n@f()\ndef a_b(): ...", "a-b"],
    ["prefect.flows", "import prefect.flows\n@prefect.flows.flow\ndef a_b(): ...", "a-b"],
    ["all of prefect", "from prefect import *\n@flow\ndef a_b(): ...", "a-b"],
    [
      "an import under a condition",
      "try:\n  from prefect import flow\nexcept ImportError:\n  raise\n@flow\ndef a_b(): ...",
      "a-b",
    ],
    ["a function under a condition", "from prefect import flow\nif True:\n  @flow\n  def a_b(): ...", "a-b"],
    ["an async function", "from prefect import flow\n@flow\nasync def a_b(): ...", "a-b"],
    ["a name", 'from prefect import flow\n@flow(name="Sums of all")\ndef a_b(): ...', "Sums of all"],
    ["an empty name", 'from prefect import flow\n@flow(name="")\ndef a_b(): ...', "a-b"],
    [
      "a hostile name",
      'from prefect import flow\n@flow(name="a\\"\\n\\u202e🚀__proto__")\ndef a_b(): ...',
      'a"\n\u202e🚀__proto__',
    ],
    ["a name that is worked out", "from prefect import flow\n@flow(name=NAME)\ndef a_b(): ...", undefined],
    ["arguments that are worked out", "from prefect import flow\n@flow(**options)\ndef a_b(): ...", undefined],
    [
      "decorators of meta_prefect above and below it",
      "from meta_prefect import kubernetes, versioneer\nfrom prefect import flow\n@kubernetes(cpu=1)\n@flow\n@versioneer\ndef a_b(): ...",
      "a-b",
    ],
    ["other decorators around it", "from prefect import flow\n@first()\n@flow\n@second\ndef a_b(): ...", "a-b"],
    [
      "the last of a name",
      "from prefect import flow\n@flow(name='x')\ndef a_b(): ...\n@flow(name='y')\ndef a_b(): ...",
      "y",
    ],
  ];
  for (const [what, text, name] of forms) {
    it(`are found by ${what}`, () => {
      const [found, ...others] = findFlows(folderOf({ "flows/f.py": text }));
      assert.deepEqual(others, []);
      assert.equal(found?.name, name);
      assert.deepEqual([found?.entrypoint, found?.file, found?.function], ["flows/f.py:a_b", "flows/f.py", "a_b"]);
      assert.match(text.split("\n")[(found?.line ?? 0) - 1] ?? "", /def a_b/);
    });
  }

  const none: [string, string][] = [
    ["a method", "from prefect import flow\nclass A:\n  @flow\n  def a(self): ..."],
    ["a function in a function", "from prefect import flow\ndef make():\n  @flow\n  def a(): ...\n  return a"],
    ["another decorator of the name", "from other import flow\n@flow\ndef a(): ..."],
    ["a function that takes a flow's place", "from prefect import flow\n@flow\ndef a(): ...\ndef a(): ..."],
    ["a text", '"""\nfrom prefect import flow\n@flow\ndef a(): ...\n"""'],
  ];
  for (const [what, text] of none) {
    it(`aren't those of ${what}`, () => assert.deepEqual(entrypoints({ "f.py": text }), []));
  }

  it("aren't looked for in virtual environments, hidden folders, what is installed, and what is ignored", () => {
    const found = entrypoints({
      "f.py": one,
      "sub/g.py": one,
      "environment/pyvenv.cfg": "",
      "environment/lib/f.py": one,
      ".hidden/f.py": one,
      ".meta-prefect/f.py": one,
      "node_modules/a/f.py": one,
      "__pycache__/f.py": one,
      "build/f.py": one,
      ".gitignore": "build/\n",
      "sub/.prefectignore": "old.py\n",
      "sub/old.py": one,
      "old.py": one,
    });
    assert.deepEqual(found, ["f.py:a_b", "old.py:a_b", "sub/g.py:a_b"]);
  });

  it("heed the ignore files above the folder, in its repository", () => {
    const folder = folderOf({ ".git/HEAD": "", ".gitignore": "/team/old/\n", "team/old/f.py": one, "team/f.py": one });
    assert.deepEqual(
      findFlows(path.join(folder, "team")).map(({ file }) => file),
      ["f.py"],
    );
  });

  it("are found once, and links to folders aren't followed", () => {
    const folder = folderOf({ "flows/f.py": one });
    fs.symlinkSync(folder, path.join(folder, "round"));
    fs.symlinkSync(path.join(folder, "flows", "f.py"), path.join(folder, "g.py"));
    assert.deepEqual(
      findFlows(folder).map(({ file }) => file),
      ["flows/f.py"],
    );
  });

  it("are found beside files that can't be read, which are said", () => {
    const { flows, unread } = flowsBelow(folderOf({ "f.py": one, "g.py": "# flow\ndef a(:", "h.py": "# flow\0" }));
    assert.deepEqual(
      flows.map(({ file }) => file),
      ["f.py"],
    );
    assert.deepEqual(
      unread.map(({ file }) => file),
      ["g.py", "h.py"],
    );
    assert.match(unread[0]?.error ?? "", /^SyntaxError: .*, line 2$/);
  });

  it("are found without any of them being run", () => {
    const folder = folderOf({
      "f.py": `${one}open("ran", "w")`,
      "ast.py": 'open("ran", "w")',
      "json.py": 'open("ran", "w")',
    });
    assert.deepEqual(
      findFlows(folder).map(({ file }) => file),
      ["f.py"],
    );
    assert.ok(!fs.existsSync(path.join(folder, "ran")));
  });

  it("need a Python", () => {
    const before = process.env.META_PREFECT__PYTHON;
    process.env.META_PREFECT__PYTHON = "/nowhere/python";
    try {
      assert.throws(() => findFlows(folderOf({ "f.py": one })), {
        name: "PrefectError",
        message:
          /can't be found, because \/nowhere\/python could not read them \(.*ENOENT\); install Python 3, or name one by META_PREFECT__PYTHON$/,
      });
    } finally {
      if (before === undefined) delete process.env.META_PREFECT__PYTHON;
      else process.env.META_PREFECT__PYTHON = before;
    }
  });
});
