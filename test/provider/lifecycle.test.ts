import assert from "node:assert/strict";
import { get } from "../../provider";
import { deployment } from "../../provider/deployment";
import { unknown } from "../../provider/json";
import type { AnyKind, Failure, Json } from "../../provider/kind";
import { check, diff } from "../../provider/lifecycle";
import { providerText } from "../../provider/resource";
import { workPool } from "../../provider/workPool";

const deployments = deployment as unknown as AnyKind;
const pools = workPool as unknown as AnyKind;
const minimal = { name: "d", flowName: "f" };

function failuresOf(kind: string, args: Json): Failure[] {
  return get(kind).check({}, args).failures;
}

/** Every kind that there is. Once released, a name stays. */
const all = [
  "Automation",
  "Block",
  "BlockSchema",
  "BlockType",
  "Deployment",
  "Flow",
  "GlobalConcurrencyLimit",
  "TagConcurrencyLimit",
  "Variable",
  "WorkPool",
  "WorkQueue",
  "Worker",
];

describe("the provider text", () => {
  it("is the constant that is in every state", () => {
    for (const kind of all) {
      assert.equal(providerText(kind), `exports.handler=()=>require("meta-prefect/provider").get("${kind}");`);
      assert.ok(providerText(kind).length < 200);
    }
  });

  it("finds each kind, and says which there are when it doesn't", () => {
    assert.throws(() => get("Nothing"), new RegExp(`no resource "Nothing" \\(it has ${all.join(", ")}\\)`));
  });
});

describe("check", () => {
  const wrong: [string, Json, string, RegExp][] = [
    ["WorkPool", { name: "a/b", type: "process" }, "name", /must not be empty nor hold any of \/ % & > <, not "a\/b"/],
    ["WorkPool", { name: "Prefect-pool", type: "process" }, "name", /must not start with "prefect"/],
    [
      "WorkPool",
      { name: "p", type: "nope" },
      "baseJobTemplate",
      /no default is known for pools of type "nope" \(known are .*process/,
    ],
    ["WorkPool", { name: "p", type: "process", concurrencyLimit: -1 }, "concurrencyLimit", /from 0 on, not -1/],
    ["WorkPool", { name: "p", type: "process", isPaused: "yes" }, "isPaused", /true or false, not "yes"/],
    ["WorkPool", { name: "p", type: "process", isPause: true }, "isPause", /no such argument; allowed are name, type/],
    [
      "WorkPool",
      { name: "p", type: "process", baseJobTemplate: { job_configuration: { a: "{{ b }}" }, variables: {} } },
      "baseJobTemplate",
      /\{\{ b \}\}/,
    ],
    ["WorkPool", { name: "p" }, "type", /not nothing/],
    ["Worker", { name: "w", workPoolName: "p", limit: 0 }, "limit", /positive integer, not 0/],
    ["Worker", { name: "w", workPoolName: "" }, "workPoolName", /name of a work pool/],
    ["Worker", { name: "w", workPoolName: "p", env: { A: 1 } }, "env.A", /must be a string, not 1/],
    ["Flow", { name: "a%b" }, "name", /not "a%b"/],
    ["Flow", { name: "f", tags: "x" }, "tags", /list of strings, not "x"/],
    ["Flow", { name: "f", labels: { a: [1] } }, "labels.a", /a string, a number or a boolean/],
    ["Deployment", { ...minimal, name: "a&b" }, "name", /not "a&b"/],
    ["Deployment", { ...minimal, name: "a>b" }, "name", /not "a>b"/],
    ["Deployment", { ...minimal, flowName: "a<b" }, "flowName", /not "a<b"/],
    ["Deployment", { ...minimal, concurrencyLimit: 0 }, "concurrencyLimit", /positive integer, not 0/],
    ["Deployment", { ...minimal, concurrencyLimit: 1.5 }, "concurrencyLimit", /positive integer, not 1.5/],
    [
      "Deployment",
      { ...minimal, concurrencyLimit: 1, globalConcurrencyLimitId: "00000000-0000-0000-0000-000000000000" },
      "globalConcurrencyLimitId",
      /excludes concurrencyLimit/,
    ],
    [
      "Deployment",
      { ...minimal, concurrencyOptions: { collisionStrategy: "WAIT" } },
      "concurrencyOptions.collisionStrategy",
      /ENQUEUE or CANCEL_NEW/,
    ],
    [
      "Deployment",
      { ...minimal, concurrencyOptions: { collisionStrategy: "ENQUEUE", gracePeriodSeconds: 5 } },
      "concurrencyOptions.gracePeriodSeconds",
      /60 to 86400, not 5/,
    ],
    ["Deployment", { ...minimal, workQueueName: "q" }, "workQueueName", /needs workPoolName/],
    ["Deployment", { ...minimal, storageDocumentId: "x" }, "storageDocumentId", /UUID, not "x"/],
    [
      "Deployment",
      { ...minimal, schedules: [{ rrule: "FREQ=DAILY", timezone: "Mars/Base" }] },
      "schedules[0].timezone",
      /IANA database, such as US\/Pacific, not "Mars\/Base"/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: [{ rrule: "FREQ=DAILY", timezone: "europe/berlin" }] },
      "schedules[0].timezone",
      /not "europe\/berlin"/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: [{ cron: "0 9 * * *", rrule: "FREQ=DAILY" }] },
      "schedules[0].rrule",
      /exactly one/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: [{ interval: 0 }] },
      "schedules[0].interval",
      /positive number of seconds, not 0/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: [{ cron: "0 9 * * *", maxScheduledRuns: 0 }] },
      "schedules[0].maxScheduledRuns",
      /not 0/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: [{ cron: "0 9 * * *", slugs: "x" }] },
      "schedules[0].slugs",
      /no such argument/,
    ],
    [
      "Deployment",
      {
        ...minimal,
        parameters: { x: "one" },
        parameterOpenapiSchema: { type: "object", properties: { x: { type: "integer" } } },
      },
      "parameters.x",
      /must be integer, not "one"/,
    ],
    [
      "Deployment",
      { ...minimal, parameters: { x: 1 }, parameterOpenapiSchema: "not json" },
      "parameterOpenapiSchema",
      /is not JSON/,
    ],
    ["Deployment", { ...minimal, parameters: { x: "a".repeat(600_000) } }, "parameters", /at most 524288/],
  ];
  for (const [kind, args, property, reason] of wrong) {
    it(`refuses ${kind} with ${JSON.stringify(args).slice(0, 100)}`, () => {
      const [failure, ...others] = failuresOf(kind, args);
      assert.deepEqual(others, []);
      assert.equal(failure?.property, property);
      assert.match(failure?.reason ?? "", reason);
    });
  }

  it("names every argument that is wrong", () => {
    const properties = failuresOf("WorkPool", { name: "a/b", type: "process", concurrencyLimit: -1 }).map(
      ({ property }) => property,
    );
    assert.deepEqual(properties, ["name", "concurrencyLimit"]);
  });

  it("takes what isn't known yet, wherever it stands", () => {
    assert.deepEqual(failuresOf("WorkPool", { name: unknown, type: unknown, concurrencyLimit: unknown }), []);
    const schedules = [{ cron: unknown, timezone: unknown, active: unknown }];
    assert.deepEqual(
      failuresOf("Deployment", { ...minimal, workPoolName: unknown, parameters: { x: unknown }, schedules }),
      [],
    );
  });

  it("lets the flow's schema pass a parameter that a run fills in, or that is missing", () => {
    const parameterOpenapiSchema = {
      type: "object",
      properties: { x: { type: "integer" }, y: { type: "integer" } },
      required: ["x", "y"],
    };
    const parameters = { x: { __prefect_kind: "jinja", template: "{{ 1 }}" } };
    assert.deepEqual(failuresOf("Deployment", { ...minimal, parameters, parameterOpenapiSchema }), []);
  });

  it("takes null as not given", () => {
    assert.deepEqual(check(deployments, undefined, { ...minimal, description: null }, {}).inputs, minimal);
  });

  it("passes on what the program found wrong", () => {
    const failures = [{ property: "entrypoint", reason: "no such file" }];
    assert.deepEqual(check(deployments, undefined, minimal, { failures }).failures, failures);
  });
});

