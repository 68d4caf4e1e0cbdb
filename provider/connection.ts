import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "smol-toml";
import { ConnectionError, messageOf } from "./errors";

/** Where the Prefect API is, and what each request to it carries. */
export interface Connection {
  /** Address of the API, without a slash at its end, such as `http://127.0.0.1:4200/api`. */
  apiUrl: string;
  /** Headers of each request: the credentials and those that a proxy asks for. */
  headers: Record<string, string>;
  /** The same settings as environment variables, for a Prefect process that is started for this connection. */
  environment: Record<string, string>;
}

/** Each setting: its key in the stack's configuration, and Prefect's own name for it in environment and profile. */
const settings = {
  apiUrl: { key: "prefect:apiUrl", variable: "PREFECT_API_URL" },
  apiKey: { key: "prefect:apiKey", variable: "PREFECT_API_KEY" },
  authString: { key: "prefect:authString", variable: "PREFECT_API_AUTH_STRING" },
  customHeaders: { key: "prefect:customHeaders", variable: "PREFECT_CLIENT_CUSTOM_HEADERS" },
} as const;

type Environment = Record<string, string | undefined>;

/**
 * Finds the connection: for each setting the stack's configuration, then the environment, then the active Prefect profile.
 * When both a key and an authentication string are set, the string wins, as in Prefect's own client.
 *
 * @param config reads a key of the stack's configuration, such as `prefect:apiUrl`
 * @throws ConnectionError when no address is set, or a setting can't be read
 */
export function resolveConnection(
  config: (key: string) => string | undefined,
  environment: Environment = process.env,
): Connection {
  const profile = readProfile(environment);
  const value = ({ key, variable }: { key: string; variable: string }): string | undefined =>
    config(key) || environment[variable] || profile[variable];

  const apiUrl = value(settings.apiUrl)?.replace(/\/+$/, "");
  if (!apiUrl) {
    throw new ConnectionError(
      "no Prefect server is configured; set PREFECT_API_URL, or run `pulumi config set prefect:apiUrl <address>`, " +
        "for example http://127.0.0.1:4200/api",
    );
  }
  if (!/^https?:\/\/[^/]/.test(apiUrl)) {
    throw new ConnectionError(
      `prefect:apiUrl "${apiUrl}" is not an address; give one such as http://127.0.0.1:4200/api`,
    );
  }

  const apiKey = value(settings.apiKey);
  const authString = value(settings.authString);
  const customHeaders = value(settings.customHeaders);
  const headers: Record<string, string> = { ...parseHeaders(customHeaders) };
  if (authString) headers.Authorization = `Basic ${Buffer.from(authString).toString("base64")}`;
  else if (apiKey) headers.Authorization = `Bearer ${apiKey}`;

  return {
    apiUrl,
    headers,
    environment: {
      PREFECT_API_URL: apiUrl,
      ...(apiKey && { PREFECT_API_KEY: apiKey }),
      ...(authString && { PREFECT_API_AUTH_STRING: authString }),
      ...(customHeaders && { PREFECT_CLIENT_CUSTOM_HEADERS: customHeaders }),
    },
  };
}

/** The address of a page in Prefect's UI, which a server of one's own serves beside its API. */
export function pageUrl({ apiUrl }: Pick<Connection, "apiUrl">, page: string): string {
  const cloud = /^https:\/\/api\.prefect\.cloud\/api\/accounts\/([^/]+)\/workspaces\/([^/]+)/.exec(apiUrl);
  if (cloud) return `https://app.prefect.cloud/account/${cloud[1]}/workspace/${cloud[2]}${page}`;
  return `${apiUrl.replace(/\/api$/, "")}${page}`;
}

function parseHeaders(text: string | undefined): Record<string, string> {
  if (!text) return {};
  let headers: unknown;
  try {
    headers = JSON.parse(text);
  } catch {
    headers = undefined;
  }
  if (typeof headers !== "object" || headers === null || Object.values(headers).some((v) => typeof v !== "string")) {
    // the value may hold a token, so it isn't shown
    throw new ConnectionError(
      'prefect:customHeaders (or PREFECT_CLIENT_CUSTOM_HEADERS) is not a JSON object of strings; give one such as {"X-Proxy-Token": "..."}',
    );
  }
  return headers as Record<string, string>;
}

/** The settings of Prefect's active profile, found as Prefect finds it; none when there is no profiles file. */
function readProfile(environment: Environment): Record<string, string> {
  const home = environment.PREFECT_HOME ?? path.join(environment.HOME ?? os.homedir(), ".prefect");
  const file = environment.PREFECT_PROFILES_PATH ?? path.join(home, "profiles.toml");
  if (!fs.existsSync(file)) return {};
  let parsed: { active?: unknown; profiles?: Record<string, Record<string, unknown>> };
  try {
    parsed = parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    throw new ConnectionError(`Prefect's profiles file ${file} can't be read: ${messageOf(error)}; mend or remove it`);
  }
  const active = environment.PREFECT_PROFILE ?? parsed.active;
  const profile = typeof active === "string" ? (parsed.profiles?.[active] ?? {}) : {};
  return Object.fromEntries(Object.entries(profile).map(([name, value]) => [name, String(value)]));
}
