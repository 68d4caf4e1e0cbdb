import { isCredential } from "../../processes/environment";

/** Shorter values, such as "true", are no secrets, and stand in many a text. */
const shortest = 8;

/** What looks like a credential by its name, and is what a failure speaks of. */
const harmless = ["PULUMI_STACK"];

/** A text in which no credential of an environment stands: a log of CI masks them, a comment doesn't. */
export function withoutSecrets(text: string, environment: NodeJS.ProcessEnv): string {
  const secrets = Object.entries(environment)
    .filter(([name, value = ""]) => !harmless.includes(name) && isCredential(name.toUpperCase(), value))
    .flatMap(([, value = ""]) => partsOf(value))
    .filter((part) => part.length >= shortest);
  // one may be a part of another
  return secrets
    .sort((one, other) => other.length - one.length)
    .reduce((masked, secret) => masked.replaceAll(secret, "[secret]"), text);
}

/** What may be said of a credential: all of it, a line of it, or the password in an address. */
function partsOf(value: string): string[] {
  const lines = value.split("\n").map((line) => line.trim());
  const passwords = [...value.matchAll(/:\/\/[^\s/?#:]*:([^\s/?#]*)@/g)].map(([, password = ""]) => password);
  return [value, ...lines, ...passwords];
}
