import * as path from "node:path";
import { findPythonTools } from "./pythonTools";
import { root } from "./root";
import { run } from "./run";

/** Runs mypy and the unit tests of the Python package; gives what they say. */
export async function testPython(): Promise<string> {
  const python = await findPythonTools();
  const options = { cwd: path.join(root, "python"), env: { PYTHONDONTWRITEBYTECODE: "1" } };
  const types = await run(python, ["-m", "mypy"], options);
  return types + (await run(python, ["-m", "pytest", "-q", "-p", "no:cacheprovider"], options));
}

if (require.main === module) {
  testPython().then(
    (said) => console.log(said.trimEnd()),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    },
  );
}
