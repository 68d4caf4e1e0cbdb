import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { metaPrefect } from "../support/command";
import { prefectClient, temporaryFolder, testEnvironment } from "../support/environment";
import { long } from "../support/long";
import { PulumiProject } from "../support/pulumiProject";

interface Change {
  op: string;
  what: string;
}

/** Calls the command in a folder, and gives the document that it prints. */
async function document(folder: string, env: NodeJS.ProcessEnv, ...words: string[]) {
  const { code, printed, said } = await metaPrefect([...words, "--json"], { cwd: folder, env });
  assert.equal(code, 0, `${words.join(" ")}\n${said}`);
  const { changes = [], left = 0, ...others } = JSON.parse(printed) as { changes?: Change[]; left?: number };
  return { changes: changes.map(({ op, what }) => `${op} ${what}`).sort(), left, said, ...others };
}

/** A folder with two flows and a YAML for them. */
async function twoFlows(): Promise<{ folder: string; env: NodeJS.ProcessEnv; write: (text: string) => void }> {
  const folder = temporaryFolder();
  fs.writeFileSync(
    path.join(folder, "flows.py"),
    "from prefect import flow\n@flow\ndef one(x: int = 1): ...\n@flow\ndef two(x: int = 1): ...\n",
  );
  const { PULUMI_CONFIG_PASSPHRASE: _, ...env } = await testEnvironment();
  return { folder, env, write: (text) => fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), text) };
}

const flow = (name: string, variables: string, trigger = "data.ready") => `
  ${name}:
    - recipe: local_run_deployer
      variables: { name: run, ${variables}, triggers: [{ type: event, posture: Reactive, expect: [${trigger}] }] }
`;

