import assert from "node:assert/strict";
import * as path from "node:path";
import { CreateClusterCommand, DeleteClusterCommand, EKSClient } from "@aws-sdk/client-eks";
import { AppsV1Api } from "@kubernetes/client-node";
import type { PrefectClient } from "../../provider/api/client";
import { type EksWorld, startEksWorld } from "../support/eksWorld";
import { prefectClient } from "../support/environment";
import { long } from "../support/long";
import { PulumiProject } from "../support/pulumiProject";

/** The program; `settings` holds what changes from test to test, and `skipsAwait` leaves the waiting to the Worker resource. */
const program = `
const { EksDaskDeployer } = require("meta-prefect");
const { skipsAwait, ...settings } = require("./settings");
const workerDeployment = (args) => void (args.metadata = { ...args.metadata, annotations: { "pulumi.com/skipAwait": "true" } });
new EksDaskDeployer("prod", {
  deployments: [{ name: "d", entrypoint: "flows.py:f", path: "flows", parameterOpenapiSchema: {} }],
  ...settings,
  resultStorage: { forceDestroy: true, ...settings.resultStorage },
  ...(skipsAwait && { transform: { workerDeployment } }),
});
`;
const brokenImage = "registry.example.com/worker:broken";

describe("EksDaskDeployer, when something is wrong", function () {
  this.timeout(600_000);
  let world: EksWorld;
  let client: PrefectClient;
  let eks: EKSClient;
  let project: PulumiProject;

  async function projectIn(stack: string): Promise<PulumiProject> {
    const packages = ["@pulumi/aws", "@pulumi/kubernetes", "@kubernetes/client-node"];
    const made = await PulumiProject.create(program, stack, packages);
    const { PATH_FIRST = "", ...env } = world.env;
    Object.assign(made.env, env, { PATH: [PATH_FIRST, made.env.PATH].join(path.delimiter) });
    made.write("flows/flows.py", "from prefect import flow\n@flow\ndef f(): ...\n");
    set({}, made);
    return made;
  }
  const set = (settings: object, of = project) =>
    of.write("settings.js", `module.exports = ${JSON.stringify(settings)};`);
  const up = () => project.failure("up", "--yes", "--skip-preview");
  const stackTrace = /\n\s+at .*\(.*:\d+:\d+\)/;

  before(async () => {
    client = await prefectClient();
    world = await startEksWorld((image) => (image === brokenImage ? "manifest unknown" : undefined));
    eks = new EKSClient({
      endpoint: world.moto.url,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    project = await projectIn("dev");
  });
  after(() => world?.stop());

  long("in its arguments, says all of it in the preview, without a stack trace", async () => {
    set({ cpu: "two", dask: { minWorkers: 5, maxWorkers: 2 }, resultStorage: { bucketName: "My_Bucket" } });
    const printed = await project.failure("preview");
    assert.match(printed, /EksDaskDeployer "prod": cpu: must be a number of CPUs above 0.*not "two"/);
    assert.match(printed, /resultStorage\.bucketName: must be a name that S3 takes.*not "My_Bucket"/);
    assert.doesNotMatch(printed, stackTrace);
    set({ dask: { minWorkers: 5, maxWorkers: 2 } });
    assert.match(await project.failure("preview"), /dask\.minWorkers: must be at most maxWorkers \(2\), not 5/);
  });

  const byHand = { parameterOpenapiSchema: {} };
  const mistakes: [string, object, RegExp][] = [
    [
      "a folder without the flow",
      { entrypoint: "none.py:f", path: "flows" },
      /property entrypoint .*none\.py does not exist; correct the path or the entrypoint/,
    ],
    [
      "a folder that isn't there",
      { entrypoint: "f.py:f", path: "none", ...byHand },
      /property path .*there is no folder .*none; correct the path/,
    ],
    [
      "a folder that is too large",
      { entrypoint: "f.py:f", path: "large", ...byHand },
      /property path .*is too large to be fetched by each run: .*The largest are model\.bin \(26\.0 MiB\)/,
    ],
    [
      "a job variable that is no quantity",
      { entrypoint: "flows.py:f", path: "flows", ...byHand, jobVariables: { memory_limit: "lots" } },
      /property jobVariables\.memory_limit .*must be an amount of memory above 0.*not "lots"/,
    ],
  ];
  for (const [what, deployment, message] of mistakes) {
    long(`such as ${what}, says so in the preview, on the property, without a stack trace`, async () => {
      project.write("large/model.bin", " ".repeat(26 * 2 ** 20));
      set({ deployments: [{ name: "d", ...deployment }] });
      const printed = await project.failure("preview");
      assert.match(printed, message);
      assert.doesNotMatch(printed, stackTrace);
    });
  }

  long("such as a missing region or missing credentials, says so in the preview", async () => {
    set({});
    const { env } = project;
    const without = (...names: string[]) => Object.fromEntries(names.map((name) => [name, ""]));
    Object.assign(project, {
      env: { ...env, ...without("AWS_REGION", "AWS_DEFAULT_REGION"), AWS_CONFIG_FILE: "/no/such/file" },
    });
    assert.match(await project.failure("preview"), /no AWS region is configured; run `pulumi config set aws:region/);
    Object.assign(project, { env: { ...env, ...without("AWS_ACCESS_KEY_ID") } });
    assert.match(await project.failure("preview"), /No valid credential sources found/);
    Object.assign(project, { env });
  });

  long(
    "such as an unknown subnet or a cluster that exists, says so in AWS's words, and goes on where it stopped",
    async () => {
      set({ cluster: { subnetIds: ["subnet-12345678", "subnet-87654321"] } });
      assert.match(await up(), /test-dev.*InvalidSubnetID\.NotFound: The subnet ID 'subnet-\d+' does not exist/s);
      const bucketId = async () => {
        const stored = await project.storedResources();
        return stored.find(({ type, urn }) => type.includes("/bucket:") && urn.endsWith("::test-dev-results"))?.id;
      };
      const made = await bucketId();
      assert.ok(made);

      const vpc = { subnetIds: ["subnet-1", "subnet-2"] };
      const name = "test-dev";
      await eks.send(
        new CreateClusterCommand({ name, roleArn: "arn:aws:iam::123456789012:role/r", resourcesVpcConfig: vpc }),
      );
      set({});
      assert.match(await up(), /creating EKS Cluster \(test-dev\): ResourceInUseException: Cluster already exists/);
      await eks.send(new DeleteClusterCommand({ name }));

      // the worker's image can't be had either: the pods say so
      set({ worker: { image: brokenImage }, skipsAwait: true });
      assert.match(
        await up(),
        /worker "test-dev": can't come online: pod test-dev-worker-\S+ is Pending \(ImagePullBackOff: .*registry\.example\.com\/worker:broken.*manifest unknown/,
      );
      set({ skipsAwait: true });
      await project.up();
      assert.equal(await bucketId(), made);
      assert.deepEqual(await project.preview(), []);
    },
  );

  long(
    "shares a cluster that exists with another stack, with its operator and a bucket that is there already",
    async () => {
      await world.s3.createBucket({ Bucket: "company-data" });
      set({ dask: { workers: 1 }, skipsAwait: true });
      await project.up();
      const staging = await projectIn("staging");
      set({ cluster: { existingName: "test-dev" }, dask: { workers: 1 }, env: "staging" }, staging);
      staging.program = program.replace(
        "{ forceDestroy: true, ",
        '{ existingBucket: "company-data", path: "staging", ',
      );
      await staging.up();
      assert.deepEqual(await staging.preview(), []);
      const { deployment } = JSON.parse(await staging.pulumi("stack", "export")) as {
        deployment: { resources: { type: string }[] };
      };
      const types = deployment.resources.map(({ type }) => type);
      for (const absent of ["aws:eks/cluster:Cluster", "aws:s3/bucket:Bucket", "kubernetes:helm.sh/v3:Release"]) {
        assert.ok(!types.includes(absent), absent);
      }
      assert.ok(types.includes("aws:eks/podIdentityAssociation:PodIdentityAssociation"));
      const { items } = await world.api.client(AppsV1Api).listDeploymentForAllNamespaces();
      assert.deepEqual(items.map(({ metadata }) => metadata?.name).sort(), [
        "test-dev-dask-operator-dask-kubernetes-operator",
        "test-dev-worker",
        "test-staging-worker",
      ]);
      assert.ok(await client.find("/deployments/name/f/d-staging"));
      await staging.destroy();
      assert.ok(
        (await world.s3.listObjectsV2({ Bucket: "company-data" })).Contents?.every(({ Key }) =>
          Key?.startsWith("staging-code/"),
        ),
      );
      await project.destroy();
      assert.equal(await client.find("/work_pools/test-dev"), undefined);
    },
  );
});
