import assert from "node:assert/strict";
import * as fc from "fast-check";
import { fileStem, jsonText, literal, Names } from "../../importer/code";
import { essentials } from "../../importer/essentials";
import type { Item } from "../../importer/inventory";
import { type Program, writeProgram } from "../../importer/program";
import { select } from "../../importer/selection";
import { visible } from "../../provider/api/visible";
import type { Json } from "../../provider/engine/kind";
import { assertOnlyMakesResources, evaluated, type Made } from "../support/importedProgram";
import {
  automated,
  blockOf,
  deployed,
  flowOf,
  limit,
  pool,
  queue,
  schema,
  tagLimit,
  type,
  value,
} from "../support/items";

const server = "http://127.0.0.1:4200/api";
const attack = `x\nrequire("child_process").execSync("id");//`;
/** What ends lines, texts, comments and templates, what steers terminals and disks, and what JavaScript and Pulumi have for themselves. */
const parts = [
  ..."\n\r\u2028\u2029\u0085\0\u001b\u009b\u007f\u202e\u200b\ufeff\"'`\\$",
  ...["*/", "/*", "//", "${", "`", "${process.exit(1)}", "\\u2028", "</script>", "\ud800", "\udc00", "\u{e0001}"],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "__esModule",
    "require",
    "pulumi",
    "config",
    "name",
    "id",
  ],
  ...["..", "/", "\\", "C:", "CON", "nul", ".json", "~", "@@__STRINGIFY_OBJECT_NEW_LINE__@@", attack, "İ", "ß", "👩‍💻"],
];
const part = fc.oneof(fc.constantFrom(...parts), fc.string({ unit: "binary", maxLength: 3 }));
const text = fc.oneof(
  part,
  fc.array(part, { minLength: 1, maxLength: 5 }).map((chosen) => chosen.join("")),
);
const { json } = fc.letrec<{ json: unknown; object: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("json"), { maxLength: 3 }),
    tie("object"),
  ),
  // unlike an assignment, this makes a key of "__proto__"
  object: fc.array(fc.tuple(text, tie("json")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
}));

/** What the program has to give each resource. */
function asked(items: Item[], { leftOut }: Program): Made[] {
  const isLeft = ({ kind, args }: Item) => leftOut.some(({ what }) => what === `${kind.noun} "${kind.label(args)}"`);
  return items
    .filter((item) => !isLeft(item))
    .map((item) => ({ type: item.kind.type, args: { ...essentials(item), adopt: true } }));
}

const byText = (made: Made[]) =>
  [...made].sort((a, b) => (JSON.stringify(sorted(a)) < JSON.stringify(sorted(b)) ? -1 : 1));
const sorted = ({ type, args }: Made) => [type, Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1))];

/** The lines of a program that are comments, found as a compiler would end them. */
const commentLines = (program: string) => program.split(/[\n\r\u2028\u2029]/).filter((line) => line.startsWith("//"));

function written(items: Item[], from = server): Program & { text: string } {
  const program = writeProgram(items, from, "p");
  const text = program.files.get("index.ts") ?? "";
  assertOnlyMakesResources(text);
  return { ...program, text };
}

