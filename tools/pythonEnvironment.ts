import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { cached } from "./cache";
import { step } from "./progress";
import { root } from "./root";
import { run, works } from "./run";

const toolchain = path.join(root, "tools", "toolchain");
const candidates = ["python3", "python3.13", "python3.12", "python3.11", "python3.10"];

/** A virtual environment that this project works with, all of it pinned. */
export interface PythonEnvironment {
  name: string;
  /** Files of `tools/toolchain` that list what is installed. */
  requirements: string[];
  /** What that is, for the person who waits. */
  what: string;
  /** A module of it, by which it is known to work. */
  module: string;
  /** Prepares it, when it has been installed. */
  warm?: (python: string) => Promise<unknown>;
}

/** Finds or makes an environment; gives its interpreter. */
export async function findEnvironment({ name, requirements, what, module, warm }: PythonEnvironment): Promise<string> {
  const base = await findBasePython();
  const pythonVersion = (await run(base, ["-c", "import platform; print(platform.python_version())"])).trim();
  const files = requirements.map((file) => path.join(toolchain, file));
  const hash = createHash("sha256");
  for (const file of files) hash.update(fs.readFileSync(file));
  const interpreter = (folder: string) => path.join(folder, "bin", "python");
  const folder = await cached(
    `${name}-${hash.digest("hex").slice(0, 8)}-python-${pythonVersion}`,
    (folder) => works(interpreter(folder), ["-c", `import ${module}`]),
    async (folder) => {
      await step(`installing ${what} into a Python environment`, async () => {
        await run(base, ["-m", "venv", folder]);
        await run(interpreter(folder), [
          "-m",
          "pip",
          "install",
          "--quiet",
          "--disable-pip-version-check",
          ...files.flatMap((file) => ["-r", file]),
        ]);
        await warm?.(interpreter(folder));
      });
    },
  );
  return interpreter(folder);
}

async function findBasePython(): Promise<string> {
  for (const candidate of candidates) {
    if (await works(candidate, ["-c", "import sys, venv, ensurepip; assert sys.version_info >= (3, 10)"]))
      return candidate;
  }
  throw new Error(
    "no Python from 3.10 on with venv was found; install one (on Debian: python3 and python3-venv), and run this again",
  );
}
