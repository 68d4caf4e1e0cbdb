import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { loadYaml } from "../../../index";
import { temporaryFolder } from "../../support/environment";
import { wrongForm, wrongSense } from "./wrongFiles";

/** What is said of a file that is wrong. */
function refusal(text: string): string {
  const file = path.join(temporaryFolder(), "meta_prefect.yaml");
  fs.writeFileSync(file, text);
  try {
    loadYaml(file);
  } catch (error) {
    assert.ok(pulumi.RunError.isInstance(error));
    assert.equal(error.stack, "");
    return error.message;
  }
  throw new Error("nothing is wrong");
}

describe("a right meta_prefect.yaml", () => {
  it("merges by << and has a key of that name where it is in quotes", () => {
    const file = path.join(temporaryFolder(), "meta_prefect.yaml");
    const variables = `{ <<: { tags: [a] }, name: a, parameters: { "<<": { x: 1 }, '<<': [2], <<: { y: 3 } } }`;
    const text = (given: string) => `deployments: { f: [{ recipe: local_run_deployer, variables: ${given} }] }\n`;
    fs.writeFileSync(file, text(variables.replace("'<<': [2], ", "")));
    assert.deepEqual(loadYaml(file).deployments.f?.[0]?.variables, {
      name: "a",
      parameters: { "<<": { x: 1 }, y: 3 },
      tags: ["a"],
    });
    assert.match(refusal(text(variables)), /"<<" is given twice, first in line 1; keep one of them/);
  });
});

describe("aliases of a meta_prefect.yaml", () => {
  const read = (lines: string[]) => {
    const file = path.join(temporaryFolder(), "meta_prefect.yaml");
    const parameters = lines.map((line) => `          ${line}\n`).join("");
    const head =
      "deployments:\n  f:\n    - recipe: local_run_deployer\n      variables:\n        name: a\n        parameters:\n";
    fs.writeFileSync(file, head + parameters);
    return loadYaml(file).deployments.f?.[0]?.variables?.parameters;
  };

  it("repeat the last value of their name before them, also within what is repeated itself", () => {
    const lines = ["a: &v 1", "b: &list [*v, &v 2]", "c: &v 3", "d: *list", "e: *v", "f: &v 4"];
    assert.deepEqual(read(lines), { a: 1, b: [1, 2], c: 3, d: [1, 2], e: 3, f: 4 });
  });

  it("may be many", () => {
    const many = 30_000;
    const list = `list: [${"*v,".repeat(many)}]`;
    assert.deepEqual(read(["v: &v x", list]), { v: "x", list: Array<string>(many).fill("x") });
  });
});

describe("a wrong meta_prefect.yaml", () => {
  for (const { what, text, says } of [...wrongForm, ...wrongSense]) {
    it(`with ${what} is refused with line, column and what to write instead`, () => {
      const said = refusal(text);
      if (process.env.SHOW) console.log(said);
      const messages = said.split("\n").filter((line) => line.startsWith("meta_prefect.yaml:"));
      assert.equal(messages.length, says.length, said);
      for (const expected of says) {
        assert.ok(
          messages.some((message) => message.startsWith(`meta_prefect.yaml:${expected}`)),
          `${expected}\n\n${said}`,
        );
      }
    });
  }
});
