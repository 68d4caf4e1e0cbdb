import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { mock } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { fromPrefectYaml, type PrefectYamlOptions, type RecipeDeployment } from "../../../index";
import { temporaryFolder } from "../../support/environment";
import { git } from "../../support/git";
import { registeredIn } from "../../support/registered";

const head = "deployments:\n  - name: nightly\n    entrypoint: flows.py:hello\n    work_pool: { name: etl }\n";
const base = { name: "nightly", entrypoint: "flows.py:hello", workPoolName: "etl" };

/** What a deployment with such lines becomes, and what is said of it, without the file's name. */
async function read(lines: string, options?: PrefectYamlOptions): Promise<{ all: RecipeDeployment[]; said: string[] }> {
  return readWhole(head + lines.replace(/^/gm, "    "), options);
}

async function readWhole(text: string, options?: PrefectYamlOptions) {
  const file = path.join(temporaryFolder(), "prefect.yaml");
  fs.writeFileSync(file, text);
  const warn = mock.method(pulumi.log, "warn", () => Promise.resolve());
  try {
    const all = await fromPrefectYaml(file, options);
    const said = warn.mock.calls.map(({ arguments: [message] }) => String(message).slice(file.length + 1));
    return {
      all: (JSON.parse(JSON.stringify(all)) as RecipeDeployment[]).map(({ path: _, ...deployment }) => deployment),
      said,
    };
  } finally {
    warn.mock.restore();
  }
}

/** What is read without a word. */
const understood: [lines: string, expected: Partial<RecipeDeployment>][] = [
  ["version: null\ntags: []\ndescription: null\nparameters: {}\nschedule: {}\nschedules: []", {}],
  [
    'tags: [a, 1, yes, ""]\ndescription: Says hello.\nversion: "1.0"',
    { tags: ["a", "1", "True"], description: "Says hello.", version: "1.0" },
  ],
  [
    "parameters: { at: 12:30:45, day: 2024-01-01, when: 2024-01-01T07:00:00Z, answer: no, o: 017, n: 1_000, e: 1e3 }",
    {
      parameters: {
        at: 45045,
        day: "2024-01-01",
        when: "2024-01-01T07:00:00Z",
        answer: false,
        o: 15,
        n: 1000,
        e: "1e3",
      },
    },
  ],
  ["enforce_parameter_schema: false\npaused: yes", { enforceParameterSchema: false, paused: true }],
  ["concurrency_limit: 3", { concurrencyLimit: 3 }],
  [
    "concurrency_limit: { limit: 2, collision_strategy: CANCEL_NEW, grace_period_seconds: 90 }",
    {
      concurrencyLimit: 2,
      concurrencyOptions: { collisionStrategy: "CANCEL_NEW" as const, gracePeriodSeconds: 90 },
    },
  ],
  [
    "schedule: { cron: 0 9 * * *, timezone: Europe/Berlin, day_or: false, active: false, slug: s, parameters: { x: 1 } }",
    {
      schedules: [
        { slug: "s", timezone: "Europe/Berlin", active: false, parameters: { x: 1 }, cron: "0 9 * * *", dayOr: false },
      ],
    },
  ],
  [
    'schedules: [{ interval: PT1H, anchor_date: "2024-01-01T07:00:00", timezone: America/Lima }, { interval: 90.5 }]',
    {
      schedules: [
        { timezone: "America/Lima", interval: 3600, anchorDate: "2024-01-01T07:00:00+00:00" },
        { interval: 90.5 },
      ],
    },
  ],
  [
    'schedules: [{ interval: 01:00:00 }, { interval: "1 day, 2:00:00" }, { interval: "12:30:45" }]',
    {
      schedules: [{ interval: 3600 }, { interval: 93_600 }, { interval: 45_045 }],
    },
  ],
  [
    `schedules: [{ rrule: '{"rrule": "FREQ=DAILY", "timezone": "US/Pacific"}' }]`,
    {
      schedules: [{ rrule: "FREQ=DAILY", timezone: "US/Pacific" }],
    },
  ],
  [
    "triggers: [{ expect: [a], for_each: [b], match: { some_key: [c] }, within: PT1M, schedule_after: 5, parameters: { x: '{{ event.y }}' } }]",
    {
      triggers: [
        {
          type: "event",
          posture: "Reactive",
          expect: ["a"],
          forEach: ["b"],
          match: { some_key: ["c"] },
          within: 60,
          parameters: { x: "{{ event.y }}" },
          scheduleAfter: 5,
        },
      ],
    },
  ],
  [
    "triggers: [{ require: all, within: 600, triggers: [{ expect: [a] }, { posture: Proactive, expect: [b], within: 0 }], name: both }]",
    {
      triggers: [
        {
          type: "compound",
          triggers: [
            { type: "event", posture: "Reactive", expect: ["a"] },
            { type: "event", posture: "Proactive", expect: ["b"] },
          ],
          require: "all",
          within: 600,
          name: "both",
        },
      ],
    },
  ],
  ["pull: []", { pullSteps: [] }],
  [
    "pull: { prefect.deployments.steps.set_working_directory: { directory: /srv } }",
    {
      pullSteps: [{ "prefect.deployments.steps.set_working_directory": { directory: "/srv" } }],
    },
  ],
  [
    "pull:\n  - prefect.deployments.steps.git_clone:\n      id: src\n      access_token: '{{ prefect.blocks.secret.t }}'\n      branch: '{{ $MISSING_HERE }}'\n  - a.b: { directory: '{{ src.directory }}' }",
    {
      pullSteps: [
        {
          "prefect.deployments.steps.git_clone": {
            id: "src",
            access_token: "{{ prefect.blocks.secret.t }}",
            branch: "{{ $MISSING_HERE }}",
          },
        },
        { "a.b": { directory: "{{ src.directory }}" } },
      ],
    },
  ],
  [
    "parameters: { a: '{{ $STAGE }}', b: 'x-{{ $STAGE }}-{{ STAGE }}', c: '{{ ctx.flow_run.id }}', d: '{{ $STAGE | upper }}', '{{ k }}': 1 }",
    {
      parameters: { a: "qa", b: "x-qa-qa", c: "{{ ctx.flow_run.id }}", d: "{{ $STAGE | upper }}", "{{ k }}": 1 },
    },
  ],
];

