import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { freePort } from "../../../processes/freePort";
import {
  end,
  isRunning,
  type ProcessIdentity,
  startDetached,
  type Started,
  stop,
} from "../../../processes/localProcess";
import { giveBack, takeLock } from "../../../processes/lock";
import { processesWith } from "../../../processes/processTable";
import { findPython } from "../../../processes/python";
import { until } from "../../../processes/until";
import type { PrefectClient } from "../../api/client";
import { messageOf, PrefectError } from "../../api/errors";
import { path as apiPath } from "../../api/path";
import type { WorkerResponse } from "../../api/prefect";
import type { NamedArgs } from "./worker";
import { folderVariable, leftOut, workerEnvironment } from "./workerEnvironment";
import { isHealthy } from "./workerHealth";
import { boundLog, continueLog, lastLines } from "./workerLog";
import { folderOf, type Named, readRecord, type Recorded, type Supervised, writeRecord } from "./workerRecord";
import { rowOf } from "./workerRow";
import { closeRuns, runsIn, workersIn } from "./workerRuns";

/** How long a worker may take until the server shows it online, in milliseconds. */
const startPatience = 120_000;
/** How long a worker may take to end when it is asked to, in milliseconds. */
const stopPatience = 20_000;

/** A worker that is online, and its process. */
export interface StartedWorker {
  row: WorkerResponse;
  supervised: Supervised;
}

/** By what a stack tells its own worker from another's. */
export interface Claim {
  /** The stack, as `<organization>/<project>/<stack>`. */
  owner?: string;
  /** The process that the stack's state has. */
  known?: ProcessIdentity;
}

/**
 * Starts the worker's process, after ending one that was left over, and waits until the server shows it online.
 *
 * @param why it is started, for its log
 */
export async function start(client: PrefectClient, args: NamedArgs, claim: Claim, why: string): Promise<StartedWorker> {
  if (!(await client.find(apiPath`/work_pools/${args.workPoolName}`))) {
    throw new PrefectError(
      `its work pool "${args.workPoolName}" does not exist; make it first, or correct workPoolName`,
    );
  }
  const folder = folderOf(client, args);
  const lock = path.join(folder, "starting.lock");
  const other = lockIn(folder, lock);
  if (other) {
    throw new PrefectError(
      `is being started by process ${other.pid} at this moment; give each worker of a pool a name of its own, or try again when that is done`,
    );
  }
  try {
    const leftOver = readRecord(client, args);
    if (leftOver && isAnothers(leftOver, claim)) throw isTaken(leftOver);
    await endRuns(client, args, leftOver, async () => {
      await stopEach(claim.known, leftOver);
      // a run that outlived its worker goes on
      await end(workersIn(folder), stopPatience);
    });
    return await startIn(folder, client, args, { owner: claim.owner, why: because(why, leftOver, claim) });
  } finally {
    giveBack(lock);
  }
}

/** Whether this machine has started a worker, also where what did so ended before it could write that down. */
export function isKnownHere(client: PrefectClient, named: Named): boolean {
  return readRecord(client, named) !== undefined || workersIn(folderOf(client, named)).length > 0;
}

/** Makes the worker's folder, which its owner alone can read, and takes the lock in it. */
function lockIn(folder: string, lock: string): ProcessIdentity | undefined {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    // that of an earlier build
    fs.chmodSync(folder, 0o700);
    return takeLock(lock);
  } catch (error) {
    throw new PrefectError(
      `its folder ${folder} can't be written to (${messageOf(error)}); make it writable, or set XDG_STATE_HOME to a folder that is`,
    );
  }
}

/** Whether a process that is running was started for another stack, as far as can be told. */
function isAnothers(record: Supervised, { owner, known }: Claim): boolean {
  const isKnown = record.pid === known?.pid && record.startTime === known.startTime;
  return isRunning(record) && !isKnown && record.owner !== owner;
}

/** The error of a worker whose name another one has that is running here. */
export function isTaken(other: Supervised): PrefectError {
  return new PrefectError(
    `${whose(other)}; give this one another name, or end that one first, if it isn't needed any more`,
  );
}

/** Whose worker it is, and where it is found. */
export function whose({ owner, pid }: Supervised): string {
  const stack =
    owner === undefined
      ? "was started by an earlier release, which didn't note for which stack"
      : `belongs to the stack ${owner}`;
  return `${stack}, and is running on this machine as process ${pid}`;
}

/** Why a worker is started, with what became of the process that it had. */
function because(why: string, former: Supervised | undefined, { known }: Claim): string {
  if (!former) return why;
  const isKnown = former.pid === known?.pid;
  return `${why}, after process ${former.pid}${isKnown ? "" : ", of which the stack's state knew nothing,"} had ended`;
}

interface Start {
  owner?: string;
  why: string;
}

