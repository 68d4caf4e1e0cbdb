import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import axios from "axios";
import { freePort } from "../provider/freePort";
import { isRunning, type ProcessIdentity, startDetached, stop } from "../provider/localProcess";

/** A Prefect server that was started here. */
export interface PrefectServer extends ProcessIdentity {
  apiUrl: string;
  logFile: string;
}

const startPatience = 180_000;

/**
 * Starts a Prefect server on its embedded SQLite and waits until it is healthy.
 *
 * @param python interpreter with Prefect
 * @param home the server's own folder, for its database and log
 * @param port port on loopback; default: a free one
 */
export async function startPrefectServer(
  python: string,
  home: string,
  port?: number,
  env: NodeJS.ProcessEnv = {},
): Promise<PrefectServer> {
  fs.mkdirSync(home, { recursive: true });
  const logFile = path.join(home, "server.log");
  const chosen = port ?? (await freePort());
  const apiUrl = `http://127.0.0.1:${chosen}/api`;
  const { identity, ended } = await startDetached(
    python,
    ["-m", "prefect", "server", "start", "--port", String(chosen)],
    {
      cwd: home,
      logFile,
      env: {
        ...process.env,
        PREFECT_HOME: home,
        PREFECT_API_URL: apiUrl,
        DO_NOT_TRACK: "1",
        PREFECT_SERVER_ANALYTICS_ENABLED: "false",
        ...env,
      },
    },
  );
  const server = { ...identity, apiUrl, logFile };
  for (const deadline = Date.now() + startPatience; Date.now() < deadline; await pause(250)) {
    if (ended()) throw new Error(`the Prefect server ended with ${ended()}; see ${logFile}:\n${tail(logFile)}`);
    if (await isHealthy(apiUrl)) return server;
  }
  await stop(server, 10_000);
  throw new Error(
    `the Prefect server was not healthy after ${startPatience / 1000} s; see ${logFile}:\n${tail(logFile)}`,
  );
}

export async function stopPrefectServer(server: PrefectServer): Promise<void> {
  await stop(server, 15_000);
}

export async function isServing(server: PrefectServer): Promise<boolean> {
  return isRunning(server) && (await isHealthy(server.apiUrl));
}

export async function isHealthy(apiUrl: string): Promise<boolean> {
  try {
    await axios.get(`${apiUrl}/health`, { timeout: 3_000 });
    return true;
  } catch {
    return false;
  }
}

function tail(file: string): string {
  return fs.readFileSync(file, "utf8").trimEnd().split("\n").slice(-20).join("\n");
}
