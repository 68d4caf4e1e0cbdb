import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { freePort } from "../../processes/freePort";
import { until } from "../../processes/until";
import type { PrefectClient } from "../../provider/api/client";
import type { DeploymentResponse, FlowRunResponse } from "../../provider/api/prefect";
import { type Ended, metaPrefect } from "../support/command";
import { prefectClient, temporaryFolder, testEnvironment } from "../support/environment";
import { long } from "../support/long";
import { skipped } from "../support/skipped";

const flows = `import time
from prefect import flow

@flow(log_prints=True)
def talk(lines: int = 1, seconds: int = 0, fails: bool = False):
    for i in range(lines):
        print(f"line {i} \\x1b[2J")
    time.sleep(seconds)
    if fails:
        raise ValueError("it fails")

@flow
def quiet(): ...
`;
const yaml = (tag: string) => `deployments:
  talk:
    - recipe: local_run_deployer
      variables: { name: hourly, tags: [${tag}], schedule: { interval: 3600, active: true } }
    - recipe: local_run_deployer
      variables:
        name: nightly
        schedule: { cron: "0 2 * * *" }
  quiet:
    - recipe: local_run_deployer
      variables:
        name: never
    - recipe: local_run_deployer
      variables:
        name: ruled
        paused: false
        schedule: { cron: "0 3 * * *", active: true }
`;

const cli = path.join(__dirname, "../../cli/index.js");

interface WorkerDocument {
  name: string;
  condition: string;
  says: string;
  pid: number;
  logFile: string;
}

