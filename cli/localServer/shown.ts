import { showProgress } from "../terminal/progress";
import { startLocalServer } from "./localServer";

/** Starts the server of a folder, and says so while it takes its time; gives its address. */
export async function startShown(folder: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const progress = await showProgress("starting a Prefect server");
  try {
    return (await startLocalServer(folder, environment)).apiUrl;
  } finally {
    progress.end();
  }
}
