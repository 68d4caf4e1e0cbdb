import * as os from "node:os";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { isRunning } from "../../../processes/localProcess";
import type { PrefectClient } from "../../api/client";
import { ConnectionError, PrefectError } from "../../api/errors";
import { path } from "../../api/path";
import type { WorkerResponse } from "../../api/prefect";
import { defineKind, type Kind } from "../../engine/kind";
import { type AdoptArgs, type Inputs, resourceOf } from "../../program/resource";
import * as rules from "../shared/rules";
import type { KubernetesWorkload } from "./kubernetesWorkload";
import { isSoon, isThere } from "./workerHealth";
import { awaitPods } from "./workerPods";
import { endHere, isKnownHere, isTaken, start, whose } from "./workerProcess";
import { forget, isOfServer, type Named, type Supervised, supervisedIn } from "./workerRecord";
import { isToRestart } from "./workerRestart";
import { rowOf, rowsOf } from "./workerRow";
import { warnOfDeath } from "./workerWatch";

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
  /**
   * Environment variables of the worker and its runs. A change restarts the worker. What they inherit besides has no credentials: what
   * flows need of AWS or a database is given here, or read from files.
   */
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
   * A change of it waits again; one from a process to it, or back, replaces the worker.
   */
  kubernetes?: KubernetesWorkload;
  /** How the cluster is reached, as YAML or JSON. A secret. @default what kubectl would use */
  kubeconfig?: string;
  /**
   * Changes nothing: a worker that is offline is started, with it or without, and one that is online and that this machine hasn't started
   * can't be taken over.
   *
   * @default false
   */
  adopt?: boolean;
}

/** The arguments with the name filled in. */
export type NamedArgs = WorkerArgs & { name: string };
type Args = NamedArgs;

interface Remote {
  /** Prefect's own id of what the server knows of the worker. */
  id: string;
  name: string;
  workPoolName: string;
  supervised?: Supervised;
  /** Whether its process is running, but takes no runs: it is to be started again. */
  isStuck?: boolean;
}

export const worker: Kind<Args, Remote> = defineKind({
  type: "Worker",
  noun: "worker",
  // the server knows nothing of the process's own settings
  fields: {
    name: { rule: rules.nameInUrl, wire: null, replaces: true },
    workPoolName: { rule: rules.text.min(1, "must be the name of a work pool"), wire: null, replaces: true },
    workQueueNames: { rule: rules.strings.optional(), wire: null },
    limit: { rule: rules.positive.optional(), wire: null },
    env: { rule: z.record(z.string(), rules.text, "must be an object of strings").optional(), wire: null },
    python: { rule: rules.text.optional(), wire: null },
    kubernetes: {
      rule: z
        .strictObject(
          { namespace: rules.text.min(1), deployment: rules.text.min(1), revision: rules.text.optional() },
          "must be an object with namespace and deployment",
        )
        .optional(),
      wire: null,
    },
    kubeconfig: { rule: rules.text.optional(), wire: null, secret: true },
  },
  // a process isn't pods: it has to end, and only a deletion ends it
  replaces: (olds, news) => ((olds.kubernetes === undefined) === (news.kubernetes === undefined) ? [] : ["kubernetes"]),
  isRenewed: (olds) => isToRestart(olds) || olds.isStuck === true,
  sameName: (olds, news) => olds.name === news.name && olds.workPoolName === news.workPoolName,

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
    if (row?.status !== "ONLINE" || isKnownHere(client, args)) return undefined;
    // a process that isn't this machine's can neither be changed nor ended here
    throw isElsewhere(args);
  },

  async get(client, id, state) {
    if (!state) return undefined;
    const supervised = supervisedIn(state);
    const rows = await rowsOf(client, state.workPoolName);
    const row = rows?.find(({ name }) => name === state.name);
    if (!supervised) return row?.status === "ONLINE" ? remote(row, state) : undefined;
    // it polls the server that the stack was on before
    if (!row && !isOfServer(client, state, supervised)) return undefined;
    const found = remote(row ?? { id, name: state.name }, state, supervised);
    // the server takes a worker for dead that it hasn't heard of for a while, as when it was away itself
    const isSeen = () => isOnline(client, state);
    if (supervised.host !== os.hostname()) return rows && (await isSoon(isSeen)) ? found : undefined;
    if (rows && (await isThere(supervised, isSeen))) return found;
    // what is forgotten is never ended
    return isRunning(supervised) ? { ...found, isStuck: true } : undefined;
  },

  async create(client, args, { stack: owner }) {
    if (!args.kubernetes) {
      const { row, supervised } = await start(client, args, { owner }, "the stack had none");
      return remote(row, args, supervised);
    }
    // as of an interrupted `pulumi up` of when it was a process; the server would take it for the pods
    const other = await endHere(client, args, { owner });
    if (other) throw isTaken(other);
    forget(client, args);
    return remote(await awaitPods(client, args), args);
  },

  async update(client, _id, { news, changed }, state, { stack: owner }) {
    if (news.kubernetes) return remote(await awaitPods(client, news), news);
    const known = supervisedIn(state);
    if (known?.host !== os.hostname()) throw notHere(known);
    const differing = processArguments.filter((name) => changed.has(name));
    const asked = state.isStuck ? "it took no runs" : "a restart was asked for";
    const why = differing.length > 0 ? `a change of ${differing.join(", ")}` : asked;
    const { row, supervised } = await start(client, news, { owner: owner ?? known.owner, known }, why);
    return remote(row, news, supervised);
  },

  async delete(client, _id, state) {
    const supervised = supervisedIn(state);
    const entry = path`/work_pools/${state.workPoolName}/workers/${state.name}`;
    if (supervised?.host !== os.hostname()) {
      const mayPoll = !state.kubernetes && (await rowsOf(client, state.workPoolName)) !== undefined;
      if (mayPoll && (await isSoon(() => isOnline(client, state)))) throw notHere(supervised);
      await client.delete(entry);
      return;
    }
    try {
      // first, since it can be stopped without a server
      const other = await endHere(client, state, { owner: supervised.owner, known: supervised });
      if (other) {
        // Pulumi shows what a provider prints among its messages
        console.error(`worker "${state.name}" stays: it ${whose(other)}; only this stack's state forgets it`);
        return;
      }
      await client.delete(entry);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      throw new PrefectError(
        `its process has been stopped, but the server still lists it: ${error.message}; try again when the server is there`,
      );
    }
    forget(client, state);
  },

  id: ({ id }) => id,
  // a row that was deleted comes again with the next heartbeat
  isRenumbered: true,
  fromApi: ({ name, workPoolName }) => ({ name, workPoolName }),
  // the server knows nothing of the process's own settings
  asAsked: (key, server, asked) => (key === "name" || key === "workPoolName" ? server : asked),
  outputs: ({ supervised, isStuck }) => ({ ...supervised, isStuck }),
  page: ({ name, workPoolName }) => path`/work-pools/work-pool/${workPoolName ?? ""}/worker/${name}`,
});

