import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type PrefectServer, startPrefectServer, stopPrefectServer } from "../../processes/prefectServer";
import { PrefectClient } from "../../provider/api/client";
import { resolveConnection } from "../../provider/api/connection";
import { type EksToolChain, setUpEks } from "../../tools/eksSetup";
import { setUp, type ToolChain } from "../../tools/setup";

/** All that the tests of one run of mocha make is below this folder. Files that run in parallel have processes of their own. */
const runFolder = path.join(os.tmpdir(), `meta-prefect-test-${isParallel() ? process.ppid : process.pid}`);
fs.mkdirSync(runFolder, { recursive: true });
const temporary = fs.mkdtempSync(path.join(runFolder, "tests-"));
let toolChain: Promise<ToolChain> | undefined;
let eksToolChain: Promise<EksToolChain> | undefined;
let server: Promise<PrefectServer> | undefined;
/** How many servers of this process have made place for another. */
let servers = 0;

export function tools(): Promise<ToolChain> {
  return (toolChain ??= setUp());
}

/** What stands for AWS and EKS. */
export function eksTools(): Promise<EksToolChain> {
  return (eksToolChain ??= setUpEks());
}

/** A new empty folder that is removed after the tests. */
export function temporaryFolder(): string {
  return fs.mkdtempSync(path.join(temporary, "folder-"));
}

/** The Prefect server that the tests of this process share: started when the first asks for it, and stopped after the last. */
export async function prefectServer(): Promise<PrefectServer> {
  const { python } = await tools();
  return (server ??= startPrefectServer(python, path.join(temporary, `prefect-${servers}`), undefined, {}, (begun) => {
    fs.writeFileSync(path.join(temporary, serverFile), JSON.stringify(begun));
  }));
}

/** Gives those who ask from now on a server on which nothing was made yet, for tests that tell all that it holds. */
export async function renewServer(): Promise<void> {
  const former = await server;
  server = undefined;
  servers += 1;
  if (former) await stopPrefectServer(former);
}

/** Names the server that a process of tests has started. */
const serverFile = "server.json";

function isParallel(): boolean {
  return process.env.MOCHA_WORKER_ID !== undefined;
}

export async function prefectClient(): Promise<PrefectClient> {
  const { apiUrl } = await prefectServer();
  return new PrefectClient(resolveConnection(() => undefined, { PREFECT_API_URL: apiUrl, PREFECT_HOME: temporary }));
}

/** The environment of a process that works with the tests' server: the tool chain, and nothing of the person's own settings. */
export async function testEnvironment(): Promise<Record<string, string>> {
  const { env, python } = await tools();
  const { apiUrl } = await prefectServer();
  return {
    ...env,
    META_PREFECT__PYTHON: python,
    PREFECT_API_URL: apiUrl,
    PREFECT_HOME: path.join(temporary, "home"),
    PULUMI_HOME: path.join(temporary, "pulumi"),
    XDG_STATE_HOME: path.join(temporary, "state"),
    DO_NOT_TRACK: "1",
  };
}

/** Mocha's root hooks; with files in parallel they run for each file. */
export const mochaHooks = {
  beforeAll(): void {
    process.env.XDG_STATE_HOME = path.join(temporary, "state");
    delete process.env.PREFECT_API_URL;
  },
};

/** Called by mocha after all files, in the process that runs the others. */
export async function mochaGlobalTeardown(): Promise<void> {
  for (const name of fs.readdirSync(runFolder)) {
    const file = path.join(runFolder, name, serverFile);
    if (fs.existsSync(file)) await stopPrefectServer(JSON.parse(fs.readFileSync(file, "utf8")) as PrefectServer);
  }
  fs.rmSync(runFolder, { recursive: true, force: true });
}
