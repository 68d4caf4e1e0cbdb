const path = require("node:path");
const { Deployment, LocalRunDeployer, WorkPool } = require("meta-prefect");

const pool = new WorkPool("theirs", { type: "process" });

// outside of a recipe, with the flow's code on this machine and without a schema of its own
new Deployment("plain", {
  flowName: "sums",
  entrypoint: "flows.py:sums",
  path: path.resolve("flows"),
  workPoolName: pool.name,
});

// tags of its own besides the configured ones, and no deployment that needs the recipe's own pool
new LocalRunDeployer("local", {
  deployments: [{ name: "own", entrypoint: "flows.py:sums", path: "flows", workPoolName: pool.name, tags: ["own"] }],
});
