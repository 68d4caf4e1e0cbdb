import type * as pulumi from "@pulumi/pulumi";
import type { Json } from "../../provider/kind";
import type { DeploymentBuilder } from "../builder";
import type { ResultStorage } from "./resultStorage";

/** What makes Prefect keep results in the storage. */
export function resultEnvironment(storage: ResultStorage, region: pulumi.Output<string>): Json {
  return {
    PREFECT_RESULTS_PERSIST_BY_DEFAULT: "true",
    PREFECT_DEFAULT_RESULT_STORAGE_BLOCK: `s3-bucket/${storage.blockName}`,
    AWS_DEFAULT_REGION: region,
  };
}

/** Makes each run keep its results in the storage, without a line of the flow's code. */
export function persistedResults(
  storage: ResultStorage,
  region: pulumi.Output<string>,
  workPoolName: string,
): DeploymentBuilder {
  return {
    build(plan) {
      // a pool of the deployment's own has no rights on the storage
      if ((plan.workPoolName ?? workPoolName) !== workPoolName) return plan;
      const { env, ...variables } = plan.jobVariables ?? {};
      const settings = resultEnvironment(storage, region);
      return { ...plan, jobVariables: { ...variables, env: { ...settings, ...(env as Json | undefined) } } };
    },
    requires: () => [{ name: `storage ${storage.blockName}`, make: () => ({ block: storage.block }) }],
  };
}
