import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../tools/run";
import { temporaryFolder, tools } from "./environment";

const namesOfNode = ["node", "nodejs", "npm", "npx", "corepack"];

/** A virtual environment with Prefect. */
export interface VirtualEnvironment {
  python: string;
  /** What it was given by pip. */
  sitePackages: string;
  /** A command that it has. */
  command: (name: string) => string;
}

/** Installs a wheel by pip into a new virtual environment that has the tool chain's Prefect. */
export async function installedByPip(wheel: string): Promise<VirtualEnvironment> {
  const { python: prefect } = await tools();
  const folder = temporaryFolder();
  await run(prefect, ["-m", "venv", folder]);
  const command = (name: string) => path.join(folder, "bin", name);
  const python = command("python");
  const sitePackages = await sitePackagesOf(python);
  fs.writeFileSync(path.join(sitePackages, "prefect.pth"), `${await sitePackagesOf(prefect)}\n`);
  await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel]);
  return { python, sitePackages, command };
}

/** A line of shell that gives the virtual environment in which it is typed the tool chain's Prefect, in place of an installation that takes a minute. */
export async function insteadOfPrefect(): Promise<string> {
  const { python } = await tools();
  const lead = `import sysconfig; open(sysconfig.get_path("purelib") + "/prefect.pth", "w").write("${await sitePackagesOf(python)}")`;
  return `python -c '${lead}'`;
}

async function sitePackagesOf(python: string): Promise<string> {
  return (await run(python, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])).trim();
}

/** A PATH as on a machine without Node.js: a folder that has it is replaced by links to all else in it. */
export function withoutNode(PATH: string): string {
  const folders = PATH.split(path.delimiter).filter((folder) => fs.existsSync(folder));
  return folders.map(othersIn).join(path.delimiter);
}

function othersIn(folder: string): string {
  if (!namesOfNode.some((name) => fs.existsSync(path.join(folder, name)))) return folder;
  const others = temporaryFolder();
  for (const name of fs.readdirSync(folder)) {
    if (!namesOfNode.includes(name)) fs.symlinkSync(path.join(folder, name), path.join(others, name));
  }
  return others;
}
