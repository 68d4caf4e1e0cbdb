import { commandLine } from "../commandLine";
import type { Aim } from "../flags";

/** A command line about the server of the folder that this call works on; one server is that of all environments. */
export function serverCommand(word: "start" | "stop", given: Aim = {}): string {
  return commandLine(`server ${word}`, { file: given.file });
}
