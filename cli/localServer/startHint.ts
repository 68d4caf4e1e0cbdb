import * as path from "node:path";
import { isRunning } from "../../processes/localProcess";
import type { Flags } from "../flags";
import { recordedServer } from "./localServer";
import { serverCommand } from "./serverCommand";

/** What is added to the message of a failure that comes from the folder's own server not running; nothing for any other. */
export function startHint(message: string, { file }: Flags, cwd = process.cwd()): string {
  const folder = file === undefined ? cwd : path.dirname(path.resolve(cwd, file));
  try {
    const own = recordedServer(folder);
    if (!own || !message.includes(own.apiUrl) || isRunning(own)) return "";
  } catch {
    // its record can't be read, which is said where that matters
    return "";
  }
  return `; it is that of this folder, and isn't running: ${serverCommand("start", { file })}`;
}
