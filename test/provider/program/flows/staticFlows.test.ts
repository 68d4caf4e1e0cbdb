import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { type FlowReading, readFlow } from "../../../../provider/program/flows/flowFacts";
import { temporaryFolder } from "../../../support/environment";

interface Schema {
  properties: Record<string, { type?: string; default?: unknown }>;
  required?: string[];
}

const flow = "from prefect import flow\n@flow\ndef f(x: int = 1): ...\n";

describe("flows that are read from their text", () => {
  let folder: string;
  const earlier = { ...process.env };
  const write = (file: string, text: string, mode = 0o644) => {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text, { mode });
  };
  const read = (entrypoint = "flows.py:f") => readFlow(folder, entrypoint);
  const facts = (reading: FlowReading) => {
    assert.ok("facts" in reading, JSON.stringify(reading));
    return { ...reading.facts, schema: JSON.parse(reading.facts.parameterOpenapiSchema) as Schema };
  };

  beforeEach(() => {
    folder = fs.realpathSync(temporaryFolder());
    process.env.META_PREFECT__FLOWS = "static";
    delete process.env.META_PREFECT__PYTHON;
    process.env.XDG_CACHE_HOME = temporaryFolder();
  });
  afterEach(() => {
    process.env = { ...earlier };
  });

  it("leave no trace of what their files would do, nor what lies beside them", () => {
    const trace = path.join(folder, "trace");
    const touch = (by: string) => `open(${JSON.stringify(`${trace}-${by}`)}, "w")`;
    const script = (by: string) => `#!/bin/sh\ntouch '${trace}-${by}'\nexec /usr/bin/env python3 "$@"\n`;
    write(
      "flows.py",
      [
        ...["# coding: trace", touch("import"), "from prefect import flow", "import helper"],
        ...["class C:", `  ${touch("class")}`, `  x = ${touch("body")}`],
        `@flow(name="F", description=${touch("decorator")}, retries=${touch("argument")})`,
        `def f(x: int = 1, y: ${touch("annotation")} = ${touch("default")}, z: "${touch("text").replaceAll('"', "'")}" = 2):`,
        `  f"{${touch("docstring").replaceAll('"', "'")}}"`,
      ].join("\n"),
    );
    write("plain.py", `${touch("import")}\nimport helper\n${flow}`);
    for (const name of [
      "helper",
      "sitecustomize",
      "usercustomize",
      "conftest",
      "ast",
      "json",
      "prefect",
      "encodings/trace",
    ])
      write(`${name}.py`, touch(path.basename(name)));
    for (const name of [
      ".venv/bin/python",
      ".venv/bin/python3",
      "venv/bin/python",
      "bin/python3",
      "bin/bash",
      "python3",
    ])
      write(name, script(name.replaceAll("/", "-")), 0o755);
    write(".venv/pyvenv.cfg", "home = /usr/bin\n");
    write(".venv/lib/python3/site-packages/x.pth", `import os; ${touch("pth")}\n`);
    const program = process.cwd();
    const PATH = `${folder}/.venv/bin:bin:.::${folder}/bin:${process.env.PATH}`;
    const variables = {
      PYTHONPATH: folder,
      PYTHONSTARTUP: "plain.py",
      PYTHONHOME: folder,
      VIRTUAL_ENV: `${folder}/.venv`,
    };
    Object.assign(process.env, { PATH, ...variables });
    process.chdir(folder);
    try {
      const known = () => fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
      const before = known();
      assert.match(JSON.stringify(read()), /SyntaxError: unknown encoding|can't be read/);
      write("flows.py", fs.readFileSync(path.join(folder, "flows.py"), "utf8").replace("# coding: trace\n", ""));
      const reading = read();
      assert.equal(facts(reading).name, "F");
      assert.match(
        "facts" in reading ? (reading.warning ?? "") : "",
        /^flow "flows\.py:f" in .* was read from its text alone, which doesn't tell the type of y, the default of y, the type of z, its description; give parameterOpenapiSchema/,
      );
      assert.deepEqual(facts(read("plain.py:f")).schema.properties.x?.default, 1);
      assert.equal(facts(read("plain.f")).name, "f");
      assert.deepEqual(known(), before);
    } finally {
      process.chdir(program);
    }
  });

  it("are read by no Python of the repository, whatever names it", () => {
    write("flows.py", flow);
    write("bin/python3", "#!/bin/sh\n", 0o755);
    fs.mkdirSync(path.join(folder, ".git"));
    const inner = path.join(folder, "inner");
    const outside = temporaryFolder();
    write("inner/flows.py", flow);
    fs.symlinkSync(path.join(folder, "bin", "python3"), path.join(outside, "python3"));
    fs.symlinkSync(path.join(folder, "bin"), path.join(outside, "bin"));
    process.env.PATH = [path.join(folder, "bin"), outside, path.join(outside, "bin"), path.join(folder, "none")].join(
      ":",
    );
    const reading = readFlow(inner, "flows.py:f");
    assert.match(
      "error" in reading ? reading.error : "",
      /can't be read from its text, since no python3 on the PATH is outside of its repository; install one, or name one by META_PREFECT__PYTHON/,
    );
    process.env.META_PREFECT__PYTHON = "/no/such/python";
    assert.match(JSON.stringify(readFlow(inner, "flows.py:f")), /\/no\/such\/python can't be started/);
  });

  it("have the hash of their code, and are kept for this user alone", () => {
    write("helper.py", "x = 1\n");
    write("flows.py", `import helper\n${flow}`);
    const first = facts(read());
    const cache = path.join(process.env.XDG_CACHE_HOME ?? "", "meta-prefect", "flow-facts");
    const files = fs.readdirSync(cache);
    assert.equal(files.length, 1);
    const modeOf = (file: string) => fs.statSync(path.join(cache, file)).mode & 0o777;
    assert.deepEqual([modeOf("."), modeOf(files[0] ?? "")], [0o700, 0o600]);
    assert.deepEqual(facts(read()), first);
    write("helper.py", "x = 20\n");
    assert.notEqual(facts(read()).codeHash, first.codeHash);
    assert.match(first.codeHash ?? "", /^[0-9a-f]{16}$/);
  });

  const unsure: [what: string, text: string, unread: string][] = [
    ["a type that is imported", "from m import T\n@flow\ndef f(x: T): ...", "the type of x"],
    ["a builtin that means something else", "int = str\n@flow\ndef f(x: int): ...", "the type of x"],
    ["a builtin that may mean something else", "if a:\n  int = 1\n@flow\ndef f(x: int): ...", "the type of x"],
    ["a builtin that a function changes", "def g():\n  global int\n@flow\ndef f(x: int): ...", "the type of x"],
    [
      "a builtin beside imports of all",
      "from m import *\nfrom prefect import flow\n@flow\ndef f(x: int): ...",
      "the type of x",
    ],
    ["a name that is bound later", "@flow\ndef f(x: Any = 1): ...\nfrom typing import Any", "the type of x"],
    ["a name that is bound twice", "N = 1\nN = 2\n@flow\ndef f(x=N): ...", "the default of x"],
    ["a name that is added to", "N = 1\nN += 2\n@flow\ndef f(x=N): ...", "the default of x"],
    ["a name of the class", "class K:\n  int = str\n  @flow\n  def f(x: int): ...", "the type of x"],
    [
      "a default that is called",
      "@flow\ndef f(x: int = g(), y=b'', z=...): ...",
      "the default of x, the default of y, the default of z",
    ],
    [
      "a default beyond JSON",
      "@flow\ndef f(x=1e999, y='\\ud800', z={1: 2}): ...",
      "the default of x, the default of y, the default of z",
    ],
    ["a default of 10,000 digits", `@flow\ndef f(x=0x${"f".repeat(10_000)}): ...`, "the default of x"],
    [
      "annotations of which one can't be evaluated",
      "from __future__ import annotations\n@flow\ndef f(x: int, y: T): ...",
      "the type of x, the type of y",
    ],
    [
      "descriptions in a form of their own",
      '@flow\ndef f(x):\n  """A.\n\n  Args: x, what\n    x: y\n  """',
      "what its docstring says of parameters",
    ],
    [
      "what a decorator is given by a call, by a name that is bound twice, or all at once",
      "from meta_prefect import dask, kubernetes, tags_resolver\nN = 1\nN = 2\n@dask(num_workers=N)\n@kubernetes(cpu=g())\n@tags_resolver(*T)\n@flow\ndef f(): ...",
      "an argument of @tags_resolver, cpu of @kubernetes, num_workers of @dask",
    ],
    ["a description that is computed", "@flow(description=d)\ndef f(): ...", "its description"],
  ];
  for (const [what, text, unread] of unsure) {
    it(`say that they don't tell ${what}`, () => {
      write("flows.py", `from prefect import flow\n${text}\n`);
      const reading = read(text.startsWith("class") ? "flows.py:K.f" : undefined);
      assert.ok("facts" in reading, JSON.stringify(reading));
      assert.ok(reading.warning?.includes(`which doesn't tell ${unread}; give`), reading.warning);
      for (const { type } of Object.values(facts(reading).schema.properties))
        if (/type of/.test(unread)) assert.equal(type, undefined);
    });
  }

  const refused: [what: string, text: string, reason: RegExp][] = [
    ["a name that is computed", "@flow(name=n)\ndef f(): ...", /its name is not a text in its decorator/],
    ["a name that Prefect refuses", "@flow(name='a/b')\ndef f(): ...", /its name "a\/b" has one of/],
    ["arguments of the decorator from elsewhere", "@flow(**o)\ndef f(): ...", /its decorator has arguments/],
    ["another decorator", "@wrap\n@flow\ndef f(): ...", /what the decorator wrap makes of it is not in its text/],
    [
      "a decorator that may be another one",
      "try:\n  from meta_prefect import kubernetes\nexcept ImportError: ...\n@kubernetes(cpu=1)\n@flow\ndef f(): ...",
      /what the decorator kubernetes makes of it is not in its text/,
    ],
    [
      "a decorator of another package",
      "from their_prefect import kubernetes\n@kubernetes(cpu=1)\n@flow\ndef f(): ...",
      /what the decorator kubernetes makes of it is not in its text/,
    ],
    [
      "a decorator that says what can't be",
      "import meta_prefect as mp\n@mp.kubernetes(cpu=0)\n@flow(name='F_1')\ndef f(): ...",
      /can't be imported \(flow "F_1": @kubernetes: cpu must be .*, not 0\); correct the decorator/,
    ],
    ["a flow that is defined twice", "@flow\ndef f(): ...\n@flow\ndef f(x): ...", /f is not defined just once/],
    ["a flow below a condition", "if a:\n  @flow\n  def f(): ...", /f is not defined just once/],
    ["a flow that is imported", "from m import f", /f is not defined just once/],
    ["no flow of that name", "@flow\ndef g(): ...", /was not found \(there is no f\); correct the entrypoint/],
    ["a function that is no flow", "def f(): ...", /was not found \(f is not a flow/],
    ["a parameter that Prefect refuses", "@flow\ndef f(_x): ...", /its parameter _x starts with _/],
    ["what is no Python", "def f(:", /can't be read \(SyntaxError: /],
    ["what no parser takes in", `x = ${"(".repeat(5_000)}`, /can't be read/],
  ];
  for (const [what, text, reason] of refused) {
    it(`are an error that says why for ${what}`, () => {
      write("flows.py", `from prefect import flow\n${text}\n`);
      const reading = read();
      assert.match("error" in reading ? reading.error : JSON.stringify(reading), reason);
      write("other.py", flow);
      assert.equal(facts(read("other.py:f")).name, "f");
    });
  }

  it("say what their decorators say", () => {
    const decorators = "from meta_prefect import kubernetes, versioneer as v\n@v\n@kubernetes(memory=2)\n";
    write("flows.py", `from prefect import flow\n${decorators}@flow\ndef f(): ...\n`);
    const { needs, usesPackage, lacksPackage } = facts(read());
    assert.deepEqual([needs, usesPackage, lacksPackage], [{ memory: "2Gi", version: "git" }, true, undefined]);
    write("flows.py", flow);
    assert.deepEqual([facts(read()).needs, facts(read()).usesPackage], [undefined, undefined]);
  });

  it("are files, not devices", () => {
    fs.symlinkSync("/dev/zero", path.join(folder, "flows.py"));
    assert.match(JSON.stringify(read()), /there is no f/);
  });

  it("are chosen by a word that is known", () => {
    write("flows.py", flow);
    process.env.META_PREFECT__FLOWS = "none";
    const reading = read();
    assert.match(
      "error" in reading ? reading.error : "",
      /^flow "flows\.py:f": META_PREFECT__FLOWS is "none"; give "import", the default, .* or "static" to/,
    );
  });
});
