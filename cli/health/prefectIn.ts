import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { visible } from "../../provider/api/visible";
import { shellWord } from "../../report/shellWord";

/** How long Python may take to say its version, in milliseconds. */
const patience = 60_000;

/** A Python, and the Prefect in it. */
export interface FoundPrefect {
  /** The interpreter's path, as it says itself. */
  python: string;
  pythonVersion: string;
  prefectVersion: string;
}

/** What is wrong with a Python, and what mends it. */
export interface MissingPrefect {
  problem: string;
  remedy: string;
}

/** Asks without importing Prefect, which takes a second. */
const question = `
import importlib.metadata, json, platform, sys
try:
    prefect = importlib.metadata.version("prefect")
except importlib.metadata.PackageNotFoundError:
    prefect = None
print(json.dumps([sys.executable, platform.python_version(), prefect]))
`;

const other = "or name the Python that has it by META_PREFECT__PYTHON";

/** The Prefect that a Python has. */
export async function prefectIn(python: string): Promise<FoundPrefect | MissingPrefect> {
  let answer: [executable: string, version: string, prefect: string | null];
  try {
    // isolated: no module of the current folder is run
    const { stdout } = await promisify(execFile)(python, ["-I", "-c", question], { timeout: patience });
    answer = JSON.parse(stdout) as typeof answer;
  } catch (error) {
    const { code, stderr = "" } = error as NodeJS.ErrnoException & { stderr?: string };
    const reason = stderr.trim().split("\n").at(-1) || (code ?? "it gave no answer");
    return code === "ENOENT"
      ? { problem: `there is no ${visible(python)}`, remedy: `install Python with Prefect, ${other}` }
      : { problem: `${visible(python)} can't be run (${visible(reason)})`, remedy: `mend it, ${other}` };
  }
  const [executable, pythonVersion, prefectVersion] = answer;
  if (prefectVersion !== null) return { python: executable, pythonVersion, prefectVersion };
  return {
    problem: `${visible(executable)} (Python ${pythonVersion}) has no Prefect`,
    remedy: `${visible(shellWord(executable))} -m pip install prefect, ${other}`,
  };
}
