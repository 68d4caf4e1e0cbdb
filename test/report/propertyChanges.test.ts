import assert from "node:assert/strict";
import { unknown } from "../../provider/api/json";
import { propertyChanges } from "../../report/propertyChanges";

const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" };
const changes = (old: object, now: object, diffs?: string[]) =>
  propertyChanges({
    op: "update",
    urn: "u",
    old: { urn: "u", type: "t", inputs: { ...old } },
    new: { urn: "u", type: "t", inputs: { ...now } },
    diffs,
  });

const cases: [what: string, old: object, now: object, expected: object[], diffs?: string[]][] = [
  ["a value", { a: 1, b: 2 }, { a: 1, b: 3 }, [{ path: "b", before: 2, after: 3 }]],
  [
    "one that is new, and one that goes",
    { a: 1 },
    { b: 2 },
    [
      { path: "a", before: 1 },
      { path: "b", after: 2 },
    ],
  ],
  [
    "what is inside",
    { a: { b: { c: 1, d: 1 } } },
    { a: { b: { c: 2, d: 1 } } },
    [{ path: "a.b.c", before: 1, after: 2 }],
  ],
  [
    "an item",
    { s: [{ cron: "1" }, { x: 1 }] },
    { s: [{ cron: "2" }, { x: 1 }] },
    [{ path: "s[0].cron", before: "1", after: "2" }],
  ],
  [
    "a list of another length as a whole",
    { t: ["a"] },
    { t: ["a", "b"] },
    [{ path: "t", before: ["a"], after: ["a", "b"] }],
  ],
  [
    "what a person calls as the provider does its own",
    { parameters: { a: { __prefect_kind: "json" } }, __provider: "1" },
    { parameters: { a: { __prefect_kind: "jinja" } }, __provider: "2" },
    [{ path: "parameters.a.__prefect_kind", before: "json", after: "jinja" }],
  ],
  ["what is known later", { a: 1 }, { a: unknown }, [{ path: "a", before: 1, after: "[unknown]" }]],
  ["a secret that comes", { a: 1 }, { a: secret }, [{ path: "a", before: 1, after: "[secret]" }]],
  [
    "a secret that changes, which looks the same",
    { a: secret },
    { a: secret },
    [{ path: "a", before: "[secret]", after: "[secret]" }],
  ],
  [
    "secrets that may change, as the version rises with whatever does",
    { env: { T: secret, R: "eu" }, s: [{ p: secret }], version: "1" },
    { env: { T: secret, R: "eu" }, s: [{ p: secret }], version: "2" },
    [
      { path: "version", before: "1", after: "2" },
      { path: "env.T", before: "[secret]", after: "[secret]", isUncertain: true },
      { path: "s[0].p", before: "[secret]", after: "[secret]", isUncertain: true },
    ],
  ],
  [
    "secrets that may change beside what does",
    { env: { T: secret, R: "eu" } },
    { env: { T: secret, R: "us" } },
    [
      { path: "env.R", before: "eu", after: "us" },
      { path: "env.T", before: "[secret]", after: "[secret]", isUncertain: true },
    ],
  ],
  [
    "one of two secrets",
    { a: secret, b: secret },
    { a: secret, b: secret },
    [
      { path: "a", before: "[secret]", after: "[secret]", isUncertain: true },
      { path: "b", before: "[secret]", after: "[secret]", isUncertain: true },
    ],
  ],
  [
    "what Pulumi alone says",
    { a: "[secret]", b: 1 },
    { a: "[secret]", b: 2 },
    [
      { path: "b", before: 1, after: 2 },
      { path: "a", before: "[secret]", after: "[secret]" },
    ],
    ["a", "b"],
  ],
  ["nothing of what is the provider's own", { __provider: "x" }, { __provider: "y" }, [], ["__provider"]],
];

describe("the properties that change", () => {
  for (const [what, old, now, expected, diffs] of cases) {
    it(`are ${what}`, () => assert.deepEqual(changes(old, now, diffs), expected));
  }
});
