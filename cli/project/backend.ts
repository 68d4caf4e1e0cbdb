import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { makeOwnFolder } from "./ownFolder";
import { passPhraseVariables } from "./passPhrase";
import { isOwnManifest, ownFolder, type Place } from "./place";
import { readSettings } from "./settings";

/**
 * Where the state of stacks is: as PULUMI_BACKEND_URL, Pulumi.yaml or `pulumi login` say, where pass phrases are the person's own affair; else in
 * `.meta-prefect/state`, with a pass phrase of our own.
 */
export function backendVariables(
  place: Place,
  environment: NodeJS.ProcessEnv,
): { ownState?: string; variables: NodeJS.ProcessEnv } {
  const ownState = ownStateOf(place, environment);
  if (ownState === undefined) return { variables: {} };
  makeOwnFolder(place.folder);
  const passPhrase = passPhraseVariables(place, environment);
  fs.mkdirSync(ownState, { recursive: true, mode: 0o700 });
  return {
    ownState,
    variables: { PULUMI_BACKEND_URL: `${pathToFileURL(ownState).href}?metadata=skip`, ...passPhrase },
  };
}

/**
 * The folder of our own backend; undefined where another is used. It is that of a YAML, and stays that of the program which comes in the YAML's
 * place; another program's state is where Pulumi looks for it.
 */
export function ownStateOf({ folder, file, manifest }: Place, environment: NodeJS.ProcessEnv): string | undefined {
  const state = path.join(folder, ownFolder, "state");
  if (file === undefined && !fs.existsSync(state)) return undefined;
  return isConfigured(manifest, environment) ? undefined : state;
}

/** Whether a person has said where the state is. */
export function isConfigured(manifest: string | undefined, environment: NodeJS.ProcessEnv): boolean {
  if (environment.PULUMI_BACKEND_URL) return true;
  if (manifest === undefined) return isLoggedIn(environment);
  const { backend } = readSettings(manifest) as { backend?: { url?: unknown } | null };
  return Boolean(backend?.url) || isLoggedIn(environment);
}

/** Whether somebody has said `pulumi login`, or gives the token by which Pulumi logs in by itself. */
function isLoggedIn(environment: NodeJS.ProcessEnv): boolean {
  if (environment.PULUMI_ACCESS_TOKEN) return true;
  const { PULUMI_CREDENTIALS_PATH, PULUMI_HOME, HOME } = environment;
  const folder = PULUMI_CREDENTIALS_PATH || PULUMI_HOME || path.join(HOME ?? os.homedir(), ".pulumi");
  try {
    const { current } = JSON.parse(fs.readFileSync(path.join(folder, "credentials.json"), "utf8")) as {
      current?: string;
    };
    return Boolean(current);
  } catch {
    // nobody has
    return false;
  }
}

/** Whether there is a project which can be opened without making one: a YAML's once something was previewed, a program's always. */
export function isMade(place: Place, environment: NodeJS.ProcessEnv): boolean {
  const { file, manifest } = place;
  if (file === undefined) return true;
  if (manifest === undefined || !isOwnManifest(manifest)) return false;
  const ownState = ownStateOf(place, environment);
  return ownState === undefined || fs.existsSync(ownState);
}