describe("what a server names", () => {
  it("is data in the program and on one line of its comments, for an automation that is left out and one that isn't", () => {
    const both = [automated(attack, []), automated(attack, []), automated(`${attack}\u2028`, [])];
    const program = written(both);
    assert.equal(program.leftOut.length, 2);
    assert.deepEqual(evaluated(program.files, both), asked(both, program));
    assert.equal(commentLines(program.text).length, 1 + 2 + 1);
    assert.match(program.text, /^\/\/ Left out: automation "x\\u000arequire\("child_process"\)/m);
  });

  for (const end of ["\n", "\r", "\u2028", "\u2029", "*/"]) {
    it(`can't end a comment with ${visible(end)}`, () => {
      const name = `x${end}process.exit(1);//`;
      const twice = [automated(name, []), automated(name, [])];
      const { text } = written([...twice, value("ok", 1)], `${server}${end}process.exit(1);//`);
      assert.equal(commentLines(text).length, 1 + 2 + 1);
    });
  }

  it("makes the same arguments again, whatever it is, for all kinds", () => {
    const names = fc.record({ type: text, pool: text, queue: text, limit: text, tag: text, flow: text, own: text });
    fc.assert(
      fc.property(names, text, json, json, fc.nat(), (names, key, data, other, number) => {
        const slug = `slug-${number}`;
        const types = type(names.type, slug, key);
        const long = Array.from({ length: 12 }, () => other);
        const items = [
          types,
          schema(types.uuid, { title: key, data, long }),
          blockOf(slug, "b", { [key]: data, other }),
          pool(names.pool),
          queue(names.queue, names.pool, number + 1),
          limit(names.limit),
          tagLimit(names.tag),
          value("v", { data, other }, [key]),
          flowOf(names.flow),
          deployed(names.own, names.flow, {
            description: key,
            tags: [key],
            job_variables: { [key]: data },
            parameter_openapi_schema: { data, long },
          }),
          automated(names.own, [], { match: { [key]: key }, expect: [key] }),
        ];
        const program = written(items);
        assert.deepEqual(byText(evaluated(program.files, items)), byText(asked(items, program)));
        const paths = [...program.files.keys()];
        const isPlain = /^(index\.ts|Pulumi\.yaml|(package|tsconfig)\.json|[a-z-]+\/[a-z0-9_][\w-]*\.json)$/;
        assert.deepEqual(
          paths.filter((path) => !isPlain.test(path)),
          [],
        );
        assert.equal(new Set(paths.map((path) => path.toLowerCase())).size, paths.length);
      }),
      { numRuns: 200 },
    );
  });

  it("is left out, with the reason, where Pulumi wouldn't carry it", () => {
    const signature = "4dabf18193072939515e22adb298388d";
    const items = [
      value("proto", JSON.parse('{"a":[{"__proto__":{"admin":true}}]}')),
      value("asset", { [signature]: "c44067f5952c0a294b673a41bacd8c17", path: "/etc/passwd" }),
      value("unknown", ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"]),
      value("half", "\ud800"),
      value("fine", { constructor: 1, id: "i", __x: [2] }),
    ];
    const { leftOut, count } = written(items);
    assert.equal(count, 1);
    assert.deepEqual(
      leftOut.map(({ what, why }) => `${what}: ${why}`),
      [
        'variable "proto": it holds a key "__proto__", which Pulumi can\'t hold',
        `variable "asset": it holds the key ${signature}, which Pulumi keeps for itself`,
        'variable "unknown": it holds the text 04da6b54-80e4-46f7-96ec-b56ff0331ba9, which Pulumi keeps for itself',
        'variable "half": it holds half of a character (a lone surrogate), which Pulumi drops',
      ],
    );
  });

  it("is no module, although a file of JSON says so", () => {
    const trick = { __esModule: true, default: {}, long: Array.from({ length: 12 }, (_, i) => i) };
    const items = [deployed("d", "f", { parameter_openapi_schema: trick })];
    const program = written(items);
    assert.deepEqual(evaluated(program.files, items), asked(items, program));
  });

  it("stays a reference where long JSON would go into a file", () => {
    const secret = blockOf("secret", "s", {});
    const long = pool("p");
    const variables = { block_document_id: secret.uuid, list: Array.from({ length: 12 }, (_, i) => i) };
    long.args.baseJobTemplate = { job_configuration: {}, variables };
    (long.remote as Json).base_job_template = long.args.baseJobTemplate;
    const program = written([secret, long]);
    assert.match(program.text, /block_document_id: sBlock\.id/);
    assert.deepEqual(evaluated(program.files, [secret, long]), asked([secret, long], program));
  });
});

describe("the secrets of blocks", () => {
  it("have keys of their own, which no shell and no option takes for anything else", () => {
    const items = [
      blockOf("a", "b-c", { value: "hunter2" }, ["value"]),
      blockOf("a-b", "c", { value: "hunter2" }, ["value"]),
      blockOf("--config-file", "x", { "$(id);`id` \n": "hunter2" }, ["$(id);`id` \n"]),
    ];
    const { secrets, text } = written(items);
    assert.deepEqual(secrets, ["a-b-c-value", "a-b-c-value2", "config-file-x-__id___id___"]);
    assert.doesNotMatch(text, /hunter2/);
  });

  it("are those that Prefect hides: in lists, and all that stands below a wildcard, but nothing that isn't there", () => {
    const data = { list: [{ token: "hunter2" }], deep: { any: { key: "hunter2" } }, plain: 1 };
    const fields = ["list.token", "deep.*.key", "__proto__", "constructor", "plain.key", "__proto__.x"];
    const { text, files } = written([blockOf("s", "b", data, fields)]);
    assert.doesNotMatch(text, /hunter2/);
    const [made] = evaluated(files, [blockOf("s", "b", data)]);
    assert.deepEqual(made?.args.data, { list: "secret s-b-list", deep: "secret s-b-deep", plain: 1 });
    const whole = written([blockOf("s", "b", data, ["*"])]);
    assert.match(whole.text, /data: config\.requireSecretObject\("s-b"\)/);
  });
});

describe("the triggers of automations", () => {
  const nightly = deployed("nightly", "f");
  const etl = pool("etl");
  const fast = queue("fast", "etl");
  const other = automated("other", []);
  const id = "11111111-1111-4111-8111-111111111111";

  it("have references instead of ids, also in lists, in nested triggers and amid hostile text", () => {
    const rerun = automated("rerun", [], {
      match: { "prefect.resource.id": `prefect.deployment.${nightly.uuid}`, elsewhere: `prefect.deployment.${id}` },
      match_related: [
        {
          "prefect.resource.id": [`prefect.work-pool.${etl.uuid}`, "`${process.exit(1)}\\\n$"],
          "prefect.resource.role": "work-pool",
        },
        { "prefect.resource.id": `!\`\${process.exit(1)}\\$\u2028prefect.work-queue.${fast.uuid}` },
        { "prefect.resource.id": `prefect.automation.${other.uuid}` },
      ],
    });
    const both = automated("both", []);
    const nested = { type: "compound", require: "any", triggers: [(rerun.remote as Json).trigger] };
    (both.remote as Json).trigger = nested;
    both.args.trigger = { type: "compound", require: "any", triggers: [rerun.args.trigger] };
    const items = [rerun, both, etl, fast, nightly, other];
    const program = written(items);
    assert.equal(program.count, items.length);
    assert.match(program.text, /import \* as pulumi from "@pulumi\/pulumi";/);
    assert.match(program.text, /pulumi\.interpolate`prefect\.deployment\.\$\{nightlyDeployment\.id\}`/);
    assert.match(program.text, /pulumi\.interpolate`prefect\.work-pool\.\$\{etlPool\.uuid\}`/);
    assert.match(program.text, /prefect\.work-queue\.\$\{fastQueue\.uuid\}`/);
    assert.match(program.text, /pulumi\.interpolate`prefect\.automation\.\$\{otherAutomation\.id\}`/);
    assert.match(program.text, new RegExp(`elsewhere: "prefect.deployment.${id}"`));
    for (const { uuid } of [nightly, etl, fast, other]) assert.ok(!program.text.includes(uuid));
    assert.deepEqual(byText(evaluated(program.files, items)), byText(asked(items, program)));
  });

  it("are part of what a selection follows", () => {
    const match = { "prefect.resource.id": [`prefect.deployment.${nightly.uuid}`] };
    const matchRelated = { "prefect.resource.id": `prefect.work-pool.${etl.uuid}` };
    const watching = automated("watching", [], { match, match_related: matchRelated });
    const selected = select([etl, nightly, deployed("daily", "g"), other, watching], { flow: "f" });
    assert.deepEqual(selected, [etl, nightly, watching]);
  });
});

describe("a literal of hostile data", () => {
  const taken = (data: unknown) => {
    const text = `import { Variable } from "meta-prefect";\nnew Variable("v", { value: ${literal(data)} });`;
    assertOnlyMakesResources(text);
    return evaluated(new Map([["index.ts", text]]), [value("v", data)])[0]?.args.value;
  };

  it("is the data, in which nothing acts unseen", () => {
    fc.assert(
      fc.property(json, (data) => {
        assert.deepEqual(taken(data), data);
        assert.deepEqual(JSON.parse(jsonText(data)), data);
        assert.doesNotMatch((literal(data) + jsonText(data)).replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 500 },
    );
  });

  it("has a key that is no prototype", () => {
    const data = JSON.parse('{"__proto__":{"admin":true},"a":[{"__proto__":1}]}') as Json;
    assert.deepEqual(taken(data), data);
    assert.deepEqual(Object.keys(taken(data) as Json), ["__proto__", "a"]);
  });
});

describe("a file's name", () => {
  it("is short, in lower case, and neither a path nor a device", () => {
    const given = [
      "../../etc/passwd",
      "..",
      "/abs",
      "C:\\x",
      "CON",
      "nul",
      "Etl",
      "etl.v2",
      "ü",
      "",
      "-rf",
      "x".repeat(500),
    ];
    assert.deepEqual(given.map(fileStem), [
      "etc-passwd",
      "unnamed",
      "abs",
      "c-x",
      "the-con",
      "the-nul",
      "etl",
      "etl-v2",
      "unnamed",
      "unnamed",
      "rf",
      "x".repeat(80),
    ]);
  });

  it("is another one where names differ only in case", () => {
    const schemaOf = (x: number) => ({ properties: Array.from({ length: 12 }, () => x) });
    const items = [
      deployed("a", "Etl", { parameter_openapi_schema: schemaOf(1) }),
      deployed("a", "etl", { parameter_openapi_schema: schemaOf(2) }),
    ];
    const program = written(items);
    assert.deepEqual(
      [...program.files.keys()].filter((file) => file.startsWith("parameter-schemas")),
      ["parameter-schemas/etl.json", "parameter-schemas/etl-2.json"],
    );
    assert.deepEqual(evaluated(program.files, items), asked(items, program));
  });
});

describe("the variables of a program", () => {
  it("are none of those that it has for itself", () => {
    const names = new Names("pulumi", "config");
    assert.deepEqual([names.unique("pulumi"), names.unique("config"), names.unique("x")], ["pulumi2", "config2", "x"]);
  });
});

describe("the files around a program", () => {
  it("name the version that wrote them, and a project whatever it is called", () => {
    const { files } = writeProgram([value("v", 1)], server, "true");
    const { version, dependencies } = require("../../../package.json") as { version: string; dependencies: Json };
    assert.deepEqual((JSON.parse(files.get("package.json") ?? "") as Json).dependencies, {
      "@pulumi/pulumi": dependencies["@pulumi/pulumi"],
      "meta-prefect": version,
    });
    assert.match(files.get("Pulumi.yaml") ?? "", /^name: "true"$/m);
  });
});
