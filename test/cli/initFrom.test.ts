import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Conversion, settingLines } from "../../cli/starter/conversion";
import { loadYaml } from "../../index";
import { folderWith } from "../support/folderWith";
import { nearCopies, nearCopiesFlow } from "../support/prefectYaml/nearCopies";

const cli = path.join(__dirname, "../../cli/index.js");

const prefectYaml = `# what the shops have sold
name: sales
deployments:
  - name: nightly
    entrypoint: flows/load.py:load
    tags: [etl]
    parameters: { since: "2024-01-01" }
    schedules: [{ cron: "0 2 * * *", timezone: Europe/Berlin, slug: nightly }]
    work_pool: { name: local, job_variables: { env: { STAGE: "{{ $META_PREFECT_TEST_STAGE }}" } } }
    pull: [{ prefect.deployments.steps.set_working_directory: { directory: /srv/etl } }]
`;
const loadPy = "from prefect import flow\n\n@flow\ndef load(since: str): ...\n";

const withFile = (more: Record<string, string> = {}) =>
  folderWith({ "prefect.yaml": prefectYaml, "flows/load.py": loadPy, ...more });

/** Runs the command, where no server is: none is asked. */
function running(cwd: string, ...words: string[]): Promise<{ code: number; printed: string; said: string }> {
  const { META_PREFECT__ENV: _, ...own } = process.env;
  const env = { ...own, PREFECT_API_URL: "http://127.0.0.1:9/api" };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [cli, ...words], { cwd, env }, (_, printed, said) =>
      resolve({ code: child.exitCode ?? 0, printed, said }),
    );
  });
}

function deploymentsIn(file: string) {
  const { name, deployments } = loadYaml(file);
  return {
    name,
    flows: Object.keys(deployments),
    variables: Object.values(deployments)
      .flat()
      .map(({ variables }) => variables),
  };
}

