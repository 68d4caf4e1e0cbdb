import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as fc from "fast-check";
import { page } from "../../report/html/page";
import { headline, longestMarkdown, markdown } from "../../report/markdown/markdown";
import { previewOf } from "../../report/preview";
import { isQuiet, type Report, reportOf } from "../../report/report";
import type { Step } from "../../report/step";
import type { Language } from "../../report/written";
import { root } from "../../tools/root";
import { drifted, now, project } from "../support/planSteps";

type Json = Record<string, unknown>;

const cron = (rule: string, more: Json = {}) => ({ slug: "nightly", cron: rule, timezone: "UTC", ...more });
const deployment = (name: string, op: string, states: Parameters<typeof drifted>[2]) =>
  drifted(["Deployment", name], op, states);
/** What the program still says, and the server doesn't. */
const undone = (name: string, deployed: Json, server: Json) =>
  deployment(name, "update", { deployed, server, asked: deployed });

/** What Prefect tells of it, which comes from elsewhere. */
function told(report: Report): Report {
  const objects = (report.drift?.objects ?? []).map((one) => ({
    ...one,
    ...(one.isDeleted &&
      one.title.startsWith("deployment ") && { at: "2026-10-28T22:14:07.5Z", place: "meta_prefect.yaml:12" }),
    properties: one.properties.map((property) =>
      property.name === "tags" ? property : { ...property, place: "meta_prefect.yaml:8", at: "2026-10-28T21:03:59Z" },
    ),
  }));
  return { ...report, drift: { objects, left: [] } };
}

/** Each was read through as the team would in the morning. */
const stored: Record<string, Step[]> = {
  "a parameter a schedule and tags that somebody changed": [
    undone(
      "nightly",
      {
        parameters: { x: 1, y: "a" },
        schedules: [cron("0 9 * * *", { active: true })],
        tags: ["a", "env=prod"],
        version: "3",
      },
      {
        parameters: { x: 3, y: "a" },
        schedules: [cron("30 7 * * *", { active: true, timezone: "Europe/Berlin" })],
        tags: ["a", "hand", "env=prod"],
        version: "3",
      },
    ),
  ],
  "a deployment that somebody deleted and one that the program changes": [
    deployment("gone", "create", { deployed: { parameters: { x: 1 } }, asked: { parameters: { x: 1 } } }),
    deployment("nightly", "update", {
      deployed: { parameters: { x: 1 }, version: "1" },
      server: { parameters: { x: 1 }, version: "1" },
      asked: { parameters: { x: 2 }, version: "2" },
    }),
  ],
  "what both have changed": [
    deployment("nightly", "update", {
      deployed: { parameters: { x: 1 }, tags: ["a"], description: "one", paused: false },
      server: { parameters: { x: 2 }, tags: ["b"], description: "one", paused: true },
      asked: { parameters: { x: 3 }, tags: ["b"], description: "two", paused: false },
    }),
  ],
  "what is in the program by now": [
    deployment("nightly", "same", {
      deployed: { parameters: { x: 1 } },
      server: { parameters: { x: 2 } },
      asked: { parameters: { x: 2 } },
    }),
    deployment("gone", "refresh", { deployed: {} }),
  ],
  "a script that changed many": Array.from({ length: 30 }, (_, i) =>
    undone(
      `load-${String(i).padStart(2, "0")}`,
      { jobVariables: { cpu: 1, env: { A: "1" } } },
      { jobVariables: { cpu: 2 } },
    ),
  ),
  "a pool a worker and a secret": [
    drifted(["WorkPool", "etl"], "update", {
      deployed: { concurrencyLimit: 1, description: "d" },
      server: { concurrencyLimit: 5 },
      asked: { concurrencyLimit: 1, description: "d" },
    }),
    drifted(["Worker", "etl"], "create", { deployed: {}, asked: {} }),
    {
      ...undone("secret", { parameters: { token: "[secret]" } }, { parameters: { token: "[secret]" } }),
      isSecretChanged: true,
    },
  ],
};

const texts: [suffix: string, language: Language, render: (report: Report) => string][] = [
  [".md", "YAML", markdown],
  [".ts.md", "TypeScript", markdown],
  [".html", "YAML", page],
];

