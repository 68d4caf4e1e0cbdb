import { isRunning } from "../../../processes/localProcess";
import { PrefectClient } from "../../../provider/api/client";
import { resolveConnection } from "../../../provider/api/connection";
import { messageOf, UnconfiguredError } from "../../../provider/api/errors";
import { recordedServer } from "../../localServer/localServer";
import { withOwnServer } from "../../localServer/ownServer";
import { serverCommand } from "../../localServer/serverCommand";
import type { Place } from "../../project/place";
import { type Finding, problem } from "../finding";
import { patienceOfLooks } from "../patience";

/** The server as it answers, or why it doesn't. */
export interface CheckedServer {
  finding: Finding;
  /** Undefined where nothing can be asked. */
  client?: PrefectClient;
}

/** @param settings reads a key of the stack's configuration */
export async function checkServer(
  place: Pick<Place, "folder" | "env" | "given">,
  isNeeded: boolean,
  settings: (key: string) => string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<CheckedServer> {
  const part = "Prefect server";
  const start = serverCommand("start", place.given);
  try {
    const client = new PrefectClient(resolveConnection(settings, withOwnServer(place, environment)), patienceOfLooks);
    const { apiUrl } = client.connection;
    const own = recordedServer(place.folder);
    if (own?.apiUrl === apiUrl && !isRunning(own)) {
      const found = `${apiUrl}, that of this folder, isn't running`;
      return { finding: problem(part, isNeeded, found, start) };
    }
    await client.greet();
    const version = await client.version();
    return { client, finding: { part, level: "ok", found: `${apiUrl}${version ? `, version ${version}` : ""}` } };
  } catch (error) {
    const remedy =
      error instanceof UnconfiguredError
        ? `${start}, for one of this folder's own; or set PREFECT_API_URL`
        : "mend what it says, and check PREFECT_API_URL";
    return { finding: problem(part, isNeeded, messageOf(error), remedy) };
  }
}
