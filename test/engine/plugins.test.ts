import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { GetObjectCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { CoreV1Api } from "@kubernetes/client-node";
import { type EksToolChain, setUpEks } from "../../tools/eksSetup";
import { run } from "../../tools/run";
import { chartsOf } from "../support/eksWorld";
import { temporaryFolder } from "../support/environment";
import { type KubernetesApi, startKubernetesApi } from "../support/kubernetesApi";
import { long } from "../support/long";
import { type Moto, startMoto } from "../support/moto";
import { pluginFolder } from "../support/plugins/folder";
import { PulumiProject } from "../support/pulumiProject";

/** One of each kind that a recipe makes. `settings` holds what changes from test to test. */
const program = `
const pulumi = require("@pulumi/pulumi");
const aws = require("@pulumi/aws");
const k8s = require("@pulumi/kubernetes");
const { greeting = "hello", replicas = 1, group = "readers", annotations = { "pulumi.com/skipAwait": "true" } } = require("./settings");
module.exports = async () => {
  const vpc = await aws.ec2.getVpc({ default: true });
  const zones = await aws.getAvailabilityZones({ state: "available", excludeZoneIds: ["use1-az3"] });
  const subnets = await aws.ec2.getSubnets({ filters: [{ name: "vpc-id", values: [vpc.id] }, { name: "availability-zone", values: zones.names }] });
  const { accountId } = await aws.getCallerIdentity();
  const { region } = await aws.getRegion();

  const key = new aws.kms.Key("data", { description: greeting, enableKeyRotation: true, deletionWindowInDays: 7 });
  new aws.kms.Alias("data", { name: "alias/data", targetKeyId: key.keyId });
  const bucket = new aws.s3.Bucket("Flow-Code", { forceDestroy: true, tags: { greeting } });
  const of = { bucket: bucket.bucket };
  new aws.s3.BucketPublicAccessBlock("code", { ...of, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true });
  new aws.s3.BucketServerSideEncryptionConfiguration("code", { ...of, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn }, bucketKeyEnabled: true }] });
  new aws.s3.BucketVersioning("code", { ...of, versioningConfiguration: { status: "Enabled" } });
  new aws.s3.BucketLifecycleConfiguration("code", { ...of, rules: [{ id: "old", status: "Enabled", filter: { prefix: "runs/" }, expiration: { days: 30 }, noncurrentVersionExpiration: { noncurrentDays: 7 } }] });
  new aws.s3.BucketPolicy("code", { ...of, policy: { Version: "2012-10-17", Statement: [{ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: pulumi.interpolate\`\${bucket.arn}/*\`, Condition: { Bool: { "aws:SecureTransport": "false" } } }] } });
  const source = new pulumi.asset.AssetArchive({ "flows/hello.py": new pulumi.asset.StringAsset(greeting), "settings.js": new pulumi.asset.FileAsset("./settings.js"), "more": new pulumi.asset.FileArchive("./more") });
  const object = new aws.s3.BucketObjectv2("code", { ...of, key: "code.zip", source });
  new aws.s3.BucketObjectv2("secret.txt", { ...of, content: pulumi.secret("hunter2-content") });

  const trusted = (Service) => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service }, Action: ["sts:AssumeRole", "sts:TagSession"] }] });
  const clusterRole = new aws.iam.Role("cluster", { assumeRolePolicy: trusted("eks.amazonaws.com") });
  new aws.iam.RolePolicyAttachment("cluster", { role: clusterRole.name, policyArn: "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy" });
  const podRole = new aws.iam.Role("pods", { name: "pods", assumeRolePolicy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "pods.eks.amazonaws.com" }, Action: "sts:AssumeRole" }] }, tags: { greeting } });
  new aws.iam.RolePolicy("code", { role: podRole.id, policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: pulumi.interpolate\`\${bucket.arn}/*\` }] }) });

  const cluster = new aws.eks.Cluster("flows", {
    name: "flows", roleArn: clusterRole.arn, version: "1.34", vpcConfig: { subnetIds: subnets.ids }, encryptionConfig: { provider: { keyArn: key.arn }, resources: ["secrets"] },
    accessConfig: { authenticationMode: "API" }, bootstrapSelfManagedAddons: false, computeConfig: { enabled: true, nodePools: ["general-purpose"] }, storageConfig: { blockStorage: { enabled: true } },
    kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } }, tags: { greeting },
  });
  const entry = new aws.eks.AccessEntry("reader", { clusterName: cluster.name, principalArn: podRole.arn, kubernetesGroups: [group] });
  new aws.eks.AccessPolicyAssociation("reader", { clusterName: cluster.name, principalArn: entry.principalArn, policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy", accessScope: { type: "namespace", namespaces: ["flows"] } });
  new aws.eks.PodIdentityAssociation("pods", { clusterName: cluster.name, namespace: "flows", serviceAccount: "flows", roleArn: podRole.arn });

  const kubeconfig = pulumi.all([cluster.endpoint, cluster.certificateAuthority]).apply(([server, { data }]) => JSON.stringify({ apiVersion: "v1", clusters: [{ name: "c", cluster: { server, "certificate-authority-data": data } }] }));
  const provider = new k8s.Provider("cluster", { kubeconfig });
  const opts = { provider };
  const namespace = new k8s.core.v1.Namespace("flows", { metadata: { name: "flows" } }, opts);
  const metadata = { namespace: namespace.metadata.name };
  const secret = new k8s.core.v1.Secret("api", { metadata, stringData: { key: "hunter2-plain", other: pulumi.secret("hunter2-marked") } }, opts);
  const account = new k8s.core.v1.ServiceAccount("flows", { metadata: { ...metadata, name: "flows" } }, opts);
  const role = new k8s.rbac.v1.Role("flows", { metadata, rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] }, opts);
  new k8s.rbac.v1.RoleBinding("flows", { metadata, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name }, subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace: "flows" }] }, opts);
  new k8s.core.v1.ConfigMap("settings", { metadata: { ...metadata, name: "settings" }, data: { greeting } }, opts);
  const container = { name: "worker", image: "worker:1", env: [{ name: "TOKEN", value: pulumi.secret("hunter2-env") }] };
  new k8s.apps.v1.Deployment("worker", {
    metadata: { ...metadata, name: "worker", annotations },
    spec: { replicas, selector: { matchLabels: { app: "worker" } }, template: { metadata: { labels: { app: "worker" } }, spec: { containers: [container] } } },
  }, opts);
  const operator = new k8s.helm.v3.Release("operator", {
    name: "operator", chart: "dask-kubernetes-operator", repositoryOpts: { repo: "https://helm.dask.invalid" }, version: "2024.1.0", namespace: namespace.metadata.name, skipAwait: true, values: { image: { tag: greeting } },
  }, opts);
  const dask = new k8s.apiextensions.CustomResource("dask", {
    apiVersion: "kubernetes.dask.org/v1", kind: "DaskCluster", metadata: { ...metadata, name: "dask" },
    spec: { worker: { replicas: 1, spec: { containers: [container] } }, scheduler: { spec: { containers: [container] }, service: { type: "ClusterIP", selector: { app: "dask" }, ports: [{ name: "tcp", port: 8786, protocol: "TCP", targetPort: "tcp" }] } } },
  }, { ...opts, dependsOn: operator });
  return {
    accountId, region, bucket: bucket.bucket, objectKey: object.key, endpoint: cluster.endpoint, authority: cluster.certificateAuthority.data, vpcId: cluster.vpcConfig.vpcId, defaultVpc: vpc.id,
    issuer: cluster.identities[0].oidcs[0].issuer, secretName: secret.metadata.name, daskUid: dask.metadata.uid, release: operator.status.status,
  };
};
`;

describe("the stand-ins for Pulumi's plugins for AWS and Kubernetes", () => {
  let tools: EksToolChain;
  let moto: Moto;
  let kubernetes: KubernetesApi;
  let project: PulumiProject;
  let outputs: Record<string, string>;
  const set = (settings: Record<string, unknown>) =>
    project.write("settings.js", `module.exports = ${JSON.stringify(settings)};`);
  const clientSettings = () => {
    const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = moto.environment;
    return { region: "us-east-1", endpoint: moto.url, credentials: { accessKeyId, secretAccessKey } };
  };
  const s3 = () => new S3Client({ ...clientSettings(), forcePathStyle: true });

  before(async () => {
    tools = await setUpEks();
    [moto, kubernetes, project] = await Promise.all([
      startMoto(tools.python, temporaryFolder()),
      startKubernetesApi(tools.kubernetes, temporaryFolder()),
      PulumiProject.create(program, "dev", ["@pulumi/aws", "@pulumi/kubernetes"]),
    ]);
    Object.assign(project.env, moto.environment, {
      PATH: [pluginFolder(), project.env.PATH].join(path.delimiter),
      KUBECONFIG: kubernetes.kubeconfigFile,
      MP_TEST_AWS_STATE: temporaryFolder(),
      MP_TEST_CLUSTER_ENDPOINT: kubernetes.url,
      MP_TEST_CLUSTER_CA: kubernetes.caData,
      MP_TEST_HELM: tools.kubernetes.helm,
      MP_TEST_CHARTS: await chartsOf(tools.python),
    });
    project.write("more/deep/file.txt", "deep");
    set({});
  });

  after(async () => {
    await moto?.stop();
    await kubernetes?.stop();
  });

  long("make all kinds, with nothing to change afterwards", async () => {
    await project.up();
    assert.deepEqual(await project.preview(), []);
    outputs = JSON.parse(await project.pulumi("stack", "output", "--json")) as Record<string, string>;
    assert.equal(outputs.endpoint, kubernetes.url);
    assert.equal(outputs.authority, kubernetes.caData);
    assert.equal(outputs.vpcId, outputs.defaultVpc);
    assert.equal(outputs.release, "deployed");
    assert.match(String(outputs.bucket), /^flow-code-[0-9a-f]{7}$/);
    assert.match(String(outputs.secretName), /^api-[0-9a-f]{8}$/);
    assert.match(String(outputs.daskUid), /^[0-9a-f-]{36}$/);
  });

  long("upload an archive of assets as a zip file", async () => {
    const { Body } = await s3().send(new GetObjectCommand({ Bucket: outputs.bucket, Key: "code.zip" }));
    const file = path.join(temporaryFolder(), "code.zip");
    fs.writeFileSync(file, (await Body?.transformToByteArray()) as Uint8Array);
    const listing = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), *z.namelist())";
    const printed = await run(tools.python, ["-c", listing, file]);
    assert.equal(printed.trim(), "None flows/hello.py more/deep/file.txt settings.js");
  });

  long("keep secrets out of the state", async () => {
    assert.doesNotMatch(await project.pulumi("stack", "export"), /hunter2|aHVudGVyMi/);
    const name = String(outputs.secretName);
    const secret = await kubernetes.client(CoreV1Api).readNamespacedSecret({ namespace: "flows", name });
    assert.equal(Buffer.from(secret.data?.key ?? "", "base64").toString(), "hunter2-plain");
  });

  long("show what the program changes and what was changed behind Pulumi's back, and nothing else", async () => {
    await kubernetes.client(CoreV1Api).deleteNamespacedConfigMap({ namespace: "flows", name: "settings" });
    set({ replicas: 2, group: "writers" });
    const steps = await project.preview("--refresh");
    // settings.js is in the archive
    assert.deepEqual(steps.map(({ op, urn }) => `${op} ${urn.split(":").slice(-3).join(" ")}`).sort(), [
      "create ConfigMap  settings",
      "update AccessEntry  reader",
      "update BucketObjectv2  code",
      "update Deployment  worker",
    ]);
    await project.up("--refresh");
    assert.deepEqual(await project.preview(), []);
  });

  long("say in the API server's words what is wrong, in the preview", async () => {
    set({ replicas: -1, group: "writers" });
    const words = await project.failure("preview");
    assert.match(words, /spec\.replicas: Invalid value: -1: must be greater than or equal to 0/);
  });

  long("say what a Deployment waits for, and keep it in the state", async () => {
    Object.assign(project.env, { MP_TEST_ROLLOUT_SECONDS: "1" });
    set({ replicas: 2, group: "writers", annotations: {} });
    const words = await project.failure("up", "--yes", "--skip-preview");
    assert.match(
      words,
      /"flows\/worker" failed to fully initialize.*0 of 2 pods were available.*pod worker-\S+ is Pending/s,
    );
    assert.doesNotMatch(words, /hunter2/);
    assert.equal((await project.resources()).get("worker")?.id, "flows/worker");
  });

  long("leave nothing behind", async () => {
    await project.destroy();
    assert.deepEqual((await s3().send(new ListBucketsCommand({}))).Buckets ?? [], []);
    assert.deepEqual((await new IAMClient(clientSettings()).send(new ListRolesCommand({}))).Roles, []);
    const { items } = await kubernetes.client(CoreV1Api).listNamespace();
    assert.ok(!items.some(({ metadata }) => metadata?.name === "flows"));
  });
});
