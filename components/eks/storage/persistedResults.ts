import type { Json } from "../../../provider/engine/kind";
import type { DeploymentBuilder } from "../../builder";
import type { ResultStorage } from "./resultStorage";

export interface PersistedResultsArgs {
  /** Where results are kept: a storage of the program, or a storage block that Prefect has, as "<its type's slug>/<its name>", such as "s3-bucket/acme-results". */
  storage: ResultStorage | string;
  /** The pool whose pods have rights on it. A deployment that names another pool keeps no results by this builder. */
  workPoolName: string;
  /** Variables with which runs reach it, such as AWS_DEFAULT_REGION. @default none */
  env?: Json;
}

/** What makes Prefect keep results in the storage. */
export function resultEnvironment({ storage, env }: Omit<PersistedResultsArgs, "workPoolName">): Json {
  return {
    PREFECT_RESULTS_PERSIST_BY_DEFAULT: "true",
    PREFECT_DEFAULT_RESULT_STORAGE_BLOCK: typeof storage === "string" ? storage : `s3-bucket/${storage.blockName}`,
    ...env,
  };
}

/** Makes each run keep its results in the storage, without a line of the flow's code. */
export function persistedResults({ storage, workPoolName, env }: PersistedResultsArgs): DeploymentBuilder {
  return {
    build(plan) {
      // a pool of the deployment's own has no rights on the storage
      if ((plan.workPoolName ?? workPoolName) !== workPoolName) return plan;
      const { env: own, ...variables } = plan.jobVariables ?? {};
      const settings = resultEnvironment({ storage, env });
      return { ...plan, jobVariables: { ...variables, env: { ...settings, ...(own as Json | undefined) } } };
    },
    requires: () =>
      typeof storage === "string"
        ? []
        : [{ name: `storage ${storage.blockName}`, make: () => ({ block: storage.block }) }],
  };
}
