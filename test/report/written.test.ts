import assert from "node:assert/strict";
import * as vm from "node:vm";
import * as fc from "fast-check";
import { parse } from "yaml";
import { partsOf } from "../../recipes/yaml/interpolation";
import { written } from "../../report/written";

const value = fc.jsonValue({ maxDepth: 3, stringUnit: "grapheme" });

/** A value in which nothing is filled in, as it is once templates have been through it. */
function filledIn(given: unknown): unknown {
  if (typeof given === "string") {
    const parts = partsOf(given);
    assert.ok(Array.isArray(parts) && parts.every((part) => typeof part === "string"), given);
    return parts.join("");
  }
  if (Array.isArray(given)) return given.map(filledIn);
  if (typeof given !== "object" || given === null) return given;
  return Object.fromEntries(Object.entries(given).map(([key, part]) => [key, filledIn(part)]));
}

describe("an argument as the program would say it", () => {
  it("is one line of YAML that means just the value, also where it looks like a template", () => {
    fc.assert(
      fc.property(
        fc.oneof(value, fc.constantFrom("${env:HOME}", "$${x", "${", "a: b", "- x", "#", "yes", "")),
        (given) => {
          const line = written("parameters", { x: given }, "YAML");
          assert.doesNotMatch(line, /\n/);
          assert.equal(JSON.stringify(filledIn(parse(line))), JSON.stringify({ parameters: { x: given } }));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is one line of TypeScript that means just the value", () => {
    fc.assert(
      fc.property(value, (given) => {
        const line = written("parameters", given, "TypeScript");
        assert.doesNotMatch(line, /\n/);
        const read = JSON.stringify(vm.runInNewContext(`({ ${line} })`));
        assert.equal(read, JSON.stringify({ parameters: given }));
      }),
      { numRuns: 500 },
    );
  });
});
