import { withoutCredentials } from "../../../processes/environment";
import { settings, tlsVariables } from "../../api/connection";
import { restartVariable } from "./workerRestart";

/** The variable of a worker and all that it starts: the worker's folder. */
export const folderVariable = "META_PREFECT__WORKER";

type Environment = Record<string, string>;

/** What a worker's environment is made of. */
export interface EnvironmentParts {
  /** That of Pulumi. */
  inherited: NodeJS.ProcessEnv;
  /** The settings of the stack's connection. */
  connection: Environment;
  /** The worker's folder. */
  folder: string;
  healthPort: number;
  /** The worker's argument, which has the last word. */
  env?: Environment;
}

/**
 * The environment of a worker. Its runs inherit it, and it outlives the shell or the job that started it, so what is a credential there
 * stays out: the worker has the connection that it is given, and what its argument `env` gives back.
 */
export function workerEnvironment({ inherited, connection, folder, healthPort, env }: EnvironmentParts): Environment {
  const left = leftOut(inherited);
  return {
    ...Object.fromEntries(given(inherited).filter(([name]) => !left.includes(name))),
    // a profile's settings are for the person's own server; without profiles of its own Prefect has defaults that name none
    PREFECT_PROFILES_PATH: `${folder}/profiles.toml`,
    ...connection,
    PREFECT_WORKER_WEBSERVER_HOST: "127.0.0.1",
    PREFECT_WORKER_WEBSERVER_PORT: String(healthPort),
    ...env,
    [folderVariable]: folder,
  };
}

/** The variables that a worker doesn't inherit, in alphabetical order. */
export function leftOut(inherited: NodeJS.ProcessEnv): string[] {
  const names = given(inherited).map(([name]) => name);
  // a proxy is the way to the server, whatever its address holds
  const proxies = names.filter((name) => /^(https?|all)_proxy$/i.test(name));
  const kept = withoutCredentials(inherited, proxies);
  return names.filter((name) => !(name in kept) || isOfTheirs(name)).sort();
}

function given(environment: NodeJS.ProcessEnv): [string, string][] {
  return Object.entries(environment).filter((pair): pair is [string, string] => pair[1] !== undefined);
}

/** The worker has those of its stack's connection. */
const ofConnection: readonly string[] = [
  ...Object.values(settings).map(({ variable }) => variable),
  ...Object.values(tlsVariables),
];

/**
 * What belongs to Prefect's own client and server, to a CI job or to `npm run`, and what Node.js loads. A worker outlives the job or the
 * shell that started it.
 */
function isOfTheirs(name: string): boolean {
  return (
    /^(GITHUB|GITLAB|npm)_|^PREFECT_(_|SERVER_|CLOUD_|API_DATABASE_|PROFILE$|PROFILES_PATH$)/.test(name) ||
    ofConnection.includes(name) ||
    [restartVariable, "NODE_OPTIONS", "INPUT_CONFIG-MAP"].includes(name)
  );
}
