import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { root } from "../../tools/root";
import { metaPrefect } from "../support/command";
import { prefectClient, renewServer, temporaryFolder, testEnvironment } from "../support/environment";
import { folderWith } from "../support/folderWith";
import { git } from "../support/git";
import { GithubStandIn } from "../support/githubStandIn";
import { base } from "../support/pullRequests/base";
import { fromFork, type PullRequest, pullRequests } from "../support/pullRequests/changes";

const comments = path.join(root, "test/report/expected/comments");
/** Four days before the clocks change in the United States. */
const moment = "2027-03-10T12:00:00Z";

/** Each comment was read through as a reviewer of its pull request would. `WRITE=1` writes them anew. */
describe("the comment on a pull request", () => {
  let remote: string;
  let people: string;
  /** Where CI has checked the repository out. */
  let ci: string;
  let env: NodeJS.ProcessEnv;
  const run = (project: string, words: string[], variables: NodeJS.ProcessEnv = {}) =>
    metaPrefect([...words, "--env", "prod"], { cwd: path.join(ci, project), env: { ...env, ...variables } });

  before(async function () {
    this.timeout(900_000);
    await renewServer();
    const client = await prefectClient();
    await client.post("/work_pools/", { name: "reviewed", type: "process" });
    [remote, ci] = [temporaryFolder(), fs.realpathSync(temporaryFolder())];
    git(remote, "init", "--quiet", "--bare", "--initial-branch", "main");
    people = folderWith({ ...base, ".gitignore": ".meta-prefect/\nnode_modules/\n" });
    git(people, "init", "--quiet", "--initial-branch", "main");
    git(people, "remote", "add", "origin", remote);
    pushed("main", "three projects");
    git(ci, "clone", "--quiet", remote, ".");
    for (const name of ["meta-prefect", "@pulumi/pulumi", "@types/node", "typescript"]) {
      const link = path.join(ci, "program/node_modules", name);
      fs.mkdirSync(path.dirname(link), { recursive: true });
      fs.symlinkSync(name === "meta-prefect" ? root : path.join(root, "node_modules", name), link);
    }
    const state = temporaryFolder();
    env = {
      ...(await testEnvironment()),
      PULUMI_BACKEND_URL: `file://${state}`,
      META_PREFECT__FLOWS: "static",
      NODE_OPTIONS: `--require ${path.join(root, "dist/test/support/pullRequests/clock.js")}`,
      CLOCK: moment,
    };
    for (const project of ["etl", "many", "program"]) {
      const { code, said } = await run(project, ["deploy", "--yes"]);
      assert.equal(code, 0, said);
    }
    const ofHourly = { deployments: { name: { any_: ["hourly"] } } };
    while ((await client.filter("/flow_runs/filter", ofHourly)).length === 0) await pause(500);
  });
  // its server goes with all that is on it
  after(renewServer);

  /** Commits all that people have changed, always at the same time, and pushes it. */
  function pushed(branch: string, message: string): void {
    git(people, "add", "--all");
    git(people, "commit", "--quiet", "--message", message, "--date", "2027-03-01T00:00:00Z");
    git(people, "push", "--quiet", "--force", "origin", `HEAD:refs/heads/${branch}`);
  }

  /** Makes the pull request's branch, and checks it out as CI does. */
  function opened(number: number, title: string, { files }: PullRequest): void {
    git(people, "checkout", "--quiet", "-B", `pr-${number}`, "main");
    for (const [name, change] of Object.entries(files)) {
      const file = path.join(people, name);
      fs.writeFileSync(file, typeof change === "string" ? change : change(fs.readFileSync(file, "utf8")));
    }
    pushed(`pr-${number}`, title);
    git(ci, "fetch", "--quiet", "origin");
    git(ci, "checkout", "--quiet", "--detach", `origin/pr-${number}`);
  }

  Object.entries(pullRequests).forEach(([title, pullRequest], i) => {
    it(`where ${title}`, async () => {
      opened(i + 1, title, pullRequest);
      const host = await new GithubStandIn().start();
      try {
        const job = host.environment();
        const first = await run(pullRequest.project, ["preview", "--post", "github"], job);
        assert.equal(host.comments.length, 1, first.said);
        compare(title, host.comments[0]?.text ?? "");
        // the same once more is the same bytes
        const second = await run(pullRequest.project, ["preview", "--post", "github"], job);
        assert.match(second.said, /^the comment on GitHub is left as it is$/m);
        assert.equal(second.code, first.code);
      } finally {
        host.stop();
      }
    });
  });

  it("from a fork is made with nothing of the server, the state and the job's secrets", async () => {
    const title = "a pull request comes from a fork";
    opened(10, title, fromFork);
    const host = await new GithubStandIn().start();
    host.isFromFork = true;
    try {
      const job = { ...host.environment(), GITHUB_REF: "refs/heads/main", PREFECT_API_URL: "", PULUMI_BACKEND_URL: "" };
      const base = git(ci, "merge-base", "origin/main", "HEAD").trim();
      const { code, said, printed } = await run("etl", ["preview", "--against", base, "--post", "github"], job);
      assert.equal(code, 0, said);
      const told = [said, printed, ...host.comments.map(({ text }) => text)].join("\n");
      assert.doesNotMatch(told, new RegExp(host.token));
      compare(title, host.comments[0]?.text ?? "");
    } finally {
      host.stop();
    }
  });

  it("is in the guide for reviewers, in three of its forms", () => {
    const guide = fs.readFileSync(path.join(root, "docs/guides/reviews.md"), "utf8");
    for (const name of [
      "a-schedule-is-moved-across-a-change-of-the-clocks",
      "a-flow-is-deleted",
      "a-YAML-is-changed",
    ]) {
      const [, ...lines] = fs.readFileSync(path.join(comments, `${name}.md`), "utf8").split("\n");
      assert.ok(guide.includes(["```text", ...lines, "```"].join("\n")), name);
    }
  });

  function compare(title: string, found: string): void {
    const text = found
      .replaceAll(git(ci, "rev-parse", "--short=7", "origin/main").trim(), "5eab1e5")
      // the server has a clock of its own
      .replace(
        /\d+ scheduled runs?, the next at [-\d]+ [:\d]+ UTC, goe?s?/,
        "3 scheduled runs, the next at 2027-03-10 11:00 UTC, go",
      );
    const file = path.join(comments, `${title.replaceAll(" ", "-")}.md`);
    if (process.env.WRITE) {
      fs.mkdirSync(comments, { recursive: true });
      fs.writeFileSync(file, text);
    }
    assert.equal(text, fs.readFileSync(file, "utf8"));
  }
});
