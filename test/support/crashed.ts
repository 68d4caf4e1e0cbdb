import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { processesWith, variableOf } from "../../processes/processTable";
import { folderVariable } from "../../provider/kinds/worker/workerEnvironment";
import { prefectClient, temporaryFolder } from "./environment";
import { type Passed, Proxy } from "./proxy";
import { PulumiProject } from "./pulumiProject";

/** The variable that marks all processes of one Pulumi command. */
const mark = "META_PREFECT_TEST__CRASHED";

/** A program of all kinds. The name is part of each object's. */
export const mixedProgram = (name: string) => `
  const p = require("meta-prefect");
  const never = { type: "event", posture: "Reactive", expect: ["never"] };
  const pool = new p.WorkPool("${name}-pool", { type: "process" });
  new p.Worker("${name}-worker", { workPoolName: pool.name });
  new p.WorkQueue("${name}-fast", { workPoolName: pool.name, priority: 1 });
  new p.WorkQueue("${name}-slow", { workPoolName: pool.name, priority: 2 });
  new p.Flow("${name}-flow");
  new p.Deployment("${name}-nightly", {
    flowName: "${name}-other-flow",
    workPoolName: pool.name,
    schedules: [{ slug: "a", cron: "0 9 * * *" }, { slug: "b", cron: "0 10 * * *", active: false }],
    triggers: [never],
  });
  new p.Variable("${name}-variable", { value: 1 });
  new p.GlobalConcurrencyLimit("${name}-limit", { limit: 1 });
  new p.TagConcurrencyLimit("${name}-tag", { concurrencyLimit: 1 });
  new p.Block("${name}-secret", { blockTypeSlug: "secret", data: { value: "hunter22" } });
  new p.Block("${name}-unstored", { blockTypeSlug: "secret", dataWriteOnly: { value: "hunter23" }, dataVersion: 1 });
  const type = new p.BlockType("${name}-type", { slug: "${name}-type" });
  const fields = { title: "${name}", type: "object", properties: {}, block_type_slug: "${name}-type" };
  new p.BlockSchema("${name}-schema", { blockTypeId: type.id, fields });
  new p.Automation("${name}-automation", { trigger: never, actions: [] });
  new p.SavedSearch("${name}-search");`;

/** A program behind a proxy, of which a command can be killed when the server has acted on one of its writes. */
export class Crashing {
  writes = 0;

  private constructor(
    readonly project: PulumiProject,
    readonly proxy: Proxy,
    private readonly stateHome: string,
  ) {}

  static async create(program: string): Promise<Crashing> {
    const { connection } = await prefectClient();
    const proxy = await Proxy.before(connection.apiUrl);
    const project = await PulumiProject.create(program);
    const stateHome = temporaryFolder();
    Object.assign(project.env, { PREFECT_API_URL: proxy.apiUrl, XDG_STATE_HOME: stateHome });
    return new Crashing(project, proxy, stateHome);
  }

  /** The texts of the intents that are there. */
  get intents(): string[] {
    const folder = path.join(this.stateHome, "meta-prefect", "intents");
    if (!fs.existsSync(folder)) return [];
    return fs.readdirSync(folder).map((file) => fs.readFileSync(path.join(folder, file), "utf8"));
  }

  /** The processes of workers that run here, with all that they have started. */
  get workers(): number[] {
    const own = processesWith("XDG_STATE_HOME", this.stateHome);
    return own.filter((process) => variableOf(process, folderVariable) !== undefined).map(({ pid }) => pid);
  }

  /** Another machine: nothing is known there of what this one was about to make. */
  forget(): void {
    fs.rmSync(this.stateHome, { recursive: true, force: true });
  }

  /**
   * Runs a command of Pulumi and kills it, with all of its processes, when the server has acted on the write that is chosen and the answer
   * is under way.
   *
   * @param choose by the number of the write, from 1 on
   * @returns whether there was such a write; without, the command came to its end
   */
  async kill(choose: (write: Passed, number: number) => boolean, ...args: string[]): Promise<boolean> {
    const id = randomUUID();
    this.writes = 0;
    let isKilled = false;
    let isOnline = false;
    // of a worker's own requests, which come when they come, the first for runs is when it is online, which the provider waits for
    const isOfWorker = ({ userAgent, path: at }: Passed) => {
      if (!userAgent.startsWith("prefect/")) return false;
      const isFirst = !isOnline && at.endsWith("/get_scheduled_flow_runs");
      isOnline ||= isFirst;
      return !isFirst;
    };
    this.proxy.decide = (request) => {
      if (isKilled) return request.userAgent.startsWith("prefect/") ? "pass" : "keep the answer";
      if (isOfWorker(request)) return "pass";
      if (request.method === "GET" || /\/(filter|count)$/.test(request.path)) return "pass";
      this.writes += 1;
      return choose(request, this.writes) ? "keep the answer" : "pass";
    };
    this.proxy.kept = () => {
      isKilled = true;
      const all = processesWith(mark, id).filter((process) => variableOf(process, folderVariable) === undefined);
      for (const { pid } of all) process.kill(pid, "SIGKILL");
    };
    const { folder, env } = this.project;
    const command = ["pulumi", ...args, "--yes", "--skip-preview", "--non-interactive"];
    const child = spawn(command[0] ?? "", command.slice(1), {
      cwd: folder,
      env: { ...env, [mark]: id },
      stdio: "ignore",
    });
    await new Promise((resolve) => child.once("exit", resolve));
    this.proxy.decide = () => "pass";
    return isKilled;
  }

  /** What a person types after a crash. */
  async cancel(): Promise<void> {
    await this.project.pulumi("cancel", "--yes").catch(() => undefined);
  }
}
