import { findKubernetes, type Kubernetes } from "./kubernetes";
import { findEksPython } from "./prefectPython";
import { setUp } from "./setup";

/** What stands for AWS and EKS in the tests. */
export interface EksToolChain {
  kubernetes: Kubernetes;
  /** Python interpreter with Prefect's Kubernetes worker, its S3 storage, Dask and moto. */
  python: string;
}

/** Finds or makes what the tests of EksDaskDeployer need besides the tool chain; what is there already takes a second. */
export async function setUpEks(): Promise<EksToolChain> {
  return { kubernetes: await findKubernetes(), python: await findEksPython() };
}

if (require.main === module) {
  setUp()
    .then(setUpEks)
    .then(
      () => console.log("the tool chain of the tests is ready"),
      (error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        process.exitCode = 1;
      },
    );
}
