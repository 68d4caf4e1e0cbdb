import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { type FlowReading, readFlow } from "../../provider/program/flows/flowFacts";
import { root } from "../../tools/root";
import { run } from "../../tools/run";
import { temporaryFolder, testEnvironment, tools } from "../support/environment";
import { Page } from "../support/page";

const imports = "from meta_prefect import dask, kubernetes, tags_resolver, versioneer\nfrom prefect import flow\n";
const def = "def my_flow(x: int = 1): ...";
const all = { cpu: 0.8, memory: "1.5Gi", dask: { workers: 5 }, version: "git", tags: ["finance"] };

/** Files with a flow `my_flow`, and what each says of it. */
const forms: [what: string, text: string, says: object | undefined][] = [
  [
    "all of them above @flow",
    `${imports}@kubernetes(cpu=0.8, memory="1.5Gi")\n@dask(num_workers=5)\n@versioneer()\n@tags_resolver("finance")\n@flow\n${def}`,
    all,
  ],
  [
    "all of them below @flow, in another order",
    `${imports}@flow(name="Sums")\n@tags_resolver("finance")\n@versioneer\n@dask(num_workers=5)\n@kubernetes(memory=1.5, cpu=.8)\n${def}`,
    all,
  ],
  [
    "some above and some below",
    `${imports}@dask(num_workers=5)\n@versioneer\n@flow\n@tags_resolver("finance")\n@kubernetes(cpu=0.8, memory=1.5)\n${def}`,
    all,
  ],
  ["none", `${imports}@flow\n${def}`, undefined],
  [
    "an alias",
    `from meta_prefect import kubernetes as k8s\nfrom prefect import flow\n@k8s(cpu="500m")\n@flow\n${def}`,
    { cpu: "500m" },
  ],
  [
    "the module",
    `import meta_prefect\nfrom prefect import flow\n@meta_prefect.versioneer\n@flow\n${def}`,
    { version: "git" },
  ],
  [
    "the module by an alias",
    `import meta_prefect as mp\nimport prefect\n@prefect.flow\n@mp.kubernetes(memory=2)\n${def}`,
    { memory: "2Gi" },
  ],
  [
    "constants of the module",
    `${imports}CPU = 2\nTAG = "risk"\n@kubernetes(cpu=CPU)\n@tags_resolver(TAG, "eu")\n@flow\n${def}`,
    { cpu: 2, tags: ["risk", "eu"] },
  ],
  [
    "the same twice, of which the upper one counts",
    `${imports}@kubernetes(cpu=2)\n@kubernetes(cpu=1, memory="2Gi")\n@tags_resolver("a")\n@flow\n@tags_resolver("b", "a")\n${def}`,
    { cpu: 2, memory: "2Gi", tags: ["a", "b"] },
  ],
  ["no tags", `${imports}@tags_resolver()\n@flow\n@tags_resolver\n${def}`, undefined],
  ["an async flow", `${imports}@kubernetes(cpu=1)\n@flow\nasync ${def}`, { cpu: 1 }],
  [
    "whole numbers as floats, and the smallest of memory",
    `${imports}@kubernetes(cpu=2.0, memory=0.015625)\n@flow\n${def}`,
    { cpu: 2, memory: "0.015625Gi" },
  ],
];

