import * as fs from "node:fs";
import type { AgentOptions } from "node:https";
import type { Failure } from "./answer";
import { ConnectionError, messageOf } from "./errors";

/** Prefect's settings of TLS. */
export interface Tls {
  /** PREFECT_API_SSL_CERT_FILE: a PEM file with the certificates of the authorities that are trusted, in place of the usual ones. */
  certFile?: string;
  /** PREFECT_API_TLS_INSECURE_SKIP_VERIFY: whether any certificate will do. */
  isInsecure?: boolean;
}

/**
 * The settings for Node.js, with the meaning that they have in Prefect (client/orchestration/__init__.py): the file's authorities count
 * alone, and only while certificates are verified.
 *
 * @throws ConnectionError when the file can't be read
 */
export function tlsOptions({ certFile, isInsecure = false }: Tls): AgentOptions {
  if (isInsecure) return { rejectUnauthorized: false };
  if (!certFile) return {};
  try {
    return { ca: fs.readFileSync(certFile) };
  } catch (error) {
    throw new ConnectionError(
      `PREFECT_API_SSL_CERT_FILE "${certFile}" can't be read (${messageOf(error)}); give a PEM file of certificates`,
    );
  }
}

/** What to do about a certificate, by OpenSSL's name of what is wrong with it. */
const remedies: [RegExp, string][] = [
  [
    /SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|UNTRUSTED|CERT_SIGNATURE/,
    "set PREFECT_API_SSL_CERT_FILE to a PEM file with the certificates of the authority that has signed it",
  ],
  [/ALTNAME/, "correct prefect:apiUrl to a name that the certificate has, or have one made for this name"],
  [/EXPIRED/, "renew the server's certificate"],
  [/NOT_YET_VALID/, "check the clocks of both machines, and the server's certificate"],
  [/^CERT_|^CRL_|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH|^ERR_TLS_/, "mend the server's certificate"],
];

/** Which problem of TLS a failure is, and what to do; undefined when it is none. */
export function tlsProblem({ code, message }: Failure): string | undefined {
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) {
    return `TLS failed (${code}: ${reasonIn(message)}); check whether the server speaks https at this address, or correct prefect:apiUrl to http://`;
  }
  const remedy = remedies.find(([pattern]) => pattern.test(code))?.[1];
  return (
    remedy &&
    `its TLS certificate is refused (${code}: ${message}); ${remedy}. PREFECT_API_TLS_INSECURE_SKIP_VERIFY=true leaves it unchecked, which lets anybody in between read the credentials`
  );
}

/** OpenSSL's messages have the place in its sources as well. */
function reasonIn(message: string): string {
  return (
    message
      .split(":")
      .find((part) => / /.test(part.trim()) && !part.includes("routines"))
      ?.trim() ?? message
  );
}
