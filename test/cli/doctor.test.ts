import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { examine } from "../../cli/doctor";
import { findPlace } from "../../cli/project/place";
import { temporaryFolder } from "../support/environment";
import { folderWith } from "../support/folderWith";
import { pulumiStandIn, standIn } from "../support/standIn";

const yaml = `
deployments:
  sums:
    - recipe: local_run_deployer
      variables: { name: daily }
      environments: { prod: { recipe: eks_dask_deployer } }
`;
const files = { "meta_prefect.yaml": yaml, "Pulumi.yaml": "name: risk\nruntime: nodejs\nmain: .meta-prefect/\n" };
const teams = { PULUMI_BACKEND_URL: "s3://team-state" };

/** A person without any settings, whose PATH has some programs more. */
function person(...programs: string[]): NodeJS.ProcessEnv {
  const home = temporaryFolder();
  const aws = standIn("aws", 'echo "$AWS_PROFILE $*"');
  const PATH = [...programs, aws, process.env.PATH].join(path.delimiter);
  return { PATH, HOME: home, PREFECT_HOME: home, META_PREFECT__PYTHON: "/none" };
}

/** What is found in a folder, by the parts. */
async function examined(folder: string, environment: NodeJS.ProcessEnv, env?: string) {
  const names = ["meta_prefect.yaml", "Pulumi.yaml"].filter((name) => fs.existsSync(path.join(folder, name)));
  const flags = { file: path.join(folder, names[0] ?? ""), env };
  const findings = await examine(findPlace(flags, folder, environment), flags, environment);
  return (part: string) => findings.find((one) => one.part === part);
}

