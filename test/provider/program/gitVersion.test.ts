import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { LocalRunDeployer } from "../../../index";
import { Deployment } from "../../../provider/kinds/deployment/deployment";
import { describedByGit } from "../../../provider/program/gitVersion";
import { temporaryFolder } from "../../support/environment";
import { registeredIn } from "../../support/registered";
import { skipped } from "../../support/skipped";

/** A person's own settings, of which none is needed. */
const own = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };

function git(folder: string, ...args: string[]): string {
  const author = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"];
  return execFileSync("git", [...author, ...args], { cwd: folder, env: own, encoding: "utf8", stdio: "pipe" }).trim();
}

function write(folder: string, file: string, text: string, mode?: number): void {
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  fs.writeFileSync(path.join(folder, file), text, { mode });
}

/** A repository with one commit. */
function repository(): string {
  const folder = temporaryFolder();
  git(folder, "init", "--quiet");
  write(folder, "flows.py", "one\n");
  git(folder, "add", ".");
  git(folder, "commit", "--quiet", "--message", "one");
  return folder;
}

const versionOf = (folder: string, environment: NodeJS.ProcessEnv = own) => {
  const answer = describedByGit(folder, environment);
  return "version" in answer ? answer.version : assert.fail(answer.error);
};
const errorOf = (folder: string, environment: NodeJS.ProcessEnv = own) => {
  const answer = describedByGit(folder, environment);
  return "error" in answer ? answer.error : assert.fail(answer.version);
};

