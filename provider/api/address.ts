import { ConnectionError } from "./errors";

/**
 * The address of an API as it is used, without slashes at its end.
 *
 * @throws ConnectionError for what isn't an address, or has parts that one of an API can't have; a password is not shown
 */
export function apiAddress(given: string): string {
  const address = given.trim().replace(/\/+$/, "");
  if (/^([a-z]+:\/\/)?[^/?#]*@/i.test(address) || (address.includes("@") && !URL.canParse(address))) {
    throw new ConnectionError(
      "prefect:apiUrl has a user or a password in it, which would be kept in the state; take them out, and set prefect:authString " +
        "(PREFECT_API_AUTH_STRING) to <user>:<password>",
    );
  }
  if (!/^https?:\/\/[^/]/i.test(address) || !URL.canParse(address)) {
    throw new ConnectionError(
      `prefect:apiUrl "${address.replace(/[?#].*/s, "")}" is not an address; give one such as http://127.0.0.1:4200/api`,
    );
  }
  if (/[?#]/.test(address)) {
    throw new ConnectionError(
      `prefect:apiUrl "${address.replace(/[?#].*/s, "")}" is followed by ? or #, which an API's address can't have; take it out`,
    );
  }
  return address;
}

/** Whether two addresses are the same: scheme, host, port and path, however they are written. */
export function isSameAddress(one: string, other: string): boolean {
  return normalized(one) === normalized(other);
}

function normalized(address: string): string {
  if (!URL.canParse(address)) return address;
  const { origin, pathname } = new URL(address);
  return origin + pathname.replace(/\/+$/, "");
}

/** Whether an address is of this machine. */
export function isLoopback(address: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(address).hostname);
}
