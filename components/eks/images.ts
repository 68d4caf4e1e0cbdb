/** What this package is tested with; the images of Prefect are made for each of its releases. */
const prefectVersion = "3.8.8";
const pythonVersion = "3.11";

/** The image of a worker: Prefect's own, with its Kubernetes worker. */
export const workerImage = `prefecthq/prefect:${prefectVersion}-python${pythonVersion}-kubernetes`;

/** The image of flows that bring none: Prefect's own, which installs what EXTRA_PIP_PACKAGES names when it starts. */
export const flowImage = `prefecthq/prefect:${prefectVersion}-python${pythonVersion}`;

/** What that image lacks: storage on S3 and, for flows on Dask, Dask. */
export function flowPackages(withDask: boolean): string[] {
  return ["prefect-aws==0.7.12", ...(withDask ? ["prefect-dask==0.3.7", "dask-kubernetes==2026.3.0"] : [])];
}