/** Decorators that are wrong, and what Python says of them. */
const wrong: [decorator: string, says: string][] = [
  ["@kubernetes(cpu=True)", 'cpu must be a number of CPUs above 0, such as 0.5, 2 or "500m", not True'],
  ["@kubernetes(cpu=-1)", "cpu must be a number of CPUs above 0"],
  ["@kubernetes(cpu=1e999)", "cpu must be a number of CPUs above 0"],
  ['@kubernetes(cpu="2Gi")', "cpu must be a number of CPUs above 0"],
  ["@kubernetes(cpu=0.0001)", 'and at least "1m", not 0.0001'],
  ["@kubernetes(memory=0)", 'memory must be an amount above 0, such as 1.5, "512Mi" or "1.5Gi", not 0'],
  ["@kubernetes(memory=1610612736)", "memory must be a number of GiB from 0.015625 to 65536, or a text with its unit"],
  ['@kubernetes(memory="512")', "a text without a unit is bytes, not '512'"],
  ["@kubernetes()", "says nothing; give cpu"],
  ["@kubernetes", 'is written @kubernetes(cpu=0.5, memory="1.5Gi"), or with one of them'],
  ["@kubernetes(0.5)", "is written @kubernetes("],
  ["@dask", "is written @dask(num_workers=5)"],
  ["@dask()", "num_workers must be an integer from 1 on, not None"],
  ["@dask(num_workers=0)", "num_workers must be an integer from 1 on, not 0"],
  ["@dask(num_workers=True)", "num_workers must be an integer from 1 on, not True"],
  ["@dask(num_workers=2.0)", "num_workers must be an integer from 1 on, not 2.0"],
  ['@tags_resolver("a", " ")', `tags must be texts that aren't empty, such as "finance", not ' '`],
  ['@tags_resolver(["a"])', "not ['a']"],
];

/** Where the package is installed, so to say. */
const withPackage = async () => ({
  ...(await testEnvironment()),
  PYTHONPATH: path.join(root, "python"),
  PYTHONDONTWRITEBYTECODE: "1",
  PREFECT_LOGGING_TO_API_ENABLED: "false",
});

