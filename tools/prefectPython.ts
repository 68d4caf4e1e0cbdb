import { findEnvironment } from "./pythonEnvironment";
import { run } from "./run";

/** The Python of a virtual environment with Prefect as this project is tested with it, all of it pinned. */
export function findPrefectPython(): Promise<string> {
  return findPrefect("prefect", ["requirements.txt"], "Prefect");
}

/** The same with what runs flows on EKS: Prefect's Kubernetes worker, S3, Dask, and a stand-in for AWS. */
export function findEksPython(): Promise<string> {
  return findPrefect("eks", ["requirements.txt", "requirements-eks.txt"], "Prefect for Kubernetes, AWS and Dask");
}

function findPrefect(name: string, requirements: string[], what: string): Promise<string> {
  return findEnvironment({
    name,
    requirements,
    what: `${what}, which takes about a minute,`,
    module: "prefect",
    // the first import compiles; better now than in a preview
    warm: (python) => run(python, ["-m", "prefect", "version"]),
  });
}
