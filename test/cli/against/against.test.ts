import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { root } from "../../../tools/root";
import { type Ended, metaPrefect } from "../../support/command";
import { temporaryFolder } from "../../support/environment";
import { folderWith } from "../../support/folderWith";
import { git } from "../../support/git";
import { GithubStandIn } from "../../support/githubStandIn";
import { Page } from "../../support/page";

const flows = "from prefect import flow\n\n@flow\ndef sums(x: int = 1): ...\n";
const yaml = (variables = "{ name: daily }", more = "") =>
  `deployments:\n  sums:\n    - recipe: local_run_deployer\n      variables: ${variables}\n${more}`;
const canary = "c4n4ry";

/** Files of a folder; null for one that goes. */
type Files = Record<string, string | null>;

/** A repository whose only commit has some files. */
function repository(files: Files = { "flows.py": flows, "meta_prefect.yaml": yaml() }): string {
  const folder = path.join(folderWith({}), "sums");
  fs.mkdirSync(folder);
  git(folder, "init", "--quiet", "--initial-branch=main");
  write(folder, files);
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--allow-empty", "--message", "base");
  return folder;
}

function write(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.rmSync(file, { force: true });
    if (text === null) continue;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
  }
}

/** The environment of a job that has more than it should. */
const job = (folder: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: path.join(folder, "..", "home"),
  CANARY: canary,
  PREFECT_API_URL: `http://${canary}.example/api`,
  PREFECT_API_KEY: canary,
  AWS_ACCESS_KEY_ID: canary,
  AWS_SECRET_ACCESS_KEY: canary,
  PULUMI_CONFIG_PASSPHRASE: canary,
  META_PREFECT__FLOWS_ENV: "CANARY",
});

function against(folder: string, words: string[] = [], env = job(folder), cwd = folder): Promise<Ended> {
  return metaPrefect(["preview", "--against", "main", ...words], { cwd, env });
}

async function markdown(folder: string, env = job(folder), cwd = folder): Promise<string> {
  const { code, printed, said } = await against(folder, ["--markdown", "-"], env, cwd);
  assert.equal(code, 0, said);
  return printed;
}

