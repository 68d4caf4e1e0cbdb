import { execFile } from "node:child_process";
import * as path from "node:path";
import { promisify } from "node:util";
import { onPath } from "../../processes/onPath";

/**
 * Runs npm in a folder: the one that has started this, as npx does, or that comes with the Python package, since there may be no other; else that of
 * the PATH.
 */
export async function npm(words: string[], folder: string, environment = process.env): Promise<string> {
  const { npm_execpath: script = "", PATH = "" } = environment;
  // others than npm set that as well
  if (path.basename(script) !== "npm-cli.js") {
    return (await run("npm", words, { cwd: folder, env: environment })).stdout;
  }
  // scripts of packages look for `node`
  const env = { ...environment, PATH: [path.dirname(process.execPath), PATH].join(path.delimiter) };
  return (await run(process.execPath, [script, ...words], { cwd: folder, env })).stdout;
}

/** What a person is told who is going to need npm; nothing where the PATH has it. */
export function npmIsMissing(environment = process.env): string[] {
  if (onPath("npm", environment) !== undefined) return [];
  return [
    "a program in TypeScript needs Node.js from version 22 with npm, which isn't on the PATH: https://nodejs.org",
  ];
}

const run = promisify(execFile);
