import assert from "node:assert/strict";
import { commentMark } from "../../../cli/post/commentMark";
import { postFailure } from "../../../cli/post/postFailure";
import { type HostName, postReport } from "../../../cli/post/postReport";
import { failureMarkdown } from "../../../report/markdown/failure";
import { GithubStandIn } from "../../support/githubStandIn";
import { GitlabStandIn } from "../../support/gitlabStandIn";

const subject = { project: "risk", stack: "dev" };
const hosts: [HostName, () => GithubStandIn | GitlabStandIn][] = [
  ["github", () => new GithubStandIn()],
  ["gitlab", () => new GitlabStandIn()],
];

for (const [name, make] of hosts) {
  describe(`a preview that failed, on ${name}`, () => {
    let host: GithubStandIn | GitlabStandIn;
    let said: string[];

    beforeEach(async () => {
      host = await make().start();
      said = [];
    });
    afterEach(() => host.stop());

    const options = (environment: NodeJS.ProcessEnv = host.environment()) => ({
      environment,
      say: (line: string) => said.push(line),
      pause: () => Promise.resolve(),
    });
    const fail = (message: string, environment?: NodeJS.ProcessEnv) =>
      postFailure(name, () => subject, message, options(environment));

    it("has a comment of its own where there was none, and a check that fails", async () => {
      await fail("the server is away");
      assert.deepEqual(
        host.comments.map(({ text }) => text.trimEnd()),
        [`${commentMark(subject)}\n${failureMarkdown(subject, "the server is away").trimEnd()}`],
      );
      const { state, status, description } = host.checks.at(-1) ?? {};
      assert.equal(state ?? status, name === "github" ? "failure" : "failed");
      assert.equal(description, "the preview failed; the comment says why");
    });

    it("takes the place of what an earlier one said, and gives it back to the next", async () => {
      const report = { markdown: "1 deployment changes", hasChanges: true, isBroken: false };
      await postReport(name, subject, () => report, options());
      await fail("line 3: there is no such key");
      assert.equal(host.comments.length, 1);
      assert.match(host.comments[0]?.text ?? "", /the preview failed[^]*line 3: there is no such key/);
      assert.doesNotMatch(host.comments[0]?.text ?? "", /1 deployment changes/);
      await postReport(name, subject, () => report, options());
      assert.equal(host.comments[0]?.text, `${commentMark(subject)}\n1 deployment changes`);
      const { state, status } = host.checks.at(-1) ?? {};
      assert.equal(state ?? status, "success");
    });

    it("shows no credential of the job, and not a part of one", async () => {
      const secrets = { PREFECT_API_KEY: "pnu_hidden", DB_PASSWORD: "pnu_hidden_and_more", AWS_REGION: "eu-central-1" };
      await fail(`pnu_hidden_and_more pnu_hidden ${host.token} eu-central-1 true`, {
        ...host.environment(),
        ...secrets,
        PULUMI_SKIP_UPDATE_CHECK: "true",
      });
      assert.match(host.comments[0]?.text ?? "", /^\[secret\] \[secret\] \[secret\] eu-central-1 true$/m);
    });

    it("shows none that has an end of a line, nor a line or the password of one; a stack's name is none", async () => {
      await fail("tok_0123456789 line_two_of_key at hunter2-or-so of production", {
        ...host.environment(),
        PREFECT_API_KEY: "tok_0123456789\n",
        SSH_PRIVATE_KEY: "line_one_of_key\r\nline_two_of_key\r\n",
        DATABASE: "postgres://ana:hunter2-or-so@db.example/risk",
        PULUMI_STACK: "production",
      });
      assert.match(host.comments[0]?.text ?? "", /^\[secret\] \[secret\] at \[secret\] of production$/m);
    });

    it("says that it isn't posted, and throws nothing of its own", async () => {
      host.fault = () => ({ isDone: false, reply: { status: 401, json: { message: "Bad credentials" } } });
      await fail("the server is away");
      assert.match(
        said.join("\n"),
        /^the failure isn't posted: Git\w+ at \S+: GET \S+ was answered 401: Bad credentials; /,
      );
      said = [];
      await postFailure(
        name,
        () => {
          throw new Error("which project it is isn't known");
        },
        "the server is away",
        options(),
      );
      assert.deepEqual(said, ["the failure isn't posted: which project it is isn't known"]);
    });
  });
}

describe("what a comment says of a preview that failed", () => {
  const block = (text: string) => /\n(`{3,})text\n([^]*)\n\1\n/.exec(text)?.[2];

  it("has the errors as they are, in a block that nothing in them ends", () => {
    const message = "meta_prefect.yaml:3:1: no <img src=x> @ana\n      `````\n      ^\n```\n/merge\n# big\n-->";
    const text = failureMarkdown({ project: "<b>risk", stack: "*dev*" }, message);
    assert.match(text, /^\*\*&lt;b&gt;risk\/&#42;dev&#42;: the preview failed\*\*/);
    assert.equal(block(text), message);
    assert.match(text, /^`{6}text$/m);
  });

  it("has nothing that acts unseen, and no more than a reader wants; the rest is counted", () => {
    assert.equal(block(failureMarkdown(subject, "a\r\nb")), "a\nb");
    assert.equal(block(failureMarkdown(subject, "a\u001b[31m\u202eb")), "a\\u001b[31m\\u202eb");
    const text = failureMarkdown(subject, `${"x".repeat(5_000)}\n`.repeat(300));
    assert.ok(text.length < 20_000, `${text.length}`);
    assert.match(text, /The log of the job has 261 more lines\.\n$/);
  });
});
