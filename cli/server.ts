import * as path from "node:path";
import { Command } from "commander";
import { isRunning } from "../processes/localProcess";
import { isHealthy } from "../processes/prefectServer";
import { pageUrl } from "../provider/api/connection";
import { visible } from "../provider/api/visible";
import { type Flags, withFlags } from "./flags";
import { recordedServer, serverFolder, stopLocalServer } from "./localServer/localServer";
import { serverCommand } from "./localServer/serverCommand";
import { startShown } from "./localServer/shown";
import { checkYaml } from "./project/place";
import { print, printJson, say } from "./terminal/say";

export const command = new Command("server").description("a Prefect server of this folder's own, on this machine");

command.addCommand(
  withFlags(new Command("start").description("start it; its address stays the same")).action(async (flags: Flags) => {
    const folder = folderOf(flags);
    await startShown({ folder, given: flags }, process.env);
    showStatus(folder, flags, true);
  }),
);

command.addCommand(
  withFlags(new Command("stop").description("stop it; what it knows is kept")).action(async (flags: Flags) => {
    const folder = folderOf(flags);
    const wasRunning = await stopLocalServer(folder);
    say(wasRunning ? "the Prefect server has been stopped" : "there is no Prefect server running here");
    if (flags.json) printJson({ folder: serverFolder(folder), stopped: wasRunning });
  }),
);

command.addCommand(
  withFlags(new Command("status").description("say whether it is running, and where")).action(async (flags: Flags) => {
    const folder = folderOf(flags);
    const recorded = recordedServer(folder);
    const isUp = recorded !== undefined && isRunning(recorded) && (await isHealthy(recorded.apiUrl));
    showStatus(folder, flags, isUp);
  }),
);

/** The folder of the YAML that is named, else this one, whether or not it has one. */
function folderOf({ file }: Flags): string {
  if (file === undefined) return process.cwd();
  checkYaml("--file", path.resolve(file), file);
  return path.dirname(path.resolve(file));
}

function showStatus(folder: string, flags: Flags, isUp: boolean): void {
  const { json } = flags;
  const recorded = recordedServer(folder);
  if (!recorded) {
    say(`there is no Prefect server of this folder; to start one: ${serverCommand("start", flags)}`);
    if (json) printJson({ folder: serverFolder(folder), running: false });
    return;
  }
  const { apiUrl, pid, logFile } = recorded;
  const page = pageUrl({ apiUrl }, "/");
  if (json)
    return printJson({ folder: serverFolder(folder), running: isUp, apiUrl, page, ...(isUp && { pid }), logFile });
  const how = isUp ? `the Prefect server is running as process ${pid}` : "the Prefect server isn't running";
  for (const line of [how, `  api   ${apiUrl}`, `  page  ${page}`, `  log   ${logFile}`]) print(visible(line));
  if (!isUp) say(`to start it: ${serverCommand("start", flags)}`);
}
