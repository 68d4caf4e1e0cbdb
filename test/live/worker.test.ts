import assert from "node:assert/strict";
import * as fs from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { PrefectClient } from "../../provider/client";
import type { AnyKind, Json } from "../../provider/kind";
import * as lifecycle from "../../provider/lifecycle";
import { isRunning, type ProcessIdentity, startDetached, stop } from "../../provider/localProcess";
import { worker } from "../../provider/worker";
import { workPool } from "../../provider/workPool";
import { run } from "../../tools/run";
import { prefectClient, temporaryFolder, tools } from "../support/environment";

const kind = worker as unknown as AnyKind;

describe("a worker", () => {
  let client: PrefectClient;
  let pool: string;
  const started: { id: string; outputs: Json }[] = [];

  before(async () => {
    process.env.META_PREFECT__PYTHON = (await tools()).python;
    client = await prefectClient();
    pool = `workers-${process.pid}`;
    await lifecycle.create(workPool as unknown as AnyKind, client, { name: pool, type: "process" });
  });
  after(async () => {
    for (const { id, outputs } of started) await lifecycle.remove(kind, client, id, outputs);
  });

  async function start(name: string, args: Json = {}) {
    const made = await lifecycle.create(kind, client, { name, workPoolName: pool, ...args });
    started.push(made);
    return made;
  }
  const processOf = ({ outputs }: { outputs: Json }) => outputs as unknown as ProcessIdentity & { logFile: string };
  const rows = () => client.filter<{ name: string; status: string }>(`/work_pools/${pool}/workers/filter`);

  it("is started, online when it is made, read, restarted for a change, and gone when it is deleted", async () => {
    process.env.PULUMI_CONFIG_PASSPHRASE = "secret";
    const made = await start("first", { limit: 2, env: { SOME: "thing" } });
    delete process.env.PULUMI_CONFIG_PASSPHRASE;
    const first = processOf(made);
    assert.ok(isRunning(first));
    assert.deepEqual(
      (await rows()).map(({ name, status }) => [name, status]),
      [["first", "ONLINE"]],
    );

    const environment = fs.readFileSync(`/proc/${first.pid}/environ`, "utf8");
    assert.ok(environment.includes("SOME=thing") && !environment.includes("PULUMI_"));
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
    assert.ok(!isRunning(first) && isRunning(processOf(updated)));

    await lifecycle.remove(kind, client, updated.id, updated.outputs);
    assert.ok(!isRunning(processOf(updated)));
    assert.deepEqual(await rows(), []);
    await lifecycle.remove(kind, client, updated.id, updated.outputs);
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

  it("that lost its heartbeat is found missing, and its process doesn't stay beside the new one", async () => {
    const made = await start("silent");
    // what the server shows when no heartbeat came for a while
    await client.delete(`/work_pools/${pool}/workers/silent`);
    assert.equal(await lifecycle.read(kind, client, made.id, made.outputs), undefined);
    const again = await start("silent");
    assert.ok(!isRunning(processOf(made)) && isRunning(processOf(again)));
  });

  it("left over by an interrupted run is ended before another one is started", async () => {
    const made = await start("interrupted");
    // Pulumi's state never heard of it
    const again = await start("interrupted");
    assert.ok(!isRunning(processOf(made)) && isRunning(processOf(again)));
  });

  it("that somebody else runs under the name is an error", async () => {
    await client.post(`/work_pools/${pool}/workers/heartbeat`, { name: "theirs", heartbeat_interval_seconds: 30 });
    await assert.rejects(start("theirs"), /worker "theirs": already exists; set adopt: true/);
  });

  it("that can't start is an error with the last lines of its log", async () => {
    const venv = temporaryFolder();
    await run((await tools()).python, ["-m", "venv", "--without-pip", venv]);
    await assert.rejects(
      lifecycle.create(kind, client, { name: "fails", workPoolName: pool, python: `${venv}/bin/python` }),
      /worker "fails": ended with exit code 1 before it was online; the last lines of .*worker\.log:\n.*No module named prefect/,
    );
    await assert.rejects(
      lifecycle.create(kind, client, { name: "fails", workPoolName: pool, python: "/no/such/python" }),
      /worker "fails": \/no\/such\/python can't be started .*META_PREFECT__PYTHON/,
    );
    await assert.rejects(
      lifecycle.create(kind, client, { name: "fails", workPoolName: "no-such-pool" }),
      /worker "fails": its work pool "no-such-pool" does not exist/,
    );
  });

  it("never ends a process that only has its number", async () => {
    const folder = temporaryFolder();
    const { identity } = await startDetached("sleep", ["60"], {
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
