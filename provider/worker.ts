import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { PrefectClient } from "./client";
import { path as apiPath } from "./path";
import { messageOf, PrefectError } from "./errors";
import { freePort } from "./freePort";
import type { KubernetesWorkload } from "./kubernetesWorkload";
import type { Json, Kind } from "./kind";
import { isRunning, type ProcessIdentity, startDetached, type Started, stop } from "./localProcess";
import { findPython } from "./python";
import { type AdoptArgs, type Inputs, PrefectResource } from "./resource";
import * as rules from "./rules";

/** How long a worker may take until the server shows it online, in milliseconds. */
const startPatience = 120_000;
/** How long a worker may take to end when it is asked to, in milliseconds. */
const stopPatience = 20_000;
/** How long the pods of a worker in Kubernetes may take: a node may have to be made for them, and an image fetched. */
const podPatience = 900_000;
/** How long a pod may be in a state that seldom ends by itself. */
const failurePatience = 60_000;
/** How many of the log's last lines an error shows. */
const shownLines = 20;

/**
 * What a worker is: a process on the machine that runs `pulumi up`, started, awaited and stopped with the stack; or, with
 * `kubernetes`, the pods of a Deployment that is made elsewhere in the program, and only awaited here.
 */
export interface WorkerArgs extends AdoptArgs {
  /** A change replaces the worker. @default the resource's Pulumi name */
  name?: string;
  /** The pool whose runs it takes. A change replaces the worker. */
  workPoolName: string;
  /** The queues of the pool that it serves. A change restarts the worker. @default all */
  workQueueNames?: string[];
  /** How many runs it has under way at once, at least 1. A change restarts the worker. @default no limit */
  limit?: number;
  /** Environment variables of the worker and its runs. A change restarts the worker. */
  env?: Record<string, string>;
  /**
   * The Python interpreter that has Prefect and what the flows import. A change restarts the worker.
   *
   * @default META_PREFECT__PYTHON, else the active virtual environment, else `.venv` at or above the program, else python3
   */
  python?: string;
  /**
   * The Deployment of Kubernetes whose pods are the worker, which they call themselves `name`. The resource waits until the worker is
   * online and, when it isn't after 15 minutes or its pods fail, says what they say. Excludes `workQueueNames`, `limit`, `env` and `python`.
   * A change of it waits again.
   */
  kubernetes?: KubernetesWorkload;
  /** How the cluster is reached, as YAML or JSON. A secret. @default what kubectl would use */
  kubeconfig?: string;
}

type Args = WorkerArgs & { name: string };

/** What is kept of a running worker. */
interface Supervised extends ProcessIdentity {
  host: string;
  healthPort: number;
  logFile: string;
}

interface Row {
  id: string;
  name: string;
  status: "ONLINE" | "OFFLINE";
  last_heartbeat_time: string;
}

interface Remote {
  row: Row;
  workPoolName: string;
  supervised?: Supervised;
}

export const worker: Kind<Args, Remote> = {
  type: "Worker",
  noun: "worker",
  rules: z.strictObject({
    name: rules.name,
    workPoolName: rules.text.min(1, "must be the name of a work pool"),
    workQueueNames: rules.strings.optional(),
    limit: rules.positive.optional(),
    env: z.record(z.string(), rules.text, "must be an object of strings").optional(),
    python: rules.text.optional(),
    kubernetes: z
      .strictObject(
        { namespace: rules.text.min(1), deployment: rules.text.min(1), revision: rules.text.optional() },
        "must be an object with namespace and deployment",
      )
      .optional(),
    kubeconfig: rules.text.optional(),
    adopt: rules.adopt,
  }),
  immutable: ["name", "workPoolName"],
  secret: ["kubeconfig"],
  sameName: (olds, news) => olds.name === news.name && olds.workPoolName === news.workPoolName,
  label: ({ name }) => String(name),

  validate(args) {
    if (!args.kubernetes) return [];
    return processArguments
      .filter((property) => args[property] !== undefined)
      .map((property) => ({ property, reason: "is for a process of this machine; excludes kubernetes" }));
  },

  async find(client, args) {
    // its pods are made before it is
    if (args.kubernetes) return undefined;
    const row = await rowOf(client, args.workPoolName, args.name);
    // a worker that this machine started and that has died looks alive on the server for a while
    if (row?.status !== "ONLINE" || readRecord(client, args)) return undefined;
    return { row, workPoolName: args.workPoolName };
  },

  async get(client, _id, state) {
    const row = await rowOf(client, state.workPoolName, state.name);
    const supervised = supervisedIn(state);
    const isHere = supervised?.host === os.hostname();
    if (row?.status !== "ONLINE" || (isHere && !isRunning(supervised))) return undefined;
    return { row, workPoolName: state.workPoolName, supervised };
  },

  create: (client, args) => (args.kubernetes ? awaitPods(client, args) : start(client, args)),

  async update(client, _id, { news, changed }, state) {
    if (news.kubernetes && changed.size > 0) return awaitPods(client, news);
    const supervised = supervisedIn(state);
    if (changed.size === 0) return worker.get(client, _id, { ...news, ...state });
    if (supervised?.host !== os.hostname()) throw notHere(supervised);
    return start(client, news);
  },

  async delete(client, _id, state) {
    const supervised = supervisedIn(state);
    const row = await rowOf(client, state.workPoolName, state.name);
    if (supervised?.host === os.hostname()) {
      await stop(supervised, stopPatience);
      fs.rmSync(recordFile(client, state), { force: true });
    } else if (row?.status === "ONLINE" && !state.kubernetes) {
      throw notHere(supervised);
    }
    await client.delete(apiPath`/work_pools/${state.workPoolName}/workers/${state.name}`);
  },

  id: ({ row }) => row.id,
  fromApi: ({ row, workPoolName }) => ({ name: row.name, workPoolName }),
  // the server knows nothing of the process's own settings
  asAsked: (key, server, asked) => (key === "name" || key === "workPoolName" ? server : asked),
  outputs: ({ supervised }) => ({ ...supervised }),
  page: ({ name, workPoolName }) => apiPath`/work-pools/work-pool/${workPoolName ?? ""}/worker/${name}`,
};