describe("meta-prefect init --from", () => {
  it("writes a YAML beside the prefect.yaml, and says what is to be set before it is deployed", async () => {
    const folder = withFile();
    const { code, printed, said } = await running(folder, "init", "--from", "prefect.yaml");
    assert.equal(code, 0, said);
    assert.equal(
      printed,
      [
        `wrote meta_prefect.yaml in ${folder}: 1 deployment of prefect.yaml`,
        "next:",
        "  export META_PREFECT_TEST_STAGE=<value>",
        "  meta-prefect deploy",
        "what `prefect deploy` has made already is taken over, with its runs, by adopt: true of the recipe:",
        "  recipes: { plain_deployer: { adopt: true } }",
        "",
      ].join("\n"),
    );
    assert.deepEqual(fs.readdirSync(folder).sort(), ["flows", "meta_prefect.yaml", "prefect.yaml"]);
    const { name, flows, variables } = deploymentsIn(path.join(folder, "meta_prefect.yaml"));
    assert.deepEqual([name, flows], ["sales", ["load"]]);
    const [only] = variables;
    assert.deepEqual(
      [only?.name, only?.tags, only?.schedule, only?.jobVariables],
      [
        "nightly",
        ["etl"],
        { cron: "0 2 * * *", timezone: "Europe/Berlin", slug: "nightly" },
        { env: { STAGE: "${env:META_PREFECT_TEST_STAGE}" } },
      ],
    );
  });

  it("overwrites nothing, and keeps out of the folder of a Pulumi program", async () => {
    for (const [name, args, says] of [
      ["meta_prefect.yaml", [], /meta_prefect.yaml is there already, and stays as it is;/],
      ["risk.yaml", ["--file", "risk.yaml"], /risk.yaml is there already, and stays as it is;/],
      ["index.ts", ["--typescript"], /index.ts is there already, and stays as it is;/],
      ["Pulumi.yaml", [], /has a Pulumi program of its own \(Pulumi.yaml\)/],
      ["meta_prefect.yml", ["--typescript"], /meta_prefect.yml is in this folder, and is what the commands deploy;/],
    ] as const) {
      const text = "name: mine\nruntime: nodejs\n";
      const folder = withFile({ [name]: text });
      const { code, said, printed } = await running(folder, "init", "--from", "prefect.yaml", ...args);
      assert.match(said, says);
      assert.deepEqual([code, printed, fs.readFileSync(path.join(folder, name), "utf8")], [1, "", text]);
      assert.deepEqual(fs.readdirSync(folder).sort(), ["flows", "prefect.yaml", name].sort());
    }
  });

  it("takes a file of another folder and name, and says how to deploy what it has written there", async () => {
    const folder = folderWith({ "team a/prefect-dev.yml": prefectYaml, "team a/flows/load.py": loadPy });
    const { code, printed, said } = await running(folder, "init", "--from", "team a/prefect-dev.yml", "--env", "prod");
    assert.equal(code, 0, said);
    assert.match(printed, /\n {2}meta-prefect deploy --env prod --file 'team a\/meta_prefect.yaml'\n/);
    assert.deepEqual(deploymentsIn(path.join(folder, "team a/meta_prefect.yaml")).flows, ["load"]);
  });

  const misused: [string[], RegExp][] = [
    [
      ["init", "--from", "prefct.yaml"],
      /^error: --from "prefct.yaml": there is no such file; did you mean prefect.yaml\?$/,
    ],
    [["init", "--from", "flows"], /^error: --from "flows": that is a folder; name the YAML file in it$/],
    [["init", "--from", "flows/load.py"], /^error: --from "flows\/load.py": that is no YAML file; its name ends in/],
    [
      ["init", "--from", "prefect.yaml", "--file", "flows/a.yaml"],
      /^error: --file "flows\/a.yaml": entrypoints are relative to the folder of prefect.yaml; name a file in \/\S+$/,
    ],
    [["init", "--from", "prefect.yaml", "--typescript", "--file", "a.yaml"], /^error: --typescript writes index.ts;/],
    [["import", "--from", "prefect.yaml"], /^error: import needs a folder for the program; write --out DIR$/],
    [["import", "--from", "none.yaml", "--out", "out"], /^error: --from "none.yaml": there is no such file/],
    ...["--tag", "--work-pool", "--flow"].map((option): [string[], RegExp] => [
      ["import", "--from", "prefect.yaml", "--out", "out", option, "x"],
      new RegExp(`^error: ${option} selects what a server holds; leave it out beside --from$`),
    ]),
  ];
  for (const [words, says] of misused) {
    it(`takes ${words.join(" ")} as wrong usage`, async () => {
      const folder = withFile();
      const { code, said, printed } = await running(folder, ...words);
      assert.match(said.trimEnd(), says);
      assert.deepEqual([code, printed], [2, ""]);
      assert.deepEqual(fs.readdirSync(folder).sort(), ["flows", "prefect.yaml"]);
    });
  }

  it("prints one JSON document when asked to", async () => {
    const folder = withFile();
    const { code, printed } = await running(folder, "init", "--from", "prefect.yaml", "--json");
    assert.equal(code, 0);
    const { notes, ...document } = JSON.parse(printed) as { notes: unknown };
    assert.ok(Array.isArray(notes));
    assert.deepEqual(document, {
      folder,
      written: ["meta_prefect.yaml"],
      kept: [],
      deployments: [{ flow: "load", name: "nightly", entrypoint: "flows/load.py:load" }],
      needs: { env: ["META_PREFECT_TEST_STAGE"], config: [] },
    });
    const again = await running(folder, "init", "--from", "prefect.yaml", "--json");
    assert.deepEqual([again.code, Object.keys(JSON.parse(again.printed) as object)], [1, ["error"]]);
  });

  it("fails for a file that is no YAML, and for one without deployments, and writes nothing", async () => {
    for (const text of ["deployments: [", "name: x\n"]) {
      const folder = folderWith({ "prefect.yaml": text });
      const { code, said } = await running(folder, "init", "--from", "prefect.yaml");
      assert.equal(code, 1, said);
      assert.match(said, /^error: .*prefect.yaml/);
      assert.deepEqual(fs.readdirSync(folder), ["prefect.yaml"]);
    }
  });

  it("writes a program, with --typescript beside the file and by import into a folder", async () => {
    const folder = withFile();
    const beside = await running(folder, "init", "--from", "prefect.yaml", "--typescript");
    assert.equal(beside.code, 0, beside.said);
    assert.match(beside.printed, /^wrote index.ts, Pulumi.yaml, package.json, tsconfig.json in /);
    assert.match(
      beside.printed,
      /\n {2}npm install\n {2}export META_PREFECT_TEST_STAGE=<value>\n {2}meta-prefect deploy\n/,
    );
    const program = fs.readFileSync(path.join(folder, "index.ts"), "utf8");
    assert.match(program, /new PlainDeployer\("plain_deployer", \{/);
    assert.doesNotMatch(program, /chdir/);
    assert.match(fs.readFileSync(path.join(folder, "Pulumi.yaml"), "utf8"), /^name: "sales"\n/);

    const imported = await running(folder, "import", "--from", "prefect.yaml", "--out", "out/program", "--json");
    assert.equal(imported.code, 0, imported.said);
    assert.match(imported.said, /^wrote 1 deployment to \/\S+\/out\/program\/index.ts\n/);
    assert.match(imported.said, /\n {2}cd out\/program && npm install && pulumi stack init <stack>\n/);
    const out = path.join(folder, "out/program");
    assert.deepEqual(fs.readdirSync(out).sort(), ["Pulumi.yaml", "index.ts", "package.json", "tsconfig.json"]);
    assert.ok(
      fs.readFileSync(path.join(out, "index.ts"), "utf8").includes('process.chdir(path.join(__dirname, "../.."));'),
    );
    const { files, deployments } = JSON.parse(imported.printed) as { files: string[]; deployments: object[] };
    assert.deepEqual([files.sort(), deployments.length], [fs.readdirSync(out).sort(), 1]);
    const again = await running(folder, "import", "--from", "prefect.yaml", "--out", "out/program");
    assert.deepEqual([again.code, again.printed], [1, ""]);
    assert.match(again.said, /out\/program is not empty; give an empty folder/);
  });

  it("says how to set what the configuration and the environment have to give, secrets as such", () => {
    const needs = {
      env: ["META_PREFECT_TEST_UNSET", "PATH"],
      config: [
        { key: "region", isSecret: false },
        { key: "acme:token", isSecret: true },
      ],
    };
    const conversion: Conversion = { source: "/x", converted: { head: [], deployments: [], notes: [] }, needs };
    assert.deepEqual(settingLines(conversion, "meta-prefect pulumi config set"), [
      "export META_PREFECT_TEST_UNSET=<value>",
      "meta-prefect pulumi config set region <value>",
      "meta-prefect pulumi config set --secret acme:token",
    ]);
  });

  it("makes at most half of the lines of 50 kB of near-copies, which say the same", async () => {
    const folder = folderWith({ "prefect.yaml": nearCopies(111, "etl"), "flows/load.py": nearCopiesFlow });
    const { code, said } = await running(folder, "init", "--from", "prefect.yaml");
    assert.equal(code, 0, said);
    const [given = "", written = ""] = ["prefect.yaml", "meta_prefect.yaml"].map((name) =>
      fs.readFileSync(path.join(folder, name), "utf8"),
    );
    assert.ok(given.length >= 50_000);
    assert.ok(written.split("\n").length <= given.split("\n").length / 2, `${written.split("\n").length} lines`);
    assert.equal(deploymentsIn(path.join(folder, "meta_prefect.yaml")).variables.length, 111);
  });
});
