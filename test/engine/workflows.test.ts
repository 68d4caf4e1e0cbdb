import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { version } from "../../importer/ownPackage";
import type { PrefectClient } from "../../provider/api/client";
import { findActionlint } from "../../tools/actionlint";
import { findCiPython } from "../../tools/ciPython";
import { findEksPython } from "../../tools/prefectPython";
import { root } from "../../tools/root";
import { run } from "../../tools/run";
import { metaPrefect } from "../support/command";
import { prefectClient, prefectServer, renewServer, temporaryFolder, testEnvironment } from "../support/environment";
import { git } from "../support/git";
import { githubWorkflow, type JobEnd, runGithub } from "../support/githubRunner";
import { GithubStandIn } from "../support/githubStandIn";
import { gitlabPipeline, runGitlab } from "../support/gitlabRunner";
import { GitlabStandIn } from "../support/gitlabStandIn";
import { long } from "../support/long";
import { startMoto } from "../support/moto";
import { Page } from "../support/page";
import { Reader } from "../support/reader";
import { RunnerMachine } from "../support/runnerMachine";

const example = path.join(root, "examples", "ci");
const workflows = path.join(example, "github", ".github", "workflows");
const files = fs.readdirSync(workflows).map((name) => path.join(workflows, name));
const pipelineFile = path.join(example, "gitlab", ".gitlab-ci.yml");
const workflow = (name: string) => githubWorkflow(path.join(workflows, `${name}.yml`));

/** What each job may do, and no more. */
const permissions: Record<string, Record<string, Record<string, string>>> = {
  "preview.yml": {
    prod: { contents: "read", "id-token": "write", "pull-requests": "write", statuses: "write" },
  },
  "deploy.yml": {
    dev: { contents: "read", "id-token": "write" },
    review: { contents: "read", "id-token": "write" },
    prod: { contents: "read", "id-token": "write" },
  },
  "drift.yml": { prod: { contents: "read", "id-token": "write" } },
};

