import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { Command } from "commander";
import { writeAtomically } from "../../processes/atomicWrite";
import { stateFolder } from "../../processes/stateFolder";
import { messageOf, PrefectError } from "../../provider/api/errors";
import { visible } from "../../provider/api/visible";
import { shellWord } from "../../report/shellWord";
import { commandLine } from "../commandLine";
import { type Flags, withFlags } from "../flags";
import { isHere, type LocalWorker } from "../project/chosenWorkers";
import { lastingCommand } from "../project/packages";
import { openProject, type Project } from "../project/project";
import { stackState } from "../project/stackState";
import { agrees, checkAnswerable } from "../terminal/question";
import { print, printJson, say } from "../terminal/say";
import { launchAgent } from "./launchAgent";
import type { StartCall } from "./startCall";
import { startEnvironment } from "./startEnvironment";
import { systemdUnit } from "./systemdUnit";

interface InstallFlags extends Flags {
  yes?: boolean;
}

export const command = withFlags(new Command("install"))
  .description("have this machine start its workers again when it starts, by systemd or launchd")
  .option("--yes", "ask nothing, and enable what is written")
  .action(async (flags: InstallFlags) => {
    checkAnswerable("worker install", flags.yes);
    const project = await openProject(flags);
    const worker = (await stackState(project))?.workers.find(isHere);
    if (!worker)
      throw new PrefectError(`no worker of the stack runs on this machine; run: ${commandLine("deploy", flags)}`);
    const { variables, secrets } = startEnvironment(process.env);
    const call = startCall(project, worker, variables);
    const starter = starterOf(call, nameOf(project, worker));
    if (secrets.length > 0) {
      say(
        `not written into it, as they may be secrets: ${secrets.join(", ")}; what the command needs of them is better in a file ` +
          `(PULUMI_CONFIG_PASSPHRASE_FILE, AWS_PROFILE) or in the settings of the stack (${commandLine("pulumi", flags)} config set --secret prefect:apiKey)`,
      );
    }
    if (!flags.yes && !(await agrees(`Write ${starter.file}, by which ${starter.who} restarts what is down?`))) {
      say("nothing was done");
      if (flags.json) printJson({ file: starter.file, written: false, enabled: false, calls: call.words });
      return;
    }
    fs.mkdirSync(path.dirname(starter.file), { recursive: true });
    writeAtomically(starter.file, starter.text);
    say(`wrote ${starter.file}`);
    const isEnabled = starter.enable.length === 0 || (flags.yes ?? (await agrees("Enable it?")));
    if (isEnabled) await enable(starter);
    if (flags.json) printJson({ file: starter.file, written: true, enabled: isEnabled, calls: call.words });
    else [...(isEnabled ? [] : starter.enable.map(shellLine)), ...starter.then].forEach(print);
  });

/** What calls a command when this machine starts, or a person logs in. */
interface Starter {
  who: string;
  file: string;
  text: string;
  /** The commands by which it comes to count. */
  enable: string[][];
  /** What a person may do besides. */
  then: string[];
}

function starterOf(call: StartCall, name: string): Starter {
  if (process.platform === "darwin") {
    const file = path.join(os.homedir(), "Library", "LaunchAgents", `${name}.plist`);
    const text = launchAgent(call, { label: name, log: path.join(stateFolder("workers"), `${name}.log`) });
    return { who: "launchd", file, text, enable: [], then: ["it counts from the next login on"] };
  }
  // what systemd itself says of a machine that it has started
  if (process.platform !== "linux" || !fs.existsSync("/run/systemd/system")) {
    throw new PrefectError(
      "this machine runs neither systemd nor launchd (WSL has systemd when /etc/wsl.conf says so); let something else call this when it starts, " +
        `such as cron by @reboot:\n${callLine(call)}`,
    );
  }
  const configuration = process.env.XDG_CONFIG_HOME || path.join(os.homedir(), ".config");
  return {
    who: "systemd",
    file: path.join(configuration, "systemd", "user", `${name}.service`),
    text: systemdUnit(call),
    enable: [
      ["systemctl", "--user", "daemon-reload"],
      ["systemctl", "--user", "enable", `${name}.service`],
    ],
    then: ["loginctl enable-linger    # so that it is called at boot, before anybody has logged in"],
  };
}

function startCall(project: Project, { urn }: LocalWorker, variables: StartCall["variables"]): StartCall {
  const file = project.file ?? project.manifest ?? path.join(project.folder, "Pulumi.yaml");
  const words = [process.execPath, lastingCommand(project), "worker", "restart", "--yes"];
  const call = [...words, "--env", stackOf(urn), "--file", file];
  const odd = call.find((word) => word !== visible(word));
  if (odd !== undefined) throw new PrefectError(`"${odd}" has a character that systemd and launchd can't be given`);
  return { description: `Workers of ${path.basename(project.folder)}, by meta-prefect`, words: call, variables, file };
}

/** Another one for each project, environment and folder. */
function nameOf({ folder, file = "" }: Project, { urn }: LocalWorker): string {
  const hash = createHash("sha256").update(`${folder}\n${file}`).digest("hex").slice(0, 8);
  return `meta-prefect-${urn.split("::")[1] ?? ""}-${stackOf(urn)}-${hash}`;
}

function stackOf(urn: string): string {
  return /^urn:pulumi:([^:]+)::/.exec(urn)?.[1] ?? "";
}

async function enable({ enable }: Starter): Promise<void> {
  for (const [program = "", ...words] of enable) {
    try {
      await promisify(execFile)(program, words);
    } catch (error) {
      const { stderr = "" } = error as { stderr?: string };
      throw new PrefectError(
        `it is written, but not enabled: ${shellLine([program, ...words])} failed (${stderr.trim() || messageOf(error)}); ` +
          `type this yourself: ${enable.map(shellLine).join(" && ")}`,
      );
    }
  }
}

function callLine({ words, variables }: StartCall): string {
  return shellLine(["env", ...Object.entries(variables).map(([name, value]) => `${name}=${value}`), ...words]);
}

function shellLine(words: string[]): string {
  return words.map(shellWord).join(" ");
}
