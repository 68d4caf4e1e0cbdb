import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { WorkTree, workTreeOf } from "../../../provider/program/gitChanges";
import { folderWith } from "../../support/folderWith";
import { cloneWith, git } from "../../support/git";

const own = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };

const write = (folder: string, name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
const commit = (folder: string, message: string) => {
  git(folder, "add", ".");
  git(folder, "commit", "--quiet", "--message", message);
};
const head = (folder: string, name = "HEAD") => git(folder, "rev-parse", name).trim();
const of = (folder: string) => new WorkTree(folder, own);

describe("what git says has changed", () => {
  it("is what differs from the commit that a branch has left: commits, what isn't committed, and what git doesn't know", () => {
    const folder = cloneWith({
      "a.py": "1\n",
      "b.py": "1\n",
      "c.py": "1\n",
      "gone.py": "1\n",
      ".gitignore": "ignored.py\n",
    });
    const main = head(folder);
    write(folder, "a.py", "2\n3\n");
    fs.rmSync(path.join(folder, "gone.py"));
    commit(folder, "two");
    write(folder, "b.py", "1\n2\n");
    write(folder, "new.py", "1\n");
    write(folder, "ignored.py", "1\n");
    const repository = of(folder);
    assert.deepEqual(repository.begun({}), { name: "main", commit: main });
    const changes = repository.changes(main) ?? assert.fail();
    const told = Object.fromEntries(
      [...changes].map(([place, { added, removed, before }]) => [
        path.relative(folder, place),
        [added, removed, before === undefined ? undefined : repository.content(before)],
      ]),
    );
    assert.deepEqual(told, {
      "a.py": [2, 1, "1\n"],
      "b.py": [1, 0, "1\n"],
      "gone.py": [0, 1, "1\n"],
      "new.py": [0, 0, undefined],
    });
  });

  it("is since where CI says that the pull request begins", () => {
    const folder = cloneWith({ "a.py": "1\n" });
    const main = head(folder);
    git(folder, "push", "--quiet", "origin", "main:release/1");
    write(folder, "a.py", "2\n");
    commit(folder, "two");
    const repository = of(folder);
    assert.deepEqual(repository.begun({ GITHUB_BASE_REF: "release/1" }), { name: "release/1", commit: main });
    assert.equal(repository.begun({ GITHUB_BASE_REF: "absent" }), undefined);
    const gitlab = { CI_MERGE_REQUEST_DIFF_BASE_SHA: main };
    assert.deepEqual(repository.begun(gitlab), { name: main.slice(0, 7), commit: main });
    assert.deepEqual(repository.begun({ ...gitlab, CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main" }), {
      name: "main",
      commit: main,
    });
    for (const wrong of ["f".repeat(40), "main", "--help", ""]) {
      const begun = repository.begun({ CI_MERGE_REQUEST_DIFF_BASE_SHA: wrong });
      assert.equal(begun?.name, wrong === "" ? "main" : undefined, wrong);
    }
    for (const wrong of ["--help", "main:a.py", "a..b", "@{-1}", "a\nb", "main^{/x}"]) {
      assert.equal(repository.begun({ GITHUB_BASE_REF: wrong }), undefined, wrong);
      assert.equal(repository.named(wrong), undefined, wrong);
    }
  });

  it("knows the commit of a version by its hash, by git describe and by a tag, and of no other text", () => {
    const folder = cloneWith({ "a.py": "1\n" });
    const first = head(folder);
    git(folder, "tag", "v1.0");
    git(folder, "tag", "3");
    write(folder, "a.py", "2\n");
    commit(folder, "two");
    const second = head(folder);
    const described = git(folder, "describe", "--tags").trim();
    const repository = of(folder);
    const commitOf = (version: string) => repository.named(version)?.commit;
    assert.equal(commitOf(second.slice(0, 9)), second);
    assert.equal(commitOf(described), second);
    assert.equal(commitOf("v1.0"), first);
    assert.deepEqual(repository.named("v1.0"), { name: "v1.0", commit: first });
    git(folder, "branch", "abcdef0");
    for (const other of ["3", "7", "main", "HEAD", "abcdef0", `${described}-dirty`, "0123456789", "auto"]) {
      assert.equal(commitOf(other), undefined, other);
    }
  });

  it("isn't told without a repository, a commit, a remote, or the commits between", () => {
    const bare = folderWith({ "a.py": "1\n" });
    assert.equal(of(bare).begun({}), undefined);
    assert.equal(of(bare).changes("f".repeat(40)), undefined);
    git(bare, "init", "--quiet");
    assert.equal(of(bare).begun({}), undefined);
    const shallow = cloneWith({ "a.py": "1\n" }, "--depth=1");
    assert.equal(of(shallow).changes("f".repeat(40)), undefined);
    assert.equal(of(shallow).content("f".repeat(40)), undefined);
    assert.equal(workTreeOf(path.join(shallow, ".")), shallow);
  });

  it("runs nothing that the repository's settings name, and has its names as they are", () => {
    const names = [":(top)a.py", "a\nb.py", ":100644 x", "1\t2\tc.py", "ü.py", "-n", '"q".py'];
    const folder = cloneWith({ "a.py": "1\n", ...Object.fromEntries(names.map((name) => [name, "1\n"])) });
    const main = head(folder);
    const mark = path.join(folder, ".git", "ran");
    const script = path.join(folder, ".git", "script");
    fs.writeFileSync(script, `#!/bin/sh\ntouch '${mark}'\ncat\n`, { mode: 0o755 });
    const settings = {
      "diff.external": script,
      "diff.own.textconv": script,
      "diff.own.command": script,
      "filter.own.clean": script,
      "filter.own.process": script,
      "core.fsmonitor": script,
      "core.pager": script,
      "diff.relative": "true",
      "diff.renames": "copies",
      "color.ui": "always",
    };
    for (const [key, value] of Object.entries(settings)) git(folder, "config", key, value);
    fs.writeFileSync(path.join(folder, ".git", "info", "attributes"), "* diff=own filter=own\n");
    for (const name of names) write(folder, name, "2\n");
    write(folder, "un\nknown.py", "1\n");
    fs.rmSync(mark, { force: true });
    const changes = of(folder).changes(main) ?? assert.fail();
    assert.deepEqual(
      [...changes.keys()].map((place) => path.relative(folder, place)).sort(),
      [...names, "un\nknown.py"].sort(),
    );
    for (const { before } of changes.values())
      if (before !== undefined) assert.equal(of(folder).content(before), "1\n");
    assert.ok(!fs.existsSync(mark), "something was run");
    // it would have been
    execFileSync("git", ["diff", main], { cwd: folder, env: own, stdio: "ignore" });
    assert.ok(fs.existsSync(mark));
  });
});