describe("the command on a real Pulumi", () => {
  it("deploys single flows, with what they need, and leaves the others", async () => {
    const { folder, env, write } = await twoFlows();
    write(`deployments:${flow("one", "tags: [a]")}${flow("two", "tags: [a]")}`);
    const at = (...words: string[]) => document(folder, env, ...words);
    try {
      // nothing is deployed yet: the pool and the worker are needed as well
      const first = await at("deploy", "one", "--yes");
      assert.deepEqual(
        first.changes.map((text) => text.replace(/-[0-9a-f]{8}"/, '"')),
        [
          'create automation "one/run-dev__automation_1"',
          'create deployment "one/run-dev"',
          'create work pool "local-process-work-pool"',
          'create worker "local-process-worker"',
        ],
      );
      assert.equal(first.left, 2);
      const rest = ['create automation "two/run-dev__automation_1"', 'create deployment "two/run-dev"'];
      assert.deepEqual((await at("preview")).changes, rest);
      assert.deepEqual((await at("deploy", "two/run", "--yes")).changes, rest);
      assert.deepEqual((await at("preview")).changes, []);

      // both change, and one is deployed, its trigger too
      write(`deployments:${flow("one", "tags: [b]", "data.new")}${flow("two", "tags: [b]", "data.new")}`);
      const ofOne = ['update automation "one/run-dev__automation_1"', 'update deployment "one/run-dev"'];
      const ofTwo = ['update automation "two/run-dev__automation_1"', 'update deployment "two/run-dev"'];
      const seen = await at("preview", "one");
      assert.deepEqual([seen.changes, seen.left], [ofOne, 2]);
      assert.deepEqual((await at("deploy", "one", "--yes")).changes, ofOne);
      assert.deepEqual((await at("preview")).changes, ofTwo);

      // one went from the file, and the other has another change still
      write(`deployments:${flow("two", "tags: [b]", "data.new")}`);
      const gone = await at("deploy", "one/run-dev", "--yes");
      assert.deepEqual(gone.changes, [
        'delete automation "one/run-dev__automation_1"',
        'delete deployment "one/run-dev"',
      ]);
      assert.equal(gone.left, 2);
      assert.deepEqual((await at("preview")).changes, ofTwo);
      const client = await prefectClient();
      const found = await client.filter<{ name: string; tags: string[] }>("/deployments/filter", {
        deployments: { name: { any_: ["run-dev"] } },
      });
      assert.deepEqual(
        found.map(({ tags }) => tags),
        [["a", "env=dev"]],
      );

      const wrong = await metaPrefect(["deploy", "tow", "--yes"], { cwd: folder, env });
      assert.equal(wrong.code, 2);
      assert.match(
        wrong.said,
        /^error: flow "tow": there is no deployment of it, neither in the program nor deployed; did you mean two\?$/m,
      );
      const neither = await metaPrefect(["preview", "something"], { cwd: folder, env });
      assert.equal(neither.code, 2);
      assert.match(neither.said, /nor deployed; there are: two$/m);
    } finally {
      await at("destroy", "--yes");
    }
  });

  it("says what would change, property by property, and ends with 3 when that is asked for", async () => {
    const { folder, env, write } = await twoFlows();
    write(`deployments:${flow("one", "tags: [a], parameters: { x: 1 }")}`);
    const call = (...words: string[]) => metaPrefect(words, { cwd: folder, env });
    try {
      const created = await call("preview", "--detailed-exitcode");
      assert.equal(created.code, 3);
      assert.match(created.said, /^made the stack dev, which is empty$/m);
      assert.match(created.printed, /^ {2}\+ {2}deployment "one\/run-dev"$/m);
      assert.match(created.printed, /^4 to create$/m);
      assert.equal((await call("deploy", "--yes", "--detailed-exitcode")).code, 3);
      const same = await call("deploy", "--yes", "--detailed-exitcode");
      assert.deepEqual([same.code, same.printed], [0, "nothing to change\n"]);

      write(`deployments:${flow("one", "tags: [a, b], parameters: { x: 2 }")}`);
      const { printed } = await call("preview");
      assert.match(printed, /^ {2}~ {2}deployment "one\/run-dev"\n( {7}.*\n)* {7}parameters\.x: 1 -> 2$/m);
      assert.match(printed, /^ {7}tags: \["a","env=dev"\] -> \["a","b","env=dev"\]$/m);
      assert.match(printed, /^1 to update, 3 unchanged$/m);
      assert.doesNotMatch(printed, /__provider|\u001b/);
    } finally {
      await call("destroy", "--yes");
    }
  });

  long("keeps what a person has set for a stack that it takes down", async () => {
    const { folder, env, write } = await twoFlows();
    write("deployments: {}\n");
    const call = (...words: string[]) => metaPrefect(words, { cwd: folder, env });
    await call("pulumi", "stack", "init", "dev");
    await call("pulumi", "config", "set", "meta-prefect:tags", "finance");
    await call("deploy", "--yes");
    await call("destroy", "--yes");
    assert.match(fs.readFileSync(path.join(folder, "Pulumi.dev.yaml"), "utf8"), /finance/);
    const again = await call("preview");
    assert.equal(again.code, 0, again.said);
  });

  long("works on a program of one's own, on the stack that is selected or asked for", async () => {
    const project = await PulumiProject.create(`
      const { Variable } = require("meta-prefect");
      const pulumi = require("@pulumi/pulumi");
      new Variable("v-" + pulumi.getStack(), { value: pulumi.secret("hunter2") });
    `);
    const call = async (...words: string[]) => {
      const ended = await metaPrefect(words, { cwd: project.folder, env: project.env });
      assert.equal(ended.code, 0, ended.said);
      assert.doesNotMatch(ended.said + ended.printed, /hunter2/);
      return ended;
    };
    try {
      assert.match((await call("preview")).printed, /^ {2}\+ {2}variable "v-dev"\n1 to create\n$/);
      await call("deploy", "--yes");
      project.program = project.program.replace("hunter2", "hunter3");
      assert.match((await call("preview")).printed, /^ {2}~ {2}variable "v-dev"\n {7}value: changed\n1 to update\n$/);
      await call("deploy", "--yes", "--env", "other");
      assert.equal((await call("pulumi", "stack", "--show-name")).printed.trim(), "dev");
      assert.equal((await call("pulumi", "stack", "--show-name", "--env", "other")).printed.trim(), "other");
      assert.deepEqual(
        [...(await project.resources()).keys()].filter((name) => name.startsWith("v-")),
        ["v-dev"],
      );
    } finally {
      await call("destroy", "--yes", "--env", "other");
      await call("destroy", "--yes");
    }
  });

  long("passes on the exit code of Pulumi, and each of its words", async () => {
    const { folder, env, write } = await twoFlows();
    write("deployments: {}\n");
    const call = (...words: string[]) => metaPrefect(words, { cwd: folder, env });
    assert.match((await call("pulumi", "version")).printed, /^v\d/);
    assert.match((await call("pulumi", "preview", "--help")).printed, /--expect-no-changes/);
    const plain = await call("pulumi", "preview", "--non-interactive");
    assert.notEqual(plain.code, 0);
    assert.match(plain.said, /no stack/);
  });

  it("makes a stack although a destroy that was killed has left its lock", async () => {
    const { folder, env, write } = await twoFlows();
    write("name: locked\ndeployments: {}\n");
    const call = (...words: string[]) => metaPrefect(words, { cwd: folder, env });
    const locks = path.join(folder, ".meta-prefect/state/.pulumi/locks/organization/locked/dev");
    fs.mkdirSync(locks, { recursive: true });
    const { pid } = spawnSync("true");
    const lock = { pid, username: "somebody", hostname: os.hostname(), timestamp: new Date().toISOString() };
    fs.writeFileSync(path.join(locks, "0f0e0d0c-0b0a-4908-8706-050403020100.json"), JSON.stringify(lock));
    const { code, said } = await call("deploy", "--yes");
    assert.equal(code, 0, said);
    assert.match(said, new RegExp(`^unlocking the stack: process ${pid}, which had the lock, has ended$`, "m"));
    assert.equal((await call("destroy", "--yes")).code, 0);
  });

  long("has the program run by the Node.js that runs the command, whichever the PATH has first", async () => {
    const { folder, env, write } = await twoFlows();
    write("deployments: {}\n");
    const other = temporaryFolder();
    fs.writeFileSync(path.join(other, "node"), "#!/bin/sh\necho an old one >&2\nexit 1\n", { mode: 0o755 });
    const PATH = `${other}${path.delimiter}${env.PATH ?? ""}`;
    const { code, said } = await metaPrefect(["preview"], { cwd: folder, env: { ...env, PATH } });
    assert.equal(code, 0, said);
  });

  it("says once what is wrong in the YAML, with its line", async () => {
    const { folder, env, write } = await twoFlows();
    write(`deployments:${flow("one", "tags: a")}`);
    const { code, said, printed } = await metaPrefect(["deploy", "--yes"], { cwd: folder, env });
    assert.deepEqual([code, printed], [1, ""]);
    assert.match(said, /^error: meta_prefect.yaml:4:37: tags: must be a list of strings, not "a"$/m);
    assert.equal(said.match(/meta_prefect.yaml:4:/g)?.length, 1, said);
    assert.doesNotMatch(said, /Running program|unhandled|\n {4}at |preview failed/);
  });
});
