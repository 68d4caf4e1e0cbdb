import { withoutCredentials } from "../../processes/environment";
import { visible } from "../../provider/api/visible";

/** What changes how the command works, wherever it is called: where things are found, and the languages and ways of the machine. */
const wanted = [
  /^(PATH|LANG|LC_\w+|TZ|VIRTUAL_ENV|XDG_(STATE|CACHE|CONFIG)_HOME)$/,
  /^(META_)?PREFECT_/,
  /^PULUMI_(HOME|BACKEND_URL|ACCESS_TOKEN|CONFIG_PASSPHRASE(_FILE)?)$/,
  /^(AWS|AZURE|ARM|GOOGLE)_/,
  /^((https?|no|all)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE)$/i,
];
/** What goes by the options of the command, or is for one call alone. */
const unwanted = /^META_PREFECT__(ENV|RESTART)$/;
/** Pulumi's places, which are no secrets. */
const places = ["PULUMI_HOME", "PULUMI_CONFIG_PASSPHRASE_FILE"];

/** What a command has that the machine calls when it starts. */
export interface StartEnvironment {
  variables: Record<string, string>;
  /** Names of variables that may be secrets, and are left out for that. */
  secrets: string[];
}

/** What of an environment the command needs when the machine calls it, and may be written into a file. */
export function startEnvironment(environment: NodeJS.ProcessEnv): StartEnvironment {
  const given = Object.entries(environment).filter(
    (pair): pair is [string, string] => Boolean(pair[1]) && isWanted(pair[0]) && pair[1] === visible(pair[1] ?? ""),
  );
  // an address of a state that has a user may have a password as well
  const isPlace = ([name, value]: [string, string]) => name === "PULUMI_BACKEND_URL" && !value.includes("@");
  const backend = given.filter(isPlace).map(([name]) => name);
  const kept = withoutCredentials(Object.fromEntries(given), [...places, ...backend]);
  return {
    variables: Object.fromEntries(given.filter(([name]) => name in kept)),
    secrets: given.map(([name]) => name).filter((name) => !(name in kept)),
  };
}

function isWanted(name: string): boolean {
  return wanted.some((pattern) => pattern.test(name)) && !unwanted.test(name);
}
