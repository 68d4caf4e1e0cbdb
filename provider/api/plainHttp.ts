import { isLoopback } from "./address";
import type { Connection } from "./connection";

const warned = new Set<string>();

/** Warns, once in a process, that a key or an authentication string goes through the network for anybody to read. */
export function warnOfPlainHttp({ apiUrl, headers }: Connection): void {
  if (!headers.Authorization || !/^http:/i.test(apiUrl) || isLoopback(apiUrl) || warned.has(apiUrl)) return;
  warned.add(apiUrl);
  console.error(
    `the credentials for the Prefect server at ${apiUrl} are sent unencrypted; give it an https address, and set prefect:apiUrl to that`,
  );
}
