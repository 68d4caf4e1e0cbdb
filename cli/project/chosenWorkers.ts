import * as os from "node:os";
import { PrefectError } from "../../provider/api/errors";
import { nearest } from "../../provider/engine/nearest";
import type { Supervised } from "../../provider/kinds/worker/workerRecord";
import { UsageError } from "../usageError";
import type { Project } from "./project";
import type { StackWorker } from "./stackState";

/**
 * The workers that a command line means.
 *
 * @param name `<name>`, or `<work pool>/<name>`; undefined for all
 * @param all those of the stack
 * @throws UsageError where none is called so
 */
export function chosenWorkers(name: string | undefined, all: StackWorker[], { env }: Project): StackWorker[] {
  const found = name === undefined ? all : all.filter((worker) => namesOf(worker).includes(name));
  if (found.length > 0 || name === undefined) return found;
  const near = nearest(name, all.flatMap(namesOf));
  const hint = near
    ? `did you mean ${near}?`
    : all.length > 0
      ? `there are: ${all.map(fullName).join(", ")}`
      : "there is none";
  throw new UsageError(`worker "${name}": ${env === undefined ? "the stack" : `"${env}"`} has no such worker; ${hint}`);
}

/** The one worker that a command line means. @throws UsageError where none is called so, or several are */
export function chosenWorker(name: string | undefined, all: StackWorker[], project: Project): StackWorker {
  const [first, ...others] = chosenWorkers(name, all, project);
  if (first && others.length === 0) return first;
  const names = [first, ...others].flatMap((worker) => (worker ? fullName(worker) : []));
  throw new UsageError(
    names.length > 0
      ? `there are several workers; name one: ${names.join(", ")}`
      : "no worker of the stack runs on this machine",
  );
}

/** A worker that is a process of this machine. */
export type LocalWorker = StackWorker & { supervised: Supervised };

export function isHere(worker: StackWorker): worker is LocalWorker {
  return worker.supervised?.host === os.hostname();
}

/** @throws PrefectError for a worker that isn't a process of this machine, saying where it is looked after */
export function checkHere(worker: StackWorker): asserts worker is LocalWorker {
  if (isHere(worker)) return;
  const { args, supervised } = worker;
  if (supervised) {
    throw new PrefectError(`worker "${args.name}" runs on the machine "${supervised.host}"; call this command there`);
  }
  const { namespace = "default", deployment = "?" } = args.kubernetes ?? {};
  throw new PrefectError(
    `worker "${args.name}" runs in Kubernetes: it is the deployment ${deployment} of the namespace ${namespace}; kubectl looks after it`,
  );
}

function namesOf(worker: StackWorker): string[] {
  return [worker.args.name, fullName(worker)];
}

function fullName({ args }: StackWorker): string {
  return `${args.workPoolName}/${args.name}`;
}
