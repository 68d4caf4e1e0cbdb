import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as fc from "fast-check";
import { convertedYaml, plainYaml } from "../../../importer/prefectYaml/convertedYaml";
import { loadYaml } from "../../../index";
import { visible } from "../../../provider/api/visible";
import type { Json } from "../../../provider/engine/kind";
import type { Converted, ConvertedDeployment } from "../../../recipes/prefectYaml/converted";
import { temporaryFolder } from "../../support/environment";
import { arbitraryConverted, arbitraryNearCopies } from "./arbitraryConverted";
import { convertedShapes, manyNearCopies, one } from "./convertedShapes";

const folder = temporaryFolder();
const expectedFolder = path.join(__dirname, "../../../../test/importer/prefectYaml/expected");

/** The deployments that a text gives back, by their flows. */
function readBack(text: string): Record<string, Json[]> {
  const file = path.join(folder, "meta_prefect.yaml");
  fs.writeFileSync(file, text);
  const { deployments } = loadYaml(file);
  return Object.fromEntries(
    Object.entries(deployments).map(([flow, all]) => [
      flow,
      all.map(({ recipe, variables, ...rest }) => {
        assert.deepEqual([recipe, rest], ["plain_deployer", {}]);
        return { ...variables };
      }),
    ]),
  );
}

/** What it has to give back. */
function asked({ deployments }: Converted): Record<string, Json[]> {
  const flows: [string, Json[]][] = [];
  for (const { flow, isKnownByName, deployment } of deployments) {
    const { entrypoint, schedules, ...rest } = deployment;
    const own: Json = {
      ...rest,
      ...(!isKnownByName && { entrypoint }),
      ...(schedules && (schedules.length === 1 ? { schedule: schedules[0] } : { schedules })),
    };
    const known = flows.find(([name]) => name === flow);
    if (known) known[1].push(own);
    else flows.push([flow, [own]]);
  }
  return Object.fromEntries(flows);
}

/** Says that the text is as short as one in which nothing is shared, which means the same. */
function assertNotLonger(text: string, given: Converted): void {
  const plain = plainYaml(given);
  assert.deepEqual(readBack(plain), asked(given));
  assert.ok(text.length <= plain.length && text.split("\n").length <= plain.split("\n").length, text);
}

/** The lines of its comments, as far as nothing in them is escaped. */
function commentsIn({ head, deployments }: Converted): string[] {
  const all = [...head, ...deployments.flatMap(({ comments }) => [...comments.values()].flat())];
  return all
    .flatMap((one) => one.split(/[\r\n]/))
    .filter((line) => visible(line) === line && !line.includes("\uffff"))
    .map((line) => line.trimEnd());
}

const x = { name: "x", entrypoint: "x.py:x" };

describe("what a prefect.yaml becomes, as YAML", () => {
  for (const [name, given] of Object.entries(convertedShapes)) {
    it(`reads as if a person had written it: ${name}`, () => {
      const text = convertedYaml(given);
      assert.deepEqual(readBack(text), asked(given));
      const file = path.join(expectedFolder, `${name}.yaml`);
      if (process.env.WRITE) fs.writeFileSync(file, text);
      assert.equal(text, fs.readFileSync(file, "utf8"));
    });
  }

  it("says the same, whatever it is, and is never longer than without shared values", () => {
    fc.assert(
      fc.property(arbitraryConverted, (given) => {
        const text = convertedYaml(given);
        assert.deepEqual(readBack(text), asked(given));
        assertNotLonger(text, given);
        for (const line of commentsIn(given)) assert.ok(text.includes(line), line);
      }),
      { numRuns: 100 },
    );
  });

  it("says the same where parts are near-copies of each other, at any depth", () => {
    let merges = 0;
    fc.assert(
      fc.property(arbitraryNearCopies, (given) => {
        const text = convertedYaml(given);
        assert.deepEqual(readBack(text), asked(given), text);
        assertNotLonger(text, given);
        merges += text.match(/^ {10,}.*<<: \*/gm)?.length ?? 0;
      }),
      { numRuns: 200 },
    );
    assert.ok(merges > 20, `only ${merges} parts merge another`);
  });

  for (const count of [50, 250]) {
    it(`gives at most half of the lines of ${count} near-copies`, () => {
      const given = manyNearCopies(count);
      const text = convertedYaml(given);
      assert.deepEqual(readBack(text), asked(given));
      const lines = text.split("\n").length;
      assert.ok(lines <= count * 10, `${lines} lines`);
    });
  }

  const refused: [string, ConvertedDeployment, RegExp][] = [
    [
      "a key that JavaScript has",
      one("f", { ...x, parameters: JSON.parse('{"__proto__":1}') as Json }),
      /__proto__ can't be a key of a/,
    ],
    ["a flow with such a name", one("__proto__", x), /__proto__ can't be a key of a/],
    [
      "a number that JSON hasn't",
      one("f", { ...x, parameters: { a: NaN } }),
      /NaN is no value that YAML and JSON both have/,
    ],
    [
      "what is no data",
      one("f", { ...x, parameters: { a: () => 1 } }),
      /a function is no value that YAML and JSON both have/,
    ],
    [
      "what is nested without end",
      one("f", { ...x, parameters: nested(100_000) }),
      /nested too deeply to be written; flatten them/,
    ],
  ];
  for (const [what, given, says] of refused) {
    it(`can't be ${what}`, () => {
      assert.throws(() => convertedYaml({ head: [], notes: [], deployments: [given] }), says);
    });
  }

  it("has the project's name as Pulumi takes it", () => {
    assert.match(
      convertedYaml({ name: "risk: daily/über", head: [], notes: [], deployments: [one("f", x)] }),
      /^name: risk-daily-ber$/m,
    );
  });
});

function nested(depth: number): Json {
  let value: Json = {};
  for (let i = 0; i < depth; i += 1) value = { value };
  return value;
}
