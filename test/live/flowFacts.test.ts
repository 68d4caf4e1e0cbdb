import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import axios from "axios";
import { until } from "../../processes/until";
import { deployment } from "../../provider/kinds/deployment/deployment";
import { type FlowReading, readFlow } from "../../provider/program/flows/flowFacts";
import { ImportPatience } from "../../provider/program/flows/importPatience";
import { root } from "../../tools/root";
import { run, works } from "../../tools/run";
import { prefectClient, prefectServer, temporaryFolder, testEnvironment, tools } from "../support/environment";

const everyType = `
import datetime, decimal, enum, uuid
from typing import Annotated, Any, Literal, Optional, Union
from pydantic import BaseModel, Field, SecretStr
from prefect import flow

class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"

class Inner(BaseModel):
    size: float = 1.0
    note: Optional[str] = None

class Outer(BaseModel):
    """An outer model."""
    inner: Inner
    inners: list[Inner] = []

@flow
def every_type(
    a: int,
    b: float = 1.0,
    big: int = 12345678901234567890,
    c: str = "é\\u2028",
    d: Literal["x", "y"] = "x",
    e: Optional[list[int]] = None,
    f: Colour = Colour.RED,
    g: Outer = Outer(inner=Inner()),
    h: datetime.datetime = datetime.datetime(2024, 1, 1),
    i: datetime.timedelta = datetime.timedelta(seconds=5),
    j: Annotated[int, Field(ge=1, le=10, description="between")] = 3,
    k: dict[str, Any] = {"1": 1, "b": [1.50, None]},
    l: Union[int, str, None] = None,
    m: SecretStr = SecretStr("s"),
    n=None,
    *,
    o: uuid.UUID | None = None,
    p: decimal.Decimal = decimal.Decimal("0.10"),
):
    """Takes every type.

    Args:
        a: the first
        b: the second
    """

@flow(name="Named Flow", description="By hand.")
def named(): ...

@flow
async def asynchronous(x: bool = True): ...
`;

