import assert from "node:assert/strict";
import { errorsIn } from "../../../cli/engine/diagnosis";

const urn = "urn:pulumi:dev::p::pulumi-nodejs:dynamic/prefect:Deployment::local-a/b";
const step = { op: "create", urn, new: { urn, type: "", inputs: { name: "b-dev", flowName: "a" } } };

const cases: [what: string, message: string, expected: string[], urn?: string][] = [
  [
    "a mistake of a YAML as it is",
    "error: meta_prefect.yaml:3:5: no such\n  foo: x\n  ^\n",
    ["meta_prefect.yaml:3:5: no such\n  foo: x\n  ^"],
  ],
  [
    "an exception without its stack",
    "error: Running program '/x/index.js' failed with an unhandled exception:\nError: boom\n    at Object.<anonymous> (/x/index.js:1:7)\n    at y\n",
    ["boom"],
  ],
  [
    "a module that is missing",
    "error: Running program '/x' failed with an unhandled exception:\nError: Cannot find module 'x'\nRequire stack:\n- /x/index.js\n\u001b[90m    at y\u001b[39m\n",
    ["Cannot find module 'x'"],
  ],
  [
    "a wrong argument with the resource as people know it",
    "error: pulumi-nodejs:dynamic/prefect:Deployment resource 'local-a/b': property name value {a/b} has a problem: must not be empty\n",
    ['deployment "a/b-dev": name must not be empty'],
    urn,
  ],
  [
    "no resource twice",
    'error: deployment "x" already exists; set adopt: true',
    ['deployment "x" already exists; set adopt: true'],
    urn,
  ],
  ["nothing of what Pulumi says at the end", "error: update failed\n", []],
];

describe("the errors that are said", () => {
  for (const [what, message, expected, of] of cases) {
    it(`have ${what}`, () => {
      const diagnostic = { severity: "error" as const, message, ...(of && { urn: of }) };
      assert.deepEqual(errorsIn([diagnostic, diagnostic], [step]), expected);
    });
  }

  it("are the errors alone", () => {
    assert.deepEqual(
      errorsIn(
        [
          { severity: "info", message: "hi" },
          { severity: "warning", message: "warning: x" },
        ],
        [],
      ),
      [],
    );
  });
});
