import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Converted } from "../../../recipes/prefectYaml/converted";
import { convertPrefectYaml } from "../../../recipes/prefectYaml/convertPrefectYaml";
import { temporaryFolder } from "../../support/environment";

const flows = { "flows.py": "from prefect import flow\n\n@flow\ndef hello(): ...\n" };

function convert(text: string, files: Record<string, string> = flows): Converted {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries({ ...files, "prefect.yaml": text })) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
  const converted = convertPrefectYaml(path.join(folder, "prefect.yaml"));
  // where it lies says nothing
  const notes = converted.notes.map(({ place, message }) => ({
    place: place.split("prefect.yaml:").at(-1) ?? "",
    message,
  }));
  return { ...converted, notes };
}

/** One deployment with such lines, converted. */
function one(lines: string, before = "") {
  const head = "deployments:\n  - name: nightly\n    entrypoint: flows.py:hello\n    work_pool: { name: etl }\n";
  const { deployments, ...rest } = convert(before + head + lines.replace(/^/gm, "    "));
  const [first] = deployments;
  assert.ok(first);
  const { name: _, entrypoint: __, workPoolName: ___, ...deployment } = first.deployment;
  return { ...rest, deployment };
}

const shell = "build: [{ prefect.deployments.steps.run_shell_script: { id: tag, script: ./tag.sh } }]\n";
const image =
  "build: [{ prefect_docker.deployments.steps.build_docker_image: { id: img, image_name: r/f, tag: '{{ $TAG }}' } }]\n";

