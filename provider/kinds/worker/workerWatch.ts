import * as os from "node:os";
import * as pulumi from "@pulumi/pulumi";
import { isRunning } from "../../../processes/localProcess";
import { hasEngine } from "../../program/program";
import type { Worker } from "./worker";

/**
 * Warns of a worker of this machine that has died since Pulumi started it. Pulumi compares with its state alone, unless it is asked to
 * refresh, and so sees no change; the program runs where the worker should, and can look for itself.
 */
export function warnOfDeath(worker: Worker): void {
  if (!hasEngine()) return;
  // in a preview what is about to be started has no process yet: its outputs are unknown, and nothing is called
  const { name, startTime, host, logFile } = worker;
  // a worker in Kubernetes has none
  const process: pulumi.Output<number | undefined> = worker.pid;
  pulumi.all([name, process, startTime, host, logFile]).apply(async ([name, pid, startTime, host, logFile]) => {
    if (pid === undefined || host !== os.hostname() || isRunning({ pid, startTime })) return;
    await pulumi.log.warn(
      `worker "${name}" is not running any more: its process ${pid} has ended; its log is ${logFile}; ` +
        "run `pulumi up --refresh` to start it again",
      worker,
    );
  });
}
