import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { type FoundCall, runDeploymentsBelow } from "../../../../provider/program/flows/runDeployments";
import { temporaryFolder } from "../../../support/environment";

function below(files: Record<string, string>) {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return runDeploymentsBelow(folder);
}

const unknown = { __prefect_kind: "unknown" };
const head = "from prefect.deployments import run_deployment\n";
const only = (text: string): FoundCall | undefined => {
  const { calls, unread } = below({ "f.py": text });
  assert.deepEqual(unread, []);
  assert.ok(calls.length <= 1);
  return calls[0];
};

describe("calls of run_deployment", () => {
  const forms: [string, string][] = [
    ["the function", `${head}run_deployment("f/d")`],
    ["the function under another name", 'from prefect.deployments import run_deployment as go\ngo("f/d")'],
    ["the function's module", 'import prefect.deployments\nprefect.deployments.run_deployment("f/d")'],
    ["the module under another name", 'import prefect.deployments as pd\npd.run_deployment(name="f/d")'],
    ["the module of prefect", 'from prefect import deployments\ndeployments.run_deployment("f/d")'],
    ["prefect.deployments.flow_runs", 'from prefect.deployments.flow_runs import run_deployment as r\nr("f/d")'],
    ["all of the module", 'from prefect.deployments import *\nrun_deployment("f/d")'],
    [
      "the async one",
      'from prefect.deployments import arun_deployment\nasync def a():\n  await arun_deployment("f/d")',
    ],
    ["a name given to it", `${head}go = run_deployment\ngo("f/d")`],
    ["a method", `${head}class A:\n  def a(self):\n    return [run_deployment("f/d") for _ in range(2)]`],
    ["a lambda", `${head}go = lambda: run_deployment("f/d")`],
    ["an import in a function", 'def a():\n  from prefect.deployments import run_deployment\n  run_deployment("f/d")'],
    ["a decorator's argument", `${head}@use(run_deployment("f/d"))\ndef a(): ...`],
    ["a default of an argument", `${head}def a(x=run_deployment("f/d")): ...`],
  ];
  for (const [what, text] of forms) {
    it(`are found by ${what}`, () => {
      assert.deepEqual(only(text)?.name, ["f/d"]);
      assert.match(text.split("\n")[(only(text)?.line ?? 0) - 1] ?? "", /"f\/d"/);
    });
  }

  const none: [string, string][] = [
    ["another function of the name", 'from other import run_deployment\nrun_deployment("f/d")'],
    ["a text", `"""\n${head}run_deployment("f/d")\n"""`],
    ["a reference", `${head}x = [run_deployment]`],
  ];
  for (const [what, text] of none) it(`aren't ${what}`, () => assert.equal(only(text), undefined));

  const names: [string, string, FoundCall["name"]][] = [
    ["a constant", 'N = "f/d"\nrun_deployment(N)', ["f/d"]],
    ["an annotated constant", 'N: str = "f/d"\ndef a():\n  run_deployment(N)', ["f/d"]],
    ["an f-string of constants", 'E = "dev"\nrun_deployment(f"f/d-{E}")', ["f/d-dev"]],
    ["an f-string", 'import os\nrun_deployment(f"f/d-{os.environ["E"]}")'.replaceAll('["E"]', "['E']"), ["f/d-", null]],
    ["a sum", 'run_deployment("f/" + x() + "-" + y())', ["f/", null, "-", null]],
    ["a form of its own", 'E = "dev"\nrun_deployment(f"f/{E:>9}")', ["f/", null]],
    ["a local variable", 'def a():\n  n = "f/d"\n  run_deployment(n)', ["f/d"]],
    ["an argument", 'n = "f/x"\ndef a(n):\n  run_deployment(n)', [null]],
    ["a variable set twice", 'n = "f/x"\nif y:\n  n = "f/d"\nrun_deployment(n)', [null]],
    ["a variable set elsewhere", 'n = "f/x"\ndef b():\n  global n\n  n = "f/d"\nrun_deployment(n)', [null]],
    ["a variable of a loop", 'for n in ["f/x"]:\n  run_deployment(n)', [null]],
    ["a variable that stands for itself", "n = n\nrun_deployment(n)", [null]],
    ["variables that stand for each other", "n = m\nm = n\nrun_deployment(n)", [null]],
    ["starred arguments", "run_deployment(*x)", [null]],
    ["keywords that aren't told", "run_deployment(**x)", [null]],
    ["a hostile name", 'run_deployment("a\\"\\n\\u202e🚀/__proto__")', ['a"\n\u202e🚀/__proto__']],
    ["no name", "run_deployment()", [null]],
    ["another type", "run_deployment(3)", [null]],
  ];
  for (const [what, text, name] of names) {
    it(`have a name by ${what}`, () => assert.deepEqual(only(head + text)?.name, name));
  }

  const parameters: [string, string, FoundCall["parameters"], boolean][] = [
    ["none", "", {}, false],
    ["None", ", parameters=None", {}, false],
    [
      "a dict",
      ", parameters={'x': 1, 'y': [-2.5, None, True], 'z': {'a': 'b'}}",
      { x: 1, y: [-2.5, null, true], z: { a: "b" } },
      false,
    ],
    ["a dict by its place", ", None, {'x': 1}", { x: 1 }, false],
    ["dict()", ", parameters=dict(x=1)", { x: 1 }, false],
    ["a constant", ", parameters=P", { p: 1 }, false],
    ["values that aren't told", ", parameters={'x': y(), 'z': [1, y()]}", { x: unknown, z: [1, unknown] }, false],
    [
      "a value that is no JSON",
      ", parameters={'x': b'', 'y': ..., 'z': {1, 2}, 'c': 1j}",
      { x: unknown, y: unknown, z: unknown, c: unknown },
      false,
    ],
    ["a key that isn't told", ", parameters={'x': 1, y(): 2}", { x: unknown }, true],
    ["two stars of a constant", ", parameters={**P, 'x': 1}", { p: 1, x: 1 }, false],
    ["two stars after others", ", parameters={'x': 1, **y()}", { x: unknown }, true],
    ["two stars before others", ", parameters={**y(), 'x': 1}", { x: 1 }, true],
    ["two stars within", ", parameters={'x': {**y()}}", { x: unknown }, false],
    ["a dict that is changed", ", parameters=C", {}, true],
    ["a call", ", parameters=y()", {}, true],
    ["keywords that aren't told", ", **y()", {}, true],
    [
      "a hostile key",
      ", parameters={'__proto__': 1}",
      JSON.parse('{"__proto__": 1}') as FoundCall["parameters"],
      false,
    ],
    ["a text with a variable", ", parameters={'x': f'a{y}', 'z': f'a{1}' 'b'}", { x: unknown, z: unknown }, false],
  ];
  for (const [what, text, given, isOpen] of parameters) {
    it(`have parameters by ${what}`, () => {
      const call = only(`${head}P = {'p': 1}\nC = {'c': 1}\nC['d'] = 2\nrun_deployment("f/d"${text})`);
      assert.deepEqual([call?.parameters, call?.isOpen], [given, isOpen]);
    });
  }

  it("are in the order of the text, with their lines; two in a line are two", () => {
    const text = `${head}def a():\n  run_deployment("f/1"); run_deployment("f/2")\nrun_deployment("f/3")\n`;
    const { calls } = below({ "b.py": text, "a/c.py": text });
    const all = ["f/1 3", "f/2 3", "f/3 4"];
    assert.deepEqual(
      calls.map(({ file, name, line }) => `${file} ${name.join("")} ${line}`),
      [...all.map((one) => `a/c.py ${one}`), ...all.map((one) => `b.py ${one}`)],
    );
  });

  it("aren't executed, and a file that can't be read is told", () => {
    const mark = path.join(temporaryFolder(), "mark");
    const found = below({
      "bad.py": `${head}run_deployment(\n`,
      "deep.py": `${head}run_deployment(${"(".repeat(5_000)})\n`,
      "good.py": `${head}open(${JSON.stringify(mark)}, "w")\nrun_deployment("f/d")\n`,
      "ast.py": `open(${JSON.stringify(mark)}, "w")\n`,
    });
    assert.equal(fs.existsSync(mark), false);
    assert.deepEqual(
      found.calls.map(({ file }) => file),
      ["good.py"],
    );
    assert.deepEqual(
      found.unread.map(({ file }) => file),
      ["bad.py", "deep.py"],
    );
  });

  it("are read at once however their variables stand for each other", () => {
    const lines = Array.from({ length: 45 }, (_, i) => `a${i} = a${i + 1} + a${i + 1}\nd${i} = [d${i + 1}, d${i + 1}]`);
    const text = `${head}${lines.join("\n")}\na45 = "x"\nd45 = 1\nrun_deployment(a0, parameters={"d": d0, "i": 1e999})`;
    assert.deepEqual([...(only(text)?.name ?? [])], [null]);
    const long = `${head}a = "${"x".repeat(6_000)}"\nrun_deployment(a + a)`;
    assert.deepEqual(only(long)?.name, [null]);
    for (const number of ["1e999", "1" + "0".repeat(400)]) {
      assert.deepEqual(only(`${head}run_deployment("f/d", parameters={"i": ${number}})`)?.parameters, { i: unknown });
    }
  });

  it("are none in a folder without Python", () =>
    assert.deepEqual(below({ "a.txt": head }), { calls: [], unread: [] }));
});
