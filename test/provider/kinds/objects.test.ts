import assert from "node:assert/strict";
import fc from "fast-check";
import { get } from "../../../provider";
import { unknown } from "../../../provider/api/json";
import type { Json } from "../../../provider/engine/kind";
import { pathOf, secretAt, withoutSecrets } from "../../../provider/engine/secrets";
import { serverAddress } from "../../../provider/engine/server";

const id = "00000000-0000-4000-8000-000000000000";
const event = { type: "event", posture: "Reactive" };
const automation = { name: "a", trigger: event, actions: [{ type: "do-nothing" }] };
const on = (trigger: unknown) => ({ ...automation, trigger });
const doing = (action: unknown) => ({ ...automation, actions: [action] });

/** For each kind arguments that are wrong, the property and what is said of it. */
const wrong: Record<string, [args: Json, property: string, reason: RegExp][]> = {
  WorkQueue: [
    [{ name: "a/b", workPoolName: "p" }, "name", /nor hold any of \/ % & > <, not "a\/b"/],
    [{ name: "q" }, "workPoolName", /must be a string, not nothing/],
    [{ name: "q", workPoolName: "" }, "workPoolName", /name of a work pool, not ""/],
    [{ name: "q", workPoolName: "p", priority: 0 }, "priority", /positive integer, not 0/],
    [{ name: "q", workPoolName: "p", priority: 1.5 }, "priority", /positive integer, not 1.5/],
    [{ name: "q", workPoolName: "p", concurrencyLimit: -1 }, "concurrencyLimit", /from 0 on, not -1/],
    [{ name: "q", workPoolName: "p", isPaused: "no" }, "isPaused", /true or false, not "no"/],
    [{ name: "q", workPoolName: "p", description: 1 }, "description", /a string, not 1/],
    [{ name: "q", workPoolName: "p", filter: {} }, "filter", /no such argument; allowed are name, workPoolName/],
  ],
  Variable: [
    [{ name: "A b", value: 1 }, "name", /lower-case letters, digits, dashes and underscores, not "A b"/],
    [{ name: "", value: 1 }, "name", /lower-case letters/],
    [{ name: "a".repeat(256), value: 1 }, "name", /at most 255 characters/],
    [{ name: "v" }, "value", /a JSON value other than null, not nothing/],
    [{ name: "v", value: null }, "value", /a JSON value other than null/],
    [{ name: "v", value: "x".repeat(5_000) }, "value", /has 5002 characters of JSON; Prefect takes at most 5000/],
    [{ name: "v", value: 2 ** 53 }, "value", /9007199254740992 is beyond 2\^53.*give it as a text/],
    [{ name: "v", value: { a: [1, -(2 ** 60)] } }, "value.a[1]", /is beyond 2\^53/],
    [{ name: "v", value: 1, tags: [1] }, "tags[0]", /a string, not 1/],
  ],
  GlobalConcurrencyLimit: [
    [{ name: "a%", limit: 1 }, "name", /not "a%"/],
    [{ name: "tag:gpu", limit: 1 }, "name", /must not start with "tag:" or "deployment:".*not "tag:gpu"/],
    [{ name: ".", limit: 1 }, "name", /must not be \. or \.\., which URLs can't hold, not "\."/],
    [{ name: "l" }, "limit", /from 0 on, not nothing/],
    [{ name: "l", limit: -1 }, "limit", /from 0 on, not -1/],
    [{ name: "l", limit: "1" }, "limit", /from 0 on, not "1"/],
    [{ name: "l", limit: 1, slotDecayPerSecond: -0.5 }, "slotDecayPerSecond", /a number from 0 on, not -0.5/],
    [{ name: "l", limit: 1, active: 1 }, "active", /true or false, not 1/],
    [{ name: "l", limit: 1, activeSlots: 0 }, "activeSlots", /no such argument/],
  ],
  TagConcurrencyLimit: [
    [{ tag: "a/b", concurrencyLimit: 1 }, "tag", /not "a\/b"/],
    [{ tag: "..", concurrencyLimit: 1 }, "tag", /must not be \. or \.\., which URLs can't hold, not "\.\."/],
    [{ tag: "t", concurrencyLimit: -1 }, "concurrencyLimit", /from 0 on, not -1/],
    [{ tag: "t" }, "concurrencyLimit", /not nothing/],
  ],
  BlockType: [
    [{ name: "a&b", slug: "s" }, "name", /not "a&b"/],
    [{ name: "Prefect's", slug: "s" }, "name", /must not start with "Prefect"/],
    [{ name: "t", slug: "A_b" }, "slug", /lower-case letters, digits and dashes, not "A_b"/],
    [{ name: "t" }, "slug", /not nothing/],
    [{ name: "t", slug: "s", logoUrl: 1 }, "logoUrl", /a string, not 1/],
  ],
  BlockSchema: [
    [{ blockTypeId: "s3-bucket" }, "blockTypeId", /must be a UUID, not "s3-bucket"/],
    [{ blockTypeId: id, fields: "{}" }, "fields", /an object, not "{}"/],
    [{ blockTypeId: id, capabilities: "read" }, "capabilities", /a list of strings, not "read"/],
    [{ blockTypeId: id, version: "" }, "version", /must not be empty, not ""/],
  ],
  Block: [
    [{ name: "My block", blockTypeSlug: "s" }, "name", /lower-case letters, digits and dashes, not "My block"/],
    [{ name: "b", blockTypeSlug: "S3 Bucket" }, "blockTypeSlug", /not "S3 Bucket"/],
    [{ name: "b" }, "blockTypeSlug", /not nothing/],
    [{ name: "b", blockTypeSlug: "s", data: "hunter2" }, "data", /must be an object, not \[secret\]$/],
    [{ name: "b", blockTypeSlug: "s", data: {}, dataWriteOnly: {} }, "dataWriteOnly", /excludes data/],
    [
      { name: "b", blockTypeSlug: "s", dataWriteOnly: "hunter2" },
      "dataWriteOnly",
      /must be an object, not \[secret\]$/,
    ],
    [{ name: "b", blockTypeSlug: "s", data: {}, dataVersion: 1 }, "dataVersion", /is for dataWriteOnly/],
    [{ name: "b", blockTypeSlug: "s", blockSchemaId: "newest" }, "blockSchemaId", /a UUID, not "newest"/],
  ],
  Automation: [
    [{ ...automation, name: "" }, "name", /must not be empty/],
    [{ name: "a", trigger: event }, "actions", /must be a list of actions, not nothing/],
    [{ name: "a", actions: [] }, "trigger", /must be a trigger whose type is event, compound or sequence/],
    [on({ type: "metric" }), "trigger.type", /type is event, compound or sequence \(metric is Prefect Cloud's own\)/],
    [on({ type: "event" }), "trigger.posture", /Reactive or Proactive, not nothing/],
    [on({ ...event, posture: "reactive" }), "trigger.posture", /Reactive or Proactive, not "reactive"/],
    [on({ ...event, threshold: 0 }), "trigger.threshold", /positive integer, not 0/],
    [on({ ...event, within: -1 }), "trigger.within", /seconds from 0 on, not -1/],
    [on({ ...event, posture: "Proactive", within: 5 }), "trigger.within", /from 10 seconds on .* not 5/],
    [on({ ...event, expect: "a" }), "trigger.expect", /a list of strings, not "a"/],
    [on({ ...event, match: { a: 1 } }), "trigger.match.a", /a text or a list of texts, not 1/],
    [on({ ...event, for_each: [] }), "trigger.for_each", /no such argument/],
    [on({ type: "compound", require: 1, triggers: [] }), "trigger.triggers", /at least one trigger, not \[\]/],
    [on({ type: "compound", require: 2, triggers: [event] }), "trigger.require", /at most .* triggers, 1, not 2/],
    [on({ type: "compound", require: "some", triggers: [event] }), "trigger.require", /"any", "all" or .*not "some"/],
    [on({ type: "sequence", triggers: [{ type: "event" }] }), "trigger.triggers[0].posture", /not nothing/],
    [
      on({
        type: "sequence",
        triggers: [{ type: "compound", require: "all", triggers: [{ ...event, posture: "x" }] }],
      }),
      "trigger.triggers[0].triggers[0].posture",
      /not "x"/,
    ],
    [doing({ type: "run" }), "actions[0].type", /an action whose type is one of do-nothing, .*run-deployment/],
    [doing({ type: "run-deployment" }), "actions[0].deploymentId", /must be given, unless source is "inferred"/],
    [doing({ type: "run-deployment", deploymentId: "x" }), "actions[0].deploymentId", /a UUID, not "x"/],
    [
      doing({ type: "pause-work-pool", source: "inferred", workPoolId: id }),
      "actions[0].workPoolId",
      /must not be given when source is "inferred"/,
    ],
    [doing({ type: "change-flow-run-state", state: "Failed" }), "actions[0].state", /one of SCHEDULED.*not "Failed"/],
    [doing({ type: "send-notification", blockDocumentId: id }), "actions[0].body", /a string, not nothing/],
    [doing({ type: "call-webhook", blockDocumentId: id, payload: {} }), "actions[0].payload", /a string, not {}/],
    [doing({ type: "do-nothing", state: "x" }), "actions[0].state", /no such argument/],
    [
      {
        ...on({ ...event, expect: ["prefect.flow-run.*"] }),
        actions: [{ type: "run-deployment", source: "inferred" }],
      },
      "actions[0]",
      /would run for ever, as each run emits prefect.flow-run.\*; name the deployment/,
    ],
    [
      {
        ...on({ ...event, expect: ["prefect.flow-run.Running"] }),
        actions: [{ type: "run-deployment", deploymentId: id }],
      },
      "actions[0]",
      /would run for ever.*narrow match or matchRelated/,
    ],
  ],
};

describe("arguments that are wrong", () => {
  for (const [kind, rows] of Object.entries(wrong)) {
    for (const [args, property, reason] of rows) {
      it(`of ${kind}: ${JSON.stringify(args).slice(0, 90)}`, () => {
        const [failure, ...others] = get(kind).check({}, args).failures;
        assert.deepEqual(others, []);
        assert.equal(failure?.property, property);
        assert.match(failure?.reason ?? "", reason);
      });
    }
  }

  it("are none while they aren't known yet", () => {
    const some = { ...event, expect: [unknown], threshold: unknown };
    const known = [
      { kind: "Automation", args: { ...automation, trigger: unknown, actions: unknown } },
      {
        kind: "Automation",
        args: { ...automation, trigger: some, actions: [{ type: "run-deployment", deploymentId: unknown }] },
      },
      { kind: "Block", args: { name: "b", blockTypeSlug: unknown, data: { x: unknown } } },
      { kind: "BlockSchema", args: { blockTypeId: unknown, fields: unknown } },
      { kind: "Variable", args: { name: "v", value: unknown } },
      { kind: "WorkQueue", args: { name: "q", workPoolName: unknown, priority: unknown } },
    ];
    for (const { kind, args } of known) assert.deepEqual(get(kind).check({}, args).failures, [], kind);
  });

  it("are shown without the values that were given as secrets", () => {
    const hints = { __hints: { secrets: ["value"] } };
    const { failures } = get("Variable").check({}, { name: "v", value: "hunter2".repeat(1_000), ...hints });
    assert.doesNotMatch(JSON.stringify(failures), /hunter2/);
    const [failure] = get("Worker").check(
      {},
      { name: "w", workPoolName: "p", env: "hunter2", __hints: { secrets: ["env"] } },
    ).failures;
    assert.match(failure?.reason ?? "", /must be an object of strings, not \[secret\]$/);
  });
});

describe("a message", () => {
  const args = { data: { user: "admin-user", pin: 123456, short: "ab", deep: ['quo"ted'] }, name: "admin-user" };

  it("loses each value of a secret, also as it stands in JSON", () => {
    const text = `'admin-user' (${JSON.stringify(args.data.deep)}) 123456 'ab' about`;
    assert.equal(withoutSecrets(text, args, ["data"]), `'[secret]' (["[secret]"]) [secret] [secret] about`);
  });

  /** A text as Python's `repr` writes it. */
  const repr = (text: string) => {
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
    const escaped = Array.from(text, (character) => {
      const point = character.codePointAt(0) ?? 0;
      const named = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", [quote]: `\\${quote}` };
      if (Object.hasOwn(named, character)) return named[character];
      if (!/[\p{C}\p{Z}]/u.test(character) || character === " ") return character;
      const [letter, width] = point < 0x100 ? ["x", 2] : point < 0x10000 ? ["u", 4] : ["U", 8];
      return `\\${letter}${point.toString(16).padStart(width, "0")}`;
    });
    return `${quote}${escaped.join("")}${quote}`;
  };
  /** A JSON text in ASCII alone, as Python writes it. */
  const ascii = (text: string) =>
    JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const foldedTo = (text: string) => text.replace(/\s+/g, " ");

  it("loses a secret in whatever quotes the server gives it back, also several times", () => {
    const env = [
      { name: "PEM", value: "-----BEGIN KEY-----\nMIIE\n-----END KEY-----\n" },
      { name: "ACCOUNT", value: JSON.stringify({ key: "-----BEGIN KEY-----\nMIIE\n", of: "it's" }) },
    ];
    const told = `[{'name': 'PEM', 'value': ${repr(env[0]?.value ?? "")}}, ${repr(env[1]?.value ?? "")}] is not of type 'object'`;
    for (const text of [told, repr(told), repr(`ValidationError(${repr(told)})`), JSON.stringify(repr(told))]) {
      const shown = withoutSecrets(text, { env }, ["/env/0/value", "/env/1/value"]);
      assert.doesNotMatch(shown, /BEGIN|MIIE|it's/);
      assert.match(shown, /PEM.*is not of type/);
    }
    assert.equal(
      withoutSecrets(String.raw`DOMAIN\name, '\\'n\\''`, { of: ["name", "n"] }, ["of"]),
      String.raw`DOMAIN\[secret], '\\[secret]'`,
    );
    const quotings = fc.array(fc.constantFrom(repr, JSON.stringify, ascii, foldedTo), { maxLength: 3 });
    const secrets = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom(..."\\'\"\n an/é") }));
    fc.assert(
      fc.property(quotings, secrets, (quotes, text) => {
        const quoted = quotes.reduce((shown, quote) => quote(shown), `<abc${text}xyz>`);
        assert.match(
          withoutSecrets(quoted, { key: `abc${text}xyz` }, ["key"]).replace(/^['"\\]+|['"\\]+$/g, ""),
          /^<\[secret\]>$/,
        );
      }),
    );
  });

  it("loses the secret part of an argument, and nothing that stands beside it", () => {
    const given = { jobVariables: { env: { STAGE: "dev", "A/B": "hunter2" } }, name: "nightly-dev" };
    assert.equal(
      withoutSecrets('nightly-dev in "dev-pool": hunter2', given, ["/jobVariables/env/A~1B"]),
      'nightly-dev in "dev-pool": [secret]',
    );
    assert.deepEqual(pathOf(secretAt(["jobVariables", "env", "A/B~"])), ["jobVariables", "env", "A/B~"]);
    assert.equal(secretAt(["data"]), "data");
  });

  it("is left alone without secrets", () => {
    assert.equal(withoutSecrets("admin-user", args, []), "admin-user");
  });
});

describe("the address of a server", () => {
  const same: [string, string][] = [
    ["http://localhost:4200/api/", "http://127.0.0.1:4200/api"],
    ["https://user:pass@Prefect.Example.com:443/api", "https://prefect.example.com/api"],
    ["http://127.0.0.1:4200/api", "http://127.0.0.1:4200/api"],
  ];
  for (const [given, kept] of same) {
    it(`${given} is kept as ${kept}`, () => {
      assert.equal(serverAddress(given), kept);
    });
  }
});

describe("a resource that lives on another server", () => {
  const config = (address: string, movedFrom?: string) => ({
    config: { get: (key: string) => ({ "prefect:apiUrl": address, "prefect:movedFrom": movedFrom })[key] },
  });
  const kept = (server: string) => ({ name: "v", value: 1, server });

  it("fails its check, naming both, and keeps where it lives", () => {
    const provider = get("Variable");
    provider.configure(config("http://b:4200/api"));
    const { inputs, failures } = provider.check(kept("http://a:4200/api"), { name: "v", value: 2 });
    assert.match(
      failures[0]?.reason ?? "",
      /lives on the Prefect server http:\/\/a:4200\/api, but .* http:\/\/b:4200\/api; .*pulumi config set prefect:movedFrom http:\/\/a:4200\/api/,
    );
    assert.equal(inputs.server, "http://a:4200/api");
  });

  it("isn't read, changed or deleted there, and says so once", async () => {
    const provider = get("Variable");
    provider.configure(config("http://127.0.0.1:9/api"));
    await assert.rejects(
      provider.delete(id, kept("http://a:4200/api")),
      /variable "v" lives on the Prefect server http:\/\/a:4200\/api/,
    );
    await assert.rejects(
      provider.update(id, kept("http://a:4200/api"), kept("http://a:4200/api")),
      /not tried, because the stack is configured for another/,
    );
    assert.deepEqual(await provider.read(id, kept("http://a:4200/api")), { id, props: kept("http://a:4200/api") });
  });

  it("isn't asked after while no server is configured", () => {
    const provider = get("Variable");
    provider.configure({ config: { get: () => undefined } });
    assert.deepEqual(provider.check(kept("http://a:4200/api"), { name: "v", value: 2 }).failures, []);
  });
});
