import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { PrefectClient } from "../../provider/client";
import { resolveConnection } from "../../provider/connection";
import { type EksToolChain, setUpEks } from "../../tools/eksSetup";
import { type PrefectServer, startPrefectServer, stopPrefectServer } from "../../tools/prefectServer";
import { setUp, type ToolChain } from "../../tools/setup";

/** What the tests start is started once, when the first test asks for it, and stopped after the last. */
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "meta-prefect-test-"));
let toolChain: Promise<ToolChain> | undefined;
let eksToolChain: Promise<EksToolChain> | undefined;
let server: Promise<PrefectServer> | undefined;

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

/** The Prefect server that the tests share. */
export async function prefectServer(): Promise<PrefectServer> {
  const { python } = await tools();
  return (server ??= startPrefectServer(python, path.join(temporary, "prefect")));
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

/** Mocha's root hooks. */
export const mochaHooks = {
  beforeAll(): void {
    process.env.XDG_STATE_HOME = path.join(temporary, "state");
    delete process.env.PREFECT_API_URL;
  },
  async afterAll(): Promise<void> {
    if (server) await stopPrefectServer(await server);
    fs.rmSync(temporary, { recursive: true, force: true });
  },
};
