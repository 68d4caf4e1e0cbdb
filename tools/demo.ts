import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { writeAtomically } from "../processes/atomicWrite";
import { isRunning, type ProcessIdentity, startDetached } from "../processes/localProcess";
import {
  isHealthy,
  isServing,
  type PrefectServer,
  startPrefectServer,
  stopPrefectServer,
} from "../processes/prefectServer";
import { until } from "../processes/until";
import { PrefectClient } from "../provider/api/client";
import { pageUrl, resolveConnection } from "../provider/api/connection";
import { path as apiPath } from "../provider/api/path";
import { step } from "./progress";
import { root } from "./root";
import { run } from "./run";
import { setUp } from "./setup";

/** State, server and logs of the demo: META_PREFECT__DEMO, else `.demo` in the project. */
const folder = process.env.META_PREFECT__DEMO ?? path.join(root, ".demo");
const recordFile = path.join(folder, "demo.json");
const stack = "dev";
const flowRunPatience = 120_000;
const logPatience = 20_000;

/** What the demo has to know of itself when it is run again. */
interface DemoRecord {
  /** The server that the demo uses. */
  apiUrl: string;
  /** The server that the demo started; none when PREFECT_API_URL names one. */
  server?: PrefectServer;
  /** The run of Pulumi that is under way, if any. */
  pulumi?: ProcessIdentity;
}

function readRecord(): DemoRecord | undefined {
  return fs.existsSync(recordFile) ? (JSON.parse(fs.readFileSync(recordFile, "utf8")) as DemoRecord) : undefined;
}

function writeRecord(record: DemoRecord): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeAtomically(recordFile, JSON.stringify(record, null, 2));
}

/** Runs Pulumi on the root program, with its state in the demo's folder. */
class Pulumi {
  private readonly env: NodeJS.ProcessEnv;

  constructor(
    toolChain: NodeJS.ProcessEnv,
    private readonly record: DemoRecord,
  ) {
    const state = path.join(folder, "pulumi");
    fs.mkdirSync(state, { recursive: true, mode: 0o700 });
    this.env = {
      ...process.env,
      ...toolChain,
      PULUMI_BACKEND_URL: `file://${state}`,
      PREFECT_API_URL: record.apiUrl,
      // Prefect's own profile: a key of the person's is for another server than the demo's
      ...(record.server && { PREFECT_PROFILE: "ephemeral" }),
      XDG_STATE_HOME: path.join(folder, "state"),
    };
  }

  /** A quick command, such as `stack ls`. */
  ask(...args: string[]): Promise<string> {
    return run("pulumi", [...args, "--non-interactive"], { cwd: root, env: this.env });
  }

  /**
   * A command that changes things. It writes to a file, so that it comes to its own end even if the demo is killed, and is
   * told of an interruption, so that it ends where it can go on later.
   */
  async change(...args: string[]): Promise<string> {
    const logFile = path.join(folder, `pulumi-${args[0]}.log`);
    fs.rmSync(logFile, { force: true });
    const all = [...args, "--stack", stack, "--yes", "--non-interactive", "--color", "never"];
    const { identity, ended } = await startDetached("pulumi", all, { cwd: root, env: this.env, logFile });
    writeRecord({ ...this.record, pulumi: identity });
    const interrupt = () => process.kill(identity.pid, "SIGINT");
    process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
    let shown = 0;
    const show = () => {
      const text = fs.readFileSync(logFile, "utf8");
      const lines = text.slice(shown, text.lastIndexOf("\n") + 1);
      shown += lines.length;
      process.stdout.write(lines.replace(/^(?=.)/gm, "    ").replace(/^\s*@.*\n/gm, ""));
    };
    for (; !ended(); await pause(200)) show();
    show();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    writeRecord({ ...this.record, pulumi: undefined });
    if (ended() !== "exit code 0")
      throw new Error(`pulumi ${args[0]} ended with ${ended()}; its messages are above and in ${logFile}`);
    return fs.readFileSync(logFile, "utf8");
  }

  async hasStack(): Promise<boolean> {
    const stacks = JSON.parse(await this.ask("stack", "ls", "--json")) as { name: string }[];
    return stacks.some(({ name }) => name === stack);
  }
}

async function waitForEarlierRun(record: DemoRecord | undefined): Promise<void> {
  const earlier = record?.pulumi;
  if (!earlier || !isRunning(earlier)) return;
  await step("waiting for the Pulumi run of an interrupted demo", async () => {
    await until(() => !isRunning(earlier), { every: 250 });
  });
}

/** The server: what PREFECT_API_URL names, else the demo's own, which is started unless it is running. */
async function findServer(python: string, record: DemoRecord | undefined): Promise<DemoRecord> {
  if (process.env.PREFECT_API_URL) {
    const apiUrl = process.env.PREFECT_API_URL;
    if (record?.server && record.apiUrl !== apiUrl) {
      throw new Error(
        `a demo is up on ${record.apiUrl}, and PREFECT_API_URL is ${apiUrl}; take that demo down first: npm run demo:down`,
      );
    }
    return { ...record, apiUrl };
  }
  if (record && !record.server) return record;
  if (record?.server && (await isServing(record.server))) {
    console.log(`- the Prefect server of an earlier demo is running`);
    return record;
  }
  const port = record?.server && Number(new URL(record.server.apiUrl).port);
  const server = await step("starting a Prefect server", () =>
    startPrefectServer(python, path.join(folder, "prefect"), port),
  );
  return { apiUrl: server.apiUrl, server };
}

