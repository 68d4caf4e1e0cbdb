import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import axios from "axios";
import { readFlow } from "../../components/flowFacts";
import { deployment } from "../../provider/deployment";
import { root } from "../../tools/root";
import { run } from "../../tools/run";
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
  const read = async (entrypoint: string) => readFlow(folder, entrypoint);

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

      const reading = await read(entrypoint);
      assert.ok("facts" in reading, JSON.stringify(reading));
      assert.equal(reading.warning, undefined);
      assert.equal(reading.facts.name, flowName);

      const client = await prefectClient();
      const { description, parameterOpenapiSchema } = reading.facts;
      await deployment.create(client, {
        name: "ours",
        flowName,
        parameterOpenapiSchema,
        description: description ?? undefined,
      });
      const theirs = await stored("theirs");
      assert.ok((theirs.schema ?? "").length > 40);
      assert.deepEqual(await stored("ours"), theirs);
    });
  }

  it("come from the text of a file that can't be imported, with a warning", async () => {
    write(
      "bad.py",
      "import no_such_module\nfrom prefect import flow\n@flow\ndef f(x: int, y: no_such_module.T = None): ...\n",
    );
    const reading = await read("bad.py:f");
    assert.ok("facts" in reading);
    assert.match(reading.warning ?? "", /No module named 'no_such_module'/);
    assert.equal(
      (JSON.parse(reading.facts.parameterOpenapiSchema) as { properties: { x: { type: string } } }).properties.x.type,
      "integer",
    );
  });

  it("are read though other files print, exit, crash and kill themselves", async () => {
    const flow = "from prefect import flow\n@flow\ndef f(x: int): ...\n";
    write("prints.py", `print("noise")\nimport os\nos.system("echo more noise")\n${flow}`);
    write("exits.py", `${flow}import sys\nsys.exit(0)\n`);
    write("ends.py", `${flow}import os\nos._exit(0)\n`);
    write("crashes.py", `${flow}import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n`);
    const files = ["prints.py", "exits.py", "ends.py", "crashes.py", "flows.py"];
    const functions = files.map((file) => (file === "flows.py" ? "named" : "f"));
    const readings = await Promise.all(files.map((file, i) => read(`${file}:${functions[i]}`)));
    const [prints, exits, ends, crashes, last] = readings.map((reading) =>
      "facts" in reading ? (reading.warning ?? "fine") : "error",
    );
    assert.deepEqual([prints, last], ["fine", "fine"]);
    assert.match(exits ?? "", /SystemExit/);
    assert.match(ends ?? "", /ended the process/);
    assert.match(crashes ?? "", /ended the process/);
  });

  it("are read though another file hangs", async () => {
    write("hangs.py", "import time\nfrom prefect import flow\ntime.sleep(1000)\n@flow\ndef f(x: int): ...\n");
    const [hangs, other] = await Promise.all([read("hangs.py:f"), read("flows.py:named")]);
    assert.ok("facts" in other && other.warning === undefined);
    assert.ok("facts" in hangs && /did not finish in 30 s/.test(hangs.warning ?? ""), JSON.stringify(hangs));
  });

  it("of folders that have modules of the same name don't mix", async () => {
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
      const reading = await readFlow(place, "same.py:f");
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
    const defaultOf = async (entrypoint: string) => {
      const reading = await read(entrypoint);
      assert.ok("facts" in reading, JSON.stringify(reading));
      return (JSON.parse(reading.facts.parameterOpenapiSchema) as { properties: { x: { default: unknown } } })
        .properties.x.default;
    };
    try {
      write("helper.py", "DEFAULT = 1\n");
      write("data.txt", "10");
      const flow = "from prefect import flow\n@flow\ndef f(x: int = DEFAULT): ...\n";
      write("kept.py", `from helper import DEFAULT\nDEFAULT += int(open("data.txt").read())\n${flow}`);
      assert.equal(await defaultOf("kept.py:f"), 11);
      assert.equal(await defaultOf("kept.py:f"), 11);
      assert.equal(kept(), 1);
      write("data.txt", "200");
      assert.equal(await defaultOf("kept.py:f"), 201);
      write("helper.py", "DEFAULT = 1000\n");
      // modules stay loaded in the process that read the flow, as in any Python process
      const fresh = await run(process.execPath, [
        "-e",
        `require(${JSON.stringify(path.join(root, "dist", "components", "flowFacts.js"))}).readFlow(${JSON.stringify(folder)}, "kept.py:f").then((r) => console.log(r.facts.parameterOpenapiSchema))`,
      ]);
      assert.ok(fresh.includes('"default": 1200'), fresh);
      write("asks.py", `import subprocess\nDEFAULT = int(subprocess.check_output(["echo", "5"]))\n${flow}`);
      const before = kept();
      assert.equal(await defaultOf("asks.py:f"), 5);
      assert.equal(kept(), before);
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
    it(`of ${what} are an error that says what to do`, async () => {
      write("broken.py", "def f(:\n");
      const reading = await read(entrypoint);
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
      const reading = await read("flows.py:named");
      assert.ok("error" in reading);
      assert.match(
        reading.error,
        /Prefect can't be used in .*\/bin\/python .*install prefect there, or name the Python that has it by META_PREFECT__PYTHON/,
      );
      process.env.META_PREFECT__PYTHON = "/no/such/python";
      const absent = await read("flows.py:named");
      assert.match("error" in absent ? absent.error : "", /\/no\/such\/python can't be started/);
    } finally {
      process.env.META_PREFECT__PYTHON = before;
    }
  });
});