describe("what git says of a folder", () => {
  it("is what git describe says: commit, tag, commits since, changes", () => {
    const folder = repository();
    const check = (expected: RegExp) => {
      assert.match(versionOf(folder), expected);
      assert.equal(versionOf(folder), git(folder, "describe", "--tags", "--always", "--dirty"));
    };
    check(/^[0-9a-f]{7,}$/);
    write(folder, "new.py", "not of the repository\n");
    check(/^[0-9a-f]{7,}$/);
    write(folder, "flows.py", "two\n");
    check(/^[0-9a-f]{7,}-dirty$/);
    git(folder, "add", ".");
    check(/^[0-9a-f]{7,}-dirty$/);
    git(folder, "tag", "v1.0");
    check(/^v1\.0-dirty$/);
    git(folder, "commit", "--quiet", "--message", "two");
    check(/^v1\.0-1-g[0-9a-f]{7,}$/);
    fs.rmSync(path.join(folder, "flows.py"));
    check(/-dirty$/);
    git(folder, "checkout", "--quiet", "v1.0");
    fs.utimesSync(path.join(folder, "flows.py"), 1, 1);
    write(folder, "sub/new.py", "");
    assert.equal(versionOf(path.join(folder, "sub")), "v1.0");
  });

  it("isn't misled by variables of git that name another repository", () => {
    const [folder, other] = [repository(), repository()];
    git(folder, "tag", "this");
    git(other, "tag", "other");
    const misleading = {
      ...own,
      GIT_DIR: path.join(other, ".git"),
      GIT_WORK_TREE: other,
      GIT_INDEX_FILE: path.join(other, "none"),
      GIT_OBJECT_DIRECTORY: other,
      GIT_CONFIG_PARAMETERS: "'core.worktree'='/none'",
      GIT_NAMESPACE: "other",
      GIT_TRACE: "1",
    };
    assert.equal(versionOf(folder, misleading), "this");
  });

  it("executes nothing of the repository, nor what lies in it", () => {
    const library = repository();
    const folder = repository();
    git(folder, "submodule", "--quiet", "add", library, "library");
    write(folder, ".gitattributes", "* filter=own\n");
    write(folder, "library/.gitattributes", "* filter=sub\n");
    git(folder, "add", ".");
    git(folder, "commit", "--quiet", "--message", "all");
    git(folder, "tag", "v1");
    const trace = path.join(folder, "trace");
    const script = (by: string) => `#!/bin/sh\ntouch '${trace}-${by}'\n`;
    for (const hook of ["post-index-change", "fsmonitor-watchman", "reference-transaction"]) {
      write(folder, `.git/hooks/${hook}`, script(hook), 0o755);
    }
    write(folder, "node_modules/.bin/git", script("path"), 0o755);
    const touches = (by: string) => `touch '${trace}-${by}'; cat`;
    git(folder, "config", "core.fsmonitor", touches("fsmonitor"));
    git(folder, "config", "filter.own.clean", touches("filter"));
    git(folder, "config", "filter.own.required", "true");
    git(folder, "config", "filter.a.process.process", touches("process"));
    git(path.join(folder, "library"), "config", "filter.sub.clean", touches("submodule"));
    git(folder, "config", "core.pager", touches("pager"));
    git(folder, "config", "core.sshCommand", touches("ssh"));
    git(folder, "config", "alias.describe", `!${touches("alias")}`);
    git(folder, "config", "protocol.ext.allow", "always");
    git(folder, "config", "remote.origin.url", `ext::touch ${trace}-remote`);
    git(folder, "config", "remote.origin.promisor", "true");
    for (const file of ["flows.py", "library/flows.py"]) fs.utimesSync(path.join(folder, file), 1, 1);
    const PATH = [path.join(folder, "node_modules/.bin"), process.env.PATH].join(path.delimiter);
    assert.equal(versionOf(folder, { ...own, PATH }), "v1");

    // a partial clone that lacks what git has to look at
    const tree = git(folder, "rev-parse", "HEAD^{tree}");
    fs.rmSync(path.join(folder, ".git/objects", tree.slice(0, 2), tree.slice(2)));
    assert.match(errorOf(folder), /^"git" can't be told: git says /);
    assert.deepEqual(
      fs.readdirSync(folder).filter((name) => name.startsWith("trace")),
      [],
    );

    // what guards against is real: git itself runs it
    assert.throws(() => git(folder, "-c", "core.fsmonitor=false", "status"));
    assert.ok(fs.existsSync(`${trace}-remote`));
  });

  it("refuses a repository whose filter can't be switched off", () => {
    const folder = repository();
    git(folder, "config", "filter.a=b.clean", "true");
    assert.match(errorOf(folder), /has a filter whose name has a "="; remove it, or give a text or "auto"$/);
  });

  it("is an error that says what to do where git can't tell", () => {
    const none = temporaryFolder();
    assert.equal(
      errorOf(none),
      `"git" needs a git repository, and ${none} isn't in one; run this in a clone, or give a text or "auto"`,
    );
    git(none, "init", "--quiet");
    assert.equal(
      errorOf(none),
      `"git" needs a commit, and the repository of ${none} has none; commit, or give a text or "auto"`,
    );
    assert.equal(
      errorOf(none, { PATH: temporaryFolder() }),
      `"git" needs the git command, which isn't on the PATH; install it, or give a text or "auto"`,
    );
    const bare = temporaryFolder();
    git(bare, "init", "--quiet", "--bare");
    assert.match(errorOf(bare), /^"git" can't be told: git says "cannot use bare repository .*; mend it, or /);
  });

  it("is an error where the repository is another user's, until the person trusts it", function () {
    if (process.getuid?.() !== 0) skipped(this, "only root can give a folder to another user");
    const folder = repository();
    fs.chownSync(folder, 65534, 65534);
    assert.equal(
      errorOf(folder),
      `"git" can't be told: git says "detected dubious ownership in repository at '${folder}'"; ` +
        `git config --global --add safe.directory ${folder}, or give a text or "auto"`,
    );
    const trusted = { ...own, GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: folder };
    assert.match(versionOf(folder, trusted), /^[0-9a-f]{7,}$/);
  });
});

describe('a deployment whose version is "git"', () => {
  const schema = { parameterOpenapiSchema: {} };
  const plan = (name: string, more: object = {}) => ({ name, entrypoint: "flows.py:f", ...schema, ...more });
  const known = async (folder: string, program: () => unknown, configuration = {}) =>
    (await registeredIn(folder, program, { configuration }))
      .filter(({ type }) => type === "Deployment")
      .map(({ inputs, hints, failures }) => [inputs.name, inputs.version, hints?.gitVersion, failures]);

  it("has what git says of the program's folder, alone and by every way to say so to a recipe", async () => {
    const folder = repository();
    git(folder, "tag", "v1");
    const program = () => {
      new Deployment("plain", { flowName: "f", version: "git", ...schema });
      new Deployment("output", { flowName: "f", version: pulumi.output("git"), ...schema });
      new Deployment("other", { flowName: "f", version: pulumi.output("2"), ...schema });
      const deployments = [plan("a"), plan("b", { version: "7" }), plan("c", { version: "git" })];
      new LocalRunDeployer("configured", { deployments });
      new LocalRunDeployer("given", { deployments: [plan("d"), plan("e", { version: "auto" })], version: "git" });
    };
    assert.deepEqual(await known(folder, program, { "meta-prefect:version": "git" }), [
      ["a-dev", "git", "v1", undefined],
      ["b-dev", "7", undefined, undefined],
      ["c-dev", "git", "v1", undefined],
      ["d-dev", "git", "v1", undefined],
      ["e-dev", "auto", undefined, undefined],
      ["other", "2", undefined, undefined],
      ["output", "git", "v1", undefined],
      ["plain", "git", "v1", undefined],
    ]);
  });

  it("has the failure on the property, beside others, and nothing is asked where it isn't used", async () => {
    const folder = temporaryFolder();
    const deployments = [plan("a", { version: "git", tag: "x" }), plan("b", { version: "1" }), plan("c")];
    const [a, b, c] = await known(folder, () => new LocalRunDeployer("local", { deployments }));
    const failures = a?.[3] as { property: string }[];
    assert.deepEqual(failures.map(({ property }) => property).sort(), ["tag", "version"]);
    assert.deepEqual([b?.[3], c?.[3]], [undefined, undefined]);
  });

  it("asks git once in a program", async () => {
    const folder = repository();
    const bin = temporaryFolder();
    const log = path.join(bin, "log");
    const real = execFileSync("which", ["git"], { encoding: "utf8" }).trim();
    write(bin, "git", `#!/bin/sh\necho "$@" >> '${log}'\nexec '${real}' "$@"\n`, 0o755);
    const before = process.env.PATH;
    process.env.PATH = [bin, before].join(path.delimiter);
    try {
      const deployments = Array.from({ length: 20 }, (_, i) => plan(`d${i}`, { version: "git" }));
      await known(folder, () => new LocalRunDeployer("local", { deployments }));
    } finally {
      process.env.PATH = before;
    }
    assert.equal(fs.readFileSync(log, "utf8").match(/describe/g)?.length, 1);
  });
});
