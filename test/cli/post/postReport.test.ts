import assert from "node:assert/strict";
import { commentMark } from "../../../cli/post/commentMark";
import { Refusal } from "../../../cli/post/hostApi";
import { type HostName, postReport, type Report } from "../../../cli/post/postReport";
import { visible } from "../../../provider/api/visible";
import { GithubStandIn } from "../../support/githubStandIn";
import { GitlabStandIn } from "../../support/gitlabStandIn";
import type { HostStandIn, Reply, Sent } from "../../support/hostStandIn";

const subject = { project: "risk", stack: "dev" };
const mark = commentMark(subject);
const changes: Report = { markdown: "1 deployment changes\n\n- `sums`: at 7:00", hasChanges: true, isBroken: false };
const none: Report = { markdown: "nothing changes", hasChanges: false, isBroken: false };

interface Posted {
  said: string[];
  /** What was waited for, in milliseconds. */
  waited: number[];
}

interface Host {
  name: HostName;
  title: string;
  start: () => Promise<GithubStandIn | GitlabStandIn>;
  limit: number;
  tokenName: string;
  /** The path of the list of comments. */
  list: string;
  one: RegExp;
  /** What the token's want of rights is called, and how the stand-in is told of it. */
  readOnly: (standIn: HostStandIn) => void;
  uncheckable: (standIn: HostStandIn) => void;
}

const both: Host[] = [
  {
    name: "github",
    title: "GitHub",
    start: () => new GithubStandIn().start(),
    limit: 65_536,
    tokenName: "GITHUB_TOKEN",
    list: "/repos/risk/flows/issues/7/comments",
    one: /^\/repos\/risk\/flows\/issues\/comments\/\d+$/,
    readOnly: (standIn) => ((standIn as GithubStandIn).permissions = { "pull-requests": false, statuses: false }),
    uncheckable: (standIn) => ((standIn as GithubStandIn).permissions.statuses = false),
  },
  {
    name: "gitlab",
    title: "GitLab",
    start: () => new GitlabStandIn().start(),
    limit: 1_000_000,
    tokenName: "GITLAB_TOKEN",
    list: "/projects/4242/merge_requests/7/notes",
    one: /^\/projects\/4242\/merge_requests\/7\/notes\/\d+$/,
    readOnly: (standIn) => ((standIn as GitlabStandIn).scope = "read_api"),
    uncheckable: (standIn) => ((standIn as GitlabStandIn).mayCheck = false),
  },
];

