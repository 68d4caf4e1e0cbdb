import type { Place } from "../project/place";
import { showProgress } from "../terminal/progress";
import { startLocalServer } from "./localServer";

/** Starts the server of a folder, and says so while it takes its time; gives its address. */
export async function startShown(
  place: Pick<Place, "folder" | "given">,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const progress = await showProgress("starting a Prefect server");
  try {
    return (await startLocalServer(place, environment)).apiUrl;
  } finally {
    progress.end();
  }
}
