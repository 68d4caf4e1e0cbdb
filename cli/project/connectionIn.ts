import { type Connection, resolveConnection } from "../../provider/api/connection";
import { PrefectError } from "../../provider/api/errors";
import { Interrupted } from "../engine/interruption";
import type { Flags } from "../flags";
import { withOwnServer } from "../localServer/ownServer";
import { isMade } from "./backend";
import type { Place } from "./place";
import { openStack } from "./project";
import { foundPulumi } from "./pulumiCli";
import { type Settings, settingsOfFiles, stackSettings } from "./stackClient";

/**
 * How a folder's server is reached, for what asks nothing else of it: as its stack says, the environment, the active profile, or that it is the
 * folder's own. Makes nothing that isn't there.
 */
export async function connectionIn(
  place: Place | undefined,
  flags: Flags,
  environment = process.env,
): Promise<Connection> {
  const settings = place === undefined ? () => undefined : await settingsIn(place, flags, environment);
  return resolveConnection(settings, withOwnServer(place ?? { folder: process.cwd() }, environment));
}

/** What the stack says, or the files of the folder where Pulumi can't be asked. */
async function settingsIn(place: Place, flags: Flags, environment: NodeJS.ProcessEnv): Promise<Settings> {
  if (!isMade(place, environment) || foundPulumi(environment) === undefined) return settingsOfFiles(place);
  try {
    return await stackSettings(await openStack(flags, environment));
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof PrefectError)) throw error;
    return settingsOfFiles(place);
  }
}