describe("what decorators say of a flow", () => {
  let folder: string;
  let count = 0;
  const earlier = { ...process.env };
  const write = (text: string) => {
    const file = `flows${(count += 1)}.py`;
    fs.writeFileSync(path.join(folder, file), `${text}\n`);
    return file;
  };
  const read = (file: string, mode: string): FlowReading => {
    process.env.META_PREFECT__FLOWS = mode;
    return readFlow(folder, `${file}:my_flow`);
  };
  const factsIn = (reading: FlowReading) => {
    assert.ok("facts" in reading, JSON.stringify(reading));
    return reading;
  };

  before(async () => {
    folder = fs.realpathSync(temporaryFolder());
    process.env.META_PREFECT__PYTHON = (await tools()).python;
    process.env.XDG_CACHE_HOME = temporaryFolder();
  });
  after(() => {
    process.env = { ...earlier };
  });

  for (const [what, text, says] of forms) {
    it(`is read alike by an import and from the text: ${what}`, () => {
      const file = write(text);
      const imported = factsIn(read(file, "import"));
      assert.equal(imported.warning, undefined);
      assert.deepEqual(imported.facts.needs, says);
      const { lacksPackage, ...facts } = imported.facts;
      assert.equal(lacksPackage, true);
      assert.deepEqual(factsIn(read(file, "static")), { facts });
      assert.deepEqual(factsIn(read(file, "import")).facts, imported.facts, "as it was kept");
    });
  }

  for (const [decorator, says] of wrong) {
    it(`is an error in Python's words, by an import and from the text: ${decorator}`, () => {
      const messages = [`${decorator}\n@flow(name="my_sums")`, `@flow\n${decorator}`].map((lines) => {
        const file = write(`${imports}${lines}\n${def}`);
        const [imported, text] = [read(file, "import"), read(file, "static")];
        assert.ok("error" in imported, JSON.stringify(imported));
        // where the function lies in memory is another place
        const plain = ({ error }: { error: string }) => error.replace(/0x[0-9a-f]+/, "");
        assert.equal("error" in text && plain(text), plain(imported));
        return imported.error;
      });
      assert.ok(
        messages.every((message) => message.includes(says)),
        messages.join("\n"),
      );
      assert.match(messages[0] ?? "", /can't be imported \(flow "my_sums": @\w+: .*\); correct the decorator$/);
      assert.match(messages[1] ?? "", /can't be imported \(flow "my-flow": @\w+: .*\); correct the decorator$/);
    });
  }

  it("is an error where there is no such argument", () => {
    const file = write(`${imports}@kubernetes(cpus=1)\n@flow\n${def}`);
    for (const mode of ["import", "static"]) {
      assert.match(
        JSON.stringify(read(file, mode)),
        /\(TypeError: kubernetes\(\) got an unexpected keyword argument 'cpus'/,
      );
    }
  });

  it("is said to be unread where the text doesn't tell it, and all else of it is read", () => {
    const file = write(
      `${imports}@kubernetes(cpu=1 + 1, memory=2)\n@dask(num_workers=int("5"))\n@tags_resolver("a", "b" + "c")\n@flow\n${def}`,
    );
    const needs = { cpu: 2, memory: "2Gi", dask: { workers: 5 }, tags: ["a", "bc"] };
    assert.deepEqual(factsIn(read(file, "import")).facts.needs, needs);
    const { facts, warning } = factsIn(read(file, "static"));
    assert.deepEqual(facts.needs, { memory: "2Gi", tags: ["a"] });
    assert.match(
      warning ?? "",
      /doesn't tell an argument of @tags_resolver, num_workers of @dask, cpu of @kubernetes; give .*cpu, memory, dask or tags, where/,
    );
  });

  it("is read of a file that can't be imported for another reason", () => {
    const file = write(`import no_such_module\n${imports}@kubernetes(cpu=1)\n@flow\n@versioneer\n${def}`);
    const { facts, warning } = factsIn(read(file, "import"));
    assert.match(warning ?? "", /No module named 'no_such_module'/);
    assert.deepEqual(facts.needs, { cpu: 1, version: "git" });
  });

  it("is of a method, and of a flow that others are found beside", () => {
    const file = write(`${imports}class Jobs:\n    @staticmethod\n    @kubernetes(cpu=1)\n    @flow\n    ${def}`);
    for (const mode of ["import", "static"]) {
      process.env.META_PREFECT__FLOWS = mode;
      assert.deepEqual(factsIn(readFlow(folder, `${file}:Jobs.my_flow`)).facts.needs, { cpu: 1 });
    }
  });

  it("is not of the package where the folder has one of its own", () => {
    const own = path.join(folder, "own");
    fs.mkdirSync(path.join(own, "meta_prefect"), { recursive: true });
    for (const name of ["__init__.py", "_decorators.py"]) {
      fs.copyFileSync(path.join(root, "python", "meta_prefect", name), path.join(own, "meta_prefect", name));
    }
    fs.writeFileSync(path.join(own, "flows.py"), `${imports}@kubernetes(cpu=1)\n@flow\n${def}\n`);
    for (const mode of ["import", "static"]) {
      process.env.META_PREFECT__FLOWS = mode;
      const { facts } = factsIn(readFlow(own, "flows.py:my_flow"));
      assert.deepEqual([facts.needs, facts.usesPackage, facts.lacksPackage], [{ cpu: 1 }, undefined, undefined]);
    }
  });

  it("is read and runs as docs/guides/decorators.md and python/README.md show it", async () => {
    const { python } = await tools();
    const [, ofReadme = ""] =
      /^```python\n([^]*?)^```$/m.exec(fs.readFileSync(path.join(root, "python", "README.md"), "utf8")) ?? [];
    for (const text of [new Page("docs/guides/decorators.md").files.get("flows.py") ?? "", ofReadme]) {
      const file = write(`${text}\nif __name__ == "__main__":\n    print("it gives", complex_eks_dask_flow(40, 2))`);
      for (const mode of ["import", "static"]) {
        process.env.META_PREFECT__FLOWS = mode;
        assert.deepEqual(factsIn(readFlow(folder, `${file}:complex_eks_dask_flow`)).facts.needs, all);
      }
      assert.match(await run(python, [path.join(folder, file)], { env: await withPackage() }), /^it gives 42$/m);
    }
  });

  it("leaves a flow as it is: run, copied, pickled, subclassed, tested", async () => {
    const { python } = await tools();
    const script = path.join(root, "test", "live", "decorated_flows.py");
    assert.match(await run(python, [script], { env: await withPackage() }), /^all is well$/m);
  });
});