async function up(): Promise<void> {
  const { python, env } = await setUp();
  const earlier = readRecord();
  await waitForEarlierRun(earlier);
  const record = await findServer(python, earlier);
  writeRecord(record);
  const pulumi = new Pulumi(env, record);
  if (await pulumi.hasStack()) {
    // a run that was killed leaves its lock
    await pulumi.ask("cancel", "--stack", stack, "--yes");
  } else {
    await pulumi.ask("stack", "init", stack, "--no-select");
  }
  await step("pulumi up: deploying the flow and starting its worker", () => pulumi.change("up", "--refresh"));

  const client = new PrefectClient(
    resolveConnection(() => undefined, {
      ...process.env,
      PREFECT_API_URL: record.apiUrl,
      ...(record.server && { PREFECT_PROFILE: "ephemeral" }),
    }),
  );
  const deployment = await client.find<{ id: string }>(
    apiPath`/deployments/name/${"add-two-numbers-flow"}/${"local-run-dev"}`,
  );
  if (!deployment) throw new Error("the deployment add-two-numbers-flow/local-run-dev is not on the server");
  const state = await step("running the flow once with x=1, y=2", () => runFlow(client, deployment.id));
  await step("pulumi preview: comparing the program with what is deployed", () =>
    pulumi.ask("preview", "--stack", stack, "--expect-no-changes"),
  );
  console.log("  nothing to change");

  console.log(`
PREFECT_API_URL=${record.apiUrl}
deployment: ${pageUrl(client.connection, apiPath`/deployments/deployment/${deployment.id}`)}
flow run: ${state}
take it down: npm run demo:down`);
}

interface FlowRun {
  id: string;
  state: { type: string; message: string | null };
}

/** Runs the deployment and checks what its run did. */
async function runFlow(client: PrefectClient, deployment: string): Promise<string> {
  const { id } = await client.postOnce<FlowRun>(apiPath`/deployments/${deployment}/create_flow_run`, {
    parameters: { x: 1, y: 2 },
  });
  let state: FlowRun["state"] | undefined;
  const hasEnded = async () => {
    const before = state?.type;
    state = (await client.find<FlowRun>(apiPath`/flow_runs/${id}`))?.state;
    if (state?.type !== before) console.log(`  ${state?.type}`);
    return ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"].includes(state?.type ?? "");
  };
  await until(hasEnded, { every: 500, patience: flowRunPatience });
  if (state?.type !== "COMPLETED")
    throw new Error(
      `the flow run is ${state?.type}: ${state?.message ?? "no message"}; see ${pageUrl(client.connection, apiPath`/runs/flow-run/${id}`)}`,
    );
  for (const expected of ["META_PREFECT__ENV=dev", "1 + 2 = 3"]) {
    if (!(await hasLogged(client, id, expected))) throw new Error(`the flow run has not logged "${expected}"`);
    console.log(`  the run logged: ${expected}`);
  }
  return state.type;
}

/** Logs reach the server up to a few seconds after the run's end. */
async function hasLogged(client: PrefectClient, flowRun: string, expected: string): Promise<boolean> {
  const look = async () => {
    const logs = await client.filter<{ message: string }>("/logs/filter", {
      logs: { flow_run_id: { any_: [flowRun] } },
    });
    return logs.some(({ message }) => message === expected);
  };
  return (await until(look, { every: 500, patience: logPatience })) ?? false;
}

async function down(): Promise<void> {
  const earlier = readRecord();
  if (!earlier) {
    console.log("the demo is not up");
    return;
  }
  const { python, env } = await setUp();
  await waitForEarlierRun(earlier);
  const record = earlier.server ? await findServer(python, earlier) : earlier;
  writeRecord(record);
  const pulumi = new Pulumi(env, record);
  if (await pulumi.hasStack()) {
    if (!(await isHealthy(record.apiUrl))) {
      throw new Error(`the Prefect server at ${record.apiUrl} can't be reached; start it, and run this again`);
    }
    await pulumi.ask("cancel", "--stack", stack, "--yes");
    await step("pulumi destroy: stopping the worker and deleting what was deployed", () => pulumi.change("destroy"));
    await pulumi.ask("stack", "rm", stack, "--yes", "--preserve-config");
  }
  const { server } = record;
  if (server) await step("stopping the Prefect server", () => stopPrefectServer(server));
  fs.rmSync(folder, { recursive: true, force: true });
  console.log("the demo is down");
}

const commands: Record<string, () => Promise<void>> = { up, down };

async function main(name = "up"): Promise<void> {
  const command = commands[name];
  if (!command) throw new Error(`there is no command "${name}"; give one of ${Object.keys(commands).join(", ")}`);
  await command();
}

main(process.argv[2]).then(
  // connections that are kept alive would hold the process
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
