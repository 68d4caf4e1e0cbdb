import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { temporaryFolder } from "./environment";
import { folderWith } from "./folderWith";

const author = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];

/** The environment of a process that asks git, without a person's own configuration and without a job of CI. */
export const gitVariables: NodeJS.ProcessEnv = {
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GITHUB_BASE_REF: "",
  CI_MERGE_REQUEST_DIFF_BASE_SHA: "",
};

/** What git prints, run in a folder without a person's own configuration. */
export function git(folder: string, ...args: string[]): string {
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };
  return execFileSync("git", [...author, ...args], { cwd: folder, env, encoding: "utf8", stdio: "pipe" });
}

/** The real path of a clone, with main checked out, of a new bare repository that has some files in one commit. */
export function cloneWith(files: Record<string, string>, ...options: string[]): string {
  const first = folderWith(files);
  git(first, "init", "--quiet", "--initial-branch=main");
  git(first, "add", ".");
  git(first, "commit", "--quiet", "--message", "one");
  const [origin, folder] = [temporaryFolder(), fs.realpathSync(temporaryFolder())];
  git(origin, "clone", "--quiet", "--bare", `file://${first}`, ".");
  git(folder, "clone", "--quiet", ...options, `file://${origin}`, ".");
  return folder;
}
