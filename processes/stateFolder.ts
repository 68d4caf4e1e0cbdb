import * as os from "node:os";
import * as path from "node:path";

/** Where this machine keeps what must outlive a command: below XDG_STATE_HOME, or ~/.local/state. */
export function stateFolder(part: string): string {
  return path.join(process.env.XDG_STATE_HOME || path.join(os.homedir(), ".local", "state"), "meta-prefect", part);
}
