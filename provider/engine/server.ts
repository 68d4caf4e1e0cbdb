/**
 * The address by which a resource remembers the server that it lives on: the API's, without credentials, and with `localhost`
 * as 127.0.0.1. It is kept in the state, so its form can't change.
 */
export function serverAddress(apiUrl: string): string {
  if (!URL.canParse(apiUrl)) return apiUrl;
  const { protocol, hostname, port, pathname } = new URL(apiUrl);
  const host = hostname === "localhost" ? "127.0.0.1" : hostname;
  return `${protocol}//${host}${port && `:${port}`}${pathname.replace(/\/+$/, "")}`;
}

/** The stack's setting that says where its objects were, when they are meant to be on another server from now on. */
export const movedFromKey = "prefect:movedFrom";

/** What is wrong when the stack's configuration names another server than the one that an object lives on. */
export function livesElsewhere(server: string, configured: string, movedFrom: string | undefined): string {
  const remedy =
    movedFrom === server
      ? "run `pulumi up --refresh --run-program` once to move there"
      : `set prefect:apiUrl (PREFECT_API_URL) back; if the move is meant, run \`pulumi config set ${movedFromKey} ${server}\` and \`pulumi up --refresh --run-program\``;
  return `lives on the Prefect server ${server}, but the stack is now configured for ${configured}; ${remedy}`;
}
