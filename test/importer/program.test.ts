import assert from "node:assert/strict";
import { Expression, literal, Names } from "../../importer/code";
import type { Item } from "../../importer/inventory";
import { writeProgram } from "../../importer/program";
import { select } from "../../importer/selection";
import type { Json } from "../../provider/engine/kind";
import { automated, blockOf, deployed, flowOf, pool, queue, value } from "../support/items";

const textOf = (items: Item[]) => writeProgram(items, "http://127.0.0.1:4200/api", "p").files.get("index.ts") ?? "";

describe("an imported program", () => {
  it("names what it makes by variables, and says nothing that goes without saying", () => {
    const text = textOf([
      pool("etl"),
      queue("fast", "etl"),
      deployed("nightly", "sums", { work_pool_name: "etl", work_queue_name: "fast" }),
    ]);
    assert.match(text, /const etlPool = new WorkPool\("etl", \{ type: "process", adopt: true \}\);/);
    assert.match(
      text,
      /const fastQueue = new WorkQueue\("fast", \{ workPoolName: etlPool.name, priority: 2, adopt: true \}\);/,
    );
    assert.match(
      text,
      /\nnew Deployment\("nightly", \{\n {2}flowName: "sums",\n {2}workPoolName: etlPool.name,\n {2}workQueueName: fastQueue.name,\n {2}adopt: true\n\}\);/,
    );
  });

  it("gives objects of one name different Pulumi names, and their own name as an argument", () => {
    const text = textOf([
      pool("a"),
      pool("b"),
      queue("fast", "a"),
      queue("fast", "b"),
      deployed("d", "f"),
      deployed("d", "g"),
    ]);
    assert.match(text, /new WorkQueue\("b-fast", \{ name: "fast", workPoolName: bPool.name/);
    assert.match(text, /new Deployment\("g\/d", \{ name: "d", flowName: "g", adopt: true \}\)/);
  });

  it("leaves out what it can't express, and says so", () => {
    const { count, leftOut, files } = writeProgram(
      [value("big", { n: 2n ** 60n }), value("ok", 1), automated("twice", []), automated("twice", [])],
      "s",
      "p",
    );
    assert.equal(count, 1);
    assert.deepEqual(
      leftOut.map(({ what }) => what),
      ['variable "big"', 'automation "twice"', 'automation "twice"'],
    );
    assert.match(files.get("index.ts") ?? "", /\/\/ Left out: variable "big": it holds an integer beyond 2\^53/);
  });

  it("orders automations that name each other, and keeps an id where they do so in a circle", () => {
    const first = automated("first", []);
    const second = automated("second", [{ type: "pause-automation", automation_id: first.uuid }]);
    (first.remote as Json).actions = [{ type: "pause-automation", automation_id: second.uuid }];
    first.args.actions = [{ type: "pause-automation", automationId: second.uuid }];
    const text = textOf([first, second]);
    assert.match(text, /const secondAutomation = [^;]*"00000000-0000-4000-8000-/s);
    assert.match(text, /automationId: secondAutomation.id/);
  });

  it("takes the secrets of blocks from the stack's configuration", () => {
    const data = {
      host: "h",
      password: "hunter2",
      nested: { deep: { token: "hunter2" } },
      options: { key: "hunter2" },
      none: null,
    };
    const secretFields = ["password", "nested.deep.token", "options.*", "none", "absent"];
    const program = writeProgram([blockOf("database", "db", data, secretFields)], "s", "p");
    const text = program.files.get("index.ts") ?? "";
    assert.doesNotMatch(text, /hunter2/);
    assert.match(text, /password: config.requireSecret\("database-db-password"\)/);
    assert.match(text, /token: config.requireSecret\("database-db-nested-deep-token"\)/);
    assert.match(text, /options: config.requireSecretObject\("database-db-options"\)/);
    assert.deepEqual(program.secrets, ["database-db-password", "database-db-nested-deep-token", "database-db-options"]);
  });
});

describe("a selection", () => {
  const items = [
    pool("a"),
    pool("b"),
    queue("fast", "a"),
    value("used", 1),
    value("tagged", 1, ["t"]),
    value("other", 1),
    flowOf("f"),
    flowOf("g"),
    deployed("one", "f", {
      work_pool_name: "a",
      work_queue_name: "fast",
      tags: ["t"],
      parameters: { x: "{{ prefect.variables.used }}" },
    }),
    deployed("two", "g", { work_pool_name: "b" }),
  ];
  const names = (selection: object) => select(items, selection).map(({ args }) => args.name);

  it("of nothing is all", () => {
    assert.equal(select(items, {}).length, items.length);
  });

  it("of a tag is what has it, with what that needs", () => {
    assert.deepEqual(names({ tag: "t" }), ["a", "fast", "used", "tagged", "f", "one"]);
  });

  it("of a flow or a pool is its deployments, with what they need", () => {
    assert.deepEqual(names({ flow: "f" }), ["a", "fast", "used", "f", "one"]);
    assert.deepEqual(names({ workPool: "b" }), ["b", "g", "two"]);
    assert.deepEqual(names({ workPool: "b", flow: "f" }), ["b"]);
  });

  it("takes the automations that name what is selected", () => {
    const one = items.find(({ args }) => args.name === "one");
    const rerun = automated("rerun", [{ type: "run-deployment", deployment_id: one?.uuid }]);
    assert.deepEqual(select([...items, rerun], { flow: "f" }).at(-1), rerun);
  });
});

describe("a literal", () => {
  it("is TypeScript, with expressions in it", () => {
    const text = literal({ a: new Expression("x.y"), "b-c": ['q"\n\\', null, 1.5], d: {}, e: [] });
    assert.equal(text, '{ a: x.y, "b-c": ["q\\"\\n\\\\", null, 1.5], d: {}, e: [] }');
  });
});

describe("a variable's name", () => {
  it("is an identifier that is used once", () => {
    const names = new Names();
    const given = ["my pool", "My-Pool", "1st", "ü", "import", "default"].map((name) => names.variable(name, "Pool"));
    assert.deepEqual(given, ["myPool", "myPool2", "the1stPool", "thePool", "importPool", "defaultPool"]);
  });
});
