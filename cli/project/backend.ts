import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { makeOwnFolder } from "./ownFolder";
import { passPhraseVariables } from "./passPhrase";
import { readSettings } from "./settings";

/**
 * Where the state of a YAML's stacks is: as PULUMI_BACKEND_URL, Pulumi.yaml or `pulumi login` say, where pass phrases are the person's own
 * affair; else in `.meta-prefect/state`, with a pass phrase of our own.
 */
export function backendVariables(
  { folder, manifest, env }: { folder: string; manifest: string; env: string },
  environment: NodeJS.ProcessEnv,
): { ownState?: string; variables: NodeJS.ProcessEnv } {
  if (isConfigured(manifest, environment)) return { variables: {} };
  const ownState = path.join(makeOwnFolder(folder), "state");
  const passPhrase = passPhraseVariables(folder, env, environment);
  fs.mkdirSync(ownState, { recursive: true, mode: 0o700 });
  return {
    ownState,
    variables: { PULUMI_BACKEND_URL: `${pathToFileURL(ownState).href}?metadata=skip`, ...passPhrase },
  };
}

/** Whether a person has said where the state is. */
export function isConfigured(manifest: string, environment: NodeJS.ProcessEnv): boolean {
  if (environment.PULUMI_BACKEND_URL) return true;
  const { backend } = readSettings(manifest) as { backend?: { url?: unknown } | null };
  return Boolean(backend?.url) || isLoggedIn(environment);
}

/** Whether somebody has said `pulumi login`. */
function isLoggedIn(environment: NodeJS.ProcessEnv): boolean {
  const home = environment.PULUMI_HOME ?? path.join(environment.HOME ?? os.homedir(), ".pulumi");
  try {
    const { current } = JSON.parse(fs.readFileSync(path.join(home, "credentials.json"), "utf8")) as {
      current?: string;
    };
    return Boolean(current);
  } catch {
    // nobody has
    return Boolean(environment.PULUMI_ACCESS_TOKEN);
  }
}