for (const { name, title, start, limit, tokenName, list, one, readOnly, uncheckable } of both) {
  describe(`a comment on ${title}`, () => {
    let host: GithubStandIn | GitlabStandIn;

    beforeEach(async () => {
      host = await start();
    });
    afterEach(() => host.stop());

    async function post(
      report: Report,
      environment: NodeJS.ProcessEnv = host.environment(),
      of = subject,
    ): Promise<Posted> {
      const posted: Posted = { said: [], waited: [] };
      await postReport(name, of, () => report, {
        environment,
        say: (line) => posted.said.push(line),
        pause: (milliseconds) => Promise.resolve(posted.waited.push(milliseconds)),
      });
      return posted;
    }

    /** Makes the first requests of a kind go wrong. */
    function failing(times: number, isMeant: (sent: Sent) => boolean, reply: Reply | undefined, isDone = false): void {
      let left = times;
      host.fault = (sent) => (isMeant(sent) && (left -= 1) >= 0 ? { isDone, reply } : undefined);
    }

    const isMaking = ({ method, path }: Sent) => method === "POST" && path === list;
    const isListing = ({ method, path }: Sent) => method === "GET" && path === list;
    const commentWrites = () => host.writes.filter((write) => !write.includes("/statuses/"));

    it("is made, with the mark before the report, and a check", async () => {
      host.add("looks good to me");
      const { said } = await post(changes);
      assert.deepEqual(said, [`the comment on ${title} is made`]);
      assert.deepEqual(host.comments[1], { id: 102, text: `${mark}\n${changes.markdown}`, author: host.me });
      assert.equal(host.comments.length, 2);
      const [check] = host.checks;
      assert.deepEqual(check, {
        ...(name === "github"
          ? { state: "success", context: "meta-prefect: risk/dev" }
          : { status: "success", name: "meta-prefect: risk/dev" }),
        description: "changes; the comment says which",
      });
    });

    it("is left as it is while the text is the same, by a second run without any write", async () => {
      await post(changes);
      const writes = host.writes.length;
      const { said } = await post(changes);
      assert.deepEqual(said, [`the comment on ${title} is left as it is`]);
      assert.equal(host.writes.length, writes);
    });

    it("is left as it is when the host has changed the ends of its lines", async () => {
      host.add(`${mark}\r\n${changes.markdown.replaceAll("\n", "\r\n")}\r\n`, host.me);
      await post(changes);
      assert.deepEqual(commentWrites(), []);
    });

    it("is updated in its place, and says so when nothing changes any more", async () => {
      await post(changes);
      host.add("hm");
      assert.deepEqual((await post({ ...changes, markdown: "2 change" })).said, [`the comment on ${title} is updated`]);
      assert.equal(host.comments[0]?.text, `${mark}\n2 change`);
      await post(none);
      assert.deepEqual(
        host.comments.map(({ text }) => text),
        [`${mark}\nnothing changes`, "hm"],
      );
      assert.equal(host.checks.at(-1)?.description, "nothing changes");
    });

    it("is not made when nothing changes and nothing ever did; the check says so", async () => {
      assert.deepEqual((await post(none)).said, [`the comment on ${title} is not made, as nothing changes`]);
      assert.deepEqual(host.comments, []);
      assert.equal(host.checks.at(-1)?.description, "nothing changes");
    });

    it("is made for what breaks without a change, with a check that fails", async () => {
      await post({ markdown: "1 run would be refused", hasChanges: false, isBroken: true });
      assert.equal(host.comments.length, 1);
      const { state, status, description } = host.checks.at(-1) ?? {};
      assert.equal(state ?? status, name === "github" ? "failure" : "failed");
      assert.equal(description, "something breaks; the comment says what");
    });

    it("is one for each stack", async () => {
      const other = { project: "risk", stack: "dev2" };
      await post(changes);
      await post({ ...changes, markdown: "other" }, host.environment(), other);
      await post({ ...changes, markdown: "again" });
      assert.deepEqual(
        host.comments.map(({ text }) => text),
        [`${mark}\nagain`, `${commentMark(other)}\nother`],
      );
      assert.equal(new Set(host.checks.map(({ context, name: called }) => context ?? called)).size, 2);
    });

    it("is found behind 250 others, and none is asked for twice", async () => {
      for (let i = 0; i < 220; i += 1) host.add(`${i}`);
      const ours = host.add(`${mark}\nold`, host.me);
      for (let i = 0; i < 30; i += 1) host.add(`${i}`);
      await post(changes);
      assert.equal(ours.text, `${mark}\n${changes.markdown}`);
      const pages = host.sent.filter(isListing).map(({ query }) => `${query.get("per_page")}/${query.get("page")}`);
      assert.deepEqual(pages, ["100/1", "100/2", "100/3"]);
    });

    it("is found where pages are shorter than they are asked for", async () => {
      host.pageSize = 30;
      for (let i = 0; i < 70; i += 1) host.add(`${i}`);
      const ours = host.add(`${mark}\nold`, host.me);
      await post(changes);
      assert.equal(ours.text, `${mark}\n${changes.markdown}`);
    });

    it("that somebody else has written or quoted is neither changed nor taken for ours", async () => {
      const forged = host.add(`${mark}\nall is well`, "eve");
      const quoted = host.add(`> ${mark}\n> 1 deployment changes\n\nwhy?`, "ana");
      const quotedByUs = host.add(`see ${mark}`, host.me);
      await post(changes);
      assert.deepEqual(
        [forged, quoted, quotedByUs].map(({ text }) => text),
        [`${mark}\nall is well`, `> ${mark}\n> 1 deployment changes\n\nwhy?`, `see ${mark}`],
      );
      assert.equal(host.comments.at(-1)?.text, `${mark}\n${changes.markdown}`);
      await post({ ...changes, markdown: "2 change" });
      assert.equal(host.comments.length, 4);
      assert.equal(host.comments.at(-1)?.text, `${mark}\n2 change`);
    });

    it("is cut to what fits, with a word before it that says so", async () => {
      const long = Array.from({ length: limit / 10 }, (_, i) => `- deployment ${i} 🙂`).join("\n");
      const { said } = await post({ ...changes, markdown: `${long}\n` });
      const text = host.comments[0]?.text ?? "";
      assert.ok(text.length <= limit && text.length > limit - 200, `${text.length}`);
      assert.match(text, /^<!-- [^\n]* -->\n\*\*This is cut: \d+ characters have no room in a comment\./);
      assert.match(text, /\n- deployment \d+ 🙂$/);
      assert.match(
        said[0] ?? "",
        new RegExp(`^a comment on ${title} has ${limit} characters at most: \\d+ of the report`),
      );
      await post({ ...changes, markdown: long });
      assert.equal(commentWrites().length, 1);
    });

    it("is one when two jobs make it at the same time", async () => {
      let arrived = 0;
      let release: () => void = () => undefined;
      const bothThere = new Promise<void>((resolve) => (release = resolve));
      host.meanwhile = (sent) => {
        if (!isMaking(sent)) return Promise.resolve();
        if ((arrived += 1) === 2) release();
        return bothThere;
      };
      await Promise.all([post(changes), post(changes)]);
      assert.equal(arrived, 2);
      assert.deepEqual(
        host.comments.map(({ text }) => text),
        [`${mark}\n${changes.markdown}`],
      );
    });

    it("of which there are two is mended: the first stays, the other is deleted", async () => {
      const [first] = [host.add(`${mark}\none`, host.me), host.add(`${mark}\ntwo`, host.me), host.add("hm")];
      await post(changes);
      assert.deepEqual(
        host.comments.map(({ text }) => text),
        [`${mark}\n${changes.markdown}`, "hm"],
      );
      assert.equal(host.comments[0]?.id, first?.id);
    });

    it("that is deleted while it is updated is made anew", async () => {
      host.add(`${mark}\nold`, host.me);
      host.meanwhile = ({ path }) => {
        if (one.test(path)) host.comments.length = 0;
        return Promise.resolve();
      };
      await post(changes);
      assert.deepEqual(
        host.comments.map(({ text }) => text),
        [`${mark}\n${changes.markdown}`],
      );
    });

    const lost: [string, Reply | undefined][] = [
      ["a broken connection", undefined],
      ["a gateway's page", { status: 502, text: "<html>Bad Gateway</html>" }],
      ["something before the host", { status: 503, json: { message: "no upstream" } }],
      ["an error of the server's", { status: 500, json: { message: "oops" } }],
    ];
    for (const [what, reply] of lost) {
      it(`is not made twice when its answer is lost to ${what}`, async () => {
        failing(1, isMaking, reply, true);
        const { said, waited } = await post(changes);
        assert.deepEqual(said, [`the comment on ${title} is made`]);
        assert.equal(host.comments.length, 1);
        assert.equal(host.sent.filter(isMaking).length, 1);
        assert.deepEqual(waited, [2_000]);
      });

      it(`is made at the second try when the first has not come through, by ${what}`, async () => {
        failing(1, isMaking, reply, false);
        await post(changes);
        assert.equal(host.comments.length, 1);
        assert.equal(host.sent.filter(isMaking).length, 2);
      });
    }

    it("whose answer is lost each time is an error, after a few tries", async () => {
      failing(Infinity, isMaking, undefined, false);
      await assert.rejects(post(changes), new RegExp(`${title} at .*: no answer to POST ${list} \\(ECONNRESET\\)$`));
      assert.equal(host.sent.filter(isMaking).length, 4);
    });

    it("is made though the first three tries got lost", async () => {
      failing(3, isMaking, undefined, false);
      assert.deepEqual((await post(changes)).said, [`the comment on ${title} is made`]);
      assert.equal(host.comments.length, 1);
    });

    it("that the host's list doesn't have yet is not made again", async () => {
      const hidden = { status: 200, json: [] };
      host.fault = (sent) => (isListing(sent) ? { isDone: true, reply: hidden } : undefined);
      assert.deepEqual((await post(changes)).said, [`the comment on ${title} is made`]);
      assert.equal(host.comments.length, 1);
    });

    it("is set with the same check once for a commit, and anew when that changes", async () => {
      const checks = () => host.writes.filter((write) => write.includes("/statuses/")).length;
      await post(changes);
      await post({ ...changes, markdown: "2 change" });
      assert.equal(checks(), 1);
      await post({ ...changes, isBroken: true });
      await post(changes);
      assert.equal(checks(), 3);
      assert.equal(host.checks.at(-1)?.description, "changes; the comment says which");
    });

    it("is posted after what the host asks to wait for", async () => {
      failing(1, isListing, { status: 429, text: "Retry later\n", headers: { "retry-after": "7" } });
      const { waited } = await post(changes);
      assert.deepEqual(waited, [7_000]);
      assert.equal(host.comments.length, 1);
      failing(1, isMaking, { status: 429, json: { message: "slow down" }, headers: { "retry-after": "3" } });
      host.comments.length = 0;
      assert.deepEqual((await post(changes)).waited, [3_000]);
      assert.equal(host.comments.length, 1);
    });

    it("is given up when the host says 'not now' five times", async () => {
      failing(Infinity, isListing, { status: 503, json: { message: "Unavailable" } });
      await assert.rejects(post(changes), /GET \S+ was answered 503: Unavailable$/);
      assert.equal(host.sent.length, 5);
      assert.deepEqual(host.writes, []);
    });

    const pages: [string, Reply, RegExp][] = [
      [
        "a login page",
        { status: 200, text: "<html>\n<title>Sign in</title></html>" },
        /was answered 200: a page instead of JSON \(<html> <title>Sign in<\/title><\/html>\)$/,
      ],
      ["half a JSON", { status: 200, text: '[{"id": 1, "bo' }, /was answered 200: a part of a JSON text$/],
      [
        "a page for 404",
        { status: 404, text: "<h1>nothing</h1>" },
        /was answered 404: a page instead of JSON \(<h1>nothing<\/h1>\)$/,
      ],
      [
        "another JSON",
        { status: 200, json: { total: 3 } },
        /was answered with an object of total instead of a list of objects$/,
      ],
    ];
    for (const [what, reply, says] of pages) {
      it(`is not posted to what answers ${what}`, async () => {
        failing(Infinity, isListing, reply);
        await assert.rejects(post(changes), says);
        assert.equal(host.sent.length, 1);
      });
    }

    it("is not posted where the host leads elsewhere, which gets nothing", async () => {
      const elsewhere = await start();
      try {
        const location = `${elsewhere.apiUrl}${list}`;
        failing(Infinity, isListing, { status: 307, json: { message: "Moved" }, headers: { location } });
        await assert.rejects(post(changes), (error: Error) =>
          error.message.endsWith(`answered 307, which leads to ${location}: Moved`),
        );
        assert.deepEqual(elsewhere.sent, []);
      } finally {
        elsewhere.stop();
      }
    });

    it("is found by pages, but not where a page says that the next is elsewhere", async () => {
      const elsewhere = await start();
      try {
        const headers = { link: `<${elsewhere.apiUrl}${list}?page=2>; rel="next"` };
        failing(1, isListing, { status: 200, json: [], headers });
        await post(changes);
        assert.deepEqual(elsewhere.sent, []);
        assert.equal(host.comments.length, 1);
      } finally {
        elsewhere.stop();
      }
    });

    it("is refused with a wrong token, which isn't shown", async () => {
      failing(Infinity, isListing, { status: 401, json: { message: `bad token: wr0ng` } });
      await assert.rejects(post(changes, { ...host.environment(), [tokenName]: "wr0ng" }), (error: Error) => {
        assert.match(error.message, new RegExp(`was answered 401: bad token: \\[secret\\]; ${tokenName} is wrong`));
        return !error.message.includes("wr0ng");
      });
      host.fault = () => undefined;
      await assert.rejects(post(changes, { ...host.environment(), [tokenName]: "wr0ng" }), /answered 401: .*; /);
    });

    it("is refused to a token that may only read, with what it needs", async () => {
      readOnly(host);
      await assert.rejects(
        post(changes),
        new RegExp(`POST ${list} was answered 403: .*; (give the job|GITLAB_TOKEN needs)`),
      );
      assert.deepEqual(host.comments, []);
    });

    it("is posted by a token that can't set checks, with a word", async () => {
      uncheckable(host);
      const { said } = await post(changes);
      assert.equal(host.comments.length, 1);
      assert.match(said[1] ?? "", /^no check is set, which the token doesn't allow: .* was answered 403: /);
    });

    it("is refused by a host that has shorter comments, in its words", async () => {
      const errors = [{ resource: "IssueComment", field: "body", message: "is too long (maximum is 10 characters)" }];
      failing(Infinity, isMaking, { status: 422, json: { message: "Validation Failed", errors } });
      await assert.rejects(
        post(changes),
        /answered 422: Validation Failed: body is too long \(maximum is 10 characters\)$/,
      );
    });

    it("is refused for another number or project", async () => {
      Object.assign(host, { number: 8 });
      const environment = host.environment();
      Object.assign(host, { number: 7 });
      await assert.rejects(post(changes, environment), /was answered 404: .*[Nn]ot Found; check /i);
    });

    it("is not posted without a token, outside of CI or of a pull request; a word says why", async () => {
      const environment = host.environment();
      const without: [NodeJS.ProcessEnv, RegExp][] = [
        [{ ...environment, [tokenName]: undefined }, /^nothing is posted: there is no token; .*TOKEN/],
        [{ ...environment, [tokenName]: " \n" }, /^nothing is posted: there is no token; /],
        [{}, /^nothing is posted: this is no job of Git/],
        [
          { ...environment, GITHUB_EVENT_PATH: undefined, GITHUB_REF: "refs/heads/7", CI_MERGE_REQUEST_IID: undefined },
          /^nothing is posted: this job is not about a (pull|merge) request/,
        ],
        [
          { ...environment, GITHUB_EVENT_PATH: "/nix", GITHUB_REF: "", CI_MERGE_REQUEST_IID: "7/../8" },
          /^nothing is posted: this job is not about a/,
        ],
      ];
      for (const [given, says] of without) {
        const said: string[] = [];
        const report = () => assert.fail("the report isn't needed");
        await postReport(name, subject, report, { environment: given, say: (line) => said.push(line) });
        assert.equal(said.length, 1);
        assert.match(said[0] ?? "", says);
      }
      assert.deepEqual(host.sent, []);
    });

    it("is not posted where the token would be read by others, or can't be one", async () => {
      const key = name === "github" ? "GITHUB_API_URL" : "CI_API_V4_URL";
      const environment = host.environment();
      const wrong: [NodeJS.ProcessEnv, RegExp][] = [
        [{ [key]: "http://code.example/api" }, /: the token would be sent unencrypted, so it isn't sent; /],
        [{ [key]: "https://ana:lines@127.0.0.1/" }, /^[A-Z_0-9]+ has a user or a password in it; /],
        [{ [key]: "ftp://127.0.0.1/" }, /" is not an address; /],
        [{ [tokenName]: "two\nlines" }, /^the token for Git... has characters that none can have; /],
      ];
      for (const [given, says] of wrong) {
        await assert.rejects(post(changes, { ...environment, ...given }), (error: Error) => {
          assert.match(error.message, says);
          return !error.message.includes("lines");
        });
      }
      assert.deepEqual(host.sent, []);
    });

    for (const [project, stack] of [
      ["a --> <script>", "b\n<!--"],
      ["--", "->"],
      ["org/risk", "dev/../prod"],
      ["\u202eksir", "🙂\ud800"],
      ["a".repeat(400), "b".repeat(400)],
    ] as const) {
      it(`is found again for the project "${visible(project).slice(0, 12)}"`, async () => {
        const hostile = { project, stack };
        await post(changes, host.environment(), hostile);
        await post({ ...changes, markdown: "2 change" }, host.environment(), hostile);
        assert.match(host.comments[0]?.text ?? "", /^<!-- meta-prefect: [\w./%-]+ -->\n2 change$/);
        assert.doesNotMatch(commentMark(hostile).slice(4, -3), /--|[<>]/);
        assert.equal(host.comments.length, 1);
      });
    }
  });
}

describe("a comment on GitHub in particular", () => {
  let host: GithubStandIn;
  const said: string[] = [];
  const post = (environment: NodeJS.ProcessEnv) =>
    postReport("github", subject, () => changes, { environment, say: (line) => said.push(line) });

  beforeEach(async () => {
    said.length = 0;
    host = await new GithubStandIn().start();
  });
  afterEach(() => host.stop());

  it("is made and updated on an enterprise server, whose GraphQL is elsewhere", async () => {
    host.base = "/api/v3";
    host.add(`${mark}\nold`, host.me);
    await post(host.environment());
    assert.equal(host.comments[0]?.text, `${mark}\n${changes.markdown}`);
    assert.ok(host.sent.some(({ path }) => path === "/api/graphql"));
  });

  it("is made where only the reference tells the number, without a check, as the commit isn't known", async () => {
    await post({ ...host.environment(), GITHUB_EVENT_PATH: undefined });
    assert.equal(host.comments.length, 1);
    assert.deepEqual(host.checks, []);
  });

  it("is not made for a fork, whose token may only read; that is no error", async () => {
    host.isFromFork = true;
    host.permissions = { "pull-requests": false, statuses: false };
    await post(host.environment());
    assert.deepEqual(host.comments, []);
    assert.match(said.join(), /^nothing is posted: the token of a pull request from a fork may only read \(GitHub at /);
  });

  it("is made for a fork where the token may write", async () => {
    host.isFromFork = true;
    await post(host.environment());
    assert.equal(host.comments.length, 1);
  });

  it("is made for a fork by a job of the branch that it is merged into, with a check on the fork's commit", async () => {
    host.isFromFork = true;
    const target = { GITHUB_EVENT_NAME: "pull_request_target", GITHUB_REF: "refs/heads/main", GITHUB_BASE_REF: "main" };
    await post({ ...host.environment(), ...target, GITHUB_SHA: "0".repeat(40) });
    assert.equal(host.comments.length, 1);
    assert.ok(host.sent.some(({ method, path }) => method === "POST" && path.endsWith(`/statuses/${host.commit}`)));
    assert.equal(host.checks.length, 1);
  });

  it("waits where too many requests are answered by 403", async () => {
    const limited = { status: 403, json: { message: "secondary rate limit" }, headers: { "retry-after": "1" } };
    let left = 1;
    host.fault = ({ method }) =>
      method === "POST" && (left -= 1) >= 0 ? { isDone: false, reply: limited } : undefined;
    await post(host.environment());
    assert.equal(host.comments.length, 1);
  });

  it("isn't changed when the host doesn't say whose the token is", async () => {
    host.add(`${mark}\nold`, host.me);
    host.fault = ({ path }) =>
      path === "/graphql"
        ? { isDone: false, reply: { status: 200, json: { errors: [{ message: "no" }] } } }
        : undefined;
    await assert.rejects(
      post(host.environment()),
      /POST \/graphql was answered with an object of errors instead of whose the token is: no$/,
    );
    assert.deepEqual(host.writes, []);
  });

  /** Answers what is meant as GitHub does when the hour's requests are used up, for so many seconds. */
  function limit(seconds: number, isMeant: (sent: Sent) => boolean, times = Infinity): string {
    const reset = Math.floor(Date.now() / 1_000) + seconds;
    const message = "API rate limit exceeded for installation.";
    let left = times;
    host.fault = (sent) => {
      if (!isMeant(sent) || (left -= 1) < 0) return undefined;
      const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) };
      const errors = [{ type: "RATE_LIMITED", message }];
      const answer = sent.path === "/graphql" ? { status: 200, json: { errors } } : { status: 403, json: { message } };
      return { isDone: false, reply: { ...answer, headers } };
    };
    return new Date(reset * 1_000).toISOString();
  }

  const limited: [what: string, isMeant: (sent: Sent) => boolean][] = [
    ["the list", ({ method, path }) => method === "GET" && path.endsWith("/comments")],
    ["the comment", ({ method, path }) => method === "POST" && path.endsWith("/comments")],
    ["whose the token is", ({ path }) => path === "/graphql"],
    ["the check", ({ method, path }) => method === "POST" && path.includes("/statuses/")],
  ];
  for (const [what, isMeant] of limited) {
    it(`is given up, for a fork too, where GitHub takes no more requests for an hour: ${what}`, async () => {
      host.isFromFork = true;
      if (what.startsWith("whose")) host.add(`${mark}\nold`, host.me);
      const time = limit(3_600, isMeant);
      await assert.rejects(post(host.environment()), (error: Error) => {
        assert.ok(!(error instanceof Refusal));
        const says = `API rate limit exceeded for installation.; it takes no more requests until ${time}; try again then`;
        assert.ok(error.message.endsWith(`: ${says}`), error.message);
        return true;
      });
      assert.equal(host.sent.filter(isMeant).length, 1);
    });

    it(`is posted after a limit that soon ends: ${what}`, async () => {
      if (what.startsWith("whose")) host.add(`${mark}\nold`, host.me);
      limit(40, isMeant, 1);
      const waited: number[] = [];
      await postReport("github", subject, () => changes, {
        environment: host.environment(),
        say: () => undefined,
        pause: (milliseconds) => Promise.resolve(waited.push(milliseconds)),
      });
      assert.equal(host.comments[0]?.text, `${mark}\n${changes.markdown}`);
      assert.equal(host.checks.length, 1);
      assert.ok(waited.length === 1 && (waited[0] ?? 0) > 10_000, waited.join(" "));
    });
  }

  it("is given up where only GitHub's words tell of a limit, which no permission lifts", async () => {
    const reply = { status: 403, json: { message: "You have exceeded a secondary rate limit." } };
    host.fault = () => ({ isDone: false, reply });
    const wait = () => Promise.resolve();
    const posting = { environment: host.environment(), say: () => undefined, pause: wait };
    await assert.rejects(
      postReport("github", subject, () => changes, posting),
      /403: You have exceeded a secondary rate limit.; it takes no more requests for now; try again later$/,
    );
  });

  it("isn't posted, and acts on no terminal, by what GitHub says of a token", async () => {
    host.add(`${mark}\nold`, host.me);
    const reply = { status: 200, json: { errors: [{ message: "no\u001b[2J" }] } };
    host.fault = ({ path }) => (path === "/graphql" ? { isDone: false, reply } : undefined);
    await assert.rejects(post(host.environment()), /: no\\u001b\[2J$/);
  });
});

describe("a comment on GitLab in particular", () => {
  let host: GitlabStandIn;
  beforeEach(async () => {
    host = await new GitlabStandIn().start();
  });
  afterEach(() => host.stop());

  it("does nothing by its lines that are quick actions, and is left as it is by the next run", async () => {
    const markdown = "/merge\nsums\n/close\r\n/approve\n\r/label ~x\n```\n/assign @eve\n```\n/";
    const report = () => ({ ...changes, markdown });
    for (let i = 0; i < 2; i += 1) {
      await postReport("gitlab", subject, report, { environment: host.environment(), say: () => undefined });
    }
    assert.deepEqual(host.done, []);
    assert.match(host.comments[0]?.text ?? "", /^<[^\n]*>\n \/merge\nsums\n \/close\n \/approve\n/);
    assert.equal(host.writes.filter((write) => write.includes("/notes")).length, 1);
  });

  it("of a fork goes to the project that it is merged into, and its check to the pipeline's", async () => {
    const environment = { ...host.environment(), CI_PROJECT_ID: "77" };
    const said: string[] = [];
    await postReport("gitlab", subject, () => changes, { environment, say: (line) => said.push(line) });
    assert.equal(host.comments.length, 1);
    assert.match(said[1] ?? "", /^no check is set, .*\/projects\/77\/.* was answered 404: 404 Project Not Found; /);
  });

  it("of a fork that may not write in the project is not made; that is no error", async () => {
    host.scope = "read_api";
    const environment = { ...host.environment(), CI_PROJECT_ID: "77" };
    const said: string[] = [];
    await postReport("gitlab", subject, () => changes, { environment, say: (line) => said.push(line) });
    assert.deepEqual(host.comments, []);
    assert.match(said.join(), /^nothing is posted: a token of the fork may not write /);
  });
});
