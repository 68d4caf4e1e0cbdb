import * as path from "node:path";
import { type DaskPods, ownClusterRunner } from "../../../components/eks/dask/daskSpec";
import { daskModule } from "../../../components/eks/dask/onDask";
import type { Json } from "../registered";
import { apiUrl, byHand, programFolder } from "./deployed";
import { daskFlows, namespace, operator, worker } from "./expectedInKubernetes";
import { bucket, newBucket, newCluster, tags } from "./expectedOnAws";
import type { Row } from "./made";

const codeHash = "ca1c707d12acee74";
export const code = (bucketName = bucket): Row => [
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "prod-code-flows",
  {
    bucket: bucketName,
    key: `results-code/${codeHash}/code.zip`,
    tags,
    source: {
      __pulumiArchive: true,
      assets: { "code.py": { __pulumiAsset: true, path: path.join(programFolder, "flows", "code.py") } },
    },
  },
];
export const { hash: moduleHash, text } = daskModule("flows.py:my_flow", false);
export const uploadedModule: Row = [
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "project-dev-results-on_dask_flows_py_my_flow",
  { bucket, key: `results-code/${moduleHash}/on_dask_flows_py_my_flow.py`, tags, content: text },
];
export const fetched = (hash: string, bucketName = bucket) => ({
  "prefect_aws.deployments.steps.pull_from_s3": {
    requires: "prefect-aws",
    bucket: bucketName,
    folder: `results-code/${hash}`,
  },
});
export const steps = (bucketName = bucket) => [
  fetched(codeHash, bucketName),
  { "prefect.deployments.steps.run_shell_script": { script: "python -m zipfile -e code.zip ." } },
];
const flowImage = "prefecthq/prefect:3.8.8-python3.11";
export const packages = { EXTRA_PIP_PACKAGES: "prefect-aws==0.7.12" };
export const daskPackages = {
  EXTRA_PIP_PACKAGES: "prefect-aws==0.7.12 prefect-dask==0.3.7 dask-kubernetes==2026.3.0",
};
export const environment = {
  PREFECT_RESULTS_PERSIST_BY_DEFAULT: "true",
  PREFECT_DEFAULT_RESULT_STORAGE_BLOCK: "s3-bucket/project-dev-results",
  AWS_DEFAULT_REGION: "eu-central-1",
  META_PREFECT__ENV: "dev",
};
export const deployment = (variables: Json, more: Json = {}): Row => [
  "Deployment",
  "prod-my-flow/nightly",
  {
    name: "nightly-dev",
    flowName: "my-flow",
    entrypoint: "flows.py:my_flow",
    parameterOpenapiSchema: byHand.parameterOpenapiSchema,
    pullSteps: steps(),
    tags: ["env=dev"],
    version: "auto",
    workPoolName: "project-dev",
    jobVariables: { image: flowImage, service_account_name: "project-dev-flow", ...variables },
    ...more,
  },
];
export const plainDeployment = deployment({ env: { ...packages, ...environment } });
export const recipe: Row = ["meta-prefect:recipes:EksDaskDeployer", "prod"];
/** What a deployment on Dask has besides its job variables. */
export const onModule = {
  entrypoint: "on_dask_flows_py_my_flow.py:my_flow",
  pullSteps: [...steps(), fetched(moduleHash)],
};
/** The environment of a pod in Kubernetes' own words. */
export const podEnvironment = (env: Record<string, string>) =>
  Object.entries({ PREFECT_API_URL: apiUrl, ...env }).map(([name, value]) => ({ name, value }));
export const daskPods: DaskPods = {
  namespace: "project-dev",
  image: flowImage,
  serviceAccount: "project-dev-dask-flow",
  env: podEnvironment({ ...daskPackages, ...environment }),
};
export const daskDeployment = deployment(
  {
    service_account_name: "project-dev-dask-flow",
    env: { ...daskPackages, ...environment, META_PREFECT__DASK: ownClusterRunner({}, daskPods) },
  },
  onModule,
);
export const allWithDask = () => [
  ...[recipe, ...newCluster, namespace, ...newBucket, ...daskFlows(), ...worker(), ...operator("project-dev")],
  ...[code(), uploadedModule, daskDeployment],
];
