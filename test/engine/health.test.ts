import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { until } from "../../processes/until";
import { PrefectClient } from "../../provider/api/client";
import { metaPrefect } from "../support/command";
import { temporaryFolder, testEnvironment } from "../support/environment";
import { long } from "../support/long";

const flows = `
from prefect import flow

@flow
def sums(x: int = 1):
    return x

@flow
def idle(): ...
`;
const yaml = `
name: health
deployments:
  sums:
    - recipe: local_run_deployer
      variables: { name: daily, schedule: { cron: "0 9 * * *", timezone: Europe/Zurich, active: true } }
  idle:
    - recipe: local_run_deployer
      variables: { name: never }
`;

interface Finding {
  part: string;
  level: string;
  found: string;
  remedy?: string;
}

describe("list and doctor", () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let client: PrefectClient;
  const call = (...words: string[]) => metaPrefect(words, { cwd: folder, env });
  const deployment = async (name: string) => {
    const found = await client.filter<{ id: string; name: string }>("/deployments/filter");
    return found.find((one) => one.name === `${name}-dev`)?.id ?? "";
  };
  /** The row of a deployment in what `list` prints, its columns told apart. */
  const listed = async (name: string, ...words: string[]) => {
    const { printed, said } = await call("list", ...words);
    const line = printed.split("\n").find((text) => text.startsWith(name));
    return { row: line?.split(/ {2,}/) ?? [], printed, said };
  };
  const examined = async (part: string, environment = env, cwd = folder) => {
    const { code, printed, said } = await metaPrefect(["doctor", "--json"], { cwd, env: environment });
    const { ok, findings } = JSON.parse(printed) as { ok: boolean; findings: Finding[] };
    assert.equal(code, ok ? 0 : 1, said);
    const { level, found, remedy = "" } = findings.find((one) => one.part.startsWith(part)) ?? {};
    return { code, finding: `${level}: ${found}`, remedy, findings };
  };
  const worker = async () => {
    const { printed } = await call("pulumi", "stack", "export");
    const { deployment } = JSON.parse(printed) as {
      deployment: { resources: { urn: string; outputs?: { pid: number; startTime: string } }[] };
    };
    const outputs = deployment.resources.find(({ urn }) => urn.includes("prefect:Worker::"))?.outputs;
    assert.ok(outputs);
    return { state: printed, ...outputs };
  };

  before(async () => {
    folder = temporaryFolder();
    const { PULUMI_CONFIG_PASSPHRASE: _, PREFECT_API_URL: __, ...others } = await testEnvironment();
    env = { ...others, XDG_STATE_HOME: temporaryFolder() };
    fs.writeFileSync(path.join(folder, "flows.py"), flows);
    fs.writeFileSync(path.join(folder, "meta_prefect.yaml"), yaml);
  });
  after(async () => {
    await call("server", "start");
    await call("destroy", "--yes");
    await call("server", "stop");
  });

  it("say in an empty folder that nothing is needed yet", async () => {
    const empty = temporaryFolder();
    const { code, said, printed } = await metaPrefect(["doctor"], { cwd: empty, env });
    assert.deepEqual([code, fs.readdirSync(empty)], [0, []]);
    assert.match(said, /nothing is needed yet; run: meta-prefect init$/m);
    assert.match(printed, /^ok +Pulumi CLI +v\d/m);
    assert.match(printed, /^warning +Prefect server +no Prefect server is configured/m);
  });

  it("say before the first deploy what is missing, and make nothing", async () => {
    const { finding, remedy, code } = await examined("Prefect server");
    assert.match(finding, /^error: no Prefect server is configured/);
    assert.match(remedy, /^meta-prefect server start/);
    assert.equal(code, 1);
    assert.deepEqual(fs.readdirSync(folder).sort(), ["flows.py", "meta_prefect.yaml"]);
    assert.match((await call("list")).said, /^nothing is deployed in dev; run: meta-prefect deploy$/m);
  });

  it("find all well once deploy has started a server of the folder's own", async () => {
    const { code, said } = await call("deploy", "--yes");
    assert.equal(code, 0, said);
    const [, apiUrl = ""] =
      /^started a Prefect server of this folder, at (http:\S+); to stop it: meta-prefect server stop$/m.exec(said) ??
      [];
    client = new PrefectClient({ apiUrl, headers: {}, environment: {} });
    // not in that of the person's own, although there is one in the environment
    assert.ok(env.PREFECT_HOME);
    assert.ok(fs.existsSync(path.join(folder, ".meta-prefect/server/prefect.db")));
    const { printed } = await call("server", "status", "--json");
    assert.equal((JSON.parse(printed) as { apiUrl: string; running: boolean }).apiUrl, apiUrl);
    const examination = await examined("worker ");
    assert.match(examination.finding, /^ok: online, process \d+$/);
    assert.equal(examination.code, 0, JSON.stringify(examination.findings));

    const isScheduled = async () => (await listed("sums/daily-dev")).row[3]?.includes("Europe/Zurich");
    assert.ok(await until(isScheduled, { every: 500, patience: 60_000 }));
    const { row } = await listed("sums/daily-dev");
    assert.match(row[1] ?? "", /^local-process-work-pool/);
    assert.equal(row[2], "online");
    assert.match(row[3] ?? "", /^\w{3} \d{4}-\d\d-\d\d 09:00 Europe\/Zurich \(in \d+ (hours?|minutes?|seconds?)\)$/);
    assert.equal(row[4], "never ran");
    assert.equal((await listed("idle/never-dev")).row[3], "no schedule");
  });

  long("say how the last run ended, and what is paused", async () => {
    assert.equal((await call("run", "sums", "--watch")).code, 0);
    assert.match((await listed("sums/daily-dev")).row[4] ?? "", /^Completed \d+ seconds? ago$/);

    const id = await deployment("daily");
    const { schedules = [], work_pool_name: pool = "" } =
      (await client.find<{ schedules: { id: string }[]; work_pool_name: string }>(`/deployments/${id}`)) ?? {};
    await client.patch(`/deployments/${id}/schedules/${schedules[0]?.id}`, { active: false });
    await client.patch(`/work_pools/${pool}`, { is_paused: true });
    const { row } = await listed("sums/daily-dev");
    assert.deepEqual([row[1], row[3]], [`${pool} (paused)`, "schedule paused"]);

    const { row: compared, printed } = await listed("sums/daily-dev", "--refresh");
    assert.equal(compared[5], "schedules[0].active");
    assert.equal((await listed("idle/never-dev", "--refresh")).row[5], "none");
    const json = JSON.parse((await call("list", "--refresh", "--json")).printed) as { drift: { what: string }[] };
    assert.deepEqual(
      json.drift.map(({ what }) => what),
      ['deployment "sums/daily-dev"'],
    );
    assert.doesNotMatch(printed, /__provider/);
    await client.patch(`/deployments/${id}`, { paused: true });
    assert.equal((await listed("sums/daily-dev")).row[3], "paused");
    await client.patch(`/deployments/${id}`, { paused: false });
    await client.patch(`/work_pools/${pool}`, { is_paused: false });
    assert.equal((await call("deploy", "--refresh", "--yes")).code, 0);

    await client.delete(`/deployments/${await deployment("never")}`);
    assert.equal((await listed("idle/never-dev")).row[1], "not on the server");
    assert.match((await call("list", "--refresh")).printed, /^idle\/never-dev.* deleted$/m);
    assert.equal((await call("deploy", "--refresh", "--yes")).code, 0);
  });

  it("say that a worker has died, or is gone since a restart of the machine", async () => {
    const { pid, startTime, state } = await worker();
    process.kill(pid, "SIGKILL");
    const { row, said } = await listed("sums/daily-dev");
    assert.equal(row[2], `its process ${pid} has ended`);
    assert.match(said, /^worker "\S+": its process \d+ has ended; to start it again: meta-prefect worker restart$/m);
    const { finding, remedy, code } = await examined("worker ");
    assert.deepEqual(
      [finding, remedy, code],
      [`error: its process ${pid} has ended`, "meta-prefect worker restart", 1],
    );

    // as if this boot were another
    const [boot = ""] = startTime.split(" ");
    const file = path.join(temporaryFolder(), "state.json");
    fs.writeFileSync(file, state.replaceAll(boot, os.hostname()));
    await call("pulumi", "stack", "import", "--file", file);
    assert.equal((await listed("sums/daily-dev")).row[2], "gone since this machine was restarted");
    assert.equal((await examined("worker ")).finding, "error: gone since this machine was restarted");
    assert.equal((await call("deploy", "--refresh", "--yes")).code, 0);
    assert.match((await examined("worker ")).finding, /^ok: online/);
  });

  it("say that the server is away, and what is still known", async () => {
    const { pid } = await worker();
    const before = (await call("server", "status", "--json")).printed;
    assert.match((await call("server", "stop")).said, /^the Prefect server has been stopped$/m);
    assert.match((await call("server", "stop")).said, /^there is no Prefect server running here$/m);
    const { code, printed, said } = await call("list");
    assert.equal(code, 1);
    assert.match(printed, /^sums\/daily-dev +local-process-work-pool\S* +running +unknown +unknown$/m);
    assert.match(said, /^error: the Prefect server at http:\S+ .*meta-prefect server start/m);
    const { finding, remedy } = await examined("Prefect server");
    assert.match(finding, /^error: http:\S+, that of this folder, isn't running$/);
    assert.equal(remedy, "meta-prefect server start");
    assert.equal((await examined("worker ")).finding, `ok: process ${pid} is running`);

    const again = await call("deploy", "--yes");
    assert.equal(again.code, 0, again.said);
    const after = (await call("server", "status", "--json")).printed;
    const addresses = [before, after].map((text) => (JSON.parse(text) as { apiUrl: string }).apiUrl);
    assert.equal(addresses[0], addresses[1]);
  });

  long("say whose objects they are to a colleague who has a stack of the same name", async () => {
    const second = temporaryFolder();
    for (const file of ["flows.py", "meta_prefect.yaml", "Pulumi.yaml"]) {
      fs.copyFileSync(path.join(folder, file), path.join(second, file));
    }
    const theirs = { ...env, PREFECT_API_URL: client.connection.apiUrl, XDG_STATE_HOME: temporaryFolder() };
    const { code, said } = await metaPrefect(["deploy", "--yes"], { cwd: second, env: theirs });
    assert.equal(code, 1);
    const owner = `${os.userInfo().username}@${os.hostname()}`;
    assert.match(said, /deployment "sums\/daily-dev":? already exists/);
    assert.ok(said.includes(`It was made by the stack organization/health/dev of ${owner}.`), said);
    assert.match(said, /deploy to an environment of your own: meta-prefect deploy --env <name>/);
    const own = await metaPrefect(["deploy", "--yes", "--env", "mine"], { cwd: second, env: theirs });
    assert.equal(own.code, 0, own.said);
    assert.equal((await metaPrefect(["destroy", "--yes", "--env", "mine"], { cwd: second, env: theirs })).code, 0);
    await metaPrefect(["destroy", "--yes"], { cwd: second, env: theirs });
    assert.equal((await call("preview", "--refresh")).printed, "nothing to change\n");
  });

  it("say that the pass phrase is missing, and that others can read it", async () => {
    const [kept, away] = [path.join(folder, ".meta-prefect", "passphrase"), path.join(temporaryFolder(), "passphrase")];
    fs.chmodSync(kept, 0o644);
    assert.equal((await examined("pass phrase")).finding, `warning: ${kept} can be read by others`);
    assert.equal((await examined("pass phrase")).remedy, `chmod 600 ${kept}`);
    fs.chmodSync(kept, 0o600);
    fs.renameSync(kept, away);
    try {
      const { finding, remedy, code } = await examined("pass phrase");
      assert.deepEqual([finding, code], ["error: missing", 1]);
      assert.match(remedy, /^Pulumi.dev.yaml is that of a stack that was made elsewhere/);
      assert.match((await call("list")).said, /^error: Pulumi.dev.yaml is that of a stack that was made elsewhere/m);
    } finally {
      fs.renameSync(away, kept);
    }
  });

  long("say that the backend is away, or its state written by a newer Pulumi", async () => {
    for (const url of ["file:///nowhere/at/all", "https://127.0.0.1:9", "s3://nobody-has-this?endpoint=127.0.0.1:9"]) {
      const away = {
        ...env,
        PULUMI_BACKEND_URL: url,
        PULUMI_CONFIG_PASSPHRASE: "",
        PULUMI_ACCESS_TOKEN: "none",
        AWS_ACCESS_KEY_ID: "none",
        AWS_SECRET_ACCESS_KEY: "none",
        AWS_REGION: "eu-west-1",
      };
      const { said, code } = await metaPrefect(["list"], { cwd: folder, env: away });
      assert.equal(code, 1);
      assert.match(said, /^error: the backend, where Pulumi keeps the state, can't be reached/m);
      const { finding, remedy } = await examined("backend", away);
      assert.equal(finding, `error: ${url}`);
      assert.match(remedy, /can't be reached .*check the network, its credentials, and its address/s);
    }
    const stacks = path.join(folder, ".meta-prefect/state/.pulumi/stacks/health/dev.json");
    const text = fs.readFileSync(stacks, "utf8");
    fs.writeFileSync(stacks, JSON.stringify({ ...(JSON.parse(text) as object), version: 99 }));
    try {
      assert.match(
        (await call("list")).said,
        /^error: the state was written by a newer Pulumi CLI than the one here .*; upgrade the Pulumi CLI/m,
      );
    } finally {
      fs.writeFileSync(stacks, text);
    }
  });

  long("say that there is no Pulumi, no Prefect, or one that is too old", async () => {
    const bare = temporaryFolder();
    fs.symlinkSync(process.execPath, path.join(bare, "node"));
    const without = { ...env, PATH: bare, XDG_CACHE_HOME: temporaryFolder() };
    const noPulumi = await examined("Pulumi CLI", without);
    assert.deepEqual([noPulumi.finding, noPulumi.code], ["error: not found", 1]);
    assert.match(noPulumi.remedy, /^meta-prefect deploy installs it after asking/);

    const venv = path.join(temporaryFolder(), "venv");
    execFileSync("python3", ["-m", "venv", "--without-pip", venv]);
    const python = path.join(venv, "bin", "python");
    const other = { ...env, META_PREFECT__PYTHON: python };
    const none = await examined("Python and Prefect", other);
    assert.match(none.finding, /^error: \S+ \(Python \d+\.\d+\.\d+\) has no Prefect$/);
    assert.match(none.remedy, /^\S+ -m pip install prefect, or name the Python that has it by META_PREFECT__PYTHON$/);
    const site = execFileSync(python, ["-c", "import site; print(site.getsitepackages()[0])"]).toString().trim();
    fs.mkdirSync(path.join(site, "prefect-2.20.3.dist-info"));
    fs.writeFileSync(path.join(site, "prefect-2.20.3.dist-info/METADATA"), "Name: prefect\nVersion: 2.20.3\n");
    const old = await examined("Python and Prefect", other);
    assert.match(old.finding, /^error: Prefect 2\.20\.3, Python \S+, \S+: too old$/);
    assert.match(old.remedy, /-m pip install --upgrade "prefect>=3\.2"$/);

    const server = createServer((_, response) => {
      response.setHeader("content-type", "application/json").end('"2.20.3"');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
    try {
      const { finding } = await examined("Prefect server", { ...env, PREFECT_API_URL: apiUrl });
      assert.equal(
        finding,
        `error: the Prefect server at ${apiUrl} is version 2.20.3, which is not supported; upgrade it to 3.2.5 or later`,
      );
    } finally {
      server.close();
    }
  });
});
