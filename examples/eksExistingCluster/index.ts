import * as pulumi from "@pulumi/pulumi";
import { type CodeSource, EksDaskDeployer, type RecipeDeployment } from "meta-prefect";

const config = new pulumi.Config();
const stack = pulumi.getStack();
const image = config.get("image");

const sites = ["https://www.example.com/", "https://www.example.org/"];
const deployments: RecipeDeployment[] = [
  {
    name: "hourly",
    entrypoint: "sites.py:check_sites",
    path: "flows",
    parameters: { sites },
    schedule: { slug: "every-hour", interval: 3600 },
  },
  { name: "by-hand", entrypoint: "sites.py:check_sites", path: "flows", dask: { enabled: false } },
];

const fromGit: CodeSource = {
  git: { repository: "https://github.com/acme/sites.git", branch: config.get("branch") ?? "main", directory: "flows" },
};
const fromImage: CodeSource = { imageDirectory: "/opt/sites/flows" };

const deployer = new EksDaskDeployer("sites", {
  deployments,
  cluster: { existingName: config.require("cluster") },
  namespace: `sites-${stack}`,
  resultStorage: { existingBucket: config.require("bucket"), path: `sites/${stack}` },
  source: image === undefined ? fromGit : fromImage,
  image,
  cpu: "500m",
  memory: "1Gi",
  dask: { workers: config.requireNumber("workers") },
});

export const workPool = deployer.worker.workPoolName;
export const deploymentUrls = deployer.deployments.map((deployment) => deployment.url);
