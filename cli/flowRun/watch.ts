import type { PrefectClient } from "../../provider/api/client";
import { commandLine } from "../commandLine";
import type { Aim } from "../flags";
import { say } from "../terminal/say";
import { follow } from "./follow";
import type { LogPrinter } from "./logPrinter";
import type { State } from "./state";

/** Shows a run to its end; gives the state in which it ended. */
export function watch(client: PrefectClient, id: string, printer: LogPrinter, given: Aim): Promise<State> {
  return follow(client, id, {
    log: (log) => printer.log(log),
    state: ({ name }) => say(`  ${name}`),
    noWorker: (pool) =>
      say(
        `  no worker of the work pool "${pool}" is online, so the run waits; one of this machine is started again by: ${commandLine("worker restart", given)}`,
      ),
  });
}
