import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { end, identityOf, isRunning, type ProcessIdentity, startDetached, stop } from "../../processes/localProcess";
import { processesWith } from "../../processes/processTable";
import type { PrefectClient } from "../../provider/api/client";
import { unknown } from "../../provider/api/json";
import { nothing } from "../../provider/api/shape";
import * as creation from "../../provider/engine/creation";
import type { Json } from "../../provider/engine/kind";
import * as lifecycle from "../../provider/engine/lifecycle";
import { worker } from "../../provider/kinds/worker/worker";
import { endHere, start as startProcess, type StartedWorker } from "../../provider/kinds/worker/workerProcess";
import { workPool } from "../../provider/kinds/workPool/workPool";
import { run } from "../../tools/run";
import { prefectClient, temporaryFolder, tools } from "../support/environment";

const kind = worker;

describe("a worker", () => {
  let client: PrefectClient;
  let pool: string;
  const started: { id: string; outputs: Json }[] = [];

  before(async () => {
    process.env.META_PREFECT__PYTHON = (await tools()).python;
    client = await prefectClient();
    pool = `workers-${process.pid}`;
    await creation.create(workPool, client, { name: pool, type: "process" });
  });
  after(async () => {
    for (const { id, outputs } of started) await lifecycle.remove(kind, client, id, outputs);
  });

  async function start(name: string, args: Json = {}) {
    const made = await creation.create(kind, client, { name, workPoolName: pool, ...args });
    started.push(made);
    return made;
  }
  const processOf = ({ outputs }: { outputs: Json }) => outputs as unknown as ProcessIdentity & { logFile: string };
  const folderOf = (made: { outputs: Json }) => path.dirname(processOf(made).logFile);
  const recordOf = (made: { outputs: Json }) => path.join(folderOf(made), "process.json");
  /** The worker's own processes that are running, as opposed to its runs. */
  const processesOf = (made: { outputs: Json }) =>
    processesWith("META_PREFECT__WORKER", folderOf(made)).filter(({ pid }) =>
      fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("worker\0start"),
    );
  /** Has the server see a worker online that runs nowhere. */
  const heartbeatOf = (name: string) =>
    client.post(`/work_pools/${pool}/workers/heartbeat`, { name, heartbeat_interval_seconds: 30 }, nothing);
  const rows = () => client.filter<{ name: string; status: string }>(`/work_pools/${pool}/workers/filter`);

  it("is started, online when it is made, read, restarted for a change, and gone when it is deleted", async () => {
    Object.assign(process.env, { PULUMI_CONFIG_PASSPHRASE: "secret", PREFECT_API_KEY: "of-another-server" });
    const made = await start("first", { limit: 2, env: { SOME: "thing" } });
    delete process.env.PULUMI_CONFIG_PASSPHRASE;
    delete process.env.PREFECT_API_KEY;
    const first = processOf(made);
    assert.ok(isRunning(first));
    assert.deepEqual(
      (await rows()).map(({ name, status }) => [name, status]),
      [["first", "ONLINE"]],
    );

    const environment = fs.readFileSync(`/proc/${first.pid}/environ`, "utf8");
    assert.ok(environment.includes("SOME=thing") && !/PULUMI_|of-another-server/.test(environment));
    const command = fs.readFileSync(`/proc/${first.pid}/cmdline`, "utf8").split("\0");
    for (const option of [
      "--no-prompt",
      "--install-policy",
      "never",
      "--no-create-pool-if-not-found",
      "--with-healthcheck",
      "--limit",
    ]) {
      assert.ok(command.includes(option), option);
    }

    const read = await lifecycle.read(kind, client, made.id, made.outputs);
    assert.deepEqual(read?.outputs, made.outputs);

    const news = { name: "first", workPoolName: pool, limit: 3 };
    assert.deepEqual(lifecycle.diff(kind, made.outputs, news), {
      changes: true,
      replaces: [],
      deleteBeforeReplace: false,
    });
    const updated = await lifecycle.update(kind, client, made.id, made.outputs, news);
    started.push(updated);
    assert.equal(updated.id, made.id);
    const log = fs.readFileSync(first.logFile, "utf8");
    const starts = log.match(/started by Pulumi: .*?;/g);
    const change = `started by Pulumi: a change of limit, env, after process ${first.pid} had ended;`;
    assert.deepEqual(starts, ["started by Pulumi: the stack had none;", change]);
    assert.match(log, /; not inherited: .*PREFECT_API_KEY, .*PULUMI_CONFIG_PASSPHRASE/);
    const modes = [folderOf(made), first.logFile, recordOf(made)].map((file) => fs.statSync(file).mode & 0o777);
    assert.deepEqual(modes, [0o700, 0o600, 0o600]);
    assert.ok(!isRunning(first) && isRunning(processOf(updated)));

    await lifecycle.remove(kind, client, updated.id, updated.outputs);
    assert.ok(!isRunning(processOf(updated)));
    assert.deepEqual(await rows(), []);
    await lifecycle.remove(kind, client, updated.id, updated.outputs);
  });

  it("inherits no credentials, reads no profile of the person's, and has what env gives it", async () => {
    const home = temporaryFolder();
    const profile = `active = "mine"\n[profiles.mine]\nPREFECT_API_AUTH_STRING = "of:profile"\n`;
    fs.writeFileSync(path.join(home, "profiles.toml"), profile);
    const theirs = { AWS_SECRET_ACCESS_KEY: "cloud", CI_JOB_TOKEN: "job", NPM_TOKEN: "npm", AWS_REGION: "eu-west-1" };
    const settings = { PREFECT_HOME: home, PREFECT_PROFILE: "mine" };
    const before = { ...process.env };
    Object.assign(process.env, theirs, settings);
    try {
      const made = await start("private", { env: { NPM_TOKEN: "given" } });
      const pairs = fs
        .readFileSync(`/proc/${processOf(made).pid}/environ`, "utf8")
        .split("\0")
        .filter(Boolean);
      const env = Object.fromEntries(pairs.map((pair) => [pair.replace(/=.*/s, ""), pair.replace(/^[^=]*=/, "")]));
      const { AWS_SECRET_ACCESS_KEY, CI_JOB_TOKEN, NPM_TOKEN, AWS_REGION } = env;
      assert.deepEqual(
        [AWS_SECRET_ACCESS_KEY, CI_JOB_TOKEN, NPM_TOKEN, AWS_REGION],
        [undefined, undefined, "given", "eu-west-1"],
      );
      const script = "from prefect.settings import get_current_settings as s; print(s().api.auth_string, s().api.url)";
      const { python } = await tools();
      // not the tests' own environment with it, as `run` would
      const printed = execFileSync(python, ["-c", script], { env, cwd: folderOf(made), encoding: "utf8" });
      assert.equal(printed.trim(), `None ${client.connection.apiUrl}`);
      await lifecycle.remove(kind, client, made.id, made.outputs);
    } finally {
      for (const name of Object.keys({ ...theirs, ...settings })) delete process.env[name];
      Object.assign(process.env, before);
    }
  });

  it("that has died is found missing, and started again although the server still shows it online", async () => {
    const made = await start("dies");
    process.kill(processOf(made).pid, "SIGKILL");
    while (isRunning(processOf(made))) await pause(50);
    assert.deepEqual(
      (await rows()).map(({ status }) => status),
      ["ONLINE"],
    );
    assert.equal(await lifecycle.read(kind, client, made.id, made.outputs), undefined);
    const again = await start("dies");
    assert.ok(isRunning(processOf(again)));
    assert.notEqual(processOf(again).pid, processOf(made).pid);
  });

  it("that the server has lost is there while its process is healthy, which doesn't stay beside a new one", async () => {
    const made = await start("silent");
    // as after a while without a heartbeat
    await client.delete(`/work_pools/${pool}/workers/silent`);
    assert.deepEqual((await lifecycle.read(kind, client, made.id, made.outputs))?.outputs, made.outputs);
    const again = await start("silent");
    assert.ok(!isRunning(processOf(made)) && isRunning(processOf(again)));
  });

  it("whose pool was deleted is found stuck, and its process ends with it", async () => {
    const workPoolName = `deleted-${process.pid}`;
    const { id } = await creation.create(workPool, client, { name: workPoolName, type: "process" });
    const made = await start("poolless", { workPoolName });
    await lifecycle.remove(workPool, client, id, { name: workPoolName });
    const found = await lifecycle.read(kind, client, made.id, made.outputs);
    assert.deepEqual(found?.outputs, { ...made.outputs, isStuck: true });
    await lifecycle.remove(kind, client, made.id, found.outputs);
    assert.ok(!isRunning(processOf(made)));
  });

  describe("of another stack on this machine", () => {
    const args = () => ({ name: "shared", workPoolName: pool });
    const [ours, theirs] = [{ owner: "acme/etl/dev" }, { owner: "acme/reports/dev" }];
    let made: StartedWorker;
    const record = () => path.join(path.dirname(made.supervised.logFile), "process.json");
    before(async () => {
      made = await startProcess(client, args(), theirs, "the stack had none");
    });
    after(() => endHere(client, args(), { known: made.supervised }));

    it("is not ended by one of the same name and pool, which is told whose it is and what to do", async () => {
      await assert.rejects(startProcess(client, args(), ours, "the stack had none"), {
        message:
          `belongs to the stack acme/reports/dev, and is running on this machine as process ${made.supervised.pid}; ` +
          "give this one another name, or end that one first, if it isn't needed any more",
      });
      assert.ok(isRunning(made.supervised));
    });

    it("is neither ended nor forgotten when one of the same name and pool is deleted", async () => {
      const state = { ...args(), ...made.supervised, ...ours, pid: 0, startTime: "" };
      const { error } = console;
      const printed: string[] = [];
      console.error = (text: string) => void printed.push(text);
      try {
        await lifecycle.remove(kind, client, made.row.id, state);
      } finally {
        console.error = error;
      }
      assert.deepEqual(printed, [
        `worker "shared" stays: it belongs to the stack acme/reports/dev, and is running on this machine as process ${made.supervised.pid}; ` +
          "only this stack's state forgets it",
      ]);
      assert.ok(isRunning(made.supervised) && fs.existsSync(record()));
      assert.ok((await rows()).some(({ name }) => name === "shared"));
    });

    it("is one's own when the state knows its process, as after the stack was renamed", async () => {
      const known = made.supervised;
      made = await startProcess(client, args(), { ...ours, known }, "a change of limit");
      assert.ok(!isRunning(known) && isRunning(made.supervised));
      assert.equal(made.supervised.owner, ours.owner);
    });

    it("that an earlier build started is one's own only when the state knows its process", async () => {
      const { owner, ...known } = made.supervised;
      assert.ok(owner);
      fs.writeFileSync(record(), JSON.stringify(known));
      await assert.rejects(
        startProcess(client, args(), ours, "the stack had none"),
        /^was started by an earlier release, which didn't note for which stack, and is running/,
      );
      assert.ok(isRunning(known));
      made = await startProcess(client, args(), { ...ours, known }, "a change of limit");
      assert.ok(!isRunning(known) && isRunning(made.supervised));
    });

    it("is no obstacle when it has ended", async () => {
      await stop(made.supervised, 20_000);
      made = await startProcess(client, args(), theirs, "the stack had none");
      assert.ok(isRunning(made.supervised));
    });
  });

  it("left over by an interrupted run is ended before another one is started", async () => {
    const made = await start("interrupted");
    // Pulumi's state never heard of it
    const again = await start("interrupted");
    assert.ok(!isRunning(processOf(made)) && isRunning(processOf(again)));
  });

  it("left over by an interrupted change of it is ended when it is deleted", async () => {
    const made = await start("changed");
    const news = { name: "changed", workPoolName: pool, limit: 2 };
    // Pulumi's state keeps the process from before
    const changed = await lifecycle.update(kind, client, made.id, made.outputs, news);
    await lifecycle.remove(kind, client, made.id, made.outputs);
    assert.ok(!isRunning(processOf(made)) && !isRunning(processOf(changed)));
  });

  it("whose record is broken can be started and deleted", async () => {
    const made = await start("broken");
    for (const text of ["", '{"pid":12', "null", "[]", '{"pid":1}']) {
      fs.writeFileSync(recordOf(made), text);
      await lifecycle.remove(kind, client, made.id, made.outputs);
      assert.ok(!isRunning(processOf(made)), text);
      assert.ok(!fs.existsSync(recordOf(made)));
    }
    fs.writeFileSync(recordOf(made), '{"pid":12');
    const again = await start("broken");
    assert.deepEqual((JSON.parse(fs.readFileSync(recordOf(made), "utf8")) as Json).pid, processOf(again).pid);
    assert.deepEqual(fs.readdirSync(folderOf(made)).sort(), ["process.json", "worker.log"]);
  });

  it("whose record is of another machine, or of an earlier boot, is left alone", async () => {
    const folder = temporaryFolder();
    const options = { cwd: folder, env: process.env, logFile: `${folder}/log` };
    const { identity } = await startDetached("sleep", ["600"], options);
    const record = { ...identity, healthPort: 1, logFile: options.logFile };
    const made = await start("recorded");
    await lifecycle.remove(kind, client, made.id, made.outputs);
    await heartbeatOf("recorded");
    fs.mkdirSync(folderOf(made), { recursive: true });
    fs.writeFileSync(recordOf(made), JSON.stringify({ ...record, host: "another-machine" }));
    // it is online, and nothing says that it was started here
    for (const adopt of [false, true]) {
      await assert.rejects(
        start("recorded", { adopt }),
        /^worker "recorded": is online in the work pool "workers-\d+", and this machine hasn't started it, .*; stop it where it was started/,
      );
    }
    await client.delete(`/work_pools/${pool}/workers/recorded`);
    const ticks = identity.startTime.split(" ")[1];
    const ofEarlierBoot = {
      ...record,
      host: made.outputs.host,
      startTime: `00000000-0000-0000-0000-000000000000 ${ticks}`,
    };
    fs.writeFileSync(recordOf(made), JSON.stringify(ofEarlierBoot));
    await start("recorded");
    assert.ok(isRunning(identity));
    await stop(identity, 5_000);
  });

  it("that is started twice at once has one process, and an error for the other", async () => {
    const both = await Promise.allSettled([start("twice"), start("twice")]);
    const made = both.find((one) => one.status === "fulfilled");
    const refused = both.find((one) => one.status === "rejected");
    assert.match(
      String(refused?.reason),
      new RegExp(
        `^worker "twice": is being started by process ${process.pid} at this moment; give each worker of a pool a name`,
      ),
    );
    assert.ok(made);
    assert.deepEqual(
      processesOf(made.value).map(({ pid }) => pid),
      [processOf(made.value).pid],
    );
    // the lock is given back
    await start("twice");
  });

  it("whose folder can't be written to is an error that says what to do", async () => {
    const home = process.env.XDG_STATE_HOME;
    const file = path.join(temporaryFolder(), "file");
    fs.writeFileSync(file, "");
    process.env.XDG_STATE_HOME = file;
    try {
      await assert.rejects(
        creation.create(kind, client, { name: "homeless", workPoolName: pool }),
        /^worker "homeless": its folder .*homeless-\w+ can't be written to \(ENOTDIR.*\); make it writable, or set XDG_STATE_HOME to a folder that is$/,
      );
    } finally {
      process.env.XDG_STATE_HOME = home;
    }
  });

  it("doesn't stay when what follows its start fails", async () => {
    const made = await start("unseen");
    await lifecycle.remove(kind, client, made.id, made.outputs);
    let asked = 0;
    const failing = Object.create(client, {
      filter: {
        value: (...args: Parameters<PrefectClient["filter"]>) => {
          // before its process is started the server is asked twice
          if ((asked += 1) > 2) throw new Error("the server is gone");
          return client.filter(...args);
        },
      },
    }) as PrefectClient;
    await assert.rejects(creation.create(kind, failing, { name: "unseen", workPoolName: pool }), /the server is gone/);
    assert.deepEqual(processesOf(made), []);
  });

  describe("that has a run under way", () => {
    let folder: string;
    let deployment: string;
    // the others would take its runs
    const own = `runs-${process.pid}`;
    const runs: ProcessIdentity[] = [];
    after(() => end(runs, 1_000));
    before(async () => {
      folder = temporaryFolder();
      await creation.create(workPool, client, { name: own, type: "process" });
      fs.writeFileSync(
        path.join(folder, "flows.py"),
        `import os, pathlib, subprocess, time
from prefect import flow
@flow
def long():
    child = subprocess.Popen(["sleep", "300"], start_new_session=True)
    pathlib.Path("started").write_text(f"{os.getpid()} {child.pid}")
    pathlib.Path("started").rename("pids")
    time.sleep(300)
`,
      );
      const { id: flow_id } = await client.post<{ id: string }>("/flows/", { name: `long-${pool}` });
      const { id } = await client.post<{ id: string }>("/deployments/", {
        name: "long",
        flow_id,
        work_pool_name: own,
        entrypoint: "flows.py:long",
        pull_steps: [{ "prefect.deployments.steps.set_working_directory": { directory: folder } }],
      });
      deployment = id;
    });

    /** Runs the flow; the processes of the run and of what it starts. */
    async function running(): Promise<ProcessIdentity[]> {
      const pids = path.join(folder, "pids");
      fs.rmSync(pids, { force: true });
      await client.post(`/deployments/${deployment}/create_flow_run`, {});
      while (!fs.existsSync(pids)) await pause(100);
      const processes = fs.readFileSync(pids, "utf8").split(" ").map(Number).map(identityOf);
      runs.push(...processes);
      assert.ok(processes.every(isRunning));
      return processes;
    }

    /** What the server says of the runs, in alphabetical order. */
    async function states(): Promise<string[]> {
      const found = await client.filter<{ state_type: string }>("/flow_runs/filter", {
        deployments: { id: { any_: [deployment] } },
      });
      return found.map(({ state_type }) => state_type).sort();
    }

    it("leaves nothing of it when it is deleted", async () => {
      const made = await start("busy", { workPoolName: own });
      const run = await running();
      await lifecycle.remove(kind, client, made.id, made.outputs);
      assert.deepEqual([processOf(made), ...run].filter(isRunning), []);
      assert.deepEqual(await states(), ["CRASHED"]);
    });

    it("leaves none of its runs under way on the server when a change restarts it", async () => {
      const made = await start("changing", { workPoolName: own });
      const run = await running();
      const news = { name: "changing", workPoolName: own, limit: 3 };
      const again = await lifecycle.update(kind, client, made.id, made.outputs, news);
      assert.deepEqual([processOf(made), ...run].filter(isRunning), []);
      assert.deepEqual(await states(), ["CRASHED", "CRASHED"]);
      await lifecycle.remove(kind, client, again.id, again.outputs);
    });

    it("and dies leaves the run to come to its end when it is started again, and nothing of it when it is deleted", async () => {
      const made = await start("crashing", { workPoolName: own });
      const run = await running();
      process.kill(processOf(made).pid, "SIGKILL");
      while (isRunning(processOf(made))) await pause(50);
      const again = await start("crashing", { workPoolName: own });
      assert.ok(run.every(isRunning));
      assert.deepEqual(await states(), ["CRASHED", "CRASHED", "RUNNING"]);
      await lifecycle.remove(kind, client, again.id, again.outputs);
      assert.deepEqual([processOf(again), ...run].filter(isRunning), []);
      assert.deepEqual(await states(), ["CRASHED", "CRASHED", "CRASHED"]);
    });
  });

  it("is replaced when it moves to Kubernetes or back, and changes in place there", () => {
    const ofProcess = { name: "w", workPoolName: "p" };
    const pods = { ...ofProcess, kubernetes: { namespace: "n", deployment: "d", revision: "1" } };
    const { diff } = lifecycle;
    const replaced = { changes: true, replaces: ["kubernetes"], deleteBeforeReplace: true };
    assert.deepEqual(diff(kind, { ...ofProcess, env: { A: "b" } }, pods), replaced);
    assert.deepEqual(diff(kind, { ...pods, kubeconfig: "k" }, { ...ofProcess, limit: 1 }), replaced);
    assert.deepEqual(diff(kind, ofProcess, { ...pods, kubernetes: unknown }), replaced);
    const inPlace = { changes: true, replaces: [], deleteBeforeReplace: false };
    assert.deepEqual(diff(kind, pods, { ...pods, kubernetes: { ...pods.kubernetes, revision: "2" } }), inPlace);
    assert.deepEqual(diff(kind, pods, { ...pods, kubernetes: unknown }), inPlace);
    assert.deepEqual(diff(kind, ofProcess, { ...ofProcess, limit: 1 }), inPlace);
  });

  it("that somebody else runs under the name is an error", async () => {
    await heartbeatOf("theirs");
    await assert.rejects(
      start("theirs"),
      /worker "theirs": is online in the work pool .*, and this machine hasn't started it/,
    );
  });

  it("that can't start is an error with the last lines of its log", async () => {
    const venv = temporaryFolder();
    await run((await tools()).python, ["-m", "venv", "--without-pip", venv]);
    await assert.rejects(
      creation.create(kind, client, { name: "fails", workPoolName: pool, python: `${venv}/bin/python` }),
      /worker "fails": ended with exit code 1 before it was online; the last lines of .*worker\.log:\n.*No module named prefect/,
    );
    await assert.rejects(
      creation.create(kind, client, { name: "fails", workPoolName: pool, python: "/no/such/python" }),
      /worker "fails": \/no\/such\/python can't be started .*META_PREFECT__PYTHON/,
    );
    await assert.rejects(
      creation.create(kind, client, { name: "fails", workPoolName: "no-such-pool" }),
      /worker "fails": its work pool "no-such-pool" does not exist/,
    );
  });

  it("never ends a process that only has its number", async () => {
    const folder = temporaryFolder();
    const { identity } = await startDetached("sleep", ["600"], {
      cwd: folder,
      env: process.env,
      logFile: `${folder}/log`,
    });
    const made = await start("recycled");
    await lifecycle.remove(kind, client, made.id, { ...made.outputs, pid: identity.pid });
    assert.ok(isRunning(identity));
    await stop(processOf(made), 10_000);
    await stop(identity, 5_000);
    assert.ok(!isRunning(identity));
  });

  it("on another machine is left alone while it is online", async () => {
    const made = await start("elsewhere");
    const elsewhere = { ...made.outputs, host: "another-machine" };
    assert.ok(await lifecycle.read(kind, client, made.id, elsewhere));
    await assert.rejects(
      lifecycle.remove(kind, client, made.id, elsewhere),
      /runs on the machine "another-machine"; run Pulumi there/,
    );
    assert.ok(isRunning(processOf(made)));
  });

  it("that doesn't end when it is asked to is ended for good, with what it started", async () => {
    const folder = temporaryFolder();
    const script = `trap "" TERM; sleep 61 & echo $! > ${folder}/child; while true; do sleep 0.1; done`;
    const { identity } = await startDetached("sh", ["-c", script], {
      cwd: folder,
      env: process.env,
      logFile: `${folder}/log`,
    });
    while (!fs.existsSync(`${folder}/child`) || fs.readFileSync(`${folder}/child`, "utf8") === "") await pause(20);
    const child = Number(fs.readFileSync(`${folder}/child`, "utf8"));
    await stop(identity, 500);
    assert.ok(!isRunning(identity));
    await pause(100);
    const state = fs.existsSync(`/proc/${child}/stat`)
      ? fs.readFileSync(`/proc/${child}/stat`, "utf8").split(" ")[2]
      : "gone";
    assert.ok(["Z", "gone"].includes(state ?? ""), state);
  });
});