describe("what somebody changed on the server", () => {
  for (const [what, steps] of Object.entries(stored)) {
    it(`is told of ${what}`, () => {
      for (const [suffix, language, render] of texts) {
        const text = render(told(reportOf({ steps }, now, { language })));
        const file = path.join(root, "test/report/expected/drift", `${what.replaceAll(" ", "-")}${suffix}`);
        if (process.env.WRITE === "1") fs.writeFileSync(file, text);
        assert.equal(text, fs.readFileSync(file, "utf8"));
        assert.equal(render(told(reportOf({ steps: [...steps].reverse() }, now, { language }))), text);
      }
    });
  }

  const keepOf = (states: Parameters<typeof drifted>[2], language: Language = "YAML") =>
    reportOf({ steps: [deployment("d", "update", states)] }, now, { language }).drift?.objects[0]?.properties.map(
      ({ keep }) => keep,
    );
  const keptBy = (deployed: Json, server: Json, language?: Language) =>
    keepOf({ deployed, server, asked: deployed }, language);

  const lines: [what: string, deployed: Json, server: Json, yaml: unknown, typescript?: unknown][] = [
    ["a flag", { paused: false }, { paused: true }, { write: "paused: true", remove: [] }],
    [
      "what is called like something that every object has",
      { parameters: {} },
      { parameters: { toString: 1, constructor: { valueOf: 2 } } },
      { write: "parameters: { toString: 1, constructor: { valueOf: 2 } }", remove: [] },
    ],
    ["what is gone", { workQueueName: "q" }, {}, { remove: ["work_queue_name"] }, { remove: ["workQueueName"] }],
    [
      "what is gone of a mapping",
      { parameters: { x: 1, y: { z: 1 } } },
      { parameters: { y: { a: 2 } } },
      { write: "parameters: { y: { a: 2 } }", remove: ["parameters.y.z", "parameters.x"] },
    ],
    [
      "texts that YAML and templates would read otherwise",
      { parameters: {} },
      {
        parameters: {
          a: "yes",
          b: "1",
          c: "${env:HOME}",
          d: "x: y",
          e: "line\nline",
          f: "{{ x }}",
          g: null,
          "h i": [1, "a, b"],
        },
      },
      {
        write:
          'parameters: { a: "yes", b: "1", c: "$${env:HOME}", d: "x: y", e: "line\\nline", f: "{{ x }}", g: null, h i: [1, "a, b"] }',
        remove: [],
      },
    ],
    [
      "a schedule that is new among others",
      { schedules: [cron("0 9 * * *")] },
      { schedules: [cron("0 9 * * *"), { slug: "more", interval: 3600, anchorDate: "2020-01-01T00:00:00Z" }] },
      { write: 'schedules: [{ slug: more, interval: 3600, anchor_date: "2020-01-01T00:00:00Z" }]', remove: [] },
      { write: 'schedules: [{ slug: "more", interval: 3600, anchorDate: "2020-01-01T00:00:00Z" }]', remove: [] },
    ],
    [
      "a schedule that is gone",
      { schedules: [cron("0 9 * * *")] },
      { schedules: [] },
      { remove: ["the schedule nightly"] },
    ],
    [
      "a schedule of another form",
      { schedules: [cron("0 9 * * *")] },
      { schedules: [{ slug: "nightly", interval: 60, timezone: "UTC" }] },
      { write: "schedule: { slug: nightly, interval: 60 }", remove: ["cron of the schedule nightly"] },
      { write: 'schedules: [{ slug: "nightly", interval: 60 }]', remove: ["cron of the schedule nightly"] },
    ],
    [
      "a tag of the recipe",
      { tags: ["a", "env=prod"] },
      { tags: ["b"] },
      { write: "tags: [b]", remove: [], cannot: "the recipe gives the tag env=prod to each deployment" },
    ],
    [
      "a schema",
      { parameterOpenapiSchema: "{}" },
      { parameterOpenapiSchema: '{"a":1}' },
      { remove: [], cannot: "it comes from the flow's code" },
    ],
    [
      "what has a secret in it",
      { jobVariables: { env: { T: "[secret]", R: "eu" } } },
      { jobVariables: { env: { T: "[secret]", R: "us" } } },
      {
        write: "job_variables: { env: { R: us } }",
        remove: [],
        cannot: "secrets in it aren't shown, and may differ, too",
      },
    ],
  ];
  for (const [what, deployed, server, yaml, typescript] of lines) {
    it(`is kept by a line: ${what}`, () => {
      assert.deepEqual(keptBy(deployed, server), [yaml]);
      if (typescript) assert.deepEqual(keptBy(deployed, server, "TypeScript"), [typescript]);
    });
  }

  it("is no drift where the program has changed, nor where a provider says that it is no difference", () => {
    const changed = deployment("d", "update", {
      deployed: { paused: true },
      server: { paused: true },
      asked: { paused: false },
    });
    const read = deployment("d", "same", { deployed: { a: 1 }, server: { a: 1, b: 2 }, asked: { a: 1 } });
    const other = {
      ...deployment("d", "update", { deployed: { a: 1 }, server: { a: 1, b: 2 }, asked: { a: 2 } }),
      diffs: ["a"],
    };
    for (const step of [changed, read, other]) assert.deepEqual(reportOf({ steps: [step] }, now).drift?.objects, []);
    assert.equal(headline(reportOf({ steps: [changed] }, now)), "1 deployment changes");
  });

  it("is absent where nothing was compared with the server, and a report without any is quiet", () => {
    const step = deployment("d", "same", { deployed: {}, server: {}, asked: {} });
    const { deployed: _, ...plain } = step;
    assert.equal("drift" in reportOf({ steps: [plain] }, now), false);
    assert.ok(isQuiet(reportOf({ steps: [step] }, now)));
  });

  it("stays a replacement, and a deletion, where the deploy does one", () => {
    const states = { deployed: { labels: { a: "1" } }, server: { labels: {} }, asked: { labels: { a: "1" } } };
    const report = reportOf({ steps: [deployment("d", "replace", states)] }, now);
    assert.equal(headline(report), "1 object differs from what was deployed, 1 deployment is replaced");
  });

  it("is read from what Pulumi prints, in which the state's steps stand before those of the program", () => {
    const urn = `${project}pulumi-nodejs:dynamic/prefect:WorkPool::etl`;
    const state = (limit: number) => ({
      urn,
      type: "t",
      custom: true,
      inputs: { name: "etl", concurrencyLimit: limit },
    });
    const gone = { ...state(1), urn: `${urn}2` };
    const { steps } = previewOf({
      steps: [
        { op: "refresh", urn, oldState: state(1), newState: state(1) },
        { op: "refresh", urn: gone.urn, oldState: gone, newState: gone },
        { op: "update", urn, oldState: state(2), newState: state(1) },
        { op: "create", urn: gone.urn, newState: gone },
      ],
    });
    const { drift, objects, unchanged } = reportOf({ steps }, now);
    assert.deepEqual(
      drift?.objects.map(({ isDeleted, changes }) => ({ isDeleted, changes })),
      [
        { isDeleted: false, changes: [{ path: "concurrencyLimit", before: 1, after: 2 }] },
        { isDeleted: true, changes: [] },
      ],
    );
    assert.deepEqual([objects, unchanged], [[], 0]);
  });

  it("keeps its folds and stays below the limit, with any names and values", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 40 }),
      fc.constantFrom("a|b", "``", "<b>", "@all", "\n\n# x", "</details>", "'; rm -rf /"),
    );
    const inputs = fc.dictionary(
      fc.constantFrom("tags", "parameters", "schedules", "jobVariables", "description", "paused", "version"),
      fc.oneof(fc.jsonValue({ maxDepth: 2 }), text),
    );
    const given = fc.array(
      fc.tuple(
        fc.constantFrom("Deployment", "WorkPool"),
        text,
        fc.constantFrom("create", "update", "same", "refresh"),
        inputs,
        inputs,
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(given, fc.constantFrom("YAML" as const, "TypeScript" as const), (all, language) => {
        const steps = all.map(([kind, name, op, states, server], i) =>
          drifted([kind, name], op, { deployed: states, server, asked: i % 2 === 0 ? states : server }),
        );
        const shown = markdown(reportOf({ steps }, now, { language }));
        assert.ok(shown.length <= longestMarkdown);
        const outside = shown.replace(/(`+)(?!`).*?[^`]\1(?!`)/g, "");
        assert.equal(outside.match(/<details( open)?>/g)?.length, outside.match(/<\/details>/g)?.length);
        assert.doesNotMatch(shown, /^#/m);
      }),
      { numRuns: 200 },
    );
  }).timeout(60_000);
});