async function startIn(
  folder: string,
  client: PrefectClient,
  args: NamedArgs,
  { owner, why }: Start,
): Promise<StartedWorker> {
  const logFile = path.join(folder, "worker.log");
  const left = leftOut(process.env).filter((name) => !(name in (args.env ?? {})));
  const offset = continueLog(
    logFile,
    `started by ${owner ?? "Pulumi"}: ${why}; not inherited: ${left.join(", ") || "nothing"}`,
  );
  const python = args.python ?? findPython([process.cwd()]);
  const healthPort = await freePort();
  const before = await rowOf(client, args.workPoolName, args.name);
  let process_: Started;
  try {
    process_ = await startDetached(python, commandLine(args), {
      cwd: folder,
      env: workerEnvironment({
        inherited: process.env,
        connection: client.connection.environment,
        folder,
        healthPort,
        env: args.env,
      }),
      logFile,
    });
  } catch (error) {
    throw new PrefectError(`${python} can't be started (${messageOf(error)}); set python, or META_PREFECT__PYTHON`);
  }
  const supervised: Supervised = {
    ...process_.identity,
    host: os.hostname(),
    healthPort,
    logFile,
    ...(owner && { owner }),
  };
  try {
    writeRecord(client, args, supervised);
    await boundLog(logFile, supervised.pid);
    const row = await online(client, args, { process_, supervised, before, offset });
    return { row, supervised };
  } catch (error) {
    // no state will know of it
    await stop(supervised, stopPatience);
    throw error;
  }
}

interface Starting {
  process_: Started;
  supervised: Supervised;
  /** What the server knew of the worker before it was started. */
  before?: WorkerResponse;
  /** Where the process's output begins in its log. */
  offset: number;
}

/** Waits until the server shows a worker online that was just started. */
async function online(
  client: PrefectClient,
  args: NamedArgs,
  { process_, supervised, before, offset }: Starting,
): Promise<WorkerResponse> {
  const { logFile } = supervised;
  const look = async () => {
    if (process_.ended()) {
      throw new PrefectError(`ended with ${process_.ended()} before it was online; ${lastLines(logFile, offset)}`);
    }
    if (!(await isHealthy(supervised))) return undefined;
    const row = await rowOf(client, args.workPoolName, args.name);
    return row?.status === "ONLINE" && row.last_heartbeat_time !== before?.last_heartbeat_time ? row : undefined;
  };
  const row = await until(look, { every: 250, patience: startPatience });
  if (row) return row;
  throw new PrefectError(
    `was not online after ${startPatience / 1000} s and has been stopped; ${lastLines(logFile, offset)}`,
  );
}

/**
 * Ends what this machine knows of a worker: its process, whatever Pulumi's state says, and the runs that outlived one that died. Its record
 * stays until all is known to the server.
 *
 * @returns the worker of the same name that another stack has here, which goes on; undefined when nothing is left
 */
export async function endHere(client: PrefectClient, named: Named, claim: Claim): Promise<Supervised | undefined> {
  const { known } = claim;
  const record = readRecord(client, named);
  if (record && isAnothers(record, claim)) return record;
  await endRuns(client, named, record, async () => {
    await stopEach(known, record);
    await end(processesWith(folderVariable, folderOf(client, named)), stopPatience);
  });
  return undefined;
}

async function stopEach(...processes: (ProcessIdentity | undefined)[]): Promise<void> {
  for (const process of processes) if (process) await stop(process, stopPatience);
}

/** The error of a worker that is to be ended by one of its own runs, which would end with it. */
function isWithin(): PrefectError {
  return new PrefectError(
    `would have to be stopped, and this is one of its own runs, which would end with it (${folderVariable} says so); run Pulumi outside of ` +
      "the worker's runs, or in a run of another worker",
  );
}

/** Ends processes, and the runs that are among them on the server as well. A record keeps the runs until that is done. */
async function endRuns(
  client: PrefectClient,
  named: Named,
  record: Recorded | undefined,
  endProcesses: () => Promise<void>,
): Promise<void> {
  const folder = folderOf(client, named);
  if (process.env[folderVariable] === folder) throw isWithin();
  const runs = new Set([...(record?.runs ?? []), ...runsIn(folder)]);
  if (record && runs.size > 0) writeRecord(client, named, { ...record, runs: [...runs] });
  await endProcesses();
  const left = runsIn(folder);
  await closeRuns(
    client,
    [...runs].filter((run) => !left.has(run)),
    named,
  );
}

/** Prefect's command, so that the worker neither asks, nor installs, nor makes a pool that the program doesn't have. */
function commandLine(args: NamedArgs): string[] {
  return [
    ...["-m", "prefect", "--no-prompt", "worker", "start", "--pool", args.workPoolName, "--name", args.name],
    ...["--install-policy", "never", "--no-create-pool-if-not-found", "--with-healthcheck"],
    ...(args.workQueueNames ?? []).flatMap((queue) => ["--work-queue", queue]),
    ...(args.limit === undefined ? [] : ["--limit", String(args.limit)]),
  ];
}
