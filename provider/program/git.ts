import { spawnSync } from "node:child_process";
import * as os from "node:os";
import * as path from "node:path";
import { withoutCredentials } from "../../processes/environment";
import { pathOutside } from "./flows/pathOutside";

/** How long git may take, in milliseconds. */
const patience = 60_000;

/** Why git gives no answer: that it can't be started, or what it says. */
export class GitFailure extends Error {
  constructor(
    readonly started: NodeJS.ErrnoException | undefined,
    readonly said: string,
  ) {
    super(started?.message ?? said.trim());
  }
}

/**
 * Asks git of the repository that a folder is in. The repository is data: no hook and no monitor of files that it names is run, and what it
 * lacks isn't fetched.
 *
 * @returns a function that gives git's answer to some words, and throws GitFailure where there is none
 */
export function askingGit(
  folder: string,
  environment: NodeJS.ProcessEnv,
): (args: string[], input?: string | Buffer) => Buffer {
  const env = {
    ...forGit(environment),
    PATH: pathOutside([folder], environment).join(path.delimiter),
    // its messages are told apart
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    // what a partial clone lacks isn't fetched
    GIT_NO_LAZY_FETCH: "1",
    GIT_ALLOW_PROTOCOL: "none",
  };
  const safe = ["core.fsmonitor=false", `core.hooksPath=${os.devNull}`, "safe.bareRepository=explicit"];
  const always = ["--no-optional-locks", ...safe.flatMap((setting) => ["-c", setting])];
  return (args, input) => {
    const options = { cwd: folder, env, input, timeout: patience, maxBuffer: Infinity } as const;
    const { status, stdout, stderr, error } = spawnSync("git", [...always, ...args], options);
    if (status === 0) return stdout;
    // a process that couldn't be started has said nothing, whatever the types say
    throw new GitFailure(error, (stderr as Buffer | undefined)?.toString() ?? "");
  };
}

/** git's variables that say where a person's own configuration is and where it looks for a repository. */
const ofPerson =
  /^GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM|EXEC_PATH)$/;

/** An environment without credentials and without git's variables that name another repository, as a hook has them. */
function forGit(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.keys(environment).filter((name) => ofPerson.test(name));
  const kept = Object.entries(withoutCredentials(environment, own));
  return Object.fromEntries(kept.filter(([name]) => !name.startsWith("GIT_") || own.includes(name)));
}