describe("a prefect.yaml as a meta_prefect.yaml", () => {
  const filled: [what: string, lines: string, expected: object, before?: string][] = [
    ["the environment", "version: 'v{{ $A }}-{{ B }}'", { version: "v${env:A}-${env:B}" }],
    ["variables", "tags: ['{{ prefect.variables.team }}']", { tags: ["${config:team}"] }],
    [
      "blocks",
      "parameters: { t: 'x{{ prefect.blocks.secret.api-key }}' }",
      { parameters: { t: "x${config:api-key}" } },
    ],
    [
      "two blocks of a name",
      "parameters: { t: '{{ prefect.blocks.secret.k }}', u: '{{ prefect.blocks.json.k.value.a }}' }",
      {
        parameters: { t: "${config:k}", u: "${config:json-k-value-a}" },
      },
    ],
    ["what a step gives", "version: '{{ tag.stdout }}'", { version: "${config:tag-stdout}" }, shell],
    [
      "an image's name",
      "job_variables: { image: '{{ img.image }}' }\npull: []",
      { jobVariables: { image: "r/f:${env:TAG}" }, pullSteps: [] },
      image,
    ],
    [
      "what a run fills in",
      "parameters: { r: '{{ ctx.flow_run.id }}' }",
      { parameters: { r: "{{ ctx.flow_run.id }}" } },
    ],
    [
      "what an event fills in",
      "triggers: [{ expect: [a], parameters: { x: '{{ event.y }}' } }]",
      {
        triggers: [{ type: "event", posture: "Reactive", expect: ["a"], parameters: { x: "{{ event.y }}" } }],
      },
    ],
    [
      "pull steps, in which the environment may be the worker's",
      "pull: [{ a.b: { token: '{{ prefect.blocks.secret.t }}', dir: '{{ c.d }}', env: '{{ $E }}' } }]",
      {
        pullSteps: [{ "a.b": { token: "{{ prefect.blocks.secret.t }}", dir: "{{ c.d }}", env: "{{ $E }}" } }],
      },
    ],
    [
      "what looks like a credential, where it may be one",
      "version: '{{ $GIT_TOKEN }}'\nparameters: { t: '{{ $GIT_TOKEN }}', r: '{{ $AWS_REGION }}' }",
      { version: "${env:GIT_TOKEN}", parameters: { t: "${config:GIT_TOKEN}", r: "${env:AWS_REGION}" } },
    ],
    [
      "a ${ that isn't one of ours",
      "parameters: { s: 'echo ${HOME}', t: '$${x}' }",
      { parameters: { s: "echo $${HOME}", t: "$$${x}" } },
    ],
  ];
  for (const [what, lines, expected, before] of filled) {
    it(`has ${what} in its own notation`, () => assert.deepEqual(one(lines, before).deployment, expected));
  }

  it("says which keys the configuration has to give, and which of them are secrets", () => {
    const { secrets, notes } = one(
      "parameters: { a: '{{ prefect.blocks.secret.k }}', b: '{{ prefect.variables.v }}' }",
    );
    assert.deepEqual(secrets, ["k"]);
    assert.deepEqual(notes, [
      {
        place: "5:22",
        message:
          "{{ prefect.blocks.secret.k }} becomes ${config:k}: the stack's configuration gives it; " +
          "run: meta-prefect pulumi config set --secret k <value>",
      },
      {
        place: "5:58",
        message:
          "{{ prefect.variables.v }} becomes ${config:v}: the stack's configuration gives it; " +
          "run: meta-prefect pulumi config set v <value>",
      },
    ]);
  });

  it("says what is left out, and keeps the rest", () => {
    const { deployment, notes } = one("concurrency_limit: '{{ prefect.variables.limit }}'\ntags: [a]");
    assert.deepEqual(deployment, { tags: ["a"] });
    assert.deepEqual(notes, [
      { place: "5:24", message: 'concurrency_limit must be a whole number, not "${config:limit}"; it is left out' },
    ]);
  });

  it("starts nothing of which the file doesn't say whether it is on", () => {
    const { deployment, notes } = one(
      [
        "schedules: [{ cron: 0 9 * * *, active: '{{ prefect.variables.on }}' }, { cron: 0 8 * * *, active: maybe }]",
        "triggers: [{ expect: [a], enabled: '{{ $E }}' }]",
        "paused: '{{ $PAUSED }}'",
      ].join("\n"),
    );
    assert.deepEqual(deployment, {
      schedules: [
        { cron: "0 9 * * *", active: false },
        { cron: "0 8 * * *", active: false },
      ],
      triggers: [{ type: "event", posture: "Reactive", expect: ["a"], enabled: false }],
      paused: true,
    });
    const said = (what: string, written: string, safe: boolean) =>
      `${what} must be true or false, not "${written}"; it is written as ${safe}, so that nothing starts unasked: write what it is to be`;
    assert.deepEqual(
      notes.map(({ message }) => message),
      [
        said("a schedule's active", "${config:on}", false),
        said("a schedule's active", "maybe", false),
        said("a trigger's enabled", "${env:E}", false),
        said("paused", "${env:PAUSED}", true),
      ],
    );
  });

  it("says that a variable of a pull step is the worker's, and how that of the machine is written that deploys", () => {
    const { secrets, notes } = one("pull: [{ a.b: { access_token: '{{ $GIT_TOKEN }}', branch: '{{ $BRANCH }}' } }]");
    assert.deepEqual(secrets, []);
    assert.deepEqual(
      notes.map(({ message }) => message),
      [
        "{{ $GIT_TOKEN }} stays for each run, whose worker must have the variable; for what the machine has that deploys, " +
          "write ${config:GIT_TOKEN}, set by: meta-prefect pulumi config set --secret GIT_TOKEN <value>",
        "{{ $BRANCH }} stays for each run, whose worker must have the variable; for what the machine has that deploys, " +
          "write ${env:BRANCH}",
      ],
    );
  });

  it("says of what only a build step has from the configuration nothing that would have to be set", () => {
    const step = "build: [{ a.b: { region: '{{ prefect.variables.region }}' } }]\n";
    assert.deepEqual(
      one("tags: [a]", step).notes.map(({ message }) => message),
      ["the step a.b isn't run here; do what it does before"],
    );
  });

  it("says what a $ before a template comes to, and that an interval is counted from elsewhere", () => {
    const { deployment, notes } = one("version: '${{ $A }}'\nschedules: [{ interval: 60 }]");
    assert.equal(deployment.version, "${{ $A }}");
    assert.match(
      notes.map(({ message }) => message).join("\n"),
      /right after a \$ can't be written.*\n.*counted from 2020-01-01/,
    );
  });

  it("keeps a variable that can't be named, and says so", () => {
    const { deployment, notes } = one("version: 'v{{ $A-B }}'");
    assert.equal(deployment.version, "v{{ $A-B }}");
    assert.deepEqual(
      notes.map(({ message }) => message),
      ["{{ $A-B }} names a variable that meta_prefect.yaml can't name; it stays as it is"],
    );
  });

  it("says of a script that asks git what is checked out how the version can be had", () => {
    const before =
      "build: [{ prefect.deployments.steps.run_shell_script: { id: sha, script: git rev-parse --short HEAD } }]\n";
    const { deployment, notes } = one("version: '{{ sha.stdout }}'", before);
    assert.equal(deployment.version, "${config:sha-stdout}");
    assert.match(notes[0]?.message ?? "", /as the version of a deployment, version: git says what is checked out/);
  });

  it("names each flow as its text does, and leaves out the entrypoint where that tells it", () => {
    const files = {
      "a/flows.py": 'from prefect import flow\n@flow(name="Load it")\ndef load(): ...\n@flow\ndef twice(): ...\n',
      "b/flows.py": "from prefect import flow\n@flow\ndef twice(): ...\n",
    };
    const line = (entrypoint: string, i: number) =>
      `  - { name: d${i}, entrypoint: "${entrypoint}", work_pool: { name: p } }\n`;
    const entrypoints = ["a/flows.py:load", "./a/flows.py:load", "a/flows.py:twice", "b.flows.twice", "none.py:gone"];
    const { deployments } = convert(`deployments:\n${entrypoints.map(line).join("")}`, files);
    assert.deepEqual(
      deployments.map(({ flow, isKnownByName }) => [flow, isKnownByName]),
      [
        ["Load it", true],
        ["Load it", false],
        ["twice", false],
        ["twice", false],
        ["gone", false],
      ],
    );
  });

  it("keeps comments where they stand, but for those that prefect init writes", () => {
    const { head, deployments } = convert(
      [
        "# Welcome to your prefect.yaml file! You can use this file for storing and managing",
        "# Sales, by the data team",
        "name: sales",
        "# build section allows you to manage and build docker images",
        "build: null  # none yet",
        "deployments:",
        "  # after the shops have closed",
        "  - name: nightly  # in winter",
        "    entrypoint: flows.py:hello",
        "    tags: [a]",
        "    # not before two",
        "    schedules:",
        "      - cron: 0 2 * * *  # UTC",
        "    description: 'no # comment'",
        "    work_pool: { name: etl }",
        "  # by hand",
        "  - { name: other, entrypoint: flows.py:hello, work_pool: { name: etl } }",
        "# the end",
      ].join("\n"),
    );
    assert.deepEqual(head, ["Sales, by the data team", "none yet"]);
    assert.deepEqual(
      deployments.map(({ comments }) => Object.fromEntries(comments)),
      [
        { "": ["after the shops have closed"], name: ["in winter"], schedules: ["not before two", "UTC"] },
        { "": ["by hand"], workPoolName: ["the end"] },
      ],
    );
  });

  it("takes the project's name if Pulumi can, and refuses what can't be read at all", () => {
    const deployments = "deployments: [{ name: a, entrypoint: flows.py:hello, work_pool: { name: p } }]\n";
    assert.equal(convert(`name: sales\n${deployments}`).name, "sales");
    assert.equal(convert(`name: sales & more\n${deployments}`).name, undefined);
    assert.throws(() => convert("deployments: [a"), /this is no YAML/);
    assert.throws(() => convert("deployments: []"), /there is no deployment in it/);
    assert.throws(() => convert("deployments: [{ name: null, entrypoint: null }]"), /a deployment must have a name/);
  });
});