describe("the facts of a flow", () => {
  let folder: string;
  const write = (file: string, text: string) => fs.writeFileSync(path.join(folder, file), text);
  const read = (entrypoint: string) => readFlow(folder, entrypoint);

  before(async () => {
    process.env.META_PREFECT__PYTHON = (await tools()).python;
  });
  beforeEach(() => {
    folder = temporaryFolder();
    write("flows.py", everyType);
  });

  for (const [entrypoint, flowName] of [
    ["flows.py:every_type", "every-type"],
    ["flows.py:named", "Named Flow"],
    ["flows.py:asynchronous", "asynchronous"],
  ] as const) {
    it(`of ${entrypoint} are, byte for byte, what \`prefect deploy\` stores`, async () => {
      const { python } = await tools();
      const { apiUrl } = await prefectServer();
      const env = await testEnvironment();
      const pool = `facts-${process.pid}`;
      await run(python, ["-m", "prefect", "work-pool", "create", "--overwrite", "--type", "process", pool], { env });
      await run(python, ["-m", "prefect", "--no-prompt", "deploy", entrypoint, "--name", "theirs", "--pool", pool], {
        env,
        cwd: folder,
      });
      const stored = async (name: string) => {
        const { data } = await axios.get<string>(`${apiUrl}/deployments/name/${encodeURIComponent(flowName)}/${name}`, {
          transformResponse: (text: string) => text,
        });
        const part = /"parameter_openapi_schema":([^]*),"path":/.exec(data)?.[1];
        const { description } = JSON.parse(data) as { description: string | null };
        // the command stores the text "None" for a flow that says nothing of itself
        return { schema: part, description: description === "None" ? null : description };
      };

      const reading = read(entrypoint);
      assert.ok("facts" in reading, JSON.stringify(reading));
      assert.equal(reading.warning, undefined);
      assert.equal(reading.facts.name, flowName);

      const client = await prefectClient();
      const { description, parameterOpenapiSchema } = reading.facts;
      const ours = { name: "ours", flowName, parameterOpenapiSchema, description: description ?? undefined };
      await deployment.create(client, ours, { others: [] }, "");
      const theirs = await stored("theirs");
      assert.ok((theirs.schema ?? "").length > 40);
      assert.deepEqual(await stored("ours"), theirs);
    });
  }

  it("come from the text of a file that can't be imported, with a warning", () => {
    write(
      "bad.py",
      "import no_such_module\nfrom prefect import flow\n@flow\ndef f(x: int, y: no_such_module.T = None): ...\n",
    );
    const reading = read("bad.py:f");
    assert.ok("facts" in reading);
    assert.match(reading.warning ?? "", /No module named 'no_such_module'/);
    assert.equal(
      (JSON.parse(reading.facts.parameterOpenapiSchema) as { properties: { x: { type: string } } }).properties.x.type,
      "integer",
    );
  });

  it("are read though other files print, exit, crash and kill themselves", () => {
    const flow = "from prefect import flow\n@flow\ndef f(x: int): ...\n";
    write("prints.py", `print("noise")\nimport os\nos.system("echo more noise")\n${flow}`);
    write("exits.py", `${flow}import sys\nsys.exit(0)\n`);
    write("ends.py", `${flow}import os\nos._exit(0)\n`);
    write("crashes.py", `${flow}import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n`);
    const files = ["prints.py", "exits.py", "ends.py", "crashes.py", "flows.py"];
    const functions = files.map((file) => (file === "flows.py" ? "named" : "f"));
    const readings = files.map((file, i) => read(`${file}:${functions[i]}`));
    const [prints, exits, ends, crashes, last] = readings.map((reading) =>
      "facts" in reading ? (reading.warning ?? "fine") : "error",
    );
    assert.deepEqual([prints, last], ["fine", "fine"]);
    assert.match(exits ?? "", /SystemExit/);
    assert.match(ends ?? "", /ended the process/);
    assert.match(crashes ?? "", /ended the process/);
  });

  it("are read though another file hangs", () => {
    write("hangs.py", "import time\nfrom prefect import flow\ntime.sleep(1000)\n@flow\ndef f(x: int): ...\n");
    const hangs = readFlow(folder, "hangs.py:f", new ImportPatience(3));
    const other = read("flows.py:named");
    assert.ok("facts" in other && other.warning === undefined);
    assert.ok("facts" in hangs && /did not finish in 3 s/.test(hangs.warning ?? ""), JSON.stringify(hangs));
  });

  it("of folders that have modules of the same name don't mix", () => {
    const second = temporaryFolder();
    for (const [place, type] of [
      [folder, "int"],
      [second, "str"],
    ] as const) {
      fs.writeFileSync(path.join(place, "shared_types.py"), `T = ${type}\n`);
      fs.writeFileSync(
        path.join(place, "same.py"),
        "from prefect import flow\nfrom shared_types import T\n@flow\ndef f(x: T): ...\n",
      );
    }
    const types = [];
    for (const place of [folder, second]) {
      const reading = readFlow(place, "same.py:f");
      assert.ok("facts" in reading);
      types.push(
        (JSON.parse(reading.facts.parameterOpenapiSchema) as { properties: { x: { type: string } } }).properties.x.type,
      );
    }
    assert.deepEqual(types, ["integer", "string"]);
  });

  it("are kept while nothing that they were read from changes, and no longer", async () => {
    process.env.XDG_CACHE_HOME = temporaryFolder();
    const kept = () => {
      const place = path.join(process.env.XDG_CACHE_HOME ?? "", "meta-prefect", "flow-facts");
      return fs.existsSync(place) ? fs.readdirSync(place).length : 0;
    };
    const defaultOf = (entrypoint: string) => {
      const reading = read(entrypoint);
      assert.ok("facts" in reading, JSON.stringify(reading));
      return (JSON.parse(reading.facts.parameterOpenapiSchema) as { properties: { x: { default: unknown } } })
        .properties.x.default;
    };
    try {
      write("helper.py", "DEFAULT = 1\n");
      write("data.txt", "10");
      const flow = "from prefect import flow\n@flow\ndef f(x: int = DEFAULT): ...\n";
      write("kept.py", `from helper import DEFAULT\nDEFAULT += int(open("data.txt").read())\n${flow}`);
      assert.equal(defaultOf("kept.py:f"), 11);
      assert.equal(defaultOf("kept.py:f"), 11);
      assert.equal(kept(), 1);
      write("data.txt", "200");
      assert.equal(defaultOf("kept.py:f"), 201);
      write("helper.py", "DEFAULT = 1000\n");
      // modules stay loaded in the process that read the flow, as in any Python process
      const fresh = await run(process.execPath, [
        "-p",
        `require(${JSON.stringify(path.join(root, "dist", "provider", "program", "flows", "flowFacts.js"))}).readFlow(${JSON.stringify(folder)}, "kept.py:f").facts.parameterOpenapiSchema`,
      ]);
      assert.ok(fresh.includes('"default": 1200'), fresh);
      write("asks.py", `import subprocess\nDEFAULT = int(subprocess.check_output(["echo", "5"]))\n${flow}`);
      const before = kept();
      assert.equal(defaultOf("asks.py:f"), 5);
      assert.equal(kept(), before);
    } finally {
      delete process.env.XDG_CACHE_HOME;
    }
  });

  it("have the same hash of the code by an import and by the text, which changes with what only a run imports", () => {
    process.env.XDG_CACHE_HOME = temporaryFolder();
    const hashOf = (entrypoint: string) => {
      const reading = read(entrypoint);
      assert.ok("facts" in reading, JSON.stringify(reading));
      assert.match(reading.facts.codeHash ?? "", /^[0-9a-f]{16}$/);
      return { hash: reading.facts.codeHash, isImported: reading.warning === undefined };
    };
    try {
      const flow = "from prefect import flow\n@flow\ndef f():\n  import late, later\n";
      write("late.py", "x = 1\n");
      write("code.py", `import os\nif os.path.exists("stop"): raise OSError\n${flow}`);
      const first = hashOf("code.py:f");
      assert.ok(first.isImported);
      assert.deepEqual(hashOf("code.py:f"), first);
      write("late.py", "x = 20\n");
      const second = hashOf("code.py:f");
      assert.notEqual(second.hash, first.hash);
      write("later.py", "");
      const third = hashOf("code.py:f");
      assert.notEqual(third.hash, second.hash);
      write("stop", "");
      assert.deepEqual(hashOf("code.py:f"), { hash: third.hash, isImported: false });
    } finally {
      delete process.env.XDG_CACHE_HOME;
    }
  });

  const errors: [string, string, RegExp][] = [
    [
      "a file that isn't there",
      "none.py:f",
      /flow "none\.py:f": .*none\.py does not exist; correct the path or the entrypoint/,
    ],
    [
      "a function that isn't there",
      "flows.py:none",
      /flow "flows\.py:none" .* was not found .* correct the entrypoint/,
    ],
    ["a function that is no flow", "flows.py:Colour", /is not a flow/],
    ["a file that isn't Python", "broken.py:f", /can't be read|was not found/],
  ];
  for (const [what, entrypoint, message] of errors) {
    it(`of ${what} are an error that says what to do`, () => {
      write("broken.py", "def f(:\n");
      const reading = read(entrypoint);
      assert.ok("error" in reading);
      assert.match(reading.error, message);
    });
  }

  it("without Prefect are an error that says which Python was asked", async () => {
    const venv = temporaryFolder();
    await run((await tools()).python, ["-m", "venv", "--without-pip", venv]);
    const before = process.env.META_PREFECT__PYTHON;
    process.env.META_PREFECT__PYTHON = path.join(venv, "bin", "python");
    try {
      const reading = read("flows.py:named");
      assert.ok("error" in reading);
      assert.match(
        reading.error,
        /Prefect can't be used in .*\/bin\/python .*install prefect there, or name the Python that has it by META_PREFECT__PYTHON/,
      );
      process.env.META_PREFECT__PYTHON = "/no/such/python";
      const absent = read("flows.py:named");
      assert.match("error" in absent ? absent.error : "", /\/no\/such\/python can't be started/);
    } finally {
      process.env.META_PREFECT__PYTHON = before;
    }
  });

  describe("by their text", () => {
    interface Schema {
      properties: Record<string, Record<string, unknown>>;
      required?: string[];
    }
    const head =
      "import datetime, pathlib, uuid, typing as t\nimport datetime as dt\nfrom datetime import date, timedelta as delta\n" +
      "from typing import Any, Dict, List, Literal, Optional, Union\nfrom prefect import flow\nimport prefect\nN = 5\nS = 'x'\n";
    const inMode = (mode: "import" | "static", entrypoint: string): FlowReading => {
      process.env.META_PREFECT__FLOWS = mode;
      try {
        return read(entrypoint);
      } finally {
        delete process.env.META_PREFECT__FLOWS;
      }
    };
    const both = (entrypoint: string) => {
      const [imported, text] = [inMode("import", entrypoint), inMode("static", entrypoint)];
      assert.ok("facts" in imported && imported.warning === undefined, JSON.stringify(imported));
      assert.ok("facts" in text, JSON.stringify(text));
      return { imported, text };
    };

    const simple = [
      "int",
      "str",
      "float",
      "bool",
      "None",
      "Any",
      "list",
      "dict",
      "List",
      "t.Dict",
      "datetime.datetime",
      "date",
    ];
    const named = [
      "dt.time",
      "delta",
      "uuid.UUID",
      "pathlib.Path",
      "Literal['a', 'b']",
      "Literal[1]",
      "Literal[None, 'a', 2]",
    ];
    const plain = [...simple, ...named];
    const composed = plain.flatMap((of) => [
      ...[
        `Optional[${of}]`,
        `list[${of}]`,
        `List[${of}]`,
        `dict[str, ${of}]`,
        `Dict[int, ${of}]`,
        `t.Dict[Any, ${of}]`,
      ],
      ...[
        `Optional[list[${of}]]`,
        `list[Optional[${of}]]`,
        `dict[str, list[${of}]]`,
        `Union[None, ${of}, List[${of}]]`,
      ],
    ]);
    const pairs = plain.flatMap((one) => plain.map((other) => `Union[${one}, ${other}]`));
    const types = [
      ...plain,
      ...composed,
      ...pairs,
      "int | None",
      "None | str | int",
      "list[int] | dict[str, Any]",
      '"int"',
    ];

    it("have of every type the schema that an import has", () => {
      const typed = types.map((type, i) => `p${i}: ${type}`).join(", ");
      write("types.py", `${head}@flow\ndef f(${typed}): ...\n`);
      const { imported, text } = both("types.py:f");
      const [theirs, ours] = [imported, text].map(({ facts }) => JSON.parse(facts.parameterOpenapiSchema) as Schema);
      assert.equal(text.warning, undefined);
      for (const [i, type] of types.entries()) {
        assert.deepEqual(ours?.properties[`p${i}`], theirs?.properties[`p${i}`], type);
      }
    });

    const signatures = [
      "()",
      "(a, b=1, *args, **kwargs)",
      "(a, /, b, *, c, d=1, **rest: int)",
      "(a: int = N, b: str = S, c=-1, d=-1.5, e=1e22, f=12345678901234567890, g=1_000)",
      "(a: float = 1, b: str = 'é\\u2028', c: bool = True, d: int = 'wrong', e: list = (1, 2), f: Any = (1, [2]))",
      "(a: dict = {'b': {'a': [1.0, None]}, 'a': 1}, b: list[float] = [1], c: Optional[dict[str, float]] = {'a': 1})",
      "(a: datetime.datetime = '2024-01-01', b: date = None, c: pathlib.Path = '.', d: Literal['a'] = 'b')",
      "(self, a: int, cls=None)",
      "(a: 'int', b: 'Optional[List[int]]' = None, c: int = 1) -> 'str'",
    ];
    const texts = [
      ["@flow", ""],
      ["@prefect.flow()", "Does it."],
      ["@flow(name='Its own', description='By hand.', retries=N, log_prints=True)", "Not this."],
      [
        "@flow(name='', description='')",
        "Does it.\n\n    Args:\n        a: the first\n        b (int, optional): the second,\n            on two lines\n",
      ],
      [
        "@flow(name=S)",
        "\n    Does it.\n\n    Parameters:\n      a:\n      b : odd\n        no colon\n       c: odd\n\n      d: last\n    Returns:\n      it\n",
      ],
    ] as const;

    it("are byte for byte what an import tells, of every signature", () => {
      for (const [i, signature] of signatures.entries()) {
        const flows = texts.map(([decorator, said], j) => `${decorator}\ndef f${j}${signature}:\n    """${said}"""\n`);
        write(`signature${i}.py`, `${head}${flows.join("")}`);
      }
      const method =
        "class K:\n    @staticmethod\n    @flow\n    def m(x: int): 'Of a class.'\n    @flow\n    def n(self, x: int): ...\n";
      write("method.py", `${head}${method}`);
      write(
        "late.py",
        `from __future__ import annotations\n${head}@flow\ndef f(a: int, b: Optional[str] = None) -> str: ...\n`,
      );
      const names = signatures.flatMap((_, i) => texts.map((__, j) => `signature${i}.py:f${j}`));
      for (const entrypoint of [...names, "method.py:K.m", "method.py:K.n", "signature0.f0", "late.py:f"]) {
        const { imported, text } = both(entrypoint);
        assert.deepEqual(text, imported, entrypoint);
      }
    });
  });

  describe("by an import", () => {
    let earlier: NodeJS.ProcessEnv;
    afterEach(() => {
      process.env = { ...earlier };
    });
    beforeEach(() => {
      earlier = { ...process.env };
      process.env.XDG_CACHE_HOME = temporaryFolder();
    });
    const flow = "from prefect import flow\n@flow\ndef f(x: int = 1): ...\n";
    const warningOf = (reading: FlowReading) => {
      assert.ok("facts" in reading, JSON.stringify(reading));
      return reading.warning;
    };

    it("see no credentials but those that are given back by name", () => {
      const secrets = {
        PULUMI_CONFIG_PASSPHRASE: "s",
        PREFECT_API_KEY: "s",
        AWS_SECRET_ACCESS_KEY: "s",
        DB_PASSWORD: "s",
      };
      Object.assign(process.env, { ...secrets, PLAIN: "p" });
      write("sees.py", `import os\nos.environ["PLAIN"]\nopen("seen", "w").write(",".join(os.environ))\n${flow}`);
      assert.equal(warningOf(read("sees.py:f")), undefined);
      const seen = () => fs.readFileSync(path.join(folder, "seen"), "utf8").split(",");
      assert.deepEqual(
        Object.keys(secrets).filter((name) => seen().includes(name)),
        [],
      );
      write("needs.py", `import os\nos.environ["DB_PASSWORD"]\n${flow}`);
      assert.match(
        warningOf(read("needs.py:f")) ?? "",
        /could not be imported \(KeyError: 'DB_PASSWORD'\).*; flow files don't see DB_PASSWORD, like all that may be a credential, unless META_PREFECT__FLOWS_ENV=DB_PASSWORD is set$/,
      );
      process.env.META_PREFECT__FLOWS_ENV = "OTHER, DB_PASSWORD";
      assert.equal(warningOf(read("needs.py:f")), undefined);
    });

    const mark = `left-behind-${process.pid}`;
    const daemon = [
      "import os, subprocess, sys, time",
      `subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", "${mark}"])`,
      `subprocess.Popen(["setsid", "sh", "-c", "setsid sleep 600.${process.pid} & exec sleep 601.${process.pid}", "${mark}"], env={"PATH": os.environ["PATH"]})`,
      "if os.fork() == 0:",
      "    os.setsid()",
      `    if os.fork() == 0: os.execvpe(sys.executable, [sys.executable, "-c", "import time; time.sleep(602)", "${mark}"], {})`,
      "    os._exit(0)",
      "time.sleep(0.5)",
    ].join("\n");
    const isRunning = () => works("pgrep", ["-f", `${mark}|sleep 60.[.]${process.pid}`]);
    const isGone = () => until(async () => !(await isRunning()), { every: 100, patience: 10_000 });

    for (const [what, end, ending] of [
      ["that hang", "time.sleep(1000)\n", "exit"],
      ["that end with their program", "", "exit"],
      ["whose program is killed", "", "kill"],
      ["whose program is killed while they hang", "open('hangs', 'w'); time.sleep(1000)\n", "kill"],
    ] as const) {
      it(`leave no process behind ${what}`, async () => {
        write("starts.py", `${daemon}\n${end}${flow}`);
        const modules = path.join(root, "dist", "provider", "program", "flows");
        const program =
          `const { readFlow } = require(${JSON.stringify(path.join(modules, "flowFacts.js"))});` +
          `const { ImportPatience } = require(${JSON.stringify(path.join(modules, "importPatience.js"))});` +
          `const patience = new ImportPatience(${what === "that hang" ? 3 : 30});` +
          `console.log(JSON.stringify(readFlow(${JSON.stringify(folder)}, "starts.py:f", patience)));` +
          (ending === "kill" ? 'process.kill(process.pid, "SIGKILL")' : "");
        if (what === "whose program is killed while they hang") {
          const started = spawn(process.execPath, ["-e", program], { stdio: "ignore" });
          await until(() => fs.existsSync(path.join(folder, "hangs")), { every: 100, patience: 30_000 });
          assert.ok(await isRunning());
          started.kill("SIGKILL");
        } else {
          const printed = await run(process.execPath, ["-e", program]).catch((error: unknown) => String(error));
          assert.match(
            printed,
            ending === "kill" ? /SIGKILL/ : what === "that hang" ? /did not finish in 3 s/ : /"facts"/,
          );
        }
        assert.ok(await isGone(), await run("ps", ["-ef"]));
      });
    }

    it("have one patience for all of them, after which the rest is read from the text", () => {
      write("hangs.py", `import time\ntime.sleep(1000)\n${flow}`);
      const patience = new ImportPatience(2, 2);
      const [first, second, third, fourth] = ["hangs.py:f", "hangs.py:f", "hangs.py:f", "flows.py:named"].map(
        (entrypoint) => warningOf(readFlow(folder, entrypoint, patience)),
      );
      assert.match(first ?? "", /did not finish in 2 s/);
      assert.match(second ?? "", /^importing flows has taken 2 s, so the rest of them are read from their text alone/);
      assert.deepEqual([third, fourth], [undefined, undefined]);
    });
  });
});
