import * as fs from "node:fs";
import * as path from "node:path";
import { writeAtomically } from "../../processes/atomicWrite";
import { isRunning } from "../../processes/localProcess";
import { giveBack, takeLock } from "../../processes/lock";
import {
  isHealthy,
  type PrefectServer,
  startPatience,
  startPrefectServer,
  stopPrefectServer,
} from "../../processes/prefectServer";
import { findPython } from "../../processes/python";
import { until } from "../../processes/until";
import { messageOf, PrefectError } from "../../provider/api/errors";
import type { Aim } from "../flags";
import { prefectIn } from "../health/prefectIn";
import { makeOwnFolder } from "../project/ownFolder";
import { ownFolder, type Place } from "../project/place";
import { serverCommand } from "./serverCommand";

/** The folder of a project's own Prefect server, with its database and its log. */
export function serverFolder(folder: string): string {
  return path.join(folder, ownFolder, "server");
}

/** The server that was started for a folder, whether or not it is running; undefined when there never was one. */
export function recordedServer(folder: string): PrefectServer | undefined {
  const file = recordFile(folder);
  if (!fs.existsSync(file)) return undefined;
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as PrefectServer;
  } catch (error) {
    throw new PrefectError(`${file} can't be read (${messageOf(error)}); delete it, and start the server again`);
  }
}

/**
 * Starts the server of a folder, on loopback, unless it is running. Its address stays the same for good, as what is deployed to it knows it.
 *
 * @throws PrefectError when there is no Prefect, or something else has the server's port
 */
export async function startLocalServer(
  { folder, given }: Pick<Place, "folder" | "given">,
  environment: NodeJS.ProcessEnv,
): Promise<PrefectServer> {
  makeOwnFolder(folder);
  const home = serverFolder(folder);
  fs.mkdirSync(home, { recursive: true, mode: 0o700 });
  const lock = path.join(home, "starting.lock");
  const other = takeLock(lock);
  if (other) throw new PrefectError(`the Prefect server of ${folder} is being started by process ${other.pid}; wait`);
  try {
    const recorded = recordedServer(folder);
    if (recorded && isRunning(recorded)) return await healthy(recorded, given);
    const python = findPython([folder], environment);
    const found = await prefectIn(python);
    if ("problem" in found) throw new PrefectError(`${found.problem}; ${found.remedy}`);
    if (recorded && (await isHealthy(recorded.apiUrl))) throw new PrefectError(taken(recorded));
    const port = recorded && Number(new URL(recorded.apiUrl).port);
    return await started(python, folder, port, environment);
  } finally {
    giveBack(lock);
  }
}

/** Stops the server of a folder; what is in its database stays. Gives whether it was running. */
export async function stopLocalServer(folder: string): Promise<boolean> {
  const recorded = recordedServer(folder);
  if (!recorded || !isRunning(recorded)) return false;
  await stopPrefectServer(recorded);
  return true;
}

async function started(
  python: string,
  folder: string,
  port: number | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<PrefectServer> {
  // a setting of the person's, such as a password, is for another server
  const names = Object.keys(environment).filter((name) => name.startsWith("PREFECT_"));
  const without = Object.fromEntries(names.map((name) => [name, undefined]));
  // written down at once, so that whoever comes after a crash finds it
  const begun = (server: PrefectServer) => writeAtomically(recordFile(folder), JSON.stringify(server));
  try {
    return await startPrefectServer(python, serverFolder(folder), port, without, begun);
  } catch (error) {
    throw new PrefectError(messageOf(error));
  }
}

/** A server that is running, and may have been started this moment. */
async function healthy(server: PrefectServer, given?: Aim): Promise<PrefectServer> {
  const isUp = await until(() => isHealthy(server.apiUrl), { every: 250, patience: startPatience });
  if (isUp) return server;
  throw new PrefectError(
    `the Prefect server is running as process ${server.pid}, but doesn't answer at ${server.apiUrl}; its log is ${server.logFile}; ` +
      `${serverCommand("stop", given)}, and start it again`,
  );
}

function taken({ apiUrl }: PrefectServer): string {
  return `another server answers at ${apiUrl}, which is where that of this folder has to be; stop that one, and try again`;
}

function recordFile(folder: string): string {
  return path.join(serverFolder(folder), "server.json");
}