/** What is read as it is meant, and said. */
const meant: [lines: string, expected: Partial<RecipeDeployment>, said: RegExp[]][] = [
  [
    "version: 1.0",
    { version: "1.0" },
    [/^5:14: version must be a text, and prefect deploy takes 1\.0 for something else/],
  ],
  ["version: 2024-01-01", { version: "2024-01-01" }, [/takes 2024-01-01 for something else/]],
  ["parameters: null", {}, [/^5:5: parameters is nothing, for which prefect deploy refuses the whole file/]],
  ["tags: prod", { tags: ["prod"] }, [/^5:11: tags is a text, of which prefect deploy makes a tag for each letter/]],
  ["tags: null", {}, [/tags is nothing, for which prefect deploy fails/]],
  ["tags: [[a, b], c]", { tags: ["a", "b", "c"] }, [/tags hold a list/]],
  [
    "tags: ['{{ nothing.there }}', x]",
    { tags: ["x"] },
    [/^5:12: {{ nothing\.there }}: there is no step "nothing"; it is left out of the list/],
  ],
  [
    "schedule: { cron: 0 9 * * *, max_active_runs: 1, catchup: false }",
    { schedules: [{ cron: "0 9 * * *" }] },
    [/no "max_active_runs".*concurrency_limit/, /no "catchup".*no runs for the past/],
  ],
  [
    "schedules: { cron: 0 9 * * * }",
    { schedules: [{ cron: "0 9 * * *" }] },
    [/schedules is no list.*taken for its one item/],
  ],
  [
    "schedules: [{ schedule: { cron: 0 9 * * * }, active: false }]",
    { schedules: [{ active: false, cron: "0 9 * * *" }] },
    [/a schedule within a schedule/],
  ],
  ["schedules: [{ interval: '3600' }]", { schedules: [{ interval: 3600 }] }, [/is the text "3600".*taken for seconds/]],
  [
    "schedules: [{ cron: 0 9 * * *, anchor_date: now }]",
    { schedules: [{ cron: "0 9 * * *" }] },
    [/anchor_date goes with interval alone/],
  ],
  [
    "schedules: [{ cron: 0 9 * * *, max_scheduled_runs: 3 }]",
    { schedules: [{ maxScheduledRuns: 3, cron: "0 9 * * *" }] },
    [/max_scheduled_runs.*it is taken/],
  ],
  [
    "concurrency_limit: { limit: 2 }",
    { concurrencyLimit: 2 },
    [/no collision_strategy, for which prefect deploy fails/],
  ],
  ["env: { A: b }", { jobVariables: { env: { A: "b" } } }, [/no "env" here.*taken for work_pool\.job_variables\.env/]],
  [
    "job_variables: { image: x }\npull: []",
    { jobVariables: { image: "x" }, pullSteps: [] },
    [/no "job_variables" here.*taken for work_pool\.job_variables/],
  ],
  ["is_paused: true", { paused: true }, [/no "is_paused" here.*taken for paused/]],
  [
    "flow_name: other\nsla: []\nwhatever: 1",
    {},
    [/"flow_name".*that of its code/, /"sla".*Prefect Cloud/, /no "whatever" here, and leaves it out$/],
  ],
  [
    "triggers: [{}, { enabled: false }]",
    {
      triggers: [
        { type: "event", posture: "Reactive" },
        { type: "event", posture: "Reactive", enabled: false },
      ],
    },
    [/^5:16: the trigger fires at every event, those of the run that it starts among them/],
  ],
  [
    "triggers: [{ type: metric, metric: {} }, { expect: [a] }]",
    {
      triggers: [{ type: "event", posture: "Reactive", expect: ["a"], name: "nightly__automation_2" }],
    },
    [/metric triggers are Prefect Cloud's alone/],
  ],
  [
    "triggers: [{ expect: [a], when: now }]",
    { triggers: [{ type: "event", posture: "Reactive", expect: ["a"] }] },
    [/a trigger has no "when"/],
  ],
  [
    "pull: [{ git_clone: null, repository: r }]",
    {
      pullSteps: [{ "prefect.deployments.steps.git_clone": { repository: "r" } }],
    },
    [/has repository beside it.*taken for its inputs/, /no step git_clone in Prefect 3/],
  ],
  [
    "pull: [{ prefect.projects.steps.git_clone_project: { repository: r } }]",
    {
      pullSteps: [{ "prefect.deployments.steps.git_clone": { repository: "r" } }],
    },
    [/no step prefect\.projects\.steps\.git_clone_project in Prefect 3/],
  ],
  [
    "parameters: { a: '{{ $MISSING_HERE }}', b: 'x{{ $MISSING_HERE }}y' }",
    { parameters: { a: "", b: "xy" } },
    [
      /^5:22: {{ \$MISSING_HERE }}: the environment has no variable MISSING_HERE, so that nothing is filled in/,
      /MISSING_HERE/,
    ],
  ],
  [
    "parameters: { 1: a, 2024-01-01: b, c: { 2: d } }\nschedule: { cron: 0 9 * * *, parameters: { 3: x } }",
    {
      parameters: { "1": "a", "2024-01-01": "b", c: { "2": "d" } },
      schedules: [{ cron: "0 9 * * *", parameters: { "3": "x" } }],
    },
    [/^5:19: the key 1 of parameters is no text/, /^5:25: the key 2024-01-01 of parameters/, /key 3 of a schedule's/],
  ],
  [
    "parameters: { conn: { $ref: { block_document_id: 7 } }, other: { $ref: x } }",
    { parameters: { conn: { $ref: { block_document_id: 7 } }, other: { $ref: "x" } } },
    [/^5:27: prefect deploy puts the data of the block that \$ref names in its place, and here it stays as it is/],
  ],
  ["version: a\nversion: b", { version: "b" }, [/"version" is given twice, first in line 5; the last one counts/]],
];

const refused: [lines: string, reason: RegExp][] = [
  [
    "schedule: { cron: 0 9 * * * }\nschedules: [{ interval: 5 }]",
    /prefect\.yaml:5:5: schedule and schedules are both given/,
  ],
  ["schedules: [{ slug: a }]", /exactly one of cron, interval and rrule, not none/],
  ["schedules: [{ cron: 0 9 * * *, interval: 5 }]", /not cron and interval/],
  [
    "schedules: [{ interval: 1 hour }]",
    /interval must be a number of seconds, or a duration such as PT1H, not "1 hour"/,
  ],
  ["schedules: [{ cron: 0 9 * * *, active: maybe }]", /active must be true or false, not "maybe"/],
  ["schedules: ['0 9 * * *']", /a schedule must be a mapping/],
  ["concurrency_limit: many", /concurrency_limit must be a whole number, not "many"/],
  ["tags: { a: b }", /tags must be a list of texts/],
  ["parameters: [1]", /parameters must be a mapping, not a list/],
  ["pull: clone", /pull must be a list of steps/],
  ["pull: [clone]", /a pull step must be a mapping of one function to its inputs/],
  ["triggers: [a]", /a trigger must be a mapping/],
  ["parameters: { n: 9007199254740993 }", /beyond 2\^53/],
  ["parameters: !Ref x", /the tag .* means nothing here/],
  ["\tx: 1", /a tab indents the line/],
];

describe("fromPrefectYaml", () => {
  const before = { ...process.env };
  beforeEach(() => {
    process.env.STAGE = "qa";
    delete process.env.MISSING_HERE;
    delete process.env.PREFECT_DEFAULT_WORK_POOL_NAME;
    delete process.env.PREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME;
    process.env.PREFECT_HOME = temporaryFolder();
  });
  afterEach(() => {
    process.env = { ...before };
  });

  for (const [lines, expected] of understood) {
    it(`understands ${lines.split("\n").join("; ").slice(0, 90)}`, async () => {
      const { all, said } = await read(lines);
      assert.deepEqual(all, [{ ...base, ...expected }]);
      assert.deepEqual(said, []);
    });
  }

  for (const [lines, expected, reasons] of meant) {
    it(`reads as it is meant, and says so, ${lines.split("\n").join("; ").slice(0, 80)}`, async () => {
      const { all, said } = await read(lines);
      assert.deepEqual(all, [{ ...base, ...expected }]);
      assert.equal(said.length, reasons.length, said.join("\n"));
      for (const [i, reason] of reasons.entries()) assert.match(said[i] ?? "", reason);
    });
  }

  for (const [lines, reason] of refused) {
    it(`refuses ${lines.split("\n").join("; ").slice(0, 80)}`, async () => {
      await assert.rejects(read(lines), (error: Error) => {
        assert.ok(pulumi.RunError.isInstance(error), String(error.stack));
        assert.match(error.message, reason);
        return true;
      });
    });
  }

  it("refuses a file that isn't there, is empty, no mapping, or has no deployments", async () => {
    await assert.rejects(fromPrefectYaml("/no/such/prefect.yaml"), /\/no\/such\/prefect\.yaml does not exist/);
    await assert.rejects(readWhole(""), /the file is empty/);
    await assert.rejects(readWhole("- a"), /the file must be a mapping/);
    await assert.rejects(readWhole("name: x"), /there are no deployments/);
    await assert.rejects(readWhole("deployments: [{ name: a, entrypoint: null }]"), /must have an entrypoint/);
    await assert.rejects(readWhole("deployments: [{ entrypoint: a.py:b }]"), /must have a name/);
  });

  it("takes the values of a mapping of deployments, and leaves out those without a name", async () => {
    const { all, said } = await readWhole(
      "deployments:\n  a: { name: a, entrypoint: f.py:f, work_pool: { name: p } }\n  b: { name: null, entrypoint: f.py:f }\n",
    );
    assert.deepEqual(
      all.map(({ name }) => name),
      ["a"],
    );
    assert.match(said.join("\n"), /1:1: deployments is a mapping, for which prefect deploy refuses the whole file/);
    assert.match(said.join("\n"), /3:8: the deployment has no name, and is left out/);
  });

  it("follows anchors and merge keys, of which the mapping's own keys win", async () => {
    const { all } = await readWhole(
      [
        "definitions:",
        "  usual: &usual { entrypoint: flows.py:hello, work_pool: &pool { name: etl }, tags: [a] }",
        "deployments:",
        "  - { <<: *usual, name: one }",
        "  - { <<: *usual, name: two, tags: [b] }",
        "  - { name: three, entrypoint: flows.py:hello, work_pool: *pool }",
      ].join("\n"),
    );
    assert.deepEqual(
      all.map(({ name, tags, workPoolName }) => [name, tags, workPoolName]),
      [
        ["one", ["a"], "etl"],
        ["two", ["b"], "etl"],
        ["three", undefined, "etl"],
      ],
    );
  });

  it("merges as PyYAML does: of several <<, the last one wins, and of a list the first item", async () => {
    const { all } = await readWhole(
      [
        "definitions: [&a { tags: [a], version: a }, &b { tags: [b] }]",
        "deployments:",
        "  - { <<: *a, <<: *b, name: one, entrypoint: f.py:f, work_pool: { name: p } }",
        "  - { <<: [*a, *b], name: two, entrypoint: f.py:f, work_pool: { name: p } }",
      ].join("\n"),
    );
    assert.deepEqual(
      all.map(({ tags, version }) => [tags, version]),
      [
        [["b"], "a"],
        [["a"], "a"],
      ],
    );
  });

  it("takes an empty list of pull steps at the file's top for none, unless a deployment has a pull of its own", async () => {
    const { all } = await readWhole(
      [
        "pull: []",
        "deployments:",
        "  - { name: a, entrypoint: f.py:f, work_pool: { name: p } }",
        "  - { name: b, entrypoint: f.py:f, work_pool: { name: p }, pull: null }",
        "  - { name: c, entrypoint: f.py:f, work_pool: { name: p }, pull: {} }",
      ].join("\n"),
    );
    assert.deepEqual(
      all.map(({ pullSteps }) => pullSteps),
      [[], undefined, undefined],
    );
  });

  it("takes Prefect's own setting for a work pool that isn't named, of the environment and then of the profile", async () => {
    const none = "deployments: [{ name: a, entrypoint: f.py:f }]";
    const pool = async () => (await readWhole(none)).all[0]?.workPoolName;
    fs.writeFileSync(
      path.join(process.env.PREFECT_HOME ?? "", "profiles.toml"),
      'active = "mine"\n[profiles.mine]\nPREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME = "profile"\n',
    );
    assert.equal(await pool(), "profile");
    process.env.PREFECT_DEFAULT_WORK_POOL_NAME = "short";
    assert.equal(await pool(), "short");
    process.env.PREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME = "long";
    assert.equal(await pool(), "long");
  });

  it("says that prefect deploy takes another work pool for the one deployment of a file", async () => {
    process.env.PREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME = "usual";
    const { all, said } = await read("tags: [a]");
    assert.equal(all[0]?.workPoolName, "etl");
    assert.deepEqual(said, [
      '4:18: prefect deploy takes the work pool "usual" of PREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME in the environment, ' +
        'since the file has one deployment alone; "etl" is taken here',
    ]);
    const other = "  - { name: other, entrypoint: f.py:f, work_pool: { name: p } }\n";
    assert.deepEqual((await readWhole(head + other)).said, []);
  });

  it("has the steps of the file's top unless a deployment has its own, and Prefect's working directory for an image", async () => {
    const build =
      "build: [{ prefect_docker.deployments.steps.build_docker_image: { id: img, image_name: r/f, tag: v1, dockerfile: auto } }]";
    const { all, said } = await readWhole(
      [
        build,
        "pull: null",
        "deployments:",
        "  - { name: a, entrypoint: f.py:f, work_pool: { name: p, job_variables: { image: '{{ img.image }}' } } }",
        "  - { name: b, entrypoint: f.py:f, work_pool: { name: p }, pull: [{ x.y: {} }] }",
        "  - { name: c, entrypoint: f.py:f, work_pool: { name: p, job_variables: { image: '{{ lost.image }}' } }, build: null }",
      ].join("\n"),
    );
    const [a, b, c] = all;
    assert.deepEqual(a?.jobVariables, { image: "r/f:v1" });
    assert.match(JSON.stringify(a.pullSteps), /set_working_directory":\{"directory":"\/opt\/prefect\/[^/]+"/);
    assert.deepEqual(b?.pullSteps, [{ "x.y": {} }]);
    assert.equal(c?.jobVariables, undefined);
    assert.equal(
      said.filter((one) =>
        one.includes("the image r/f:v1 isn't built here; build it before, as by: docker build -t r/f:v1 ."),
      ).length,
      1,
    );
  });

  it("takes the number of an AWS account for no secret, and lets none through a step", async () => {
    process.env.AWS_ACCOUNT_ID = "123456789012";
    process.env.SOME_TOKEN = "hush";
    const image = (name: string) =>
      [
        `build: [{ prefect_docker.deployments.steps.build_docker_image: { id: img, image_name: '{{ $${name} }}.r/f', tag: v1 } }]`,
        "deployments: [{ name: a, entrypoint: f.py:f, version: 'x{{ image_name }}', work_pool: { name: p, job_variables: { image: '{{ img.image }}' } } }]",
      ].join("\n");
    const { all } = await readWhole(image("AWS_ACCOUNT_ID"));
    assert.deepEqual([all[0]?.version, all[0]?.jobVariables], ["x123456789012.r/f", { image: "123456789012.r/f:v1" }]);
    const secret = await readWhole(image("SOME_TOKEN"));
    assert.deepEqual([secret.all[0]?.version, secret.all[0]?.jobVariables], ["x", undefined]);
    assert.match(secret.said.join("\n"), /what the step "img" gives isn't known before it runs/);
    assert.doesNotMatch(JSON.stringify(secret), /hush/);
  });

  it("takes what a program says that steps give", async () => {
    const text = [
      "build: [{ prefect.deployments.steps.run_shell_script: { id: tag, script: ./tag.sh } }]",
      "deployments: [{ name: a, entrypoint: f.py:f, version: 'v{{ tag.stdout }}', tags: ['{{ tag.stdout }}'], work_pool: { name: p } }]",
    ].join("\n");
    const { all, said } = await readWhole(text, { outputs: { tag: { stdout: "7" } } });
    assert.deepEqual([all[0]?.version, all[0]?.tags], ["v7", ["7"]]);
    assert.match(said.join("\n"), /prefect deploy loses an item that is nothing but what a step gives; it is kept/);
    const without = await readWhole(text);
    assert.deepEqual([without.all[0]?.version, without.all[0]?.tags], ["v", undefined]);
    assert.match(without.said.join("\n"), /scripts aren't run here: "\.\/tag\.sh"/);
  });

  it("asks git what a script asks it, and runs nothing else", async () => {
    const folder = temporaryFolder();
    const [marker, file] = [path.join(folder, "ran"), path.join(folder, "prefect.yaml")];
    fs.writeFileSync(
      file,
      [
        "build:",
        "  - prefect.deployments.steps.run_shell_script: { id: sha, script: git rev-parse --short HEAD }",
        `  - prefect.deployments.steps.run_shell_script: { id: evil, script: 'git rev-parse HEAD; touch ${marker}' }`,
        "deployments: [{ name: a, entrypoint: f.py:f, version: '{{ sha.stdout }}', tags: ['x{{ evil.stdout }}'], work_pool: { name: p } }]",
      ].join("\n"),
    );
    git(folder, "init", "-q");
    git(folder, "add", ".");
    git(folder, "commit", "-q", "-m", "first");
    const [deployment] = await fromPrefectYaml(file);
    assert.equal(deployment?.version, git(folder, "rev-parse", "--short", "HEAD").trim());
    assert.deepEqual(deployment.tags, ["x"]);
    assert.equal(fs.existsSync(marker), false);
  });

  it("tells flows apart whose functions have one name, and keeps the later of two that are one", async () => {
    const folder = temporaryFolder();
    for (const name of ["one", "two"]) {
      fs.writeFileSync(
        path.join(folder, `${name}.py`),
        `from prefect import flow\n@flow(name="${name}")\ndef main(): pass\n`,
      );
    }
    const file = path.join(folder, "prefect.yaml");
    const line = (entrypoint: string, tag: string) =>
      `  - { name: prod, entrypoint: "${entrypoint}", tags: [${tag}], work_pool: { name: p } }`;
    fs.writeFileSync(
      file,
      ["deployments:", line("one.py:main", "a"), line("two.py:main", "b"), line("one.py:main", "c")].join("\n"),
    );
    process.env.META_PREFECT__FLOWS = "static";
    let all: RecipeDeployment[] = [];
    await registeredIn(folder, async () => (all = await fromPrefectYaml(file)));
    assert.deepEqual(
      all.map(({ flowName, tags }) => [flowName, tags]),
      [
        ["two", ["b"]],
        ["one", ["c"]],
      ],
    );
  });

  it("says what it can't look up while the server is away, and asks none where nothing is to be looked up", async () => {
    const folder = temporaryFolder();
    process.env.PREFECT_API_URL = "http://127.0.0.1:9/api";
    const file = path.join(folder, "prefect.yaml");
    const read = () => registeredIn(folder, () => fromPrefectYaml());
    fs.writeFileSync(file, `${head}    pull: [{ a.b: { token: "{{ prefect.blocks.secret.t }}" } }]\n`);
    await read();
    fs.writeFileSync(file, `${head}    tags: ["{{ prefect.variables.team }}"]\n`);
    await assert.rejects(
      read(),
      /prefect\.yaml: what {{ prefect\.variables\.team }} is can't be found out: .*127\.0\.0\.1:9/,
    );
  });

  it("gives plain data, whose path is the file's folder where that isn't the program's", async () => {
    const folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, "prefect.yaml"), head);
    const [deployment] = await fromPrefectYaml(path.join(folder, "prefect.yaml"));
    assert.deepEqual(JSON.parse(JSON.stringify(deployment)), { ...base, path: path.relative(process.cwd(), folder) });
    const earlier = process.cwd();
    process.chdir(folder);
    try {
      assert.deepStrictEqual(await fromPrefectYaml(), [base]);
    } finally {
      process.chdir(earlier);
    }
  });
});