describe("a preview that compares with a commit", () => {
  it("says that nothing changes where nothing does, whatever the working tree has besides", async () => {
    const folder = repository();
    write(folder, { "README.md": "new", ".venv/pyvenv.cfg": "", ".venv/lib/flows.py": flows });
    const { code, printed, said } = await against(folder, ["--markdown", "-", "--detailed-exitcode"]);
    assert.equal(code, 0, said);
    assert.equal(printed, "**sums/dev: nothing changes**\n");
  });

  it("leaves nothing behind, neither in the folder nor among temporary files", async () => {
    const folder = repository();
    const temporary = fs.realpathSync(temporaryFolder());
    write(folder, { "meta_prefect.yaml": yaml("{ name: daily, tags: [new] }") });
    const status = git(folder, "status", "--porcelain", "--ignored");
    assert.match(await markdown(folder, { ...job(folder), TMPDIR: temporary }), /tags: \+ `new`/);
    assert.equal(git(folder, "status", "--porcelain", "--ignored"), status);
    assert.deepEqual(fs.readdirSync(temporary), []);
  });

  it("takes a folder without a file at the commit as one that has nothing yet", async () => {
    const folder = repository({ "README.md": "" });
    write(folder, { "etl/flows.py": flows, "etl/meta_prefect.yaml": yaml() });
    const text = await markdown(folder, job(folder), path.join(folder, "etl"));
    assert.match(text, /^\*\*etl\/dev: 1 deployment is new, 2 other objects change\*\*\n/);
  });

  it("reads the file that is named, in the environment that is named, with code elsewhere in the repository", async () => {
    const folder = repository({
      "code/flows.py": flows,
      "deploy/team.yaml": yaml("{ name: daily, path: ../code, entrypoint: flows.py:sums }"),
    });
    write(folder, { "code/flows.py": flows.replace("int = 1", "int = 2") });
    const words = ["--file", "deploy/team.yaml", "--env", "prod", "--json"];
    const { code, printed, said } = await against(folder, words);
    assert.equal(code, 0, said);
    const { env, folder: told, changes } = JSON.parse(printed) as Record<string, unknown>;
    assert.deepEqual([env, told], ["prod", path.join(folder, "deploy")]);
    assert.match(JSON.stringify(changes), /"path":"codeHash"/);
  });

  it("names the files of a flow's code that differ from the commit, and the commit", async () => {
    const folder = repository();
    write(folder, { "flows.py": `# a comment\n${flows}` });
    const short = git(folder, "rev-parse", "--short=7", "HEAD").trim();
    const text = await markdown(folder);
    assert.ok(text.includes(`this is compared with main (${short}), not with what is deployed`), text);
    const code = `- code: 1 file differs in comments and layout alone from \`main\` (${short}): \`flows.py\` (+1 −0)`;
    assert.ok(text.includes(code), text);
  });

  it("says which option names a file that can't be written", async () => {
    const folder = repository();
    for (const option of ["--markdown", "--html"]) {
      const { code, said } = await against(folder, [option, "none/report"]);
      assert.equal(code, 1);
      assert.match(
        said,
        new RegExp(`^error: ${option} "none/report": it can't be written \\(ENOENT\\); name a file`, "m"),
      );
    }
  });

  it("names what git says of either side as the version, where that is to be git's", async () => {
    const folder = repository({ "flows.py": flows, "meta_prefect.yaml": yaml("{ name: daily, version: git }") });
    git(folder, "tag", "v1");
    write(folder, { "flows.py": flows.replace("1", "2") });
    assert.match(await markdown(folder), /\(version v1 → v1-dirty\) changes: what the flow takes, code/);
  });

  it("shows what stands for the environment, where it changes and where it can't be known", async () => {
    const variables = (day: string, cron: string) =>
      `{ name: "\${env:TEAM}", parameters: { x: "${day}" }, schedule: { cron: "${cron}" }, enforce_parameter_schema: false }`;
    const folder = repository({ "flows.py": flows, "meta_prefect.yaml": yaml(variables("${env:DAY}", "${env:CRON}")) });
    assert.equal(await markdown(folder), "**sums/dev: nothing changes**\n");
    write(folder, { "meta_prefect.yaml": yaml(variables("${env:DAY}-${env:CANARY}", "${env:CANARY}")) });
    const text = await markdown(folder);
    assert.match(text, /parameter `x`: `\$\{env:DAY\}` → `\$\{env:DAY\}-\$\{env:CANARY\}`/);
    assert.match(
      text,
      /^- &#36;\{env:CANARY\}: the environment fills it in where it is deployed, so that what changes /m,
    );
    assert.match(text, /sums\/&#36;\{env:TEAM\}-dev/);
    // alone it is no change that is known, and is told all the same
    write(folder, { "meta_prefect.yaml": yaml(variables("${env:DAY}", "${env:CANARY}")) });
    const alone = await markdown(folder);
    assert.match(alone, /^\*\*sums\/dev: 1 text can't be compared\*\*\n/);
    assert.match(alone, /^- &#36;\{env:CANARY\}: the environment fills it in /m);
  });

  it("fills in the stack's configuration of each side, and shows nothing of what is encrypted", async () => {
    const configured = (day: string, cipher: string) =>
      `config:\n  day: ${day}\n  sums:token:\n    secure: ${cipher}\n  meta-prefect:tags: '["${day}"]'\n`;
    const text = yaml(
      '{ name: daily, description: "${config:day}", job_variables: { env: { T: "${config:token}" } } }',
    );
    const folder = repository({
      "flows.py": flows,
      "meta_prefect.yaml": text,
      "Pulumi.dev.yaml": configured("monday", "v1:aaa"),
    });
    write(folder, { "Pulumi.dev.yaml": configured("tuesday", "v1:bbb") });
    const { printed, said } = await against(folder, ["--markdown", "-"]);
    assert.match(printed, /- tags: − `monday`, \+ `tuesday`/);
    assert.match(printed, /`description`: `monday` → `tuesday`/);
    assert.match(said, /^ +jobVariables: changed$/m);
    assert.doesNotMatch(printed + said, /v1:/);
  });

  it("deletes, replaces and checks as a deploy would", async () => {
    const folder = repository({
      "flows.py": flows,
      "meta_prefect.yaml":
        yaml("{ name: daily, labels: { a: b } }") +
        "    - { recipe: local_run_deployer, variables: { name: weekly } }\n",
    });
    write(folder, { "meta_prefect.yaml": yaml("{ name: daily, labels: { a: c } }") });
    const text = await markdown(folder);
    assert.match(text, /^- \*\*deployment "sums\/weekly-dev" is deleted\*\*/m);
    assert.match(text, /^- \*\*deployment "sums\/daily-dev" is replaced, for `labels.a`: `b` → `c`, `version`/m);
    write(folder, { "meta_prefect.yaml": yaml("{ name: daily, schedule: { cron: daily } }") });
    const { code, said } = await against(folder);
    assert.equal(code, 1);
    assert.match(said, /^error: .*meta_prefect\.yaml:4:\d+.*schedule\.cron/m);
    assert.ok(!said.includes("meta-prefect-against"), said);
  });
});

describe("the job for forks in the guide", () => {
  const text = new Page("docs/guides/pull-requests.md").files.get(".github/workflows/fork.yaml") ?? "";
  const flow = parse(text) as { permissions: object; jobs: { preview: { steps: { run?: string }[] } } };

  it("has no secrets, and no more rights than it needs", () => {
    assert.doesNotMatch(text, /secrets\b|id-token|persist-credentials: true/);
    assert.deepEqual(flow.permissions, { contents: "read", "pull-requests": "write", statuses: "write" });
  });

  it("writes its comment by what it types, also where its branch has gone on meanwhile", async () => {
    const folder = repository();
    git(folder, "checkout", "--quiet", "-b", "fork");
    write(folder, { "meta_prefect.yaml": yaml("{ name: daily, tags: [new] }") });
    git(folder, "commit", "--quiet", "--all", "--message", "fork");
    git(folder, "checkout", "--quiet", "main");
    write(folder, { "flows.py": flows.replace("1", "2") });
    git(folder, "commit", "--quiet", "--all", "--message", "gone on");
    const BASE = git(folder, "rev-parse", "HEAD").trim();
    git(folder, "checkout", "--quiet", "--detach", "fork");
    const bin = folderWith({});
    write(bin, {
      "meta-prefect": `#!/bin/sh\nexec '${process.execPath}' '${path.join(root, "dist/cli/index.js")}' "$@"\n`,
    });
    const host = await new GithubStandIn().start();
    host.isFromFork = true;
    try {
      const env = { ...job(folder), ...host.environment(), BASE, PATH: `${bin}:${process.env.PATH}` };
      const script = flow.jobs.preview.steps.at(-1)?.run ?? "";
      const { code, printed, said } = await metaPrefect([], { cwd: folder, env, command: ["bash", "-ec", script] });
      assert.equal(code, 0, said);
      assert.match(printed, /^::stop-commands::[0-9a-f]{32}\n/);
      assert.match(
        host.comments[0]?.text ?? "",
        /^<!-- meta-prefect: sums\/prod -->\n\*\*sums\/prod: 1 deployment changes\*\*\n/,
      );
      assert.match(host.comments[0]?.text ?? "", /changes: tags<\/summary>/);
    } finally {
      host.stop();
    }
  });
});

describe("what a preview that compares with a commit refuses", () => {
  const refused: [string, Files, RegExp, Files?][] = [
    [
      "a Pulumi program of one's own",
      { "meta_prefect.yaml": null, "Pulumi.yaml": "name: sums\nruntime: nodejs\n", "index.js": "" },
      /^error: Pulumi\.yaml in \S+\/sums is that of a Pulumi program, which isn't run to be compared with a commit, as it may be anybody's; /m,
    ],
    [
      "a program beside the YAML",
      { "Pulumi.yaml": "name: sums\nruntime: nodejs\nmain: .meta-prefect/../index.js\n" },
      /^error: Pulumi\.yaml in \S+ is that of a Pulumi program, /m,
    ],
    [
      "a program at the commit",
      { "Pulumi.yaml": null },
      /^error: at main: Pulumi\.yaml in \S+ is that of a Pulumi program, /m,
      { "flows.py": flows, "meta_prefect.yaml": yaml(), "Pulumi.yaml": "name: sums\nruntime: nodejs\n" },
    ],
    [
      "a recipe of the folder's own",
      { "own.js": "", "meta_prefect.yaml": yaml("{ name: daily }", "recipes: { own: { module: ./own.js } }\n") },
      /^error: meta_prefect\.yaml:5:\d+: recipe "own" is a program of the folder's own \(\.\/own\.js\), and nothing of the folder is run here; /m,
    ],
    [
      "code outside of the repository",
      { "meta_prefect.yaml": yaml("{ name: daily, path: /usr, entrypoint: x.py:sums }") },
      /^error: meta_prefect\.yaml:3:7: the code of flow "sums" lies outside of the repository, where nothing is read$/m,
    ],
    [
      "an entrypoint that leads out of the repository",
      { "meta_prefect.yaml": yaml('{ name: daily, entrypoint: "../home/outside.py:sums" }') },
      /^error: meta_prefect\.yaml:3:7: the code of flow "sums" lies outside of the repository/m,
    ],
    [
      "another name of the project",
      { "meta_prefect.yaml": `name: other\n${yaml()}` },
      /^error: the project's name is "other", and at main it is "sums": another name is another project, /m,
    ],
    [
      "a text that a shell would fill in",
      { "meta_prefect.yaml": yaml('{ name: daily, description: "${shell:id}" }') },
      /^error: meta_prefect\.yaml:4:\d+: "\$\{shell:id\}" can't be filled in; /m,
    ],
    [
      "a file that is a link",
      { "meta_prefect.yaml": null },
      /^error: there is no meta_prefect\.yaml and no Pulumi\.yaml in \S+\/sums; /m,
    ],
  ];
  for (const [what, files, says, base] of refused) {
    it(what, async () => {
      const folder = repository(base);
      write(path.join(folder, "..", "home"), { "outside.py": flows, "outside.yaml": yaml() });
      write(folder, files);
      if (what === "a file that is a link")
        fs.symlinkSync("../home/outside.yaml", path.join(folder, "meta_prefect.yaml"));
      const { code, printed, said } = await against(folder);
      assert.notEqual(code, 0);
      assert.match(said, says);
      assert.equal(printed, "");
      assert.ok(!said.includes("meta-prefect-against"), said);
    });
  }

  it("a folder outside of any repository, and a commit that isn't there", async () => {
    const folder = folderWith({ "meta_prefect.yaml": yaml() });
    assert.match((await against(folder)).said, /^error: --against needs a git repository, and \S+ isn't in one; /m);
    const { code, said } = await metaPrefect(["preview", "--against", "--output=x"], {
      cwd: repository(),
      env: job(folder),
    });
    assert.equal(code, 1);
    assert.match(said, /^error: --against "--output=x": .* has no such commit; .* fetch-depth: 0 /m);
  });
});

describe("a fork that wants to run something, or to know something", () => {
  it("does neither, with all that git, Node.js, Python, npm and Pulumi would run", async () => {
    const folder = repository();
    const home = path.join(folder, "..", "home");
    const witness = path.join(folder, "..", "witness");
    const js = `require("fs").writeFileSync(${JSON.stringify(witness)}, "node")`;
    const py = `open(${JSON.stringify(witness)}, "w").write("python")\n`;
    const sh = `#!/bin/sh\necho sh > '${witness}'\n`;
    write(home, {
      "outside.py": flows.replace("1", JSON.stringify(canary)),
      ".prefect/profiles.toml": `active = "p"\n[profiles.p]\nPREFECT_API_KEY = "${canary}"\n`,
      ".aws/config": `[default]\nregion = ${canary}\n`,
    });
    write(folder, {
      "flows.py": `${py}${flows.replace("= 1", `= open(${JSON.stringify(witness)}, "w")`)}`,
      ...Object.fromEntries(
        ["sitecustomize", "usercustomize", "ast", "json", "prefect/__init__"].map((name) => [`${name}.py`, py]),
      ),
      "evil.pth": `import os; ${py}`,
      ".venv/bin/python": sh,
      "bin/git": sh,
      "bin/python3": sh,
      "bin/node": sh,
      "bin/pulumi": sh,
      "index.js": js,
      ".meta-prefect/index.js": js,
      ".meta-prefect/package.json": '{"main": "index.js"}',
      ...Object.fromEntries(
        ["meta-prefect", "@pulumi/pulumi", "@pulumi/aws", "yaml"].map((name) => [`node_modules/${name}/index.js`, js]),
      ),
      "package.json": `{"scripts": {"preinstall": "touch ${witness}", "postinstall": "touch ${witness}"}}`,
      ".npmrc": "script-shell=./bin/git\n",
      "Pulumi.yaml":
        "name: sums\nruntime: { name: nodejs, options: { nodeargs: --require ./index.js } }\nmain: .meta-prefect/\n" +
        "plugins: { providers: [{ name: prefect, path: ./bin }] }\n",
      "prefect.yaml": `build: [{ prefect.deployments.steps.run_shell_script: { script: "touch ${witness}" } }]\n`,
      ".gitattributes": "* filter=evil diff=evil merge=evil\n",
      ".gitmodules": `[submodule "x"]\n\tpath = x\n\turl = ext::sh -c 'touch ${witness}'\n\tupdate = !touch ${witness}\n`,
      ".git/hooks/post-checkout": sh,
      ".git/hooks/post-index-change": sh,
      "meta_prefect.yaml": yaml(
        '{ name: "${env:CANARY}", tags: ["${env:PREFECT_API_KEY}"], description: "${env:AWS_SECRET_ACCESS_KEY}", ' +
          'job_variables: { env: { K: "${env:CANARY}", U: "${env:PREFECT_API_URL}" } } }',
      ),
    });
    fs.symlinkSync(path.join(home, "outside.py"), path.join(folder, "linked.py"));
    fs.symlinkSync(home, path.join(folder, "linked"));
    fs.writeFileSync(path.join(folder, "huge.py"), `${flows}${"#".repeat(9 * 2 ** 20)}`);
    const evil = path.join(folder, "bin/git");
    fs.appendFileSync(
      path.join(folder, ".git/config"),
      `[filter "evil"]\n\tclean = ${evil}\n\tsmudge = ${evil}\n\tprocess = ${evil}\n\trequired = true\n` +
        `[diff "evil"]\n\ttextconv = ${evil}\n[core]\n\tfsmonitor = ${evil}\n\tpager = ${evil}\n\tsshCommand = ${evil}\n`,
    );
    const env = {
      ...job(folder),
      PATH: `${path.join(folder, "bin")}:${process.env.PATH}`,
      NODE_PATH: path.join(folder, "node_modules"),
      VIRTUAL_ENV: path.join(folder, ".venv"),
      PYTHONPATH: folder,
    };
    for (const words of [["--markdown", "-", "--strict"], ["--json", "--debug"], []]) {
      const { code, printed, said } = await against(folder, words, env);
      assert.equal(code, 0, said);
      assert.match(printed, /\$\{env:CANARY\}|&#36;\{env:CANARY\}/);
      assert.ok(!`${printed}${said}`.includes(canary), `${printed}${said}`);
      assert.match(said, /^warning: links and submodules aren't followed: linked, linked\.py$/m);
      assert.match(said, /^warning: files of more than 8 MiB aren't read: huge\.py$/m);
      assert.ok(!fs.existsSync(witness), fs.existsSync(witness) ? fs.readFileSync(witness, "utf8") : "");
    }
    // whoever isn't careful runs it
    spawnSync("git", ["status"], { cwd: folder });
    assert.equal(fs.readFileSync(witness, "utf8"), "sh\n");
  });

  it("isn't the Python that reads it, where there is no other", async () => {
    const folder = repository();
    const witness = path.join(folder, "..", "witness");
    const sh = `#!/bin/sh\necho sh > '${witness}'\n`;
    write(folder, { ".venv/bin/python": sh, "bin/python3": sh });
    const bin = folderWith({});
    fs.symlinkSync(execFileSync("which", ["git"], { encoding: "utf8" }).trim(), path.join(bin, "git"));
    const PATH = `${path.join(folder, "bin")}:${bin}`;
    const { code, said } = await against(folder, [], { ...job(folder), PATH, VIRTUAL_ENV: path.join(folder, ".venv") });
    assert.equal(code, 1);
    assert.match(
      said,
      /^error: --against needs a Python to read flows, and no python3 on the PATH is outside of \S+sums; /m,
    );
    assert.ok(!fs.existsSync(witness));
  });

  it("isn't asked as a bare repository that lies in the folder", async () => {
    const folder = repository();
    const witness = path.join(folder, "..", "witness");
    const bare = path.join(folder, "etl");
    git(folder, "init", "--quiet", "--bare", bare);
    write(folder, {
      "etl/evil": `#!/bin/sh\necho sh > '${witness}'\n`,
      "etl/meta_prefect.yaml": yaml(),
      "etl/flows.py": flows,
    });
    fs.appendFileSync(
      path.join(bare, "config"),
      `[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = ${path.join(bare, "evil")}\n`,
    );
    const { code, said } = await against(folder, [], job(folder), bare);
    assert.equal(code, 1);
    assert.match(said, /^error: --against: git says "cannot use bare repository /m);
    assert.ok(!fs.existsSync(witness));
  });
});
