import { apiAddress, isSameAddress } from "./address";
import { ConnectionError, UnconfiguredError } from "./errors";
import { readProfile } from "./profile";
import type { Tls } from "./tls";

/** Where the Prefect API is, and what each request to it carries. */
export interface Connection {
  /** Address of the API, without a slash at its end, such as `http://127.0.0.1:4200/api`. */
  apiUrl: string;
  /** Headers of each request: the credentials and those that a proxy asks for. */
  headers: Record<string, string>;
  /** How the server's certificate is verified. @default by the authorities that Node.js knows */
  tls?: Tls;
  /** The same settings as environment variables, for a Prefect process that is started for this connection. */
  environment: Record<string, string>;
}

/** Each setting: its key in the stack's configuration, and Prefect's own name for it in environment and profile. */
export const settings = {
  apiUrl: { key: "prefect:apiUrl", variable: "PREFECT_API_URL" },
  apiKey: { key: "prefect:apiKey", variable: "PREFECT_API_KEY" },
  authString: { key: "prefect:authString", variable: "PREFECT_API_AUTH_STRING" },
  customHeaders: { key: "prefect:customHeaders", variable: "PREFECT_CLIENT_CUSTOM_HEADERS" },
} as const;

/** How certificates are verified is a matter of the machine, so no stack says it. */
export const tlsVariables = {
  certFile: "PREFECT_API_SSL_CERT_FILE",
  isInsecure: "PREFECT_API_TLS_INSECURE_SKIP_VERIFY",
} as const;

/** Other addresses to which the credentials of environment and profile may be sent, with commas between them. */
const serversVariable = "META_PREFECT__SERVERS";

type Environment = Record<string, string | undefined>;
type Configuration = (key: string) => string | undefined;
type Setting = (typeof settings)[keyof typeof settings];

/** One of the places in which settings are. */
interface Source {
  name: string;
  /** Whether its credentials are meant for whatever address is configured. */
  isStack: boolean;
  value(setting: Setting): string | undefined;
}

/**
 * The address of the API: the stack's configuration, then the environment, then the active Prefect profile.
 *
 * @param config reads a key of the stack's configuration, such as `prefect:apiUrl`
 * @throws ConnectionError when no address is set, or it can't be one
 */
export function resolveAddress(config: Configuration, environment: Environment = process.env): string {
  return addressIn(sourcesOf(config, environment, readProfile(environment))).apiUrl;
}

/**
 * Finds the connection: for each setting the stack's configuration, then the environment, then the active Prefect profile. Key and
 * authentication string are one setting in this; where both are set in one place the string wins, as in Prefect's own client.
 *
 * Credentials of the environment or a profile are sent only to the address that the same place names, or to one listed in
 * META_PREFECT__SERVERS: else whoever may edit the stack's configuration, as in a pull request, could have them sent to a server of
 * theirs. The stack's own go to any address: they are encrypted, and who sets the address by the environment has what decrypts them.
 *
 * @param config reads a key of the stack's configuration, such as `prefect:apiUrl`
 * @throws ConnectionError when no address is set, a setting can't be read, or credentials are not for the address
 */
export function resolveConnection(config: Configuration, environment: Environment = process.env): Connection {
  const profile = readProfile(environment);
  const sources = sourcesOf(config, environment, profile);
  const address = addressIn(sources);
  const { apiUrl } = address;
  const trusted = (environment[serversVariable] ?? "").split(",").map((server) => server.trim());
  const isFor = (source: Source) =>
    source.isStack || [source.value(settings.apiUrl) ?? "", ...trusted].some((server) => isSameAddress(server, apiUrl));

  const found: Partial<Record<string, string>> = {};
  for (const group of [[settings.apiKey, settings.authString], [settings.customHeaders]]) {
    const source = sources.find((source) => group.some((setting) => source.value(setting)));
    const set = group.filter((setting) => source?.value(setting));
    if (source && set[0] && !isFor(source)) throw notFor(address, source, set[0]);
    for (const { variable, value } of set.map((setting) => ({ ...setting, value: source?.value(setting) })))
      found[variable] = value;
  }
  const { PREFECT_API_KEY: apiKey, PREFECT_API_AUTH_STRING: authString } = found;
  const headers: Record<string, string> = { ...parseHeaders(found[settings.customHeaders.variable]) };
  if (authString) headers.Authorization = `Basic ${Buffer.from(authString).toString("base64")}`;
  else if (apiKey) headers.Authorization = `Bearer ${apiKey}`;

  const certFile = environment[tlsVariables.certFile] || profile[tlsVariables.certFile];
  const isInsecure = sources.some(
    (source, i) => isTrue([undefined, environment, profile][i]?.[tlsVariables.isInsecure]) && isFor(source),
  );
  return {
    apiUrl,
    headers,
    tls: { certFile, isInsecure },
    environment: {
      PREFECT_API_URL: apiUrl,
      ...(found as Record<string, string>),
      ...(certFile && { [tlsVariables.certFile]: certFile }),
      ...(isInsecure && { [tlsVariables.isInsecure]: "true" }),
    },
  };
}

function sourcesOf(config: Configuration, environment: Environment, profile: Environment): Source[] {
  return [
    { name: "the stack's configuration", isStack: true, value: ({ key }) => config(key) || undefined },
    { name: "the environment", isStack: false, value: ({ variable }) => environment[variable] || undefined },
    { name: "the active Prefect profile", isStack: false, value: ({ variable }) => profile[variable] || undefined },
  ];
}

interface Address {
  apiUrl: string;
  source: Source;
}

function addressIn(sources: Source[]): Address {
  const source = sources.find((source) => source.value(settings.apiUrl));
  const given = source?.value(settings.apiUrl);
  if (!source || !given) {
    throw new UnconfiguredError(
      "no Prefect server is configured; set PREFECT_API_URL, or run `pulumi config set prefect:apiUrl <address>`, " +
        "for example http://127.0.0.1:4200/api",
    );
  }
  return { apiUrl: apiAddress(given), source };
}

function notFor({ apiUrl, source: namedBy }: Address, source: Source, { variable }: Setting): ConnectionError {
  return new ConnectionError(
    `${variable} of ${source.name} is not sent to ${apiUrl}, which ${namedBy.name} names: it is another server than its own. ` +
      `If it may have it, set ${serversVariable}=${apiUrl} in the environment; else set credentials where the address is set, or ` +
      "remove these (of a profile: choose another one by PREFECT_PROFILE)",
  );
}

/** A switch as Prefect reads it. */
function isTrue(text: string | undefined): boolean {
  return /^(1|true|t|yes|y|on)$/i.test(text ?? "");
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
