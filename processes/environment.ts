/**
 * Names of variables that hold credentials, lead to them, or let code act in a person's or a job's name. A name that
 * looks like one counts as one: to miss a credential is worse than to withhold what is none, which shows and can be
 * given back by its name.
 */
const credentials = [
  // Pulumi: passphrase, access token, the configuration with its secrets
  /^PULUMI_/,
  // clouds: keys, and profiles, files, roles and endpoints that lead to some
  /^(AWS|AZURE|ARM|GOOGLE|GCLOUD|GCP|CLOUDSDK|BOTO|ALICLOUD|OCI|DIGITALOCEAN|CLOUDFLARE|VAULT|CONSUL)_/,
  /^(IDENTITY|MSI)_(ENDPOINT|HEADER)$/,
  /^KUBECONFIG$|^KUBE_|^DOCKER_(AUTH_)?CONFIG$/,
  // CI: its own services, and the files by which a step sets variables of the next
  /^(ACTIONS|SYSTEM_ACCESS)_|^GITHUB_(ENV|PATH|OUTPUT|STATE)$|^SYSTEM_ACCESSTOKEN$/,
  // agents and key rings, which sign and unlock for whoever asks
  /^SSH_(AUTH_SOCK|AGENT_PID|ASKPASS)$|^GIT_ASKPASS$|^GPG_AGENT_INFO$|^KRB5CCNAME$|^DBUS_SESSION_BUS_ADDRESS$/,
  // by the words of all others; CUSTOM_HEADERS are Prefect's
  /SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|CUSTOM_HEADERS|CONNECTION_(STRING|URL)/,
  /(^|[_-])(AUTH|AUTHTOKEN|AUTHORIZATION|COOKIE|DSN|JWT|KEYS?|APIKEY|PASS|PAT|PWD|TOKENS?)([_-]|$)|PASSFILE$/,
];

/** Names that look like credentials and are none: they choose or limit, but prove nothing. */
const harmless = new RegExp(
  [
    "^AWS_(ACCOUNT_ID|REGION|DEFAULT_REGION|PROFILE|CA_BUNDLE|SDK_LOAD_CONFIG|EC2_METADATA_DISABLED|MAX_ATTEMPTS|RETRY_MODE)$",
    "^GOOGLE_CLOUD_(PROJECT|QUOTA_PROJECT|REGION|LOCATION)$",
    "^PWD$|(^|_)MAX_TOKENS$",
  ].join("|"),
);

/** An address with a password in it, as of a database or a proxy. */
const passwordInAddress = /[a-z][a-z0-9+.-]*:\/\/[^\s/?#]*:[^\s/?#]*@/i;

/**
 * An environment without credentials, for code of others that is run on this machine.
 *
 * @param except names of variables that it keeps all the same
 */
export function withoutCredentials(environment: NodeJS.ProcessEnv, except: string[] = []): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name, value = ""]) => except.includes(name) || !isCredential(name.toUpperCase(), value),
  );
  return Object.fromEntries(kept);
}

/** Whether an environment variable holds a credential, as far as its name, in capitals, and its value tell. */
export function isCredential(name: string, value: string): boolean {
  if (passwordInAddress.test(value)) return true;
  return !harmless.test(name) && credentials.some((pattern) => pattern.test(name));
}