describe('version "auto"', () => {
  const auto = { ...minimal, version: "auto", tags: ["a"] };
  const inputs = (olds: Json | undefined, news: Json, hints = {}) => check(deployments, olds, news, hints).inputs;

  it("starts at 1", () => assert.equal(inputs(undefined, auto).version, "1"));

  it("starts above that of an adopted deployment", () => {
    assert.equal(inputs(undefined, auto, { adopted: { version: "41", changes: true } }).version, "42");
    assert.equal(inputs(undefined, auto, { adopted: { version: "41", changes: false } }).version, "41");
    assert.equal(inputs(undefined, auto, { adopted: { version: "a1b2c3", changes: true } }).version, "1");
  });

  it("stays while nothing else changes, whatever the order of keys", () => {
    const first = inputs(undefined, { ...auto, parameters: { a: 1, b: 2 } });
    assert.equal(inputs(first, { parameters: { b: 2, a: 1 }, ...auto }).version, "1");
  });

  it("rises by one with a change, a removal and a schedule that is completed differently", () => {
    const first = inputs(undefined, { ...auto, schedules: [{ cron: "0 9 * * *" }] });
    assert.equal(inputs(first, { ...auto, schedules: [{ cron: "0 9 * * *" }] }).version, "1");
    assert.equal(inputs(first, { ...auto, schedules: [{ cron: "0 8 * * *" }] }).version, "2");
    assert.equal(inputs(first, auto).version, "2");
    assert.equal(inputs(first, { ...auto, tags: ["b"] }).version, "2");
  });

  it("goes on from a version that was given by hand", () => {
    const first = inputs(undefined, { ...auto, version: "7" });
    assert.equal(inputs(first, auto).version, "7");
    assert.equal(inputs(first, { ...auto, tags: [] }).version, "8");
  });
});

describe("diff", () => {
  it("sees no change in another order of keys", () => {
    const difference = diff(
      pools,
      { name: "p", type: "process", baseJobTemplate: { a: 1, b: 2 } },
      { baseJobTemplate: { b: 2, a: 1 }, type: "process", name: "p" },
    );
    assert.equal(difference.changes, false);
  });

  it("takes a removed argument as a change, and what was never given as none", () => {
    assert.equal(
      diff(pools, { name: "p", type: "process", description: "d" }, { name: "p", type: "process" }).changes,
      true,
    );
    assert.equal(
      diff(pools, { name: "p", type: "process", url: "http://..." }, { name: "p", type: "process" }).changes,
      false,
    );
  });

  it("replaces what Prefect can't change, and deletes first what has the same name", () => {
    const pool = { name: "p", type: "process" };
    assert.deepEqual(diff(pools, pool, { ...pool, name: "q" }), {
      changes: true,
      replaces: ["name"],
      deleteBeforeReplace: false,
    });
    assert.deepEqual(diff(pools, pool, { ...pool, type: "docker" }), {
      changes: true,
      replaces: ["type"],
      deleteBeforeReplace: true,
    });
    assert.deepEqual(diff(deployments, minimal, { ...minimal, labels: { a: 1 } }), {
      changes: true,
      replaces: ["labels"],
      deleteBeforeReplace: true,
    });
  });
});