/** The arguments of a worker that is a process. */
const processArguments = ["workQueueNames", "limit", "env", "python"] as const;

/** Waits until the pods are there and the worker that they are is online. */
async function awaitPods(client: PrefectClient, args: Args): Promise<Remote> {
  // loaded late: most workers are processes
  const { stateOfWorkload } = require("./kubernetesWorkload") as typeof import("./kubernetesWorkload");
  let failingSince: number | undefined;
  let report = "";
  for (const deadline = Date.now() + podPatience; Date.now() < deadline; await pause(2_000)) {
    const state = await stateOfWorkload(args.kubernetes as KubernetesWorkload, args.kubeconfig);
    const row = await rowOf(client, args.workPoolName, args.name);
    if (row?.status === "ONLINE" && state.isRolledOut !== false) return { row, workPoolName: args.workPoolName };
    report = state.report;
    failingSince = state.isFailing ? (failingSince ?? Date.now()) : undefined;
    if (failingSince !== undefined && Date.now() - failingSince > failurePatience) {
      throw new PrefectError(`can't come online: ${report}`);
    }
  }
  throw new PrefectError(`was not online after ${podPatience / 60_000} minutes: ${report}`);
}

/** Starts the worker's process, after ending one that was left over, and waits until the server shows it online. */
async function start(client: PrefectClient, args: Args): Promise<Remote> {
  if (!(await client.find(apiPath`/work_pools/${args.workPoolName}`))) {
    throw new PrefectError(
      `its work pool "${args.workPoolName}" does not exist; make it first, or correct workPoolName`,
    );
  }
  const leftOver = readRecord(client, args);
  if (leftOver) await stop(leftOver, stopPatience);

  const folder = path.dirname(recordFile(client, args));
  const logFile = path.join(folder, "worker.log");
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(logFile, "");
  const python = args.python ?? findPython([process.cwd()]);
  const healthPort = await freePort();
  const before = await rowOf(client, args.workPoolName, args.name);
  let process_: Started;
  try {
    process_ = await startDetached(python, commandLine(args), {
      cwd: folder,
      env: environmentOf(client, args, healthPort),
      logFile,
    });
  } catch (error) {
    throw new PrefectError(`${python} can't be started (${messageOf(error)}); set python, or META_PREFECT__PYTHON`);
  }
  const supervised: Supervised = { ...process_.identity, host: os.hostname(), healthPort, logFile };
  fs.writeFileSync(recordFile(client, args), JSON.stringify(supervised));

  for (const deadline = Date.now() + startPatience; Date.now() < deadline; await pause(250)) {
    if (process_.ended()) {
      throw new PrefectError(`ended with ${process_.ended()} before it was online; ${lastLines(logFile)}`);
    }
    if (!(await isHealthy(healthPort))) continue;
    const row = await rowOf(client, args.workPoolName, args.name);
    if (row?.status === "ONLINE" && row.last_heartbeat_time !== before?.last_heartbeat_time) {
      return { row, workPoolName: args.workPoolName, supervised };
    }
  }
  await stop(supervised, stopPatience);
  throw new PrefectError(`was not online after ${startPatience / 1000} s and has been stopped; ${lastLines(logFile)}`);
}

