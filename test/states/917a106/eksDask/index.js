const pulumi = require("@pulumi/pulumi");
const { EksDaskDeployer } = require("meta-prefect");

const deployer = new EksDaskDeployer("eks", {
  deployments: [
    {
      name: "nightly",
      entrypoint: "flows.py:squares",
      path: "flows",
      parameters: { n: 4 },
      schedule: { cron: "0 6 * * *", timezone: "Europe/Berlin" },
    },
    { name: "plain", entrypoint: "flows.py:squares", path: "flows", dask: { enabled: false }, tags: ["own"] },
  ],
  cluster: { subnetIds: new pulumi.Config().requireObject("subnetIds") },
  resultStorage: { forceDestroy: true },
  cpu: 0.8,
  memory: "1.5Gi",
  packages: ["pandas"],
  dask: { workers: 2 },
  tags: ["team"],
  awsTags: { team: "data" },
});

exports.bucket = deployer.resultStorage.bucketName;
