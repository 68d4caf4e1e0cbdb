import assert from "node:assert/strict";
import { ownClusterRunner } from "../../../components/eks/dask/daskSpec";
import { all, aloneInEachTest, count, deploy, deployer, nightly, registered } from "../../support/eksDask/deployed";
import {
  allWithDask,
  code,
  daskDeployment,
  daskPackages,
  daskPods,
  deployment,
  environment,
  onModule,
  packages,
  plainDeployment,
  podEnvironment,
  recipe,
  steps,
  uploadedModule,
} from "../../support/eksDask/expectedDeployments";
import {
  daskFlows,
  identity,
  namespace,
  operator,
  plainFlows,
  podIdentity,
  worker,
} from "../../support/eksDask/expectedInKubernetes";
import { block, newBucket, newCluster, provider, theirCluster, theirs } from "../../support/eksDask/expectedOnAws";
import { assertMade } from "../../support/eksDask/made";
import { type Noted, noteOptions } from "../../support/eksDask/notedOptions";
import type { Json } from "../../support/registered";

describe("EksDaskDeployer", () => {
  aloneInEachTest();

  describe("makes just these resources, with just these inputs,", () => {
    it("with Dask and nothing else said", async () => assertMade(await deploy({ dask: {} }), allWithDask()));

    it("without Dask: no operator, no module and no rights to make Dask clusters", async () => {
      await assertMade(await deploy(), [
        ...[recipe, ...newCluster, namespace, ...newBucket, ...plainFlows, ...worker(), code(), plainDeployment],
      ]);
    });

    it("without Dask but for a deployment that says some, of which alone an identity, the operator and a module are", async () => {
      const deployments = [
        { ...nightly, dask: { workers: 20 } },
        { ...nightly, name: "plain" },
        { ...nightly, name: "without", dask: { enabled: false } },
      ];
      const runner = ownClusterRunner({ workers: 20, cpu: 2 }, daskPods);
      const env = { ...daskPackages, ...environment, META_PREFECT__DASK: runner };
      const cpu = { cpu_request: "2", cpu_limit: "2" };
      const [, , plain] = deployment({ ...cpu, env: { ...packages, ...environment } });
      await assertMade(await deploy({ deployments, cpu: 2 }), [
        ...[recipe, ...newCluster, namespace, ...newBucket, ...plainFlows, ...worker(), code()],
        ...[...daskFlows(), ...operator("project-dev"), uploadedModule],
        deployment({ ...cpu, service_account_name: "project-dev-dask-flow", env }, onModule),
        ["Deployment", "prod-my-flow/plain", { ...plain, name: "plain-dev" }],
        ["Deployment", "prod-my-flow/without", { ...plain, name: "without-dev" }],
      ]);
    });

    it("in a cluster that is named", async () => {
      await assertMade(await deploy({ cluster: { existingName: "theirs" } }), [
        ...[recipe, ...theirCluster, namespace, ...newBucket, ...identity({ name: "project-dev" })],
        ...[podIdentity("project-dev", "theirs"), ...worker(theirs), code(), plainDeployment],
      ]);
    });

    it("in a cluster that is named, with Dask, whose operator is named after both stack and cluster", async () => {
      await assertMade(await deploy({ cluster: { existingName: "theirs" }, dask: { installOperator: true } }), [
        ...[recipe, ...theirCluster, namespace, ...newBucket, ...daskFlows("theirs"), ...worker(theirs)],
        ...[...operator("project-dev-theirs"), code(), uploadedModule, daskDeployment],
      ]);
    });

    it("in a cluster of a kubeconfig and an OpenID Connect provider, by which flows get their rights", async () => {
      const issuer = "oidc.eks.eu-central-1.amazonaws.com/id/ABC";
      const oidcProviderArn = `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
      const assumeRolePolicy = {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Federated: oidcProviderArn },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: {
              StringEquals: {
                [`${issuer}:sub`]: "system:serviceaccount:project-dev:project-dev-flow",
                [`${issuer}:aud`]: "sts.amazonaws.com",
              },
            },
          },
        ],
      };
      const annotations = { "eks.amazonaws.com/role-arn": "arn:aws:mock:::project-dev-flow" };
      await assertMade(await deploy({ cluster: { kubeconfig: "a: b", oidcProviderArn } }), [
        recipe,
        ["meta-prefect:components:ExistingCluster", "project-dev"],
        provider("project-dev", { secret: "a: b" }),
        ...[namespace, ...newBucket, ...identity({ name: "project-dev", assumeRolePolicy, annotations })],
        ...[...worker("a: b"), code(), plainDeployment],
      ]);
    });

    it("in a cluster that is named and has such a provider, without EKS Pod Identity", async () => {
      const oidcProviderArn = "arn:aws:iam::123456789012:oidc-provider/example.com/id/ABC";
      const resources = await deploy({ cluster: { existingName: "theirs", oidcProviderArn } });
      assert.equal(count(":PodIdentityAssociation", resources), 0);
      assert.match(JSON.stringify(all(":ServiceAccount", resources)), /"eks\.amazonaws\.com\/role-arn"/);
    });

    it("with a bucket that exists, of which only the block is made", async () => {
      await assertMade(await deploy({ resultStorage: { existingBucket: "their-bucket" } }), [
        ...[recipe, ...newCluster, namespace],
        ["meta-prefect:components:ResultStorage", "project-dev"],
        ...[block("their-bucket"), ...identity({ name: "project-dev", arn: "arn:aws:s3:::their-bucket" })],
        ...[podIdentity("project-dev"), ...worker(), code("their-bucket")],
        deployment({ env: { ...packages, ...environment } }, { pullSteps: steps("their-bucket") }),
      ]);
    });

    it("with code from git, of which nothing is uploaded", async () => {
      const git = { repository: "https://example.com/flows.git", branch: "main", directory: "flows" };
      const pullSteps = [
        {
          "prefect.deployments.steps.git_clone": {
            id: "clone",
            repository: "https://example.com/flows.git",
            branch: "main",
          },
        },
        { "prefect.deployments.steps.set_working_directory": { directory: "{{ clone.directory }}/flows" } },
      ];
      await assertMade(await deploy({ source: { git } }), [
        ...[recipe, ...newCluster, namespace, ...newBucket, ...plainFlows, ...worker()],
        deployment({ env: { ...packages, ...environment } }, { pullSteps }),
      ]);
    });

    it("with code in an image, of which nothing is uploaded, and in which nothing is installed", async () => {
      const pullSteps = [{ "prefect.deployments.steps.set_working_directory": { directory: "/app" } }];
      await assertMade(await deploy({ image: "example.com/flows:1", source: { imageDirectory: "/app" } }), [
        ...[recipe, ...newCluster, namespace, ...newBucket, ...plainFlows, ...worker()],
        deployment({ image: "example.com/flows:1", env: environment }, { pullSteps }),
      ]);
    });

    it("with a Dask cluster that runs share, for which they need no rights", async () => {
      const { META_PREFECT__ENV: _, ...shared } = environment;
      const pods = {
        ...daskPods,
        serviceAccount: "project-dev-flow",
        env: podEnvironment({ ...shared, ...daskPackages }),
      };
      const own = ownClusterRunner({ workers: 3, cpu: 1 }, pods) as { cluster_kwargs: { custom_cluster_spec: Json } };
      const named = (value: unknown) =>
        JSON.parse(JSON.stringify(value).replaceAll('"run"', '"project-dev-prod"')) as Json;
      const address = "tcp://project-dev-prod-scheduler.project-dev.svc:8786";
      const env = { ...daskPackages, ...environment, META_PREFECT__DASK: { address } };
      await assertMade(await deploy({ dask: { shared: true, workers: 3 }, cpu: 1 }), [
        ...[recipe, ...newCluster, namespace, ...newBucket, ...plainFlows, ...worker(), ...operator("project-dev")],
        ["meta-prefect:components:SharedDaskCluster", "project-dev-prod"],
        [
          "kubernetes:kubernetes.dask.org/v1:DaskCluster",
          "project-dev-prod",
          named(own.cluster_kwargs.custom_cluster_spec),
        ],
        ...[code(), uploadedModule, deployment({ cpu_request: "1", cpu_limit: "1", env }, onModule)],
      ]);
    });
  });

  it("makes things after those that they can't do without", async () => {
    const options: Noted[] = [];
    await registered(() => {
      noteOptions(options);
      deployer({ dask: {} });
      deployer({ dask: { shared: true } }, "shared");
      deployer({ deployments: [{ ...nightly, dask: {} }] }, "single");
    });
    const before = (type: string, name: string) =>
      options.find((one) => one.type.endsWith(type) && one.name === name)?.dependencies.join(" ") ?? "";
    const order: [type: string, name: string, earlier: string[]][] = [
      [":Cluster", "project-dev", ["cluster-AmazonEKSComputePolicy", "node-AmazonEKSWorkerNodeMinimalPolicy"]],
      [":PodIdentityAssociation", "project-dev-dask-flow", ["RolePolicy::project-dev-dask-flow"]],
      [":BucketLifecycleConfiguration", "project-dev-results", ["BucketVersioning::project-dev-results"]],
      [":BucketPolicy", "project-dev-results", ["BucketPublicAccessBlock::project-dev-results"]],
      ["core/v1:ServiceAccount", "project-dev-dask-flow", ["Namespace::project-dev"]],
      ["apps/v1:Deployment", "project-dev-worker", ["WorkPool::project-dev", "RoleBinding::project-dev-worker"]],
      ["prefect:Worker", "project-dev-worker", ["Deployment::project-dev-worker"]],
      [
        ":DaskCluster",
        "project-dev-shared",
        [
          "Release::project-dev-dask-operator",
          "ServiceAccount::project-dev-flow",
          "prefect:Worker::project-dev-worker",
        ],
      ],
      ["prefect:Deployment", "shared-my-flow/nightly", ["DaskCluster::project-dev-shared"]],
      [
        "prefect:Deployment",
        "single-my-flow/nightly",
        [
          "Release::project-dev-dask-operator",
          "RoleBinding::project-dev-dask-flow",
          "prefect:Worker::project-dev-worker",
        ],
      ],
      [
        "prefect:Deployment",
        "prod-my-flow/nightly",
        [
          "BucketObjectv2::prod-code-flows",
          "::project-dev-results-on_dask_flows_py_my_flow",
          "prefect:Worker::project-dev-worker",
        ],
      ],
    ];
    for (const [type, name, earlier] of order) {
      for (const one of earlier) assert.ok(before(type, name).includes(one), `${type} ${name} after ${one}`);
    }
  });

  it("applies transforms to what it makes", async () => {
    const resources = await deploy({
      dask: {},
      transform: {
        deployment: (plan) => ({ ...plan, description: "transformed" }),
        workPool: (pool) => void (pool.concurrencyLimit = 3),
        workerDeployment: (deployment) => ({ ...deployment, metadata: { name: "transformed" } }),
        cluster: (cluster) => void (cluster.deletionProtection = true),
        bucket: (bucket) => void (bucket.bucketPrefix = "transformed"),
        daskOperator: (release) => void (release.timeout = 5),
      },
    });
    const inputs = (type: string) => resources.find((one) => one.type === type)?.inputs ?? {};
    assert.deepEqual(
      [
        inputs("Deployment").description,
        inputs("WorkPool").concurrencyLimit,
        inputs("kubernetes:apps/v1:Deployment").metadata,
        inputs("aws:eks/cluster:Cluster").deletionProtection,
        inputs("aws:s3/bucket:Bucket").bucketPrefix,
        inputs("kubernetes:helm.sh/v3:Release").timeout,
      ],
      ["transformed", 3, { name: "transformed" }, true, "transformed", 5],
    );
  });
});
