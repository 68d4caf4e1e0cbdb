import * as os from "node:os";
import * as path from "node:path";

/** Where this machine keeps what can be had again: below XDG_CACHE_HOME, or ~/.cache. */
export function cacheFolder(...parts: string[]): string {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "meta-prefect", ...parts);
}
