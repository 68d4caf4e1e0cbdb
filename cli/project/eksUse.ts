import * as fs from "node:fs";

/** What a YAML asks of this machine for EKS. */
export interface EksUse {
  /** Whether the cluster is reached by the `aws` command, rather than by a kubeconfig that the file gives. */
  callsAws: boolean;
}

/** What the deployments of an environment that run on EKS ask for; undefined where none does. What is wrong in the file, the program says. */
export function eksUse({ file, env }: { file: string; env: string }): EksUse | undefined {
  try {
    if (!/eks_?dask_?deployer/i.test(fs.readFileSync(file, "utf8"))) return undefined;
    const { readFile } = require("../../recipes/yaml/reader") as typeof import("../../recipes/yaml/reader");
    const { deploymentsIn } =
      require("../../recipes/yaml/environments") as typeof import("../../recipes/yaml/environments");
    const written = readFile(file, []);
    if (!deploymentsIn(written, env).some(({ recipe }) => recipe === "eks_dask_deployer")) return undefined;
    const cluster = written.recipes.get("eks_dask_deployer")?.args.entries.get("cluster")?.value;
    return { callsAws: !(cluster?.kind === "mapping" && cluster.entries.has("kubeconfig")) };
  } catch {
    return undefined;
  }
}
