import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { peerDependencies, version } from "../../importer/ownPackage";
import { cacheFolder } from "../../processes/cacheFolder";
import { PrefectError } from "../../provider/api/errors";
import { commandLine } from "../commandLine";
import type { Aim } from "../flags";
import { agrees, canAsk } from "../terminal/question";
import { say } from "../terminal/say";
import { eksUse } from "./eksUse";
import { installed } from "./installed";
import { npm } from "./npm";
import { ownFolder } from "./place";

/** This very copy of the package. */
const running = path.resolve(__dirname, "..", "..", "..");
/** Where npx, and what pnpm and others have like it, keep packages, and delete them one day. */
const passing = /[\\/](_npx|dlx(-[^\\/]*)?)[\\/]/;
export const forEks = Object.keys(peerDependencies);

/** What the program of a YAML needs. */
export interface Needs {
  /** The YAML. */
  file: string;
  env: string;
  /** What the command line itself says of both. */
  given?: Aim;
  /** Whether a question is answered already. */
  yes?: boolean;
}

/**
 * Links this very copy of the package into a folder's `node_modules`, with the packages that the provider text in the state and the team's
 * recipes resolve as well. A copy that is run by npx is copied first.
 */
export async function linkPackages(folder: string, needs: Needs): Promise<void> {
  const copy = await withEksPackages(passing.test(running) ? await keptCopy() : running, needs);
  link(folder, "meta-prefect", copy);
  for (const name of ["@pulumi/pulumi", ...forEks]) {
    const place = placeOf(name, copy);
    if (place !== undefined) link(folder, name, place);
  }
}

/** The file of the command, in a place where it stays. */
export function lastingCommand({ folder, file }: { folder: string; file?: string }): string {
  const copy = file === undefined ? running : path.join(folder, ownFolder, "node_modules", "meta-prefect");
  if (passing.test(copy)) {
    throw new PrefectError(
      "this copy of meta-prefect is in a cache; install it first: npm install --save-dev meta-prefect",
    );
  }
  return path.join(copy, "dist", "cli", "index.js");
}

/** A copy of what npx has installed, with all that it needs, in a place of its own version. */
async function keptCopy(): Promise<string> {
  const modules = path.dirname(running);
  const folder = await installed(path.join(packagesFolder(), `${version}-${ownHash()}`), (folder) => {
    fs.cpSync(modules, path.join(folder, "node_modules"), { recursive: true, verbatimSymlinks: true });
  });
  return path.join(folder, "node_modules", path.basename(running));
}

/** The copy, or one with the packages of EKS where the YAML needs them in the environment and they aren't there. */
async function withEksPackages(copy: string, needs: Needs): Promise<string> {
  if (forEks.every((name) => placeOf(name, copy) !== undefined) || eksUse(needs) === undefined) return copy;
  const kept = eksFolder();
  if (!fs.existsSync(kept)) {
    const wanted = forEks.map((name) => `${name}@${peerDependencies[name] ?? "latest"}`);
    await allow(wanted, kept, needs);
    say(`installing ${forEks.join(", ")} into ${kept}`);
    await installed(kept, (folder) => installWith(folder, wanted));
  }
  return path.join(kept, "node_modules", "meta-prefect");
}

/** Those packages of EKS that a deploy would have to install first. */
export function missingForEks(copy = running): string[] {
  return fs.existsSync(eksFolder()) ? [] : forEks.filter((name) => placeOf(name, copy) === undefined);
}

/** Where this copy is installed with the packages of EKS, if it hasn't got them itself. */
export function eksFolder(): string {
  return path.join(packagesFolder(), `${version}-${ownHash()}-eks`);
}

async function allow(packages: string[], folder: string, { given, yes }: Needs): Promise<void> {
  if (yes) return;
  const what = `eks_dask_deployer needs ${packages.join(", ")}, which aren't installed`;
  if (!canAsk()) {
    throw new PrefectError(
      `${what}; where there is no terminal, this installs them and deploys: ${commandLine("deploy --yes", given)}`,
    );
  }
  if (!(await agrees(`${what}. Install them into ${folder}?`))) throw new PrefectError(`${what}; nothing was done`);
}

/** Installs this copy with other packages, by npm. */
async function installWith(folder: string, packages: string[]): Promise<void> {
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true }));
  const quietly = ["--no-audit", "--no-fund", "--loglevel=error"];
  try {
    const packing = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    const [packed] = JSON.parse(await npm(packing, running)) as { filename: string }[];
    await npm(["install", ...quietly, `./${packed?.filename ?? ""}`, ...packages], folder);
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    throw new PrefectError(`npm couldn't install ${packages.join(", ")}:\n${stderr.trim() || message}`);
  }
}

function packagesFolder(): string {
  return cacheFolder("packages");
}

/** Tells this copy and what is installed with it from others of the version. */
function ownHash(): string {
  const known = path.join(path.dirname(running), ".package-lock.json");
  const what = fs.existsSync(known) ? known : path.join(running, "package.json");
  return createHash("sha256").update(running).update(fs.readFileSync(what)).digest("hex").slice(0, 12);
}

/** The folder of a package that a file of another would load. */
function placeOf(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const place = path.join(folder, "node_modules", name);
    if (fs.existsSync(path.join(place, "package.json"))) return fs.realpathSync(place);
    if (folder === path.dirname(folder)) return undefined;
  }
}

function link(folder: string, name: string, target: string): void {
  linkAt(path.join(folder, "node_modules", name), target);
}

/** Makes a link, or turns it to another target. */
export function linkAt(place: string, target: string): void {
  if (targetOf(place) === target) return;
  fs.mkdirSync(path.dirname(place), { recursive: true });
  // a link takes the place of another at once, so that a Pulumi that is at work finds one or the other
  const temporary = `${place}.${process.pid}`;
  fs.rmSync(temporary, { force: true });
  fs.symlinkSync(target, temporary);
  fs.renameSync(temporary, place);
}

function targetOf(link: string): string | undefined {
  try {
    return fs.readlinkSync(link);
  } catch {
    // there is none
    return undefined;
  }
}
