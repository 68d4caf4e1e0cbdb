import assert from "node:assert/strict";
import * as fs from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { isRunning, type ProcessIdentity } from "../../processes/localProcess";
import type { PrefectClient } from "../../provider/api/client";
import { metaPrefect } from "../support/command";
import { prefectClient } from "../support/environment";
import { long } from "../support/long";
import { Page } from "../support/page";
import { PulumiProject } from "../support/pulumiProject";
import { compare } from "../support/reader";

const pool = `watched-${process.pid}`;
const program = (args: object) => `
  const { WorkPool, Worker } = require("meta-prefect");
  const pool = new WorkPool("${pool}", { type: "process" });
  new Worker("watched", { workPoolName: pool.name, ...${JSON.stringify(args)} });
`;
/** Pods of a cluster that isn't there; its heartbeats are the test's. */
const kubernetes = { namespace: "n", deployment: "d" };
const kubeconfig = "{}";

describe("pulumi up of a worker", () => {
  let project: PulumiProject;
  let client: PrefectClient;
  before(async () => {
    client = await prefectClient();
    project = await PulumiProject.create(program({}));
    await project.up();
  });
  after(() => project.destroy());

  async function worker(): Promise<ProcessIdentity & { logFile: string }> {
    const { outputs } = (await project.resources()).get("watched") ?? {};
    return outputs as unknown as ProcessIdentity & { logFile: string };
  }

  async function killed(): Promise<ProcessIdentity & { logFile: string }> {
    const found = await worker();
    process.kill(found.pid, "SIGKILL");
    while (isRunning(found)) await pause(50);
    return found;
  }

  const warnings = (printed: string) => {
    const diagnostics = printed.slice(printed.indexOf("Diagnostics:"));
    return printed.includes("Diagnostics:") ? (diagnostics.match(/warning: .*/g) ?? []) : [];
  };

  it("says nothing while it is running", async () => {
    assert.doesNotMatch(await project.pulumi("preview", "--expect-no-changes"), /warning/);
  });

  it("warns of one that has died, in a preview without a server as in an update, and no more when it is started again", async () => {
    const { pid, logFile } = await killed();
    const warning =
      `warning: worker "watched" is not running any more: its process ${pid} has ended; its log is ${logFile}; ` +
      "run `pulumi up --refresh` to start it again";
    const { PREFECT_API_URL } = project.env;
    delete project.env.PREFECT_API_URL;
    try {
      assert.deepEqual(warnings(await project.pulumi("preview", "--expect-no-changes")), [warning]);
    } finally {
      project.env.PREFECT_API_URL = PREFECT_API_URL as string;
    }
    assert.deepEqual(warnings(await project.up()), [warning]);
    assert.deepEqual(warnings(await project.pulumi("preview", "--refresh")), []);
    assert.deepEqual(warnings(await project.up("--refresh")), []);
    assert.ok(isRunning(await worker()));
    assert.deepEqual(warnings(await project.pulumi("preview", "--expect-no-changes")), []);
  });

  it("doesn't warn of one that a change starts again, and its log tells that as docs/guides/workers.md shows it", async () => {
    await killed();
    project.program = program({ limit: 2 });
    assert.deepEqual(warnings(await project.pulumi("preview")), []);
    project.env.NPM_TOKEN = "hunter2";
    assert.deepEqual(warnings(await project.up()), []);
    assert.ok(isRunning(await worker()));
    const shown = new Page("docs/guides/workers.md").blocks.find(({ language }) => language === "text")?.text ?? "";
    const said = fs.readFileSync((await worker()).logFile, "utf8").match(/^.* \| meta-prefect \| .*$/gm) ?? [];
    const [start = "", names = ""] = shown.replace("/flows/", "/test/").trimEnd().split("; not inherited: ");
    const [begun = "", left = ""] = said.at(-1)?.split("; not inherited: ") ?? [];
    compare(start, begun, "docs/guides/workers.md");
    for (const name of names.split(", ")) assert.ok(left.split(", ").includes(name), left);
  });

  long("is what meta-prefect worker restart has done to the one that is down, and to no other", async () => {
    const before = project.program;
    project.program = `${program({})} new Worker("other", { workPoolName: pool.name });`;
    await project.up();
    const identityOf = async (name: string) =>
      (await project.resources()).get(name)?.outputs as unknown as ProcessIdentity;
    const other = await identityOf("other");
    const { pid } = await killed();
    // what isn't deployed yet stays so
    project.program += ' new (require("meta-prefect").Variable)("later", { value: 1 });';
    const { code, said, printed } = await metaPrefect(["worker", "restart"], { cwd: project.folder, env: project.env });
    assert.equal(code, 0, said);
    assert.match(said, new RegExp(`^worker "other" stays as it is \\(online, process ${other.pid}\\)`, "m"));
    assert.match(printed, /^worker "watched" is online, process \d+$/m);
    assert.notEqual((await worker()).pid, pid);
    assert.ok(isRunning(await worker()));
    assert.deepEqual(await identityOf("other"), other);
    assert.ok(isRunning(other));
    assert.deepEqual(
      (await project.preview("--refresh")).map(({ op, name }) => [op, name]),
      [["create", "later"]],
    );
    project.program = before;
    await project.up();
  });

  it("replaces it when it moves to Kubernetes, where its process is stopped, and when it moves back", async () => {
    const before = await worker();
    project.program = program({ kubernetes, kubeconfig });
    assert.deepEqual(
      (await project.preview()).map(({ op, name }) => [op, name]),
      [["replace", "watched"]],
    );
    await whilePodsAreThere(() => project.up());
    assert.ok(!isRunning(before));
    assert.equal((await worker()).pid, undefined);

    project.program = program({ kubernetes: { ...kubernetes, revision: "2" }, kubeconfig });
    assert.deepEqual(
      (await project.preview()).map(({ op, name, changed }) => [op, name, changed]),
      [["update", "watched", ["kubernetes"]]],
    );
    await whilePodsAreThere(() => project.up());

    project.program = program({});
    await project.up();
    assert.ok(isRunning(await worker()));
  });

  /** The heartbeats of the worker's pods, during some work. */
  async function whilePodsAreThere(work: () => Promise<unknown>): Promise<void> {
    const heartbeat = () => client.post(`/work_pools/${pool}/workers/heartbeat`, { name: "watched" });
    const beating = setInterval(() => void heartbeat(), 500);
    try {
      await work();
    } finally {
      clearInterval(beating);
    }
  }
});
