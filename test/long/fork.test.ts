import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { PrefectClient } from "../../provider/api/client";
import { metaPrefect } from "../support/command";
import { prefectClient, temporaryFolder, testEnvironment } from "../support/environment";
import { git } from "../support/git";
import { GithubStandIn } from "../support/githubStandIn";

const flows = (parameter: string) => `from prefect import flow
from prefect.deployments import run_deployment

@flow
def one(day: str = "today"): ...

@flow
def two(${parameter}: int = 1): ...

@flow
def three(): ...

@flow
def four(): ...

def again():
    run_deployment("two/second-dev", parameters={"x": 3})
    run_deployment("three/third-dev")
`;
const three = `
  three:
    - { recipe: local_run_deployer, variables: { name: third } }`;
const yaml = ({ hour = 9, parameters = "{ x: 1 }", image = "etl:1", third = three, holidays = "" }) => `
deployments:
  one:
    - recipe: local_run_deployer
      variables:
        name: first
        schedule: { slug: daily, rrule: "FREQ=DAILY;BYHOUR=${hour};BYMINUTE=0", timezone: US/Pacific, active: true${holidays} }
  two:
    - { recipe: local_run_deployer, variables: { name: second, parameters: ${parameters}, tags: [sums] } }${third}
  four:
    - { recipe: plain_deployer, variables: { name: fourth, work_pool_name: fork-pool, job_variables: { image: "${image}" } } }
`;
/** What a report says that is compared with a commit, in the one line that no other has. */
const remark =
  /\n- this is compared with main \([0-9a-f]{7}\), not with what is deployed, and no server was asked what calls the deployments\n/;
/** A report without what only the server tells: which runs go with what is deleted. */
const told = (text: string) => text.replace(/(is deleted\*\*): .*$/gm, "$1");

describe("a pull request from a fork, beside what is deployed on a real server", () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let client: PrefectClient;
  const run = (...words: string[]) => metaPrefect(words, { cwd: folder, env });
  const write = (parts: Parameters<typeof yaml>[0], parameter = "x") => {
    fs.writeFileSync(path.join(folder, "flows.py"), flows(parameter));
    fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), yaml(parts));
  };

  before(async () => {
    const [remote, clones] = [fs.realpathSync(temporaryFolder()), fs.realpathSync(temporaryFolder())];
    git(remote, "init", "--quiet", "--bare", "--initial-branch=main");
    git(clones, "clone", "--quiet", remote, "sums");
    folder = path.join(clones, "sums");
    write({});
    git(folder, "add", ".");
    git(folder, "commit", "--quiet", "--message", "base");
    git(folder, "push", "--quiet", "origin", "HEAD:main");
    git(folder, "remote", "set-head", "origin", "main");
    client = await prefectClient();
    await client.post("/work_pools/", { name: "fork-pool", type: "docker" });
    const { PULUMI_CONFIG_PASSPHRASE: _, ...others } = await testEnvironment();
    env = { ...others, META_PREFECT__FLOWS: "static" };
    const { code, said } = await run("deploy", "--yes");
    assert.equal(code, 0, said);
  });
  after(async () => {
    write({});
    const { code, said } = await run("destroy", "--yes");
    await client.delete("/work_pools/fork-pool");
    assert.equal(code, 0, said);
  });

  const changes: [string, Parameters<typeof yaml>[0], string?][] = [
    ["a schedule moved", { hour: 7 }],
    ["holidays added", { holidays: ", skip_holidays: US" }],
    ["a parameter's value changed", { parameters: "{ x: 2 }" }],
    ["a parameter renamed that a call passes", { parameters: "{ y: 1 }" }, "y"],
    ["a flow deleted", { third: "" }],
    ["an image changed", { image: "etl:2" }],
    ["all of these", { hour: 6, image: "etl:3", third: "", parameters: "{}" }, "z"],
    ["nothing changed", {}],
  ];
  for (const [what, parts, parameter] of changes) {
    it(`says the same of ${what} as a preview that knows what is deployed`, async () => {
      write(parts, parameter);
      const words = ["preview", "--detailed-exitcode", "--markdown", "-"];
      const expected = await run(...words);
      const given = await metaPrefect([...words, "--against", "main"], {
        cwd: folder,
        // neither Pulumi nor a server is within reach
        env: { PATH: process.env.PATH, HOME: folder, META_PREFECT__PYTHON: env.META_PREFECT__PYTHON },
      });
      assert.equal(given.code, expected.code, `${expected.said}\n${given.said}`);
      assert.equal(told(given.printed.replace(remark, "")), told(expected.printed));
      assert.equal(remark.test(given.printed), !/nothing changes/.test(expected.printed));
    });
  }

  it("says the same of a mistake, at the same place", async () => {
    write({}, "y");
    const [expected, given] = [await run("preview"), await run("preview", "--against", "origin/main")];
    assert.equal(given.code, 1);
    assert.match(given.said, /^error: deployment "two\/second-dev": parameters\.x .*\(meta_prefect\.yaml:\d+:\d+\)$/m);
    // a failure leaves Pulumi without a step, from which the deployment's name would be known
    const known = expected.said.replace("local_run_deployer-two/second", "two/second-dev");
    assert.equal(given.said, known.replace("comparing with what is deployed\n", ""));
  });

  it("is posted by a job that has a token and no secrets, and fails by --strict for what it breaks", async () => {
    write({ parameters: "{}" }, "y");
    const host = await new GithubStandIn().start();
    host.isFromFork = true;
    const job = { PATH: process.env.PATH, HOME: folder, ...host.environment(), GITHUB_REF: "refs/heads/main" };
    try {
      const words = ["preview", "--against", "origin/main", "--post", "github", "--strict", "--json"];
      const { code, printed, said } = await metaPrefect(words, { cwd: folder, env: job });
      assert.equal(code, 1, said);
      assert.match(said, /^breaks: .*flows\.py:17, which calls deployment "two\/second-dev", passes "x"/m);
      assert.match(host.comments[0]?.text ?? "", /^<!-- meta-prefect: sums\/dev -->\n\*\*sums\/dev: .* break/);
      assert.deepEqual(host.checks, [
        { state: "failure", context: "meta-prefect: sums/dev", description: "something breaks; the comment says what" },
      ]);
      const { folder: told, changes: steps } = JSON.parse(printed) as { folder: string; changes: { what: string }[] };
      assert.equal(told, folder);
      assert.ok(steps.some(({ what }) => what === 'deployment "two/second-dev"'));
    } finally {
      host.stop();
    }
  });
});
