import * as path from "node:path";
import { isRunning } from "../../processes/localProcess";
import { recordedServer } from "./localServer";

/** What is added to the message of a failure that comes from the folder's own server not running; nothing for any other. */
export function startHint(message: string, words: string[], cwd = process.cwd()): string {
  const given = words.indexOf("--file");
  const folder = given < 0 ? cwd : path.dirname(path.resolve(cwd, words[given + 1] ?? ""));
  try {
    const own = recordedServer(folder);
    if (!own || !message.includes(own.apiUrl) || isRunning(own)) return "";
  } catch {
    // its record can't be read, which is said where that matters
    return "";
  }
  return "; it is that of this folder, and isn't running: meta-prefect server start";
}