describe("the daily words of the command", () => {
  const folder = temporaryFolder();
  const write = (tag: string) => fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), yaml(tag));
  let env: NodeJS.ProcessEnv;
  let client: PrefectClient;
  /** Prefect's ids of deployments. */
  const ids = new Map<string, string>();

  const any = (...words: string[]) => metaPrefect(words, { cwd: folder, env });
  const call = async (...words: string[]): Promise<Ended> => {
    const ended = await any(...words);
    assert.equal(ended.code, 0, `${words.join(" ")}\n${ended.said}\n${ended.printed}`);
    return ended;
  };
  const fails = async (code: number, says: RegExp, ...words: string[]) => {
    const ended = await any(...words);
    assert.match(ended.said, says);
    assert.equal(ended.code, code);
    assert.doesNotMatch(ended.said, /\n {4}at /);
  };
  const isUpToDate = () => call("preview", "--refresh", "--detailed-exitcode");
  const worker = async () => {
    const { workers } = JSON.parse((await call("worker", "status", "--json")).printed) as { workers: WorkerDocument[] };
    assert.equal(workers.length, 1);
    return workers[0] as WorkerDocument;
  };
  /** Ends the worker as a crash would. */
  const killed = async () => {
    const { pid } = await worker();
    process.kill(pid, "SIGKILL");
    await until(async () => (await worker()).condition === "ended", { every: 100, patience: 10_000 });
    return pid;
  };
  const runsOf = (deployment: string, ...types: string[]) =>
    client.filter<FlowRunResponse>("/flow_runs/filter", {
      deployments: { id: { any_: [ids.get(deployment)] } },
      flow_runs: { state: { type: { any_: types } } },
    });

  before(async () => {
    client = await prefectClient();
    const { PULUMI_CONFIG_PASSPHRASE: _, ...tools } = await testEnvironment();
    env = { ...tools, PREFECT_WORKER_QUERY_SECONDS: "1" };
    fs.writeFileSync(path.join(folder, "flows.py"), flows);
    write("a");
    await call("deploy", "--yes");
    for (const { id, name } of await client.filter<DeploymentResponse>("/deployments/filter")) ids.set(name, id);
  });
  after(async () => {
    if (env) await call("destroy", "--yes");
  });

  describe("logs", () => {
    it("of a deployment that never ran are none, and of another stack as well", async () => {
      await fails(
        1,
        /^error: quiet\/never-dev has never run, .*; to run it: meta-prefect run quiet\/never$/m,
        "logs",
        "quiet/never",
      );
      await fails(
        2,
        /^error: flow "quiet" is not deployed in "other"; nothing is; /m,
        "logs",
        "quiet",
        "--env",
        "other",
      );
      await fails(2, /^error: flow "talk" has several deployments; name one: /m, "logs", "talk");
    });

    it("are those of the last run, whole and as they were watched", async () => {
      const watched = await call("run", "talk/hourly", "--param", "lines=250", "--watch");
      const { printed, said } = await call("logs", "talk/hourly");
      // while it was watched, what the worker said may have come after what the run said
      const sorted = (text: string) => text.split("\n").sort();
      assert.deepEqual(sorted(printed), sorted(watched.printed));
      assert.deepEqual(
        [...printed.matchAll(/INFO {5}line (\d+) \\u001b\[2J$/gm)].map(([, i]) => Number(i)),
        Array.from({ length: 250 }, (_, i) => i),
      );
      assert.match(said, /^run "[\w-]+" of talk\/hourly-dev: Completed, ended \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/m);
      assert.match(said, /^ {2}page {2}http:\/\/\S+\/runs\/flow-run\//m);
      const shell = `'${process.execPath}' '${cli}' logs talk/hourly | head -1`;
      const first = await promisify(execFile)("/bin/sh", ["-c", shell], { cwd: folder, env });
      assert.equal(first.stdout, `${printed.split("\n")[0]}\n`);
      assert.doesNotMatch(first.stderr, /EPIPE|error/);
      const followed = await call("logs", "talk/hourly", "--follow", "--json");
      const { state, logs } = JSON.parse(followed.printed) as { state: { type: string }; logs: { message: string }[] };
      assert.deepEqual([state.type, logs.length], ["COMPLETED", printed.match(/^\d\d:/gm)?.length]);
    });

    it("are followed to the end of a run that was just asked for, whose state is the exit code", async () => {
      await call("run", "talk/hourly", "--param", "seconds=2", "--param", "fails=true");
      const { code, printed, said } = await any("logs", "talk/hourly", "--follow");
      assert.match(said, /^error: run "[\w-]+" ended as Failed: .*it fails$/m);
      assert.match(printed, /INFO {5}line 0 .*ERROR {4}Encountered exception/s);
      assert.equal(code, 1);
      // to read it is no failure
      assert.match((await call("logs", "talk/hourly")).said, /: Failed, ended /);
    });

    it("need the server", async () => {
      const away = { ...env, PREFECT_API_URL: `http://127.0.0.1:${await freePort()}/api`, META_PREFECT__PATIENCE: "1" };
      const { code, said, printed } = await metaPrefect(["logs", "quiet/never"], { cwd: folder, env: away });
      assert.deepEqual([code, printed], [1, ""]);
      assert.equal(said.match(/^error: /gm)?.length, 1, said);
      assert.match(said, /127\.0\.0\.1/);
    });
  });

  describe("schedule", () => {
    it("is paused, stays so when something else is deployed, and is resumed", async () => {
      const waiting = () => runsOf("hourly-dev", "SCHEDULED");
      const hasRuns = async () => (await waiting()).length > 0;
      assert.ok(await until(hasRuns, { every: 250, patience: 30_000 }));
      const isPaused = async (name: string) =>
        (await client.find<DeploymentResponse>(`/deployments/${ids.get(name)}`))?.paused;

      const paused = await call("schedule", "pause", "talk/hourly", "--json");
      assert.deepEqual((({ url: _, ...others }) => others)(JSON.parse(paused.printed) as { url: string }), {
        deployment: "talk/hourly-dev",
        paused: true,
        changed: true,
      });
      assert.match(paused.said, /no run is under way, and none waits/);
      assert.deepEqual(await waiting(), []);
      assert.deepEqual([await isPaused("hourly-dev"), await isPaused("nightly-dev")], [true, false]);
      assert.match((await call("schedule", "pause", "talk/hourly")).said, /talk\/hourly-dev are paused already$/m);

      await isUpToDate();
      write("b");
      assert.match((await call("deploy", "--yes")).said, /^done: 1 change made$/m);
      assert.equal(await isPaused("hourly-dev"), true);
      assert.deepEqual(await waiting(), []);

      assert.match((await call("schedule", "resume", "talk/hourly-dev")).said, /talk\/hourly-dev are active$/m);
      assert.match((await call("schedule", "resume", "talk/hourly")).said, /are active already$/m);
      assert.ok(await until(hasRuns, { every: 250, patience: 30_000 }));
      await isUpToDate();
    });

    it("isn't touched where the file says something else, or there is none", async () => {
      const none =
        /^error: deployment "quiet\/never-dev" has no schedules; give it one in meta_prefect.yaml and deploy$/m;
      await fails(1, none, "schedule", "pause", "quiet/never");
      await fails(
        1,
        /^error: deployment "talk\/nightly-dev" has no active schedule; write active: true in its schedule \(meta_prefect.yaml:8\) and deploy$/m,
        "schedule",
        "resume",
        "talk/nightly",
      );
      const ruled =
        /^error: deployment "quiet\/ruled-dev" is ruled by meta_prefect.yaml, which says "paused" \(meta_prefect.yaml:16\); change it there, or remove it, and deploy$/m;
      await fails(1, ruled, "schedule", "pause", "quiet/ruled", "--json");
      assert.equal((await client.find<DeploymentResponse>(`/deployments/${ids.get("ruled-dev")}`))?.paused, false);
      assert.match((await call("schedule", "pause", "talk/nightly")).said, /nightly-dev are paused already$/m);
    });
  });

  describe("worker", () => {
    it("stays as it is when it is fine, and its log is shown", async () => {
      const { name, pid, condition, logFile } = await worker();
      assert.equal(condition, "online");
      assert.match((await call("worker", "status")).printed, new RegExp(`^${name} .* online, process ${pid}$`, "m"));
      const { said } = await call("worker", "restart", "--yes");
      assert.match(
        said,
        new RegExp(`^worker "${name}" stays as it is \\(online, process ${pid}\\); .*, name it$`, "m"),
      );
      assert.equal((await worker()).pid, pid);
      const log = await call("worker", "logs");
      assert.equal(log.said, `log of worker "${name}": ${logFile}\n`);
      assert.equal(log.printed.split("\n").length, 201);
      assert.match(log.printed, /line 249 \\u001b\[2J$/m);
      assert.doesNotMatch(log.printed, /\u001b/);
      const following = spawn(process.execPath, [cli, "worker", "logs", name, "--follow"], { cwd: folder, env });
      const followed = String((await once(following.stdout, "data"))[0]);
      assert.equal(following.exitCode, null);
      following.kill("SIGINT");
      assert.ok(log.printed.includes(followed.split("\n")[0] ?? ""), followed);
      await once(following, "exit");
    });

    it("that is named is restarted, after a question where runs are under way, which end with it", async () => {
      const { name, pid } = await worker();
      await call("run", "talk/nightly", "--param", "seconds=100");
      const running = () => runsOf("nightly-dev", "RUNNING");
      assert.ok(await until(async () => (await running()).length > 0, { every: 250, patience: 30_000 }));
      const question =
        /^error: worker "\S+" has 1 run under way, which ends with it, as CRASHED. Restart it\? .*; give --yes to answer it$/m;
      await fails(2, question, "worker", "restart", name);
      assert.equal((await worker()).pid, pid);

      const { printed } = await call("worker", "restart", name, "--yes", "--json");
      const { restarted } = JSON.parse(printed) as { restarted: WorkerDocument[] };
      const now = await worker();
      assert.deepEqual(
        restarted.map((one) => [one.name, one.pid]),
        [[name, now.pid]],
      );
      assert.notEqual(now.pid, pid);
      assert.equal(now.condition, "online");
      assert.equal((await runsOf("nightly-dev", "CRASHED")).length, 1);
      assert.match(
        (await call("worker", "logs", name)).printed,
        new RegExp(`dev: a restart was asked for, after process ${pid} had ended`),
      );
    });

    long(
      "that was killed is started again by what the machine is told to call, in a bare environment",
      async function () {
        if (fs.existsSync("/run/systemd/system")) skipped(this, "systemd runs here, which would be given the unit");
        const { code, said } = await any("worker", "install", "--yes");
        assert.equal(code, 1);
        assert.match(said, /^error: this machine runs neither systemd nor launchd /m);
        const line = /^env .*$/m.exec(said)?.[0] ?? "";
        const pid = await killed();
        const bare = { cwd: "/", env: { HOME: env.HOME ?? "" } };
        const { stderr } = await promisify(execFile)("/bin/sh", ["-c", line], bare);
        assert.match(stderr, /^restarting worker "/m);
        const now = await worker();
        assert.notEqual(now.pid, pid);
        assert.equal(now.condition, "online");
        await isUpToDate();
      },
    );

    long("isn't ended before it is known that it can be started again", async () => {
      const { name, pid } = await worker();
      write("[");
      await fails(1, /^error: meta_prefect.yaml:/m, "worker", "restart", name, "--yes");
      fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), "deployments: {}\n");
      await fails(
        1,
        /^error: worker "\S+" isn't in the program any more; .*: meta-prefect deploy$/m,
        "worker",
        "restart",
        name,
      );
      write("b");
      assert.equal((await worker()).pid, pid);
    });

    long("of another machine is shown, and left alone", async () => {
      const { name, pid } = await worker();
      const exported = (await call("pulumi", "stack", "export")).printed;
      const file = path.join(folder, "state.json");
      const { host } =
        (
          JSON.parse(exported) as { deployment: { resources: { outputs?: { pid?: number; host?: string } }[] } }
        ).deployment.resources
          .map(({ outputs }) => outputs ?? {})
          .find((outputs) => outputs.pid === pid) ?? {};
      fs.writeFileSync(file, exported.replaceAll(`"host": "${host}"`, '"host": "elsewhere"'));
      await call("pulumi", "stack", "import", "--file", file);
      try {
        assert.deepEqual((({ condition, says }) => [condition, says])(await worker()), [
          "online",
          "online, on elsewhere",
        ]);
        assert.match((await call("worker", "restart")).said, /^no worker of dev runs on this machine$/m);
        await fails(
          1,
          /^error: worker "\S+" runs on the machine "elsewhere"; call this command there$/m,
          "worker",
          "restart",
          name,
          "--yes",
        );
        await fails(2, /^error: no worker of the stack runs on this machine$/m, "worker", "logs");
      } finally {
        fs.writeFileSync(file, exported);
        await call("pulumi", "stack", "import", "--file", file);
      }
      assert.equal((await worker()).pid, pid);
    });

    it("is told of without a server, as far as this machine knows", async () => {
      const away = { ...env, PREFECT_API_URL: `http://127.0.0.1:${await freePort()}/api` };
      const { code, said, printed } = await metaPrefect(["worker", "status"], { cwd: folder, env: away });
      assert.equal(code, 0);
      assert.match(said, /^warning: .*127\.0\.0\.1/m);
      assert.match(printed, / process \d+ is running$/m);
    });
  });
});
