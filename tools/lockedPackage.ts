import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "./root";
import { run } from "./run";

interface Lock {
  packages: Record<string, { link?: boolean }>;
}

/**
 * Packs this build of the npm package into a folder, with a lock file of all that it needs, in which `npm ci` installs it as it is tested: in the
 * versions of the project's own lock file, known by their hashes, from whichever registry is asked.
 */
export async function writeLockedPackage(folder: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  const packing = ["pack", "--json", "--ignore-scripts", "--silent", "--pack-destination", folder];
  const [packed] = JSON.parse(await run("npm", packing, { cwd: root })) as { filename: string }[];
  const manifest = { private: true, dependencies: { "meta-prefect": `file:${packed?.filename ?? ""}` } };
  const { packages } = JSON.parse(fs.readFileSync(path.join(root, "package-lock.json"), "utf8")) as Lock;
  const installed = Object.entries(packages).filter(([place, { link }]) => place.startsWith("node_modules/") && !link);
  const lock = { lockfileVersion: 3, packages: { "": manifest, ...Object.fromEntries(installed) } };
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(manifest));
  fs.writeFileSync(path.join(folder, "package-lock.json"), JSON.stringify(lock));
  // npm keeps of the project's packages those that this one needs, and without a network no others
  const locking = ["install", "--package-lock-only", "--offline", "--ignore-scripts", "--loglevel=error"];
  await run("npm", [...locking, "--omit-lockfile-registry-resolved"], { cwd: folder });
}
