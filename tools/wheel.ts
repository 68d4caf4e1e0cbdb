import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { version } from "../importer/ownPackage";
import { writeLockedPackage } from "./lockedPackage";
import { findPythonTools } from "./pythonTools";
import { root } from "./root";
import { run } from "./run";

/** Builds the Python package, which carries this build of the npm package, into a folder; gives the wheel. */
export async function buildWheel(folder: string): Promise<string> {
  const python = await findPythonTools();
  const staged = fs.mkdtempSync(path.join(os.tmpdir(), "meta-prefect-wheel-"));
  try {
    const source = path.join(staged, "python");
    stage(staged, source);
    const carried = path.join(source, "meta_prefect", "_command", "npm");
    await writeLockedPackage(carried);
    const lock = fs.readFileSync(path.join(carried, "package-lock.json"));
    const hash = createHash("sha256").update(lock).digest("hex").slice(0, 12);
    fs.writeFileSync(path.join(carried, "name"), `${version}-${hash}`);
    await run(python, ["-m", "hatchling", "build", "-t", "wheel", "-d", path.join(staged, "dist")], { cwd: source });
    const [name = ""] = fs.readdirSync(path.join(staged, "dist"));
    fs.mkdirSync(folder, { recursive: true });
    fs.copyFileSync(path.join(staged, "dist", name), path.join(folder, name));
    return path.join(folder, name);
  } finally {
    fs.rmSync(staged, { recursive: true, force: true });
  }
}

/** Copies what is built to a place of its own, where nothing is left of an earlier build. */
function stage(staged: string, source: string): void {
  const parts = ["pyproject.toml", "README.md", "meta_prefect"];
  for (const part of parts) {
    const filter = (file: string) => path.basename(file) !== "__pycache__";
    fs.cpSync(path.join(root, "python", part), path.join(source, part), { recursive: true, filter });
  }
  fs.copyFileSync(path.join(root, "LICENSE"), path.join(source, "LICENSE"));
  fs.copyFileSync(path.join(root, "package.json"), path.join(staged, "package.json"));
}

if (require.main === module) {
  buildWheel(path.join(root, "python", "dist")).then(
    (wheel) => console.log(path.relative(process.cwd(), wheel)),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    },
  );
}
