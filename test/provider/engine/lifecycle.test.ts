import assert from "node:assert/strict";
import { get } from "../../../provider";
import type { PrefectClient } from "../../../provider/api/client";
import { unknown } from "../../../provider/api/json";
import { compare } from "../../../provider/engine/creation";
import type { Failure, Json } from "../../../provider/engine/kind";
import { check, diff, read } from "../../../provider/engine/lifecycle";
import { deployment } from "../../../provider/kinds/deployment/deployment";
import { workPool } from "../../../provider/kinds/workPool/workPool";
import { providerText } from "../../../provider/program/resource";

const deployments = deployment;
const pools = workPool;
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
  "SavedSearch",
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
    [
      "WorkPool",
      { name: "p", type: "process", isPause: true },
      "isPause",
      /no such argument; did you mean isPaused\? allowed are name, type/,
    ],
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
      { ...minimal, schedules: [{ slug: "nightly--renewed-paused", cron: "0 3 * * *" }] },
      "schedules[0].slug",
      /must not end in --renewed-active or --renewed-paused/,
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
      { ...minimal, schedules: [{ cron: "0 9 * * *", timezone: "PST" }] },
      "schedules[0].timezone",
      /such as America\/Los_Angeles or US\/Pacific, not "PST"/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: [{ cron: "0 9 * * *", timezone: "us/pacific" }] },
      "schedules[0].timezone",
      /such as US\/Pacific, not/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: [{ cron: "0 9 * * *", timezone: "Europe/Berln" }] },
      "schedules[0].timezone",
      /such as Europe\/Berlin, not/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: [{ cron: "0 9 * * *", timezone: "UTC+1" }] },
      "schedules[0].timezone",
      /such as Etc\/GMT-1, not/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: [{ cron: "0 9 * * *", timezone: "New York" }] },
      "schedules[0].timezone",
      /such as America\/New_York, not/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: [{ cron: "0 9 * * *", timezon: "UTC" }] },
      "schedules[0].timezon",
      /did you mean timezone\? allowed are/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: ["0 6 * * *"] },
      "schedules[0]",
      /must be an object such as \{ cron: "0 6 \* \* \*" \}, not "0 6 \* \* \*"/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: ["FREQ=DAILY"] },
      "schedules[0]",
      /must be an object such as \{ rrule: "FREQ=DAILY" \}, not "FREQ=DAILY"/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: [3600] },
      "schedules[0]",
      /must be an object such as \{ interval: 3600 \}, not 3600/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: "daily" },
      "schedules",
      /must be a list of objects such as \[\{ cron: "0 6 \* \* \*" \}\], not "daily"/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: [{ interval: 60, anchorDate: "Jan 5 2026" }] },
      "schedules[0].anchorDate",
      /must be a date in ISO 8601/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: [{ interval: 60, anchorDate: "2026-02-30" }] },
      "schedules[0].anchorDate",
      /must be a date in ISO 8601/,
    ],
    [
      "Deployment",
      { ...minimal, schedules: [{ interval: 60, anchorDate: "1/2/2026" }] },
      "schedules[0].anchorDate",
      /must be a date in ISO 8601/,
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

  it("names an argument as the program does", () => {
    const schedules = [{ cron: "0 9 * * *", timezone: "PST" }, { interval: 0 }];
    const { failures } = check(
      deployments,
      undefined,
      { ...minimal, schedules },
      { writtenAs: { "schedules[0]": "schedule" } },
    );
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["schedule.timezone", "schedules[1].interval"],
    );
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

describe('version "git"', () => {
  const git = { ...minimal, version: "git", tags: ["a"] };
  const version = (olds: Json | undefined, news: Json, gitVersion: string, hints = {}) =>
    check(deployments, olds, news, { ...hints, gitVersion }).inputs.version;
  const first = check(deployments, undefined, git, { gitVersion: "v1" }).inputs;

  it("is what git says, as of the last change of the deployment", () => {
    assert.equal(first.version, "v1");
    assert.equal(version(first, git, "v1-1-gabc"), "v1");
    assert.equal(version(first, { ...git, tags: ["b"] }, "v1-1-gabc"), "v1-1-gabc");
    assert.equal(version(first, { ...git, adopt: true }, "v1-1-gabc"), "v1");
    assert.equal(diff(deployments, first, check(deployments, first, git, { gitVersion: "v2" }).inputs).changes, false);
  });

  it("follows the code", () => {
    const coded = check(deployments, undefined, git, { gitVersion: "v1", codeHash: "0" }).inputs;
    assert.equal(version(coded, git, "v2", { codeHash: "0" }), "v1");
    assert.equal(version(coded, git, "v2", { codeHash: "1" }), "v2");
  });

  it("is no change by itself where the version was another one before", () => {
    const counted = check(deployments, undefined, { ...git, version: "auto" }, {}).inputs;
    assert.equal(version(counted, git, "v1"), "1");
    assert.equal(version(counted, { ...git, tags: [] }, "v1"), "v1");
    assert.equal(version(first, { ...git, version: "auto" }, "v2"), "v1");
    assert.equal(version(first, { ...git, version: "auto", tags: [] }, "v2"), "1");
    const { version: _, ...none } = first;
    assert.equal(version(none, git, "v1"), "v1");
  });

  it("of a deployment that is taken over is what git says if something else of it changes", () => {
    assert.equal(version(undefined, git, "v2", { adopted: { version: "v1", changes: false } }), "v1");
    assert.equal(version(undefined, git, "v2", { adopted: { version: "v1", changes: true } }), "v2");
    assert.equal(version(undefined, git, "v2", { adopted: { changes: false } }), "v2");
  });
});

describe("the hash of a flow's code", () => {
  const [one, other] = ["0123456789abcdef", "fedcba9876543210"];
  const auto = { ...minimal, version: "auto", tags: ["a"] };
  const inputs = (olds: Json | undefined, news: Json, codeHash?: string, hints = {}) =>
    check(deployments, olds, news, { ...hints, codeHash }).inputs;
  const kept = ({ version, codeHash }: Json) => ({ version, codeHash });

  it("is kept, and a change of it is a change of the deployment", () => {
    const first = inputs(undefined, auto, one);
    assert.deepEqual(kept(first), { version: "1", codeHash: one });
    assert.deepEqual(inputs(first, auto, one), first);
    const second = inputs(first, auto, other);
    assert.deepEqual(kept(second), { version: "2", codeHash: other });
    assert.deepEqual(diff(deployments, first, second), { changes: true, replaces: [], deleteBeforeReplace: false });
    const fixed = { ...auto, version: "1.0" };
    assert.equal(diff(deployments, inputs(undefined, fixed, one), inputs(first, fixed, other)).changes, true);
  });

  it("is no change where the state has none, and is kept with the next one", () => {
    for (const version of ["auto", "1.0", undefined]) {
      const args = { ...auto, version };
      const before = inputs(undefined, args);
      assert.deepEqual(inputs(before, args, one), before);
      const changed = inputs(before, { ...args, tags: ["b"] }, one);
      assert.deepEqual(kept(changed), { version: version === "auto" ? "2" : version, codeHash: one });
      assert.deepEqual(inputs(changed, { ...args, tags: ["b"] }, one), changed);
    }
    const before = inputs(undefined, { ...auto, version: "1.0" });
    assert.deepEqual(kept(inputs(before, { ...auto, version: "1.1" }, one)), { version: "1.1", codeHash: one });
    assert.deepEqual(inputs(before, { ...auto, version: "1.0", adopt: true }, one).codeHash, undefined);
  });

  it("stays that of the state on a machine that hasn't the code, while it is the same flow", () => {
    const here = { ...auto, entrypoint: "flows.py:f" };
    const away = { staying: ["parameterOpenapiSchema", "codeHash"] };
    const first = inputs(undefined, here, one);
    assert.deepEqual(inputs(first, here, undefined, away), first);
    assert.equal(inputs(first, { ...here, entrypoint: "flows.py:g" }, undefined, away).codeHash, undefined);
    const never = inputs(undefined, here);
    assert.deepEqual(inputs(never, here, undefined, away), never);
  });

  it("comes with the name of the flow, which stays where an earlier release has deployed it under its function's", () => {
    const here = { ...auto, flowName: "x", entrypoint: "flows.py:f" };
    const hints = { formerDefaults: { flowName: "f" } };
    assert.equal(inputs(undefined, here, one, hints).flowName, "x");
    const former = inputs(undefined, { ...here, flowName: "f" });
    assert.deepEqual(inputs(former, here, one, hints), former);
    const changed = inputs(former, { ...here, tags: ["b"] }, one, hints);
    assert.deepEqual([changed.flowName, ...Object.values(kept(changed))], ["f", "2", one]);
    assert.equal(inputs(changed, here, one, hints).flowName, "f");
    assert.equal(inputs(former, { ...here, flowName: "y" }, one).flowName, "y");
  });

  it("isn't Prefect's to know", async () => {
    const sent: unknown[] = [];
    const answer = { id: "0", labels: {}, schedules: [] };
    const client = {
      connection: { apiUrl: "http://127.0.0.1/api" },
      post: (_: string, body: unknown) => Promise.resolve(sent.push(body) && answer),
      make: (_: string, body: unknown) => Promise.resolve(sent.push(body) && answer),
      patchIfChanged: (_: string, body: unknown) => Promise.resolve(sent.push(body) > 0),
      find: () => Promise.resolve(answer),
    };
    const prefect = client as unknown as PrefectClient;
    await deployment.create(prefect, { ...minimal, codeHash: one }, { others: [] }, "");
    const change = { news: { ...minimal, codeHash: other }, olds: minimal, changed: new Set(["codeHash"] as const) };
    await deployment.update(prefect, "0", change, {}, { others: [] });
    assert.ok(sent.length === 2 && !JSON.stringify(sent).includes("codeHash") && !JSON.stringify(sent).includes(one));
    const state = await read(deployments, prefect, "0", { ...minimal, codeHash: one });
    assert.equal(state?.inputs.codeHash, one);
    assert.equal(state.outputs.codeHash, one);
    assert.deepEqual(compare(deployments, { ...minimal, codeHash: one }, { ...answer, name: "d" }).changed, []);
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
