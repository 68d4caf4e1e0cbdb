import * as fs from "node:fs";
import * as path from "node:path";
import axios from "axios";
import { freePort } from "./freePort";
import { isRunning, type ProcessIdentity, startDetached, stop } from "./localProcess";
import { until } from "./until";

/** A Prefect server that was started here. */
export interface PrefectServer extends ProcessIdentity {
  apiUrl: string;
  logFile: string;
}

export const startPatience = 180_000;

/**
 * Starts a Prefect server on its embedded SQLite and waits until it is healthy.
 *
 * @param python interpreter with Prefect
 * @param home the server's own folder, for its database and log
 * @param port port on loopback; default: a free one
 * @param env settings of its own, such as PREFECT_SERVER_API_HOST and PREFECT_SERVER_API_BASE_PATH
 * @param begun gets the server as soon as its process is there, long before it is healthy
 */
export async function startPrefectServer(
  python: string,
  home: string,
  port?: number,
  env: NodeJS.ProcessEnv = {},
  begun: (server: PrefectServer) => void = () => undefined,
): Promise<PrefectServer> {
  fs.mkdirSync(home, { recursive: true, mode: 0o700 });
  const logFile = path.join(home, "server.log");
  const chosen = port ?? (await freePort());
  const { PREFECT_SERVER_API_HOST: host = "127.0.0.1", PREFECT_SERVER_API_BASE_PATH: base = "/api" } = env;
  const apiUrl = `http://${host.includes(":") ? `[${host}]` : host}:${chosen}${base}`;
  const { identity, ended } = await startDetached(
    python,
    ["-m", "prefect", "server", "start", "--port", String(chosen)],
    {
      cwd: home,
      logFile,
      env: {
        ...process.env,
        PREFECT_SERVER_ANALYTICS_ENABLED: "false",
        ...env,
        DO_NOT_TRACK: "1",
        // where its database is, whatever else is set or unset
        PREFECT_HOME: home,
        PREFECT_API_URL: apiUrl,
      },
    },
  );
  const server = { ...identity, apiUrl, logFile };
  begun(server);
  const look = () => {
    if (ended()) throw new Error(`the Prefect server ended with ${ended()}; see ${logFile}:\n${tail(logFile)}`);
    return isHealthy(apiUrl);
  };
  if (await until(look, { every: 250, patience: startPatience })) return server;
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
