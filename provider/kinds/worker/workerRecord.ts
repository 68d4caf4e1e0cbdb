import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { writeAtomically } from "../../../processes/atomicWrite";
import type { ProcessIdentity } from "../../../processes/localProcess";
import { stateFolder } from "../../../processes/stateFolder";
import type { PrefectClient } from "../../api/client";
import type { Json } from "../../engine/kind";
import { serverAddress } from "../../engine/server";

/** What is kept of a running worker. */
export interface Supervised extends ProcessIdentity {
  host: string;
  healthPort: number;
  logFile: string;
  /** The stack that it belongs to, as `<organization>/<project>/<stack>`; undefined when an earlier build started it. */
  owner?: string;
}

/** What the worker's folder says of it besides. */
export interface Recorded extends Supervised {
  /** Prefect's own ids of the runs that are ended with it, until the server knows. */
  runs?: string[];
}

/** The name of the record in a worker's folder. */
const recordName = "process.json";

/** What tells one worker of a server from another. */
export interface Named {
  workPoolName: string;
  name: string;
}

/** The folder of a worker on this machine, with its log and a record of its process, so that one is never lost, whatever becomes of Pulumi's state. */
export function folderOf(client: PrefectClient, named: Named): string {
  const workers = stateFolder("workers");
  const [usual, ...former] = folderNames(client, named);
  const recorded = [usual, ...former].find((folder) => fs.existsSync(path.join(workers, folder, recordName)));
  return path.join(workers, recorded ?? usual);
}

/** Whether a worker's process was started for the server that is asked, as far as its folder tells. */
export function isOfServer(client: PrefectClient, named: Named, { logFile }: Supervised): boolean {
  return folderNames(client, named).includes(path.basename(path.dirname(logFile)));
}

/** The name of a worker's folder, and those that earlier releases gave it, which told one way of writing a server's address from another. */
function folderNames(client: PrefectClient, { workPoolName, name }: Named): [string, ...string[]] {
  const { apiUrl } = client.connection;
  const address = serverAddress(apiUrl);
  const nameFor = (server: string) => {
    const hash = createHash("sha256").update(`${server}\n${workPoolName}\n${name}`).digest("hex");
    return `${name.replace(/[^\w.-]/g, "_")}-${hash.slice(0, 8)}`;
  };
  return [nameFor(address), nameFor(apiUrl), nameFor(address.replace("//127.0.0.1", "//localhost"))];
}

/**
 * A worker that was started here and not stopped since, as after an interrupted `pulumi up`. Not one of another machine that has the same
 * home folder, and none when the record is broken.
 */
export function readRecord(client: PrefectClient, named: Named): Recorded | undefined {
  try {
    const text = JSON.parse(fs.readFileSync(recordFile(client, named), "utf8")) as Json;
    const record = supervisedIn(text);
    return record?.host === os.hostname() ? { ...record, runs: text.runs as string[] | undefined } : undefined;
  } catch {
    return undefined;
  }
}

export function writeRecord(client: PrefectClient, named: Named, record: Recorded): void {
  writeAtomically(recordFile(client, named), JSON.stringify(record));
}

export function forget(client: PrefectClient, named: Named): void {
  fs.rmSync(recordFile(client, named), { force: true });
}

/** What a record, or the state of a worker, says of its process; undefined when it has none. */
export function supervisedIn(state: Json): Supervised | undefined {
  const { pid, startTime, host, healthPort, logFile, owner } = state as unknown as Supervised;
  return state.pid === undefined ? undefined : { pid, startTime, host, healthPort, logFile, ...(owner && { owner }) };
}

function recordFile(client: PrefectClient, named: Named): string {
  return path.join(folderOf(client, named), recordName);
}