describe("the work flows for GitHub", () => {
  it("are such that actionlint, GitHub's schema and zizmor find nothing wrong", async () => {
    await run(await findActionlint(), files);
    const python = await findCiPython();
    await run(python, ["-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", ...files]);
    await run(path.join(path.dirname(python), "zizmor"), ["--offline", "--quiet", ...files]);
  });

  it("take each action by the hash of a commit, with its version beside it", () => {
    const used = files.flatMap((file) => fs.readFileSync(file, "utf8").match(/(?<=- )uses: .*/g) ?? []);
    assert.ok(used.length > 15);
    for (const line of used) assert.match(line, /^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    // one version of each
    assert.equal(new Set(used).size, new Set(used.map((line) => line.split("@")[0])).size);
  });

  it("give each job the permissions that it needs and no others, and an end", () => {
    for (const file of files) {
      const { permissions: all, jobs } = githubWorkflow(file);
      assert.deepEqual(all, {}, file);
      const given = Object.entries(jobs).map(([name, job]) => [name, job.permissions]);
      assert.deepEqual(Object.fromEntries(given), permissions[path.basename(file)]);
      for (const job of Object.values(jobs)) assert.ok(job["timeout-minutes"] <= 30);
    }
  });

  it("give secrets to the steps that call the command alone", () => {
    for (const { env, jobs } of files.map(githubWorkflow)) {
      const isSecret = (part: unknown) => /secrets\.|github\.token/.test(JSON.stringify(part ?? {}));
      assert.ok(!isSecret(env));
      for (const { steps, ...job } of Object.values(jobs)) {
        assert.ok(!isSecret(job));
        for (const step of steps)
          assert.equal(
            isSecret(step),
            step.run?.includes("meta-prefect p") || step.run?.includes("meta-prefect d") || false,
          );
      }
    }
  });

  it("end an older preview, and never a deploy, of which there is one at a time for an environment", () => {
    const { concurrency } = workflow("preview");
    assert.equal(concurrency?.["cancel-in-progress"], true);
    const { dev, prod } = workflow("deploy").jobs;
    assert.deepEqual(
      [dev?.concurrency, prod?.concurrency],
      [
        { group: "deploy-dev", "cancel-in-progress": false },
        { group: "deploy-prod", "cancel-in-progress": false },
      ],
    );
  });
});

describe("the pipeline for GitLab", () => {
  it("is such that GitLab's schema finds nothing wrong", async () => {
    await run(await findCiPython(), ["-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", pipelineFile]);
  });

  it("ends an older preview, and never a deploy, of which there is one at a time for an environment", () => {
    const { jobs } = gitlabPipeline(pipelineFile);
    const told = Object.entries(jobs).map(([name, job]) => [name, job.interruptible, job.resource_group]);
    assert.deepEqual(told, [
      ["preview", true, "preview-$CI_MERGE_REQUEST_IID"],
      ["deploy-dev", false, "dev"],
      ["review-prod", false, undefined],
      ["deploy-prod", false, "prod"],
      ["drift", undefined, undefined],
    ]);
    for (const { timeout } of Object.values(jobs)) assert.equal(timeout, "30 minutes");
  });
});

it("the files for CI install this version, and nothing else by a name alone", () => {
  for (const file of [...files, pipelineFile]) {
    const installs = fs.readFileSync(file, "utf8").match(/pip install .*/g) ?? [];
    assert.ok(installs.length > 0);
    for (const line of installs) assert.equal(line, `pip install meta-prefect==${version}`);
  }
});

/** A team's repository, and what its members do. */
class Team {
  readonly folder = temporaryFolder();
  private env: NodeJS.ProcessEnv = {};

  constructor(
    private readonly machine: RunnerMachine,
    readonly backend: string,
    private readonly host: "github" | "gitlab",
  ) {}

  /** Makes the repository and the two stacks, by the keys of a person. */
  async begin(): Promise<void> {
    git(this.folder, "init", "--quiet", "--initial-branch=main");
    git(this.folder, "remote", "add", "origin", this.machine.remote);
    fs.cpSync(path.join(example, this.host), this.folder, { recursive: true });
    for (const name of ["meta_prefect.yaml", "flows"]) {
      fs.cpSync(path.join(example, name), path.join(this.folder, name), { recursive: true });
    }
    this.env = {
      ...(await testEnvironment()),
      ...this.machine.aws.environment,
      PULUMI_BACKEND_URL: this.backend,
      PULUMI_CONFIG_PASSPHRASE: passPhrase,
    };
    for (const env of ["dev", "prod"]) await this.call("preview", "--env", env);
    this.commit("flows");
    git(this.folder, "push", "--quiet", "--force", "origin", "main");
  }

  async call(...words: string[]): Promise<void> {
    const { code, said } = await metaPrefect(words, { cwd: this.folder, env: this.env });
    assert.equal(code, 0, said);
  }

  /** Pushes a branch on which prod has another limit. */
  propose(branch: string, limit: string): void {
    git(this.folder, "checkout", "--quiet", "-B", branch, "main");
    const file = path.join(this.folder, "meta_prefect.yaml");
    fs.writeFileSync(
      file,
      fs.readFileSync(file, "utf8").replace(/limit: \S+ \}\n( +)schedule/, `limit: ${limit} }\n$1schedule`),
    );
    this.commit(`limit ${limit}`);
    git(this.folder, "push", "--quiet", "--force", "origin", branch);
  }

  merge(branch: string): void {
    git(this.folder, "checkout", "--quiet", "main");
    git(this.folder, "merge", "--quiet", branch);
    git(this.folder, "push", "--quiet", "origin", "main");
  }

  private commit(message: string): void {
    git(this.folder, "add", "--all");
    git(this.folder, "commit", "--quiet", "--message", message);
  }

  async destroy(): Promise<void> {
    for (const env of ["dev", "prod"]) await this.call("destroy", "--env", env, "--yes");
  }
}

