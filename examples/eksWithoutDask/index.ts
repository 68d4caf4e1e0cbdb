import * as pulumi from "@pulumi/pulumi";
import { EksJobsDeployer } from "./eksJobsDeployer";

const config = new pulumi.Config();

const deployer = new EksJobsDeployer("reports", {
  deployments: [
    {
      name: "nightly",
      entrypoint: "reports.py:report",
      path: "flows",
      parameters: { amounts: [12.5, 30] },
      schedule: { slug: "every-night-at-three", cron: "0 3 * * *", timezone: "Europe/Berlin" },
    },
    { name: "by-hand", entrypoint: "reports.py:report", path: "flows", parameters: { amounts: [] }, memory: "4Gi" },
  ],
  cluster: config.require("cluster"),
  namespace: `reports-${pulumi.getStack()}`,
  repository: "https://github.com/acme/reports.git",
  bucket: config.require("bucket"),
  block: "s3-bucket/acme-results",
});

export const workPool = deployer.worker.workPoolName;
export const deploymentUrls = deployer.deployments.map((deployment) => deployment.url);
