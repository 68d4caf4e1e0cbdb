import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Mount } from "./podVolumes";

export interface ContainerSpec {
  command: string[];
  env: Record<string, string>;
  /** Default: an empty folder of its own. */
  workingDir?: string;
  mounts: Mount[];
  /** The file that it sees as /etc/hosts. */
  hostsFile: string;
  readOnlyRoot: boolean;
  logFile: string;
}

/** A container's command as a process of this machine, that leads its own process group. */
export interface ContainerProcess {
  exitCode: Promise<number>;
  /** Asks it to end, and ends it with all that it started after `patience` milliseconds. */
  end(patience: number): Promise<void>;
}

const ownWorkingDir = "/run/work";

/**
 * Starts a command with an environment, and mounts, of its own: folders that are mounted, and `/run`, are not this
 * machine's; the rest is, but can be made read-only. It takes root.
 */
export function startContainer(spec: ContainerSpec): ContainerProcess {
  const log = fs.openSync(spec.logFile, "a");
  // with a process tree of its own as well, all of which ends with its first process
  const alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh"];
  // nothing outlives the tests, however they end
  const child = spawn("setpriv", ["--pdeathsig", "KILL", ...alone], {
    cwd: "/",
    env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
    detached: true,
    stdio: ["pipe", log, log],
  });
  fs.closeSync(log);
  child.stdin?.end(startScript(spec));
  const exitCode = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      resolve(code ?? 128 + os.constants.signals[signal as NodeJS.Signals]);
    });
  });
  return {
    exitCode,
    async end(patience) {
      const first = fs.readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim();
      if (patience > 0 && first) kill(Number(first), "SIGTERM");
      await Promise.race([exitCode, pause(patience, undefined, { ref: false })]);
      if (child.exitCode === null && child.signalCode === null) kill(child.pid as number, "SIGKILL");
      await exitCode;
    },
  };
}

/** Whether the command is one that can be run. */
export function isExecutable(command: string, { PATH = "" }: Record<string, string>): boolean {
  const places = command.includes("/") ? [""] : PATH.split(":");
  return places.some((place) => {
    try {
      fs.accessSync(path.join(place, command), fs.constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function startScript({
  command,
  env,
  workingDir = ownWorkingDir,
  mounts,
  hostsFile,
  readOnlyRoot,
}: ContainerSpec): string {
  const lines = ["set -e", "mount -t tmpfs tmpfs /run", `mkdir -p ${ownWorkingDir}`];
  lines.push(`mount --bind ${quoted(hostsFile)} /etc/hosts`);
  for (const folder of [workingDir, ...mounts.map(({ path }) => path)]) lines.push(`mkdir -p ${quoted(folder)}`);
  if (readOnlyRoot) {
    lines.push(
      "for mounted in $(cut -d ' ' -f 5 /proc/self/mountinfo); do",
      "  case $mounted in /proc*|/sys*|/dev*) continue ;; esac",
      "  if mountpoint -q $mounted; then mount -o remount,bind,ro $mounted; fi",
      "done",
    );
  }
  for (const { path: folder, files, readOnly } of mounts) {
    lines.push(`mkdir -p ${quoted(folder)}`, `mount -t tmpfs tmpfs ${quoted(folder)}`);
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(folder, name);
      lines.push(`mkdir -p ${quoted(path.dirname(file))}`, `printf %s ${quoted(content)} > ${quoted(file)}`);
    }
    if (readOnly) lines.push(`mount -o remount,ro ${quoted(folder)}`);
  }
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  lines.push(`mkdir -p ${quoted(workingDir)}`, `cd ${quoted(workingDir)}`);
  lines.push(`exec env -i ${[...variables, ...command].map(quoted).join(" ")} </dev/null`);
  return `${lines.join("\n")}\n`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended by itself
  }
}