const passPhrase = "correct horse battery staple";
const apiKey = "pnu_0123456789abcdefghij";

describe("a reader who types the guide to CI", () => {
  long("has the state, the roles and the repository that the files for CI need", async () => {
    const page = new Page("docs/guides/ci.md");
    for (const name of ["meta_prefect.yaml", "flows/sums.py"]) {
      assert.equal(page.files.get(name), fs.readFileSync(path.join(example, name), "utf8"), name);
    }
    const moto = await startMoto(await findEksPython(), temporaryFolder());
    try {
      const reader = await Reader.with(path.join(root, "dist", "cli", "index.js"), moto.environment);
      const commands = path.dirname(await findCiPython());
      await reader.type(`export PATH="$PATH:${commands}"; git init --quiet`);
      await reader.type("git config user.name Ana; git config user.email ana@example.com");
      // moto's buckets are folders of one host; the comment is what the tests below see
      await reader.follow(
        page,
        { '?region=us-east-1"\n': '?region=us-east-1&use_path_style=true"\n' },
        ({ heading, language }) => heading !== "GitHub Actions" || language !== "text",
      );
      const { printed } = await reader.type(
        "git status --porcelain; aws s3 ls --recursive s3://acme-warehouse-state; aws iam list-role-policies --role-name warehouse-deploy",
      );
      assert.match(printed, /^\?\? deploy-state\.json$/m);
      assert.doesNotMatch(printed, /Pulumi|\.meta-prefect\/$/m);
      assert.match(printed, /\.pulumi\/stacks\/warehouse\/prod\.json$/m);
      assert.match(printed, /"PolicyNames": \[\s*"state"/);
    } finally {
      await moto.stop();
    }
  });

  it("sees the names of all settings that the files for CI read", () => {
    const { text } = new Page("docs/guides/ci.md");
    const shown = files.map((file) => fs.readFileSync(file, "utf8")).join("\n");
    const read = [...shown.matchAll(/(?:vars|secrets)\.(\w+)/g)].map(([, name = ""]) => name);
    for (const name of [...new Set(read), "GITLAB_TOKEN"]) assert.ok(text.includes(`\`${name}\``), name);
  });
});

describe("the files for CI, step by step on a real server, with the state in S3", () => {
  let machine: RunnerMachine;
  let client: PrefectClient;
  let settings: Record<string, string>;

  before(async () => {
    // pools of other tests may have the same name
    await renewServer();
    machine = await RunnerMachine.start();
    client = await prefectClient();
    const { apiUrl } = await prefectServer();
    settings = { PREFECT_API_URL: apiUrl, AWS_REGION: "us-east-1" };
    await client.post("/work_pools/", { name: "etl", type: "process" });
  });
  after(async () => {
    await client.delete("/work_pools/etl");
    await machine.stop();
  });

  const deployed = (env: string) =>
    client.find<{ id: string; parameters: { limit?: number } }>(`/deployments/name/nightly-sums/sums-${env}`);
  const limit = async (env: string) => (await deployed(env))?.parameters.limit;
  const changeByHand = async () =>
    client.patch(`/deployments/${(await deployed("prod"))?.id ?? ""}`, { parameters: { limit: 7 } });
  const results = (ends: Record<string, JobEnd>) =>
    Object.fromEntries(Object.entries(ends).map(([name, { result }]) => [name, result]));
  const logOf = (ends: Record<string, JobEnd>) =>
    Object.values(ends)
      .map(({ log }) => log)
      .join("\n");
  const noSecrets = (text: string) => {
    for (const secret of [passPhrase, apiKey]) assert.ok(!text.includes(secret));
  };

  long(
    "take a team on GitHub from a pull request by its comment to what runs, and say by night what differs",
    async function () {
      this.timeout(1_200_000);
      const team = new Team(machine, await machine.backendIn("github-state"), "github");
      await team.begin();
      const host = await new GithubStandIn().start();
      const { GITHUB_TOKEN: token, ...variables } = host.environment();
      const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
      const act = (name: string, ref: string, github: object = {}) =>
        runGithub(workflow(name), {
          machine,
          ref,
          github: { repository: host.repository, token, ...github },
          variables,
          settings: (environment) => ({
            vars: {
              ...settings,
              PULUMI_BACKEND_URL: team.backend,
              ...(environment === undefined
                ? { AWS_PREVIEW_ROLE: role("warehouse-preview") }
                : { AWS_DEPLOY_ROLE: role("warehouse-deploy") }),
            },
            secrets: { PULUMI_CONFIG_PASSPHRASE: passPhrase, PREFECT_API_KEY: apiKey },
          }),
          permitted: (given) => {
            host.permissions = {
              "pull-requests": given["pull-requests"] === "write",
              statuses: given.statuses === "write",
            };
          },
        });
      const opened = (repository = host.repository) => ({
        event: { pull_request: { number: host.number, head: { repo: { full_name: repository } } } },
      });
      try {
        const first = await act("deploy", "main");
        assert.deepEqual(results(first), { dev: "success", review: "success", prod: "success" }, logOf(first));
        assert.match(first.review?.summary ?? "", /^\*\*warehouse\/prod: 1 deployment is new\*\*/);
        assert.deepEqual([await limit("dev"), await limit("prod")], [10, 1000]);

        team.propose("more", "2000");
        const writes = machine.writes.length;
        const preview = await act("preview", "more", opened());
        assert.deepEqual(results(preview), { prod: "success" }, logOf(preview));
        assert.equal(machine.writes.length, writes, "a preview's role may read alone");
        assert.equal(host.comments.length, 1);
        assert.match(
          host.comments[0]?.text ?? "",
          /^<!-- .* -->\n\*\*warehouse\/prod: 1 deployment changes\*\*[^]*parameter `limit`: `1000` → `2000`/,
        );
        const [, , shown = ""] = /^<!-- (.*) -->\n([^]*)$/.exec(host.comments[0]?.text ?? "") ?? [];
        assert.ok(
          new Page("docs/guides/ci.md").blocks.some(({ text }) => text === `${shown}\n`),
          shown,
        );
        assert.equal(host.checks.at(-1)?.state, "success");

        team.propose("more", "a lot");
        const wrong = await act("preview", "more", opened());
        assert.deepEqual(results(wrong), { prod: "failure" }, logOf(wrong));
        assert.equal(host.comments.length, 1);
        assert.match(host.comments[0]?.text ?? "", /the preview failed/);
        assert.equal(host.checks.at(-1)?.state, "failure");

        team.propose("more", "2000");
        assert.deepEqual(results(await act("preview", "more", opened())), { prod: "success" });
        assert.deepEqual(results(await act("preview", "more", opened("eve/flows"))), { prod: "skipped" });
        assert.equal(host.comments.length, 1);

        team.merge("more");
        const merged = await act("deploy", "main");
        assert.deepEqual(results(merged), { dev: "success", review: "success", prod: "success" }, logOf(merged));
        assert.match(merged.review?.summary ?? "", /`1000` → `2000`/);
        assert.equal(await limit("prod"), 2000);
        const again = await act("deploy", "main");
        assert.deepEqual(results(again), { dev: "success", review: "success", prod: "skipped" }, logOf(again));

        const quiet = await act("drift", "main");
        assert.deepEqual(results(quiet), { prod: "success" }, logOf(quiet));
        await changeByHand();
        const drift = await act("drift", "main");
        assert.deepEqual([drift.prod?.result, drift.prod?.code], ["failure", 3], logOf(drift));
        assert.match(drift.prod?.summary ?? "", /nightly-sums\/sums-prod[^]*`limit`/);
        for (const ends of [first, preview, wrong, merged, again, quiet, drift]) noSecrets(logOf(ends));
        noSecrets(host.comments.map(({ text }) => text).join("\n"));
      } finally {
        host.stop();
        await team.destroy();
      }
    },
  );

  long("take a team on GitLab the same way, by the token that AWS believes", async function () {
    this.timeout(1_200_000);
    const team = new Team(machine, await machine.backendIn("gitlab-state"), "gitlab");
    await team.begin();
    const host = await new GitlabStandIn().start();
    const { GITLAB_TOKEN: token, ...variables } = host.environment() as Record<string, string>;
    const { CI_MERGE_REQUEST_IID: number, CI_MERGE_REQUEST_PROJECT_ID: project, ...ofAll } = variables;
    const ofRequest = {
      CI_PIPELINE_SOURCE: "merge_request_event",
      CI_MERGE_REQUEST_IID: number ?? "",
      CI_MERGE_REQUEST_PROJECT_ID: project ?? "",
      CI_MERGE_REQUEST_SOURCE_PROJECT_ID: project ?? "",
    };
    const ofMain = { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main" };
    const act = (ref: string, more: Record<string, string>, started: string[] = []) =>
      runGitlab(gitlabPipeline(pipelineFile), {
        machine,
        ref,
        variables: { ...ofAll, CI_DEFAULT_BRANCH: "main", ...more },
        settings: (environment) => ({
          ...settings,
          PULUMI_BACKEND_URL: team.backend,
          PULUMI_CONFIG_PASSPHRASE: passPhrase,
          PREFECT_API_KEY: apiKey,
          AWS_PREVIEW_ROLE: "arn:aws:iam::123456789012:role/warehouse-preview",
          ...(environment !== undefined && { AWS_DEPLOY_ROLE: "arn:aws:iam::123456789012:role/warehouse-deploy" }),
          ...(environment === undefined && { GITLAB_TOKEN: token ?? "" }),
        }),
        started,
      });
    try {
      const first = await act("main", ofMain, ["deploy-prod"]);
      assert.deepEqual(
        results(first),
        { "deploy-dev": "success", "review-prod": "success", "deploy-prod": "success" },
        logOf(first),
      );
      assert.deepEqual([await limit("dev"), await limit("prod")], [10, 1000]);

      team.propose("more", "2000");
      const writes = machine.writes.length;
      const preview = await act("more", ofRequest);
      assert.deepEqual(results(preview), { preview: "success" }, logOf(preview));
      assert.equal(machine.writes.length, writes, "a preview's role may read alone");
      assert.equal(host.comments.length, 1);
      assert.match(host.comments[0]?.text ?? "", /parameter `limit`: `1000` → `2000`/);
      assert.deepEqual(await act("more", { ...ofRequest, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "666" }), {});

      team.merge("more");
      const waiting = await act("main", ofMain);
      assert.deepEqual(results(waiting), { "deploy-dev": "success", "review-prod": "success" }, logOf(waiting));
      assert.match(waiting["review-prod"]?.summary ?? "", /`1000` → `2000`/);
      assert.equal(await limit("prod"), 1000);
      const merged = await act("main", ofMain, ["deploy-prod"]);
      assert.equal(merged["deploy-prod"]?.result, "success", logOf(merged));
      assert.equal(await limit("prod"), 2000);

      const ofNight = { ...ofMain, CI_PIPELINE_SOURCE: "schedule" };
      const quiet = await act("main", ofNight);
      assert.deepEqual(results(quiet), { drift: "success" }, logOf(quiet));
      await changeByHand();
      const drift = await act("main", ofNight);
      assert.deepEqual([drift.drift?.result, drift.drift?.code], ["failure", 3], logOf(drift));
      assert.match(drift.drift?.summary ?? "", /nightly-sums\/sums-prod[^]*`limit`/);
      for (const ends of [first, preview, waiting, merged, quiet, drift]) noSecrets(logOf(ends));
    } finally {
      host.stop();
      await team.destroy();
    }
  });
});
