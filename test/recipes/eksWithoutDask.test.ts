import assert from "node:assert/strict";
import * as path from "node:path";
import { EksJobsDeployer } from "../../examples/eksWithoutDask/eksJobsDeployer";
import { root } from "../../tools/root";
import { aloneInEachTest, count, nightly, registered } from "../support/eksDask/deployed";
import { identity, namespace, podIdentity, worker } from "../support/eksDask/expectedInKubernetes";
import { theirCluster, theirs } from "../support/eksDask/expectedOnAws";
import { assertMade, type Row } from "../support/eksDask/made";
import { assertRunError } from "../support/eksDask/runError";

const given = {
  cluster: "theirs",
  namespace: "project-dev",
  repository: "https://example.com/reports.git",
  bucket: "acme-results",
  block: "s3-bucket/acme-results",
};
const deployer = (name = "team", more: object = {}) =>
  new EksJobsDeployer(name, { deployments: [nightly], ...given, ...more });

/** What flows may do: use their folder of the team's bucket. Code isn't in it. */
const policy = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "ListFolders",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: "arn:aws:s3:::acme-results",
      Condition: { StringLike: { "s3:prefix": ["project-dev", "project-dev/*"] } },
    },
    {
      Sid: "UseResults",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: "arn:aws:s3:::acme-results/project-dev/*",
    },
  ],
};
const flows = [...identity({ name: "project-dev" }), podIdentity("project-dev", "theirs")].map(
  ([type, name, inputs]): Row => [type, name, inputs && "policy" in inputs ? { ...inputs, policy } : inputs],
);
const deployment: Row = [
  "Deployment",
  "team-my-flow/nightly",
  {
    name: "nightly-dev",
    flowName: "my-flow",
    entrypoint: "flows.py:my_flow",
    parameterOpenapiSchema: nightly.parameterOpenapiSchema,
    pullSteps: [
      {
        "prefect.deployments.steps.git_clone": {
          id: "clone",
          repository: "https://example.com/reports.git",
          branch: "main",
        },
      },
      { "prefect.deployments.steps.set_working_directory": { directory: "{{ clone.directory }}" } },
    ],
    tags: ["env=dev"],
    version: "auto",
    workPoolName: "project-dev",
    jobVariables: {
      image: "prefecthq/prefect:3.8.8-python3.11",
      service_account_name: "project-dev-flow",
      ...{ cpu_request: "0.5", cpu_limit: "0.5", memory_request: "1Gi", memory_limit: "1Gi" },
      env: {
        EXTRA_PIP_PACKAGES: "prefect-aws",
        PREFECT_RESULTS_PERSIST_BY_DEFAULT: "true",
        PREFECT_DEFAULT_RESULT_STORAGE_BLOCK: "s3-bucket/acme-results",
        AWS_DEFAULT_REGION: "eu-central-1",
        META_PREFECT__ENV: "dev",
      },
    },
  },
];

describe("a team's recipe for EKS without Dask, with results in a block that exists", () => {
  aloneInEachTest();

  it("makes just these resources: neither bucket nor block, and nothing of Dask", async () => {
    await assertMade(await registered(() => deployer()), [
      ["acme:recipes:EksJobsDeployer", "team"],
      ...[...theirCluster, namespace, ...flows, ...worker(theirs), deployment],
    ]);
  });

  it("shares what runs need among its deployers, and refuses two that want it differently", async () => {
    const resources = await registered(() => {
      const first = deployer("first");
      assert.equal(first.worker, deployer("second").worker);
      const message = assertRunError(() => deployer("third", { bucket: "other" }));
      assert.match(message, /^jobs in namespace "project-dev" is given twice with different arguments/);
    });
    for (const type of ["WorkPool", "Worker", ":FlowIdentity", ":Namespace"]) {
      assert.equal(count(type, resources), 1, type);
    }
    assert.equal(count("Deployment", resources), 2);
  });

  it("leaves a deployment in a pool of its own alone, and lets one ask for more memory", async () => {
    const deployments = [
      { ...nightly, name: "elsewhere", workPoolName: "theirs" },
      { ...nightly, name: "large", memory: "4Gi" },
    ];
    const made = await registered(() => deployer("team", { deployments }));
    const [elsewhere, large] = made.filter(({ type }) => type === "Deployment");
    assert.deepEqual(elsewhere?.inputs.jobVariables, { env: { META_PREFECT__ENV: "dev" } });
    assert.match(JSON.stringify(large?.inputs.jobVariables), /"memory_limit":"4Gi"/);
  });

  it("is what the example's program deploys", async () => {
    process.env.META_PREFECT__FLOWS = "static";
    const folder = path.join(root, "examples", "eksWithoutDask");
    const program = () => require("../../examples/eksWithoutDask/index") as unknown;
    const configuration = { "project:cluster": "theirs", "project:bucket": "acme-results" };
    const made = await registered(program, configuration, folder);
    const deployments = made.filter(({ type }) => type === "Deployment");
    assert.deepEqual(
      deployments.map(({ name, inputs, failures }) => [name, inputs.flowName, inputs.workPoolName, failures]),
      [
        ["reports-report/by-hand", "report", "reports-dev", undefined],
        ["reports-report/nightly", "report", "reports-dev", undefined],
      ],
    );
    assert.equal(count("Block", made) + count(":Bucket", made) + count(":DaskOperator", made), 0);
  });
});