describe("doctor", () => {
  it("says why the project can't be opened, and the rest all the same", async () => {
    const resources = '{"checkpoint": {"latest": {"resources": [{}]}}}';
    const folder = folderWith({
      ...files,
      "meta_prefect.yaml": `name: risks\n${yaml}`,
      ".meta-prefect/state/.pulumi/stacks/risk/dev.json": resources,
    });
    const of = await examined(folder, person(pulumiStandIn()));
    assert.deepEqual([of("project")?.level, of("project")?.found], ["error", "it can't be opened"]);
    assert.match(of("project")?.remedy ?? "", /^project "risks": what is deployed from here belongs to the project/);
    assert.equal(of("Prefect server")?.level, "warning");
    assert.ok(of("disk"));
  });

  it("has nothing amiss where nothing is needed yet", async () => {
    const home = temporaryFolder();
    const findings = await examine(undefined, {}, { PATH: "/none", HOME: home, PREFECT_HOME: home });
    assert.equal(findings.find(({ part }) => part === "Pulumi CLI")?.level, "warning");
    assert.deepEqual(
      findings.filter(({ level }) => level === "error"),
      [],
    );
  });

  it("needs a Python with Prefect where flows are read by an import, or a worker is to run here", async () => {
    const level = async (variables: string, recipe = "local_run_deployer", mode = "static") => {
      const deployment = `{ recipe: ${recipe}, variables: { name: daily, entrypoint: "a.py:f"${variables} } }`;
      const folder = folderWith({ ...files, "meta_prefect.yaml": `deployments: { sums: [${deployment}] }\n` });
      const of = await examined(folder, { ...person(pulumiStandIn()), META_PREFECT__FLOWS: mode });
      return of("Python and Prefect")?.level;
    };
    const pool = ", workPoolName: team";
    assert.deepEqual(
      [await level(pool), await level(pool, "plain_deployer"), await level("", "eks_dask_deployer")],
      ["warning", "warning", "warning"],
    );
    assert.deepEqual(
      [await level(""), await level(pool, "local_run_deployer", "import"), await level(pool, "local_run_deployer", "")],
      ["error", "error", "error"],
    );
  });

  it("quotes paths in what mends", async () => {
    const folder = path.join(temporaryFolder(), "a b");
    const kept = path.join(folder, ".meta-prefect", "passphrase");
    fs.mkdirSync(path.join(folder, ".meta-prefect", "state"), { recursive: true });
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
    fs.writeFileSync(kept, "x", { mode: 0o644 });
    const python = path.join(folder, "python");
    const answer = (prefect: string) =>
      fs.writeFileSync(python, `#!/bin/sh\necho '["${python}", "3.12.0", ${prefect}]'\n`, { mode: 0o755 });
    const remedy = async (part: string) => {
      const of = await examined(folder, { ...person(pulumiStandIn()), META_PREFECT__PYTHON: python });
      return of(part)?.remedy;
    };
    answer("null");
    assert.match((await remedy("Python and Prefect")) ?? "", new RegExp(`^'${python}' -m pip install prefect, or`));
    answer('"3.1.0"');
    assert.match((await remedy("Python and Prefect")) ?? "", new RegExp(`^'${python}' -m pip install --upgrade "`));
    assert.equal(await remedy("pass phrase"), `chmod 600 '${kept}'`);
  });

  it("makes nothing of the program", async () => {
    const folder = folderWith({ ...files, ".meta-prefect/passphrase": "x", ".meta-prefect/state/x": "" });
    const of = await examined(folder, person(pulumiStandIn()), "prod");
    assert.match(of("backend")?.found ?? "", /, 0 deployments in prod$/);
    assert.deepEqual(fs.readdirSync(path.join(folder, ".meta-prefect")).sort(), [".gitignore", "passphrase", "state"]);
  });

  it("looks into a backend of the team's before anything was made here, and makes nothing", async () => {
    const folder = folderWith(files);
    const of = await examined(folder, { ...person(pulumiStandIn()), ...teams });
    assert.equal(of("pass phrase")?.level, "ok");
    assert.equal(of("backend")?.found, "s3://team-state, 0 deployments in dev");
    assert.deepEqual(fs.readdirSync(folder).sort(), Object.keys(files).sort());
  });

  it("misses the pass phrase of a stack in a backend of the team's", async () => {
    const folder = folderWith({ ...files, "Pulumi.prod.yaml": "encryptionsalt: v1:x\n" });
    const env = { ...person(pulumiStandIn()), ...teams };
    const of = await examined(folder, env, "prod");
    assert.deepEqual(of("pass phrase"), {
      part: "pass phrase",
      level: "error",
      found: "missing",
      remedy:
        "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to that by which Pulumi.prod.yaml is encrypted",
    });
    const set = await examined(folder, { ...env, PULUMI_CONFIG_PASSPHRASE: "" }, "prod");
    assert.equal(set("pass phrase")?.level, "ok");
    const program = folderWith({ "Pulumi.yaml": "name: risk\n", "Pulumi.prod.yaml": "encryptionsalt: v1:x\n" });
    assert.equal((await examined(program, env, "team/risk/prod"))("pass phrase")?.level, "error");
  });

  it("says of settings that they can't be read, once", async () => {
    const settings = "passphrase must be set with PULUMI_CONFIG_PASSPHRASE";
    const of = await examined(folderWith(files), { ...person(pulumiStandIn({ settings })), ...teams });
    assert.deepEqual(of("settings"), {
      part: "settings",
      level: "error",
      found: "those of dev can't be read",
      remedy: settings,
    });
    assert.equal(of("Prefect server")?.level, "warning");
    const broken = folderWith({ ...files, "Pulumi.dev.yaml": "config: [" });
    const ofBroken = await examined(broken, { ...person(pulumiStandIn()), ...teams });
    assert.match(ofBroken("pass phrase")?.found ?? "", /^Pulumi.dev.yaml in \S+ can't be read: /);
  });

  it("asks AWS by the profile and in the region of the stack", async () => {
    const settings = { "aws:profile": "team", "aws:region": "eu-west-3" };
    const env = { ...person(pulumiStandIn({ settings })), ...teams, AWS_PROFILE: "mine" };
    const of = await examined(folderWith(files), env, "prod");
    assert.match(of("AWS")?.found ?? "", /^team --region eu-west-3 sts get-caller-identity /);
    assert.equal((await examined(folderWith(files), env))("AWS"), undefined);
  });
});
