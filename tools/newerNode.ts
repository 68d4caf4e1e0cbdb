import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { cached } from "./cache";
import { step } from "./progress";
import { root } from "./root";
import { run, works } from "./run";

/** A Node.js of that major version, from the npm package `node`; the folder of its command. */
async function findNode(version: string): Promise<string> {
  const bin = (folder: string) => path.join(folder, "node_modules", "node", "bin");
  const folder = await cached(
    `node-${version}`,
    (folder) => works(path.join(bin(folder), "node"), ["--version"]),
    (folder) =>
      step(`installing Node.js ${version}`, async () => {
        await run("npm", ["install", "--silent", "--no-save", "--prefix", folder, `node@${version}`]);
      }),
  );
  return bin(folder);
}

/** Runs the unit tests on another Node.js than the machine's; gives the exit code. */
async function testOn(version: string): Promise<number> {
  const bin = await findNode(version);
  const PATH = [bin, process.env.PATH ?? ""].join(path.delimiter);
  console.log(`- unit tests on Node.js ${(await run(path.join(bin, "node"), ["--version"])).trim()}`);
  // npm and mocha are scripts that run on the first `node` of the PATH
  return (
    spawnSync("npm", ["run", "test:unit"], { cwd: root, stdio: "inherit", env: { ...process.env, PATH } }).status ?? 1
  );
}

testOn(process.argv[2] ?? "24").then(
  (status) => (process.exitCode = status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
