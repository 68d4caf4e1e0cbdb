import * as path from "node:path";

/** Files and folders that hold credentials by their names. */
const names = [
  // settings of programs, but for the examples of them
  /^\.envrc$/,
  /^\.env(?!(\..+)?\.(example|sample|template|dist)$)(\..+)?\/?$/,
  // keys, but for the public ones
  /\.(key|ppk|p12|pfx|jks|keystore|kdbx)$/,
  /^id_(rsa|dsa|ecdsa|ed25519)(?!.*\.pub$)/,
  // what tools keep in a home folder
  /^\.(aws|azure|gnupg|kube|ssh)\/$/,
  /^[._]netrc$/,
  /^\.(pgpass|pypirc|git-credentials|htpasswd|dockercfg|s3cfg|boto)$/,
  /^(.*[._-])?kubeconfig(\.(ya?ml|json|conf))?$/,
  /^(credentials|client_secrets?.*|service[-_]account.*)\.json$/,
  // the state of infrastructure
  /\.tfstate(\..+)?$/,
  /^\.(terraform|meta-prefect)\/$/,
];
/** Files that hold credentials only with such a content. */
const contents: [name: RegExp, content: RegExp][] = [
  [/\.pem$/, /^(?![^]*-----BEGIN (TRUSTED )?(CERTIFICATE|PUBLIC KEY))|PRIVATE KEY-----/],
  [/^\.npmrc$/, /_(authToken|auth|password)\s*=/i],
  // the key of a service account of Google's, which goes by the name of its project
  [/\.json$/, /"private_key"\s*:\s*"-----BEGIN/],
];

/**
 * Whether a file holds credentials, as far as its name tells, and in a few cases its content.
 *
 * @param name its path with slashes; that of a folder ends in one
 */
export function isLikelySecret(name: string, content: () => string): boolean {
  const own = `${path.posix.basename(name)}${name.endsWith("/") ? "/" : ""}`.toLowerCase();
  return (
    names.some((pattern) => pattern.test(own)) ||
    /(^|\/)\.docker\/config\.json$/i.test(name) ||
    contents.some(([pattern, secret]) => pattern.test(own) && secret.test(content()))
  );
}
