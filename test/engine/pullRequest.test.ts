import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { freePort } from "../../processes/freePort";
import type { PrefectClient } from "../../provider/api/client";
import { metaPrefect } from "../support/command";
import { prefectClient, temporaryFolder, testEnvironment } from "../support/environment";
import { git } from "../support/git";
import { long } from "../support/long";

const flows = (parameter: string) => `from prefect import flow
from prefect.deployments import run_deployment

@flow
def one(${parameter}: str): ...

def again():
    run_deployment("one/pull-dev", parameters={"day": "today"})
    run_deployment("gone/away-dev")
`;
const yaml = (parameter: string, hour: number) => `
deployments:
  one:
    - recipe: local_run_deployer
      variables:
        name: pull
        parameters: { ${parameter}: today }
        schedule: { slug: daily, cron: "0 ${hour} * * *", timezone: US/Pacific, active: true }
`;

describe("a pull request on a real server", () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let client: PrefectClient;
  const run = (...words: string[]) => metaPrefect(words, { cwd: folder, env });
  const write = (parameter: string, hour: number) => {
    fs.writeFileSync(path.join(folder, "flows.py"), flows(parameter));
    fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), yaml(parameter, hour));
  };

  before(async () => {
    folder = temporaryFolder();
    client = await prefectClient();
    const { PULUMI_CONFIG_PASSPHRASE: _, ...others } = await testEnvironment();
    env = { ...others, META_PREFECT__FLOWS: "static" };
    write("day", 9);
    const { code, said } = await run("deploy", "--yes");
    assert.equal(code, 0, said);
  });
  after(async () => {
    const { code, said } = await run("destroy", "--yes");
    assert.equal(code, 0, said);
  });

  long("says when runs come before and after, and nothing of what calls it while that stays well", async () => {
    write("day", 7);
    const { code, printed, said } = await run("preview", "--markdown", "-", "--strict", "--detailed-exitcode");
    assert.equal(code, 3, said);
    assert.match(
      printed,
      /^\*\*\S+\/dev: 1 deployment changes, 1 runs at other times, 1 call is to be looked at\*\*\n/,
    );
    assert.match(printed, /schedule `daily`: `0 9 \* \* \*` in US\/Pacific → `0 7 \* \* \*` in US\/Pacific/);
    assert.match(
      printed,
      /\| next runs now \| after this \|\n {2}\| --- \| --- \|\n( {2}\| \w{3} [-\d]+ 09:00 -0[78]:00 \| .* 07:00 .*\|\n){5}/,
    );
    assert.match(printed, /gone\/away-dev/);
    assert.doesNotMatch(printed, /breaks/);
  });

  it("says first what a renamed parameter breaks, in Python and on the server, and fails for it by --strict", async () => {
    const deployment = await client.find<{ id: string }>("/deployments/name/one/pull-dev");
    assert.ok(deployment);
    const automation = await client.post<{ id: string }>("/automations/", {
      name: "somebody's own",
      trigger: { type: "event", posture: "Reactive", expect: ["x"], threshold: 1, within: 0 },
      actions: [{ type: "run-deployment", deployment_id: deployment.id, parameters: { day: "monday" } }],
    });
    try {
      write("date", 9);
      const file = path.join(folder, "report.md");
      const { code, said } = await run("preview", "--markdown", file, "--strict");
      assert.equal(code, 1, said);
      const text = fs.readFileSync(file, "utf8");
      const [head = "", ...parts] = text.split("\n\n");
      assert.match(head, /2 calls break, 1 deployment changes, 1 call is to be looked at\*\*$/);
      for (const [i, caller] of [/somebody's own/, /flows\.py:8/].entries()) {
        const breaks = parts.filter((part) => part.startsWith("- **breaks:**"));
        assert.equal(breaks.length, 2, text);
        assert.ok(
          breaks.some((part) => caller.test(part)),
          `${i} ${text}`,
        );
      }
      assert.match(said, /^breaks: .*somebody's own/m);
      // without --strict it is said, and no failure
      assert.equal((await run("preview", "--markdown", file)).code, 0);
    } finally {
      await client.delete(`/automations/${automation.id}`);
    }
  });

  long("says which files are behind a change of code, and what of it are comments alone", async () => {
    const origin = temporaryFolder();
    git(origin, "init", "--quiet", "--bare", "--initial-branch=main");
    write("day", 9);
    fs.writeFileSync(path.join(folder, ".gitignore"), ".meta-prefect\n");
    for (const words of [
      ["init", "--quiet", "--initial-branch=main"],
      ["add", "."],
      ["commit", "--quiet", "--message", "one"],
      ["remote", "add", "origin", origin],
      ["push", "--quiet", "origin", "main"],
      ["switch", "--quiet", "--create", "branch"],
    ])
      git(folder, ...words);
    const file = path.join(folder, "flows.py");
    const text = fs.readFileSync(file, "utf8");
    const said = async (changed: string) => {
      fs.writeFileSync(file, changed);
      const ended = await metaPrefect(["preview", "--markdown", "-"], {
        cwd: folder,
        env: { ...env, GITHUB_BASE_REF: "main" },
      });
      assert.equal(ended.code, 0, ended.said);
      return ended.printed;
    };
    const main = git(folder, "rev-parse", "--short=7", "HEAD").trim();
    assert.ok(
      (await said(`# said\n${text}`)).includes(
        `- code: 1 file differs in comments and layout alone from \`main\` (${main}): \`flows.py\` (+1 −0)\n`,
      ),
    );
    git(folder, "commit", "--quiet", "--all", "--message", "two");
    const more = await said(`# said\n${text.replace("...", "pass")}`);
    assert.ok(more.includes(`- code: 1 file differs from \`main\` (${main}): \`flows.py\` (+2 −1)\n`), more);
    fs.rmSync(path.join(folder, ".git"), { recursive: true });
    assert.match(await said(`# said\n${text}`), /^- code: `[0-9a-f]{16}` → `[0-9a-f]{16}`$/m);
    fs.writeFileSync(file, text);
  });

  long("says what a deletion cuts off on the server, or that the server wasn't looked at", async () => {
    const deployment = await client.find<{ id: string; work_pool_name: string }>("/deployments/name/one/pull-dev");
    assert.ok(deployment);
    const { work_pool_name: pool } = deployment;
    // the worker is to leave the run late
    await client.patch(`/work_pools/${pool}`, { is_paused: true });
    const state = { type: "SCHEDULED", state_details: { scheduled_time: "2020-01-01T00:00:00Z" } };
    await client.postOnce(`/deployments/${deployment.id}/create_flow_run`, { state });
    const action = { type: "pause-deployment", deployment_id: deployment.id };
    const trigger = { type: "event", posture: "Reactive", expect: ["x"], threshold: 1, within: 0 };
    const { id } = await client.post<{ id: string }>("/automations/", { name: "pauses", trigger, actions: [action] });
    try {
      fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), "deployments: {}\n");
      const { code, printed, said } = await run("preview", "--markdown", "-");
      assert.equal(code, 0, said);
      assert.match(printed, /^\*\*\S+\/dev: (.*, )?1 deployment is deleted/);
      assert.match(
        printed,
        /^- \*\*deployment "one\/pull-dev" is deleted\*\*: (.+ and )?1 late run (goes|go) with it; automation `pauses` of somebody else names it/m,
      );
      const away = await metaPrefect(["preview", "--markdown", "-"], {
        cwd: folder,
        env: { ...env, PREFECT_API_URL: `http://127.0.0.1:${await freePort()}/api` },
      });
      assert.equal(away.code, 0, away.said);
      assert.match(
        away.printed,
        /^- \*\*deployment "one\/pull-dev" is deleted\*\*: runs that are scheduled or late go with it/m,
      );
      assert.match(away.printed, /^- what is cut off on the server wasn't looked at/m);
    } finally {
      await client.patch(`/work_pools/${pool}`, { is_paused: false });
      await client.delete(`/automations/${id}`);
    }
  });

  it("is deployed as it was reviewed, and not with more", async () => {
    write("day", 7);
    const reviewed = path.join(folder, "reviewed.json");
    assert.equal((await run("preview", "--save-plan", reviewed)).code, 0);
    write("day", 6);
    const refused = await run("deploy", "--yes", "--plan", reviewed);
    assert.equal(refused.code, 1, refused.said);
    assert.match(refused.said, /nothing was done, as this isn't what was reviewed;/);
    assert.match(refused.said, /deployment "one\/pull-dev": schedules\[0\]\.cron would change in another way/);
    write("day", 7);
    const done = await run("deploy", "--yes", "--plan", reviewed);
    assert.equal(done.code, 0, done.said);
    // what is done already is less than what was reviewed
    assert.equal((await run("deploy", "--yes", "--plan", reviewed)).code, 0);
    assert.equal((await run("deploy", "--yes", "--plan", path.join(folder, "flows.py"))).code, 2);
  });
});