/** Prefect's command, so that the worker neither asks, nor installs, nor makes a pool that the program doesn't have. */
function commandLine(args: Args): string[] {
  return [
    ...["-m", "prefect", "--no-prompt", "worker", "start", "--pool", args.workPoolName, "--name", args.name],
    ...["--install-policy", "never", "--no-create-pool-if-not-found", "--with-healthcheck"],
    ...(args.workQueueNames ?? []).flatMap((queue) => ["--work-queue", queue]),
    ...(args.limit === undefined ? [] : ["--limit", String(args.limit)]),
  ];
}

/** The worker's runs inherit its environment, so what only concerns Pulumi, its passphrase above all, is left out. */
function environmentOf(client: PrefectClient, args: Args, healthPort: number): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("PULUMI_") && name !== "NODE_OPTIONS",
  );
  return {
    ...Object.fromEntries(inherited),
    ...client.connection.environment,
    PREFECT_WORKER_WEBSERVER_HOST: "127.0.0.1",
    PREFECT_WORKER_WEBSERVER_PORT: String(healthPort),
    ...args.env,
  };
}

async function rowOf(client: PrefectClient, pool: string, name: string): Promise<Row | undefined> {
  try {
    const rows = await client.filter<Row>(apiPath`/work_pools/${pool}/workers/filter`);
    return rows.find((row) => row.name === name);
  } catch (error) {
    if (isPoolAbsent(error)) return undefined;
    throw error;
  }
}

function isPoolAbsent(error: unknown): boolean {
  return (error as { status?: number }).status === 404;
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const { ok } = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2_000) });
    return ok;
  } catch {
    return false;
  }
}

/** A worker that was started here and not stopped since, as after an interrupted `pulumi up`. */
function readRecord(client: PrefectClient, args: Args): Supervised | undefined {
  const file = recordFile(client, args);
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Supervised) : undefined;
}

/** Where this machine notes which process is the worker, so that one is never lost, whatever becomes of Pulumi's state. */
function recordFile(client: PrefectClient, { workPoolName, name }: Pick<Args, "workPoolName" | "name">): string {
  const home = process.env.XDG_STATE_HOME ?? path.join(os.homedir(), ".local", "state");
  const hash = createHash("sha256").update(`${client.connection.apiUrl}\n${workPoolName}\n${name}`).digest("hex");
  return path.join(
    home,
    "meta-prefect",
    "workers",
    `${name.replace(/[^\w.-]/g, "_")}-${hash.slice(0, 8)}`,
    "process.json",
  );
}

function supervisedIn(state: Json): Supervised | undefined {
  const { pid, startTime, host, healthPort, logFile } = state as unknown as Supervised;
  return pid === undefined ? undefined : { pid, startTime, host, healthPort, logFile };
}

function notHere(supervised: Supervised | undefined): PrefectError {
  return supervised
    ? new PrefectError(`runs on the machine "${supervised.host}"; run Pulumi there, or stop it there and try again`)
    : new PrefectError("was not started by this stack and is still online; stop it where it was started and try again");
}

function lastLines(logFile: string): string {
  const lines = fs.readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-shownLines);
  return `the last lines of ${logFile}:\n${lines.join("\n")}`;
}

/** A supervised worker process on the machine that runs `pulumi up`, which lives on when `pulumi up` has ended; or a worker in Kubernetes. */
export class Worker extends PrefectResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly workPoolName: pulumi.Output<string>;
  declare readonly workQueueNames: pulumi.Output<string[] | undefined>;
  declare readonly limit: pulumi.Output<number | undefined>;
  declare readonly env: pulumi.Output<Record<string, string> | undefined>;
  declare readonly python: pulumi.Output<string | undefined>;
  declare readonly kubernetes: pulumi.Output<KubernetesWorkload | undefined>;
  /** A secret. */
  declare readonly kubeconfig: pulumi.Output<string | undefined>;
  /** The process, on the machine `host`; undefined for a worker in Kubernetes, as are its health port and log. */
  declare readonly pid: pulumi.Output<number>;
  declare readonly host: pulumi.Output<string>;
  /** Port on loopback at which `GET /health` says whether the worker is polling. */
  declare readonly healthPort: pulumi.Output<number>;
  declare readonly logFile: pulumi.Output<string>;

  constructor(name: string, args: Inputs<WorkerArgs>, opts?: pulumi.CustomResourceOptions) {
    const outputs = ["pid", "startTime", "host", "healthPort", "logFile"];
    super(worker, name, { ...args, name: args.name ?? name }, { opts, outputs });
  }
}
