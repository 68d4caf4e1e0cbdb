import * as pulumi from "@pulumi/pulumi";
import { EksDaskDeployer } from "meta-prefect";

const config = new pulumi.Config();
const protect = config.getBoolean("protect") ?? false;

const deployer = new EksDaskDeployer("risk", {
  deployments: [
    {
      name: "nightly",
      entrypoint: "risk.py:value_at_risk",
      path: "flows",
      parameters: { batches: config.requireNumber("batches") },
      schedule: {
        slug: "workdays-at-three",
        cron: "0 3 * * 1-5",
        timezone: "Europe/Berlin",
        active: config.getBoolean("scheduled") ?? false,
      },
    },
  ],
  cluster: { version: "1.35", admins: config.getObject<string[]>("admins") ?? [], protect },
  resultStorage: { expireAfterDays: config.requireNumber("keepResultsDays"), protect, forceDestroy: !protect },
  cpu: 1,
  memory: "2Gi",
  dask: { minWorkers: 0, maxWorkers: config.requireNumber("maxWorkers") },
  worker: { replicas: protect ? 2 : 1 },
});

export const kubeconfig = deployer.cluster.kubeconfig;
export const bucket = deployer.resultStorage.bucketName;
export const deploymentUrls = deployer.deployments.map((deployment) => deployment.url);