/** The arguments of a worker that is a process. */
const processArguments = ["workQueueNames", "limit", "env", "python"] as const;

function remote(
  { id, name }: Pick<WorkerResponse, "id" | "name">,
  { workPoolName }: Pick<Args, "workPoolName">,
  supervised?: Supervised,
): Remote {
  return { id, name, workPoolName, supervised };
}

/** Whether the server hears of a worker. */
async function isOnline(client: PrefectClient, { workPoolName, name }: Named): Promise<boolean> {
  return (await rowOf(client, workPoolName, name))?.status === "ONLINE";
}

/** The error of a worker that is to be started while another process has its name. */
function isElsewhere({ workPoolName }: Pick<Args, "workPoolName">): PrefectError {
  return new PrefectError(
    `is online in the work pool "${workPoolName}", and this machine hasn't started it, so that it can't be taken over; stop it where it ` +
      "was started and try again when the server shows it offline, or choose another name. If this stack has it under another Pulumi name, " +
      "give the resource the option aliases instead",
  );
}

function notHere(supervised: Supervised | undefined): PrefectError {
  return supervised
    ? new PrefectError(`runs on the machine "${supervised.host}"; run Pulumi there, or stop it there and try again`)
    : new PrefectError("was not started by this stack and is still online; stop it where it was started and try again");
}

/**
 * A supervised worker process on the machine that runs `pulumi up`, which lives on when `pulumi up` has ended; or a worker in Kubernetes.
 *
 * @example
 * const pool = new WorkPool("etl", { type: "process" });
 * new Worker("etl", { workPoolName: pool.name });
 */
export class Worker extends resourceOf<Args>() {
  /** The process, on the machine `host`; undefined for a worker in Kubernetes, as are its health port and log. */
  declare readonly pid: pulumi.Output<number>;
  /** Tells the process from another one that gets its number later. */
  declare readonly startTime: pulumi.Output<string>;
  declare readonly host: pulumi.Output<string>;
  /** Port on loopback at which `GET /health` says whether the worker is polling. */
  declare readonly healthPort: pulumi.Output<number>;
  /** Goes on across restarts, and is rotated at 10 MB; three former parts are kept beside it. */
  declare readonly logFile: pulumi.Output<string>;

  constructor(name: string, args: Inputs<WorkerArgs>, opts?: pulumi.CustomResourceOptions) {
    const outputs = ["pid", "startTime", "host", "healthPort", "logFile"];
    super(worker, name, { ...args, name: args.name ?? name }, { opts, outputs });
    warnOfDeath(this);
  }
}
