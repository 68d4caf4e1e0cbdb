import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import type { MockCallArgs } from "@pulumi/pulumi/runtime";
import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";
import { type DaskPods, ownClusterRunner } from "../../components/eks/daskSpec";
import { kubernetesJobTemplate } from "../../components/eks/jobTemplate";
import { daskModule } from "../../components/eks/onDask";
import { EksDaskDeployer, type EksDaskDeployerArgs, LocalRunDeployer, type RecipeDeployment } from "../../index";
import { temporaryFolder } from "../support/environment";
import { type Json, type Registered, registeredIn } from "../support/registered";

const byHand = { parameterOpenapiSchema: { type: "object", properties: {} } };
const nightly: RecipeDeployment = { name: "nightly", entrypoint: "flows.py:my_flow", path: "flows", ...byHand };
const apiUrl = "https://prefect.example.com/api";
const configured = { "aws:region": "eu-central-1", "prefect:apiUrl": apiUrl };

/** A folder with a program's flows, made once: what a run fetches is the same in all tests. */
let programFolder: string;

/** The functions of AWS, for an account with a default VPC and clusters of any name. */
function call({ token, inputs }: MockCallArgs): Json {
  const answers: Record<string, Json> = {
    "aws:ec2/getVpc:getVpc": { id: "vpc-1" },
    "aws:index/getAvailabilityZones:getAvailabilityZones": { zoneIds: ["euc1-az1", "euc1-az2"] },
    "aws:ec2/getSubnets:getSubnets": { ids: ["subnet-1", "subnet-2"] },
    "aws:eks/getCluster:getCluster": {
      endpoint: `https://${(inputs as { name: string }).name}`,
      certificateAuthorities: [{ data: "dGhlaXJz" }],
    },
  };
  return answers[token] ?? assert.fail(`${token} ${JSON.stringify(inputs)}`);
}

/** What AWS and Kubernetes add to what is made. */
function outputs({ type, name, inputs }: Registered): Json {
  if (type === "aws:s3/bucket:Bucket") {
    const bucket = (inputs.bucket as string | undefined) ?? `${name}-1234`;
    return { bucket, arn: `arn:aws:s3:::${bucket}` };
  }
  if (type === "aws:eks/cluster:Cluster")
    return { endpoint: "https://ours", certificateAuthority: { data: "b3Vycw==" } };
  if (type === "aws:iam/role:Role") return { name: `${name}-role` };
  if (type === "aws:kms/key:Key") return { keyId: `${name}-key` };
  return type === "kubernetes:core/v1:Secret"
    ? { metadata: { ...(inputs.metadata as Json), resourceVersion: "7" } }
    : {};
}

const registered = (program: () => unknown, configuration: Record<string, string> = {}) =>
  registeredIn(programFolder, program, { configuration: { ...configured, ...configuration }, call, outputs });
const deployer = (args: Partial<EksDaskDeployerArgs> = {}, name = "prod", opts?: pulumi.ComponentResourceOptions) =>
  new EksDaskDeployer(name, { deployments: [nightly], ...args }, opts);
const deploy = (args: Partial<EksDaskDeployerArgs> = {}, configuration?: Record<string, string>) =>
  registered(() => deployer(args), configuration);
/** The program's deployment with arguments of its own. */
const deployed = async (own: Partial<RecipeDeployment> = {}, args: Partial<EksDaskDeployerArgs> = {}) =>
  only("Deployment", await deploy({ deployments: [{ ...nightly, ...own }], ...args }));

/** The resources of a type: Prefect's by their kind, others by the end of their type, from a colon or slash on. */
const all = (type: string, resources: Registered[]) =>
  resources.filter((one) => one.type === type || (/[:/]/.test(type) && one.type.endsWith(type)));
const count = (type: string, resources: Registered[]) => all(type, resources).length;
function only(type: string, resources: Registered[]): Registered {
  const [found, ...others] = all(type, resources);
  assert.ok(found && others.length === 0, `${type}: ${count(type, resources)}`);
  return found;
}
const variables = ({ inputs }: Registered) => inputs.jobVariables as Json & { env: Record<string, string> };
const runner = (deployment: Registered) =>
  JSON.parse(variables(deployment).env.META_PREFECT__DASK ?? "{}") as ReturnType<typeof ownClusterRunner>;
const replicas = (dask: Json) =>
  (dask as { cluster_kwargs: { custom_cluster_spec: { spec: { worker: { replicas: number } } } } }).cluster_kwargs
    .custom_cluster_spec.spec.worker.replicas;

/** A resource as a test writes it: its type, its name and its inputs, in which JSON is read and secrets are seen. */
type Row = [type: string, name: string, inputs?: Json];

async function readable(value: unknown): Promise<unknown> {
  const given = await value;
  if (typeof given === "string" && /^\{[^{]/.test(given)) return readable(JSON.parse(given));
  if (Array.isArray(given)) return Promise.all(given.map(readable));
  if (typeof given !== "object" || given === null) return given;
  if ((given as Json)[specialSigKey] === specialSecretSig) return { secret: await readable((given as Json).value) };
  const entries = Object.entries(given).map(async ([key, inner]) => [key, await readable(inner)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Makes sure that just these are made, with just these inputs, and that nothing is wrong with them. */
async function assertMade(resources: Registered[], expected: Row[]): Promise<void> {
  const made = resources.map(async ({ type, name, inputs, failures }) => [
    type,
    name,
    await readable(inputs),
    failures,
  ]);
  const key = ([type, name]: Row) => `${name} ${type}`;
  const rows = [...expected].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  assert.deepEqual(
    resources.map(({ type, name }) => `${type} ${name}`),
    rows.map(([type, name]) => `${type} ${name}`),
  );
  assert.deepEqual(
    await Promise.all(made),
    rows.map(([type, name, inputs = {}]) => [type, name, inputs, undefined]),
  );
}

const tags = { "meta-prefect:project": "project", "meta-prefect:stack": "dev" };
const trust = (Service: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service }, Action: ["sts:AssumeRole", "sts:TagSession"] }],
});
const attachments = (role: string, policies: string[]) =>
  policies.map((policy): Row => [
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    `${role}-${policy}`,
    { role: `${role}-role`, policyArn: `arn:aws:iam::aws:policy/${policy}` },
  ]);

const kubeconfig = (name: string, server: string, authority: string) => ({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name, cluster: { server, "certificate-authority-data": authority } }],
  users: [
    {
      name,
      user: {
        exec: {
          apiVersion: "client.authentication.k8s.io/v1beta1",
          command: "aws",
          args: ["--region", "eu-central-1", "eks", "get-token", "--cluster-name", name, "--output", "json"],
          env: null,
          interactiveMode: "IfAvailable",
          provideClusterInfo: false,
        },
      },
    },
  ],
  contexts: [{ name, context: { cluster: name, user: name } }],
  "current-context": name,
});
const ours = kubeconfig("project-dev", "https://ours", "b3Vycw==");
const theirs = kubeconfig("theirs", "https://theirs", "dGhlaXJz");
const provider = (name: string, config: unknown): Row => [
  "pulumi:providers:kubernetes",
  name,
  { clusterIdentifier: name, enableSecretMutable: "true", kubeconfig: config },
];

const newCluster: Row[] = [
  ["meta-prefect:components:EksCluster", "project-dev"],
  [
    "aws:eks/cluster:Cluster",
    "project-dev",
    {
      name: "project-dev",
      version: "1.35",
      roleArn: "arn:aws:mock:::project-dev-cluster",
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true },
      bootstrapSelfManagedAddons: false,
      computeConfig: {
        enabled: true,
        nodePools: ["general-purpose", "system"],
        nodeRoleArn: "arn:aws:mock:::project-dev-node",
      },
      storageConfig: { blockStorage: { enabled: true } },
      kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
      vpcConfig: {
        subnetIds: ["subnet-1", "subnet-2"],
        endpointPublicAccess: true,
        endpointPrivateAccess: true,
      },
      encryptionConfig: { provider: { keyArn: "arn:aws:mock:::project-dev-secrets" }, resources: ["secrets"] },
      enabledClusterLogTypes: ["api", "audit", "authenticator"],
      upgradePolicy: { supportType: "EXTENDED" },
      tags,
    },
  ],
  ["aws:iam/role:Role", "project-dev-cluster", { assumeRolePolicy: trust("eks.amazonaws.com"), tags }],
  ...attachments("project-dev-cluster", [
    "AmazonEKSClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
  ]),
  ["aws:iam/role:Role", "project-dev-node", { assumeRolePolicy: trust("ec2.amazonaws.com"), tags }],
  ...attachments("project-dev-node", ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"]),
  [
    "aws:kms/key:Key",
    "project-dev-secrets",
    { description: "Encrypts the secrets of the EKS cluster project-dev", enableKeyRotation: true, tags },
  ],
  [
    "aws:kms/alias:Alias",
    "project-dev-secrets",
    { name: "alias/project-dev-secrets", targetKeyId: "project-dev-secrets-key" },
  ],
  provider("project-dev", ours),
];
const theirCluster: Row[] = [["meta-prefect:components:ExistingCluster", "theirs"], provider("theirs", theirs)];

const bucket = "project-dev-results-1234";
const block = (name = bucket): Row => [
  "Block",
  "project-dev-results",
  {
    name: "project-dev-results",
    blockTypeSlug: "s3-bucket",
    data: { secret: { bucket_name: name, bucket_folder: "results" } },
  },
];
const newBucket: Row[] = [
  ["meta-prefect:components:ResultStorage", "project-dev"],
  ["aws:s3/bucket:Bucket", "project-dev-results", { forceDestroy: false, tags }],
  [
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "project-dev-results",
    { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
  ],
  [
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "project-dev-results",
    { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" }, bucketKeyEnabled: true }] },
  ],
  [
    "aws:s3/bucketVersioning:BucketVersioning",
    "project-dev-results",
    { bucket, versioningConfiguration: { status: "Enabled" } },
  ],
  [
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "project-dev-results",
    {
      bucket,
      rules: [
        {
          id: "old-results",
          status: "Enabled",
          filter: { prefix: "results/" },
          expiration: { days: 90 },
          noncurrentVersionExpiration: { noncurrentDays: 7 },
        },
        {
          id: "unfinished-uploads",
          status: "Enabled",
          filter: { prefix: "" },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
      ],
    },
  ],
  [
    "aws:s3/bucketPolicy:BucketPolicy",
    "project-dev-results",
    {
      bucket,
      policy: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      },
    },
  ],
  block(),
];

const inNamespace = (name: string) => ({ name, namespace: "project-dev" });
const namespace: Row = [
  "kubernetes:core/v1:Namespace",
  "project-dev",
  {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "project-dev", labels: { "app.kubernetes.io/managed-by": "pulumi" } },
  },
];
const binding = (name: string, metadata: Json, account: string): Row => [
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
  name,
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
    subjects: [{ kind: "ServiceAccount", ...inNamespace(account) }],
  },
];
const kubernetesRole = (name: string, metadata: Json, rules: [group: string, resources: string[], verbs: string][]) =>
  [
    "kubernetes:rbac.authorization.k8s.io/v1:Role",
    name,
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata,
      rules: rules.map(([group, resources, verbs]) => ({ apiGroups: [group], resources, verbs: verbs.split(" ") })),
    },
  ] satisfies Row;

interface Identity {
  name: string;
  arn?: string;
  assumeRolePolicy?: Json;
  annotations?: Json;
}

/** Who flows are: a role that may use two folders of one bucket, and a service account. */
const identity = ({ name, arn = `arn:aws:s3:::${bucket}`, assumeRolePolicy, annotations }: Identity): Row[] => [
  ["meta-prefect:components:FlowIdentity", name],
  [
    "aws:iam/role:Role",
    `${name}-flow`,
    { assumeRolePolicy: assumeRolePolicy ?? trust("pods.eks.amazonaws.com"), tags },
  ],
  [
    "aws:iam/rolePolicy:RolePolicy",
    `${name}-flow`,
    {
      role: `${name}-flow-role`,
      policy: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "ListFolders",
            Effect: "Allow",
            Action: "s3:ListBucket",
            Resource: arn,
            Condition: { StringLike: { "s3:prefix": ["results", "results/*", "results-code", "results-code/*"] } },
          },
          {
            Sid: "UseResults",
            Effect: "Allow",
            Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            Resource: `${arn}/results/*`,
          },
          { Sid: "ReadCode", Effect: "Allow", Action: "s3:GetObject", Resource: `${arn}/results-code/*` },
        ],
      },
    },
  ],
  [
    "kubernetes:core/v1:ServiceAccount",
    `${name}-flow`,
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { ...inNamespace(`${name}-flow`), ...(annotations && { annotations }) },
    },
  ],
];
const podIdentity = (name: string, clusterName = "project-dev"): Row => [
  "aws:eks/podIdentityAssociation:PodIdentityAssociation",
  `${name}-flow`,
  {
    clusterName,
    namespace: "project-dev",
    serviceAccount: `${name}-flow`,
    roleArn: `arn:aws:mock:::${name}-flow`,
    tags,
  },
];
const plainFlows = [...identity({ name: "project-dev" }), podIdentity("project-dev")];
const daskFlows = (clusterName?: string) => [
  ...identity({ name: "project-dev-dask" }),
  podIdentity("project-dev-dask", clusterName),
  kubernetesRole("project-dev-dask-flow", inNamespace("project-dev-dask-flow"), [
    [
      "kubernetes.dask.org",
      ["daskclusters", "daskworkergroups", "daskworkergroups/scale", "daskautoscalers"],
      "get list watch create patch delete",
    ],
    ["", ["pods", "services"], "get list watch"],
    ["", ["pods/log"], "get"],
  ]),
  binding("project-dev-dask-flow", inNamespace("project-dev-dask-flow"), "project-dev-dask-flow"),
];

const labels = { "app.kubernetes.io/name": "prefect-worker", "app.kubernetes.io/instance": "project-dev" };
const workerMetadata = { ...inNamespace("project-dev-worker"), labels };
const health = { httpGet: { path: "/health", port: "health" }, periodSeconds: 10, timeoutSeconds: 5 };
const workerImage = "prefecthq/prefect:3.8.8-python3.11-kubernetes";
/** The worker of a server that asks for no credentials. */
const worker = (config: unknown = ours): Row[] => [
  ["meta-prefect:components:KubernetesWorker", "project-dev"],
  [
    "WorkPool",
    "project-dev",
    { name: "project-dev", type: "kubernetes", baseJobTemplate: kubernetesJobTemplate("project-dev") },
  ],
  [
    "kubernetes:core/v1:ServiceAccount",
    "project-dev-worker",
    { apiVersion: "v1", kind: "ServiceAccount", metadata: workerMetadata },
  ],
  kubernetesRole("project-dev-worker", workerMetadata, [
    ["batch", ["jobs"], "get list watch create delete"],
    ["", ["pods"], "get list watch"],
    ["", ["pods/log"], "get"],
  ]),
  binding("project-dev-worker", workerMetadata, "project-dev-worker"),
  [
    "kubernetes:apps/v1:Deployment",
    "project-dev-worker",
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: workerMetadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: "project-dev-worker",
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 1001,
              runAsGroup: 1001,
              fsGroup: 1001,
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [
              {
                name: "worker",
                image: workerImage,
                args: [
                  ...["prefect", "--no-prompt", "worker", "start", "--type", "kubernetes", "--pool", "project-dev"],
                  ...["--name", "project-dev", "--with-healthcheck", "--install-policy", "never"],
                  "--no-create-pool-if-not-found",
                ],
                env: [
                  { name: "PREFECT_API_URL", value: apiUrl },
                  { name: "PREFECT_WORKER_WEBSERVER_HOST", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
                  { name: "HOME", value: "/tmp" },
                  { name: "PREFECT_HOME", value: "/tmp/prefect" },
                  { name: "PREFECT_WORKER_WEBSERVER_PORT", value: "8080" },
                  { name: "PREFECT_INTEGRATIONS_KUBERNETES_OBSERVER_NAMESPACES", value: "project-dev" },
                  { name: "PREFECT_INTEGRATIONS_KUBERNETES_CLUSTER_UID", value: "project-dev" },
                ],
                ports: [{ name: "health", containerPort: 8080 }],
                resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: "500m", memory: "1Gi" } },
                startupProbe: { ...health, failureThreshold: 30 },
                readinessProbe: health,
                livenessProbe: { ...health, failureThreshold: 6 },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
                volumeMounts: [{ name: "scratch", mountPath: "/tmp" }],
              },
            ],
            volumes: [{ name: "scratch", emptyDir: {} }],
          },
        },
      },
    },
  ],
  [
    "Worker",
    "project-dev-worker",
    {
      name: "project-dev",
      workPoolName: "project-dev",
      kubernetes: { namespace: "project-dev", deployment: "project-dev-worker", revision: workerImage },
      kubeconfig: { secret: config },
    },
  ],
];

const operator = (name: string, release = `${name}-dask-operator`): Row[] => [
  ["meta-prefect:components:DaskOperator", name],
  [
    "kubernetes:helm.sh/v3:Release",
    `${name}-dask-operator`,
    {
      compat: "true",
      name: release,
      chart: "dask-kubernetes-operator",
      version: "2026.3.0",
      repositoryOpts: { repo: "https://helm.dask.org" },
      namespace: release,
      createNamespace: true,
    },
  ],
];

const codeHash = "e9fe96416ba5cce8";
const code = (bucketName = bucket): Row => [
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "prod-code-flows",
  {
    bucket: bucketName,
    key: `results-code/${codeHash}/code.zip`,
    tags,
    source: {
      __pulumiArchive: true,
      assets: { "flows.py": { __pulumiAsset: true, path: path.join(programFolder, "flows", "flows.py") } },
    },
  },
];
const { hash: moduleHash, text } = daskModule("flows.py:my_flow", false);
const uploadedModule: Row = [
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "project-dev-results-on_dask_flows_py_my_flow",
  { bucket, key: `results-code/${moduleHash}/on_dask_flows_py_my_flow.py`, tags, content: text },
];
const fetched = (hash: string, bucketName = bucket) => ({
  "prefect_aws.deployments.steps.pull_from_s3": {
    requires: "prefect-aws",
    bucket: bucketName,
    folder: `results-code/${hash}`,
  },
});
const steps = (bucketName = bucket) => [
  fetched(codeHash, bucketName),
  { "prefect.deployments.steps.run_shell_script": { script: "python -m zipfile -e code.zip ." } },
];
const flowImage = "prefecthq/prefect:3.8.8-python3.11";
const packages = { EXTRA_PIP_PACKAGES: "prefect-aws==0.7.12" };
const daskPackages = {
  EXTRA_PIP_PACKAGES: "prefect-aws==0.7.12 prefect-dask==0.3.7 dask-kubernetes==2026.3.0",
};
const environment = {
  PREFECT_RESULTS_PERSIST_BY_DEFAULT: "true",
  PREFECT_DEFAULT_RESULT_STORAGE_BLOCK: "s3-bucket/project-dev-results",
  AWS_DEFAULT_REGION: "eu-central-1",
  META_PREFECT__ENV: "dev",
};
const deployment = (variables: Json, more: Json = {}): Row => [
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
const plainDeployment = deployment({ env: { ...packages, ...environment } });
const recipe: Row = ["meta-prefect:recipes:EksDaskDeployer", "prod"];
/** What a deployment on Dask has besides its job variables. */
const onModule = {
  entrypoint: "on_dask_flows_py_my_flow.py:my_flow",
  pullSteps: [...steps(), fetched(moduleHash)],
};
/** The environment of a pod in Kubernetes' own words. */
const podEnvironment = (env: Record<string, string>) =>
  Object.entries({ PREFECT_API_URL: apiUrl, ...env }).map(([name, value]) => ({ name, value }));
const daskPods: DaskPods = {
  namespace: "project-dev",
  image: flowImage,
  serviceAccount: "project-dev-dask-flow",
  env: podEnvironment({ ...daskPackages, ...environment }),
};
const daskDeployment = deployment(
  {
    service_account_name: "project-dev-dask-flow",
    env: { ...daskPackages, ...environment, META_PREFECT__DASK: ownClusterRunner({}, daskPods) },
  },
  onModule,
);
const allWithDask = () => [
  ...[recipe, ...newCluster, namespace, ...newBucket, ...daskFlows(), ...worker(), ...operator("project-dev")],
  ...[code(), uploadedModule, daskDeployment],
];

describe("EksDaskDeployer", () => {
  let before: NodeJS.ProcessEnv;
  beforeEach(() => {
    before = { ...process.env };
    for (const key of Object.keys(process.env)) if (/^(PREFECT|AWS|META_PREFECT)_/.test(key)) delete process.env[key];
    const { programs, home } = { programs: temporaryFolder(), home: temporaryFolder() };
    programFolder = fs.realpathSync(programs);
    fs.mkdirSync(path.join(programFolder, "flows"));
    fs.writeFileSync(path.join(programFolder, "flows", "flows.py"), "x = 1\n");
    // of the person who runs the tests nothing is read
    process.env.PREFECT_HOME = home;
    process.env.AWS_CONFIG_FILE = path.join(home, "no-file");
  });
  afterEach(() => {
    for (const key of Object.keys(process.env)) if (!(key in before)) delete process.env[key];
    Object.assign(process.env, before);
  });

  describe("makes just these resources, with just these inputs,", () => {
    it("with Dask and nothing else said", async () => assertMade(await deploy({ dask: {} }), allWithDask()));

    it("without Dask: no operator, no module and no rights to make Dask clusters", async () => {
      await assertMade(await deploy(), [
        ...[recipe, ...newCluster, namespace, ...newBucket, ...plainFlows, ...worker(), code(), plainDeployment],
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

  describe("gives its Dask clusters", () => {
    it("workers whose number follows the work, of the run's own", async () => {
      const dask = runner(await deployed({}, { dask: { minWorkers: 1, maxWorkers: 8 } }));
      assert.deepEqual(dask.adapt_kwargs, { minimum: 1, maximum: 8 });
      assert.equal(replicas(dask), 1);
      const from0 = runner(await deployed({}, { dask: { maxWorkers: 8 } }));
      assert.deepEqual(from0.adapt_kwargs, { minimum: 0, maximum: 8 });
      assert.equal(replicas(from0), 0);
    });

    it("workers whose number follows the work, by an autoscaler when all share one", async () => {
      const resources = await deploy({ dask: { shared: true, minWorkers: 1, maxWorkers: 8 } });
      assert.deepEqual(only(":DaskAutoscaler", resources), {
        type: "kubernetes:kubernetes.dask.org/v1:DaskAutoscaler",
        name: "project-dev-prod-autoscaler",
        inputs: {
          apiVersion: "kubernetes.dask.org/v1",
          kind: "DaskAutoscaler",
          metadata: { name: "project-dev-prod", namespace: "project-dev" },
          spec: { cluster: "project-dev-prod", minimum: 1, maximum: 8 },
        },
      });
      const { spec } = only(":DaskCluster", resources).inputs as { spec: { worker: { replicas: number } } };
      assert.equal(spec.worker.replicas, 1);
    });

    it("a fixed number of workers, two unless it is given, and then no autoscaler", async () => {
      const own = runner(await deployed({}, { dask: {} }));
      assert.deepEqual([replicas(own), own.adapt_kwargs], [2, undefined]);
      assert.equal(count(":DaskAutoscaler", await deploy({ dask: { shared: true } })), 0);
    });

    it("the recipe's image, cpu and memory, unless they have their own", async () => {
      const container = async (args: Partial<EksDaskDeployerArgs>) => {
        const text = JSON.stringify(runner(await deployed({}, args)));
        const { image, resources } = JSON.parse(/\{"name":"worker".*?\}(?=,"ports")/.exec(text)?.[0] + "}") as Json;
        return [image, resources];
      };
      const amounts = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { cpu, memory } });
      const args = { image: "flows:1", cpu: 0.5, memory: "1Gi" };
      assert.deepEqual(await container({ ...args, dask: {} }), ["flows:1", amounts("0.5", "1Gi")]);
      const own = { image: "dask:1", cpu: 4, memory: "8Gi" };
      assert.deepEqual(await container({ ...args, dask: own }), ["dask:1", amounts("4", "8Gi")]);
    });
  });

  describe("lets one deployment", () => {
    it("do without Dask", async () => {
      const deployments = [{ ...nightly, dask: { enabled: false } }];
      const resources = await deploy({ deployments, dask: {} });
      const made = only("Deployment", resources);
      assert.equal(made.inputs.entrypoint, "flows.py:my_flow");
      assert.deepEqual(made.inputs.pullSteps, steps());
      assert.equal(variables(made).env.META_PREFECT__DASK, undefined);
      assert.equal(count(":BucketObjectv2", resources), 1);
    });

    it("have its own number of workers, cpu and memory", async () => {
      const dask = runner(await deployed({ dask: { workers: 7 } }, { dask: { minWorkers: 1, maxWorkers: 3 } }));
      assert.deepEqual([replicas(dask), dask.adapt_kwargs], [7, undefined]);
      const other = runner(await deployed({ dask: { cpu: 3 } }, { dask: { workers: 5, cpu: 1 } }));
      assert.equal(replicas(other), 5);
      assert.match(JSON.stringify(other), /"limits":\{"cpu":"3"\}/);
      const adaptive = runner(await deployed({ dask: { maxWorkers: 4 } }, { dask: { workers: 5 } }));
      assert.deepEqual(adaptive.adapt_kwargs, { minimum: 0, maximum: 4 });
    });

    it("have Dask in place of the task runner that its flow chose, by a module of its own", async () => {
      const deployments = [nightly, { ...nightly, name: "replacing", dask: { replacesTaskRunner: true } }];
      const resources = await deploy({ deployments, dask: {} });
      const modules = resources.filter(({ inputs }) => inputs.content !== undefined);
      const base = "project-dev-results-on_dask_flows_py_my_flow";
      assert.deepEqual(
        modules.map(({ name, inputs }) => [name, /^REPLACES_TASK_RUNNER = .*$/m.exec(inputs.content as string)?.[0]]),
        [
          [base, "REPLACES_TASK_RUNNER = False"],
          [`${base}-replacing`, "REPLACES_TASK_RUNNER = True"],
        ],
      );
      const replacing = resources.find(({ name }) => name === "prod-my-flow/replacing");
      const { hash } = daskModule("flows.py:my_flow", true);
      assert.notEqual(hash, moduleHash);
      assert.deepEqual((replacing?.inputs.pullSteps as Json[]).at(-1), fetched(hash));
    });

    it("have job variables of its own, which win over the recipe's", async () => {
      const limits = variables(await deployed({}, { cpu: 0.8, memory: "1.5Gi" }));
      const { cpu_request, cpu_limit, memory_request, memory_limit } = limits;
      assert.deepEqual([cpu_request, cpu_limit, memory_request, memory_limit], ["0.8", "0.8", "1.5Gi", "1.5Gi"]);
      const jobVariables = { cpu_limit: "2", image: "other:1", env: { A: "1", META_PREFECT__ENV: "mine" } };
      const own = variables(await deployed({ jobVariables }, { cpu: 0.8 }));
      assert.deepEqual([own.cpu_request, own.cpu_limit, own.image], ["0.8", "2", "other:1"]);
      assert.deepEqual(own.env, { ...packages, ...environment, A: "1", META_PREFECT__ENV: "mine" });
    });

    it("run in a work pool of its own, with no image, results' environment and Dask of the recipe's", async () => {
      const args = { image: "flows:1", cpu: 1, memory: "1Gi", packages: ["polars"] };
      const dasks: (EksDaskDeployerArgs["dask"] | undefined)[] = [undefined, {}, { shared: true }];
      for (const dask of dasks) {
        const deployments = [{ ...nightly, workPoolName: "theirs", dask: { replacesTaskRunner: true } }];
        const resources = await deploy({ ...args, dask, deployments });
        const { inputs, failures } = only("Deployment", resources);
        assert.equal(inputs.workPoolName, "theirs");
        assert.deepEqual(inputs.jobVariables, { env: { META_PREFECT__ENV: "dev" } });
        assert.deepEqual([inputs.entrypoint, inputs.pullSteps], [nightly.entrypoint, steps()]);
        assert.equal(failures, undefined);
        assert.deepEqual(
          all(":BucketObjectv2", resources).map(({ name }) => name),
          ["prod-code-flows"],
        );
      }
    });

    it("have job variables of its own in a work pool of its own, which nobody but the pool knows", async () => {
      const jobVariables = { cpu: 1, memory_limit: 5, env: { A: "1" } };
      const { inputs, failures } = await deployed({ workPoolName: "theirs", jobVariables });
      assert.deepEqual(inputs.jobVariables, { cpu: 1, memory_limit: 5, env: { A: "1", META_PREFECT__ENV: "dev" } });
      assert.equal(failures, undefined);
    });

    it("give quantities as numbers, which become texts, or as null, which is none", async () => {
      const jobVariables = { cpu_request: 0.25, cpu_limit: 2, memory_request: 2 ** 30, memory_limit: null };
      const made = await deployed({ jobVariables }, { cpu: 0.8, memory: "1.5Gi" });
      const { cpu_request, cpu_limit, memory_request, memory_limit } = variables(made);
      assert.deepEqual([cpu_request, cpu_limit, memory_request, memory_limit], ["0.25", "2", "1073741824", null]);
      assert.equal(made.failures, undefined);
    });

    it("choose whether its tasks run on a Dask cluster that all share, and whether that replaces its task runner", async () => {
      const deployments = [
        { ...nightly, name: "none", dask: { enabled: false } },
        { ...nightly, name: "other", dask: { enabled: true, replacesTaskRunner: true } },
      ];
      const made = all("Deployment", await deploy({ deployments, dask: { shared: true } }));
      assert.deepEqual(
        made.map(({ name, inputs, failures }) => [name, inputs.entrypoint, failures]),
        [
          ["prod-my-flow/none", nightly.entrypoint, undefined],
          ["prod-my-flow/other", onModule.entrypoint, undefined],
        ],
      );
    });

    it("have pull steps of its own, and then uploads no code", async () => {
      const pullSteps = [{ "prefect.deployments.steps.set_working_directory": { directory: "/srv" } }];
      const resources = await deploy({ deployments: [{ ...nightly, pullSteps }] });
      assert.equal(count(":BucketObjectv2", resources), 0);
      assert.deepEqual(only("Deployment", resources).inputs.pullSteps, pullSteps);
    });
  });

  it("takes environment, tags and version from the program, then the configuration, then the environment", async () => {
    const configuration = {
      "meta-prefect:env": "staging",
      "meta-prefect:tags": '["configured"]',
      "meta-prefect:version": "c1",
    };
    const seen = async (args: Partial<EksDaskDeployerArgs>, configuration: Record<string, string> = {}) => {
      const made = only("Deployment", await deploy(args, configuration));
      const { name, tags, version } = made.inputs;
      return [name, tags, version, variables(made).env.META_PREFECT__ENV];
    };
    const program = { env: "prod", tags: ["program"], version: "p1" };
    assert.deepEqual(await seen(program, configuration), ["nightly-prod", ["program", "env=prod"], "p1", "prod"]);
    assert.deepEqual(await seen({}, configuration), [
      "nightly-staging",
      ["configured", "env=staging"],
      "c1",
      "staging",
    ]);
    Object.assign(process.env, { META_PREFECT__ENV: "e", META_PREFECT__TAGS: "a, b", META_PREFECT__VERSION: "e1" });
    assert.deepEqual(await seen({}), ["nightly-e", ["a", "b", "env=e"], "e1", "e"]);
  });

  it("takes the deployments that LocalRunDeployer takes, who has no use for what they say of Dask", async () => {
    const deployments: RecipeDeployment[] = [nightly, { ...nightly, name: "big", dask: { workers: 9, enabled: true } }];
    const eks = await deploy({ deployments, dask: {} });
    const local = await registered(() => new LocalRunDeployer("prod", { deployments }));
    const named = (resources: Registered[]) =>
      all("Deployment", resources).map(({ name, failures }) => [name, failures]);
    assert.deepEqual(named(eks), [
      ["prod-my-flow/big", undefined],
      ["prod-my-flow/nightly", undefined],
    ]);
    assert.deepEqual(named(local), named(eks));
    const [big, small] = all("Deployment", local).map(({ inputs: { name: _, ...inputs } }) => inputs);
    assert.deepEqual(big, small);
    assert.doesNotMatch(JSON.stringify(local), /dask/i);
  });

  describe("shares with the other deployers of the program", () => {
    const oidcProviderArn = "arn:aws:iam::123456789012:oidc-provider/example.com/id/ABC";
    const hashOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 8);

    it("cluster, namespace, bucket, worker and operator, each made once", async () => {
      const resources = await registered(() => {
        const first = deployer({ dask: {} }, "first");
        const second = deployer(
          { dask: { workers: 5 }, cpu: 2, deployments: [{ ...nightly, name: "other" }] },
          "second",
        );
        for (const key of ["cluster", "resultStorage", "flowIdentity", "worker", "daskOperator"] as const) {
          assert.equal(first[key], second[key], key);
        }
      });
      const once = [":Cluster", ":Namespace", ":Bucket", ":FlowIdentity", ":Release", "apps/v1:Deployment"];
      for (const type of [...once, "Block", "WorkPool", "Worker"]) assert.equal(count(type, resources), 1, type);
      for (const type of [":EksDaskDeployer", "Deployment"]) assert.equal(count(type, resources), 2, type);
    });

    it("nothing that has other names, and gives flows without Dask an identity with fewer rights", async () => {
      const resources = await registered(() => {
        const first = deployer({ dask: {} }, "first");
        const plain = deployer({}, "plain");
        const other = deployer({ namespace: "team-b", cluster: { name: "other" } }, "other");
        assert.equal(first.cluster, plain.cluster);
        assert.notEqual(first.flowIdentity, plain.flowIdentity);
        assert.notEqual(first.cluster, other.cluster);
        assert.notEqual(first.worker, other.worker);
        assert.notEqual(first.resultStorage, other.resultStorage);
      });
      const accounts = all(":ServiceAccount", resources).map(({ name }) => name);
      assert.deepEqual(accounts, [
        "project-dev-dask-flow",
        "project-dev-flow",
        "project-dev-worker",
        "team-b-flow",
        "team-b-worker",
      ]);
    });

    /** The transforms of each thing that is shared, as other functions at each call. */
    const transforms = (): NonNullable<EksDaskDeployerArgs["transform"]> => ({
      cluster: (cluster) => void (cluster.deletionProtection = true),
      bucket: (bucket) => void (bucket.bucketPrefix = "transformed"),
      workPool: (pool) => void (pool.concurrencyLimit = 3),
      workerDeployment: (deployment) => ({ ...deployment, metadata: { name: "transformed" } }),
      daskOperator: (release) => void (release.timeout = 5),
    });

    it("what has equal tags, arguments and transforms, though these are other objects", async () => {
      const args = (): Partial<EksDaskDeployerArgs> => ({
        dask: { installOperator: true },
        awsTags: { team: "data", cost: "1" },
        cluster: { kubeconfig: "s3cret: a", oidcProviderArn, existingName: "theirs" },
        resultStorage: { expireAfterDays: 3 },
        worker: { replicas: 2, cpu: 1 },
        transform: transforms(),
      });
      const resources = await registered(() => {
        const first = deployer(args(), "first");
        const second = deployer({ ...args(), awsTags: { cost: "1", team: "data" } }, "second");
        for (const key of ["cluster", "resultStorage", "flowIdentity", "worker", "daskOperator"] as const) {
          assert.ok(first[key], key);
          assert.equal(first[key], second[key], key);
        }
      });
      const once = [":ExistingCluster", ":Namespace", ":Bucket", ":FlowIdentity", ":Release", "apps/v1:Deployment"];
      for (const type of [...once, "Block", "WorkPool", "Worker"]) assert.equal(count(type, resources), 1, type);
    });

    it("a cluster of the same provider, and of the same kubeconfig of another resource", async () => {
      const resources = await registered(() => {
        const ways = [
          { provider: new k8s.Provider("theirs", { kubeconfig: "a: b" }) },
          { kubeconfig: pulumi.secret("s3cret: a") },
        ];
        for (const [i, way] of ways.entries()) {
          const cluster = { ...way, existingName: `theirs-${i}` };
          const given = { cluster, namespace: `team-${i}` };
          const [first, second] = [deployer(given, `first-${i}`), deployer({ ...given, cpu: 2 }, `second-${i}`)];
          assert.equal(first.cluster, second.cluster);
          assert.equal(first.worker, second.worker);
        }
      });
      assert.equal(count(":ExistingCluster", resources), 2);
    });

    it("nothing with one on another cluster and in another namespace", async () => {
      const dask = { installOperator: true };
      const first = () => deployer({ dask, cluster: { existingName: "theirs" } }, "first");
      const second = () => deployer({ dask, cluster: { existingName: "other" }, namespace: "team-b" }, "second");
      const options: Noted[] = [];
      const both = await registered(() => {
        noteOptions(options);
        const [one, another] = [first(), second()];
        for (const key of ["cluster", "resultStorage", "flowIdentity", "worker", "daskOperator"] as const) {
          assert.ok(one[key] && another[key], key);
          assert.notEqual(one[key], another[key], key);
        }
      });
      const [alone, other] = [await registered(first), await registered(second)];
      const sorted = async (resources: Registered[]) =>
        (await Promise.all(resources.map(readable))).map((resource) => JSON.stringify(resource)).sort();
      assert.deepEqual(await sorted(both), await sorted([...alone, ...other]));
      assert.deepEqual(
        other
          .filter(({ type }) => !type.startsWith("aws:"))
          .map(({ type, name }) => `${type.replace(/.*[:/]/, "")} ${name}`)
          .sort(),
        [
          "Block team-b-results",
          "DaskOperator project-dev-other",
          "Deployment second-my-flow/nightly",
          "Deployment team-b-worker",
          "EksDaskDeployer second",
          "ExistingCluster other",
          "FlowIdentity team-b-dask",
          "KubernetesWorker team-b",
          "Namespace team-b",
          "Release project-dev-other-dask-operator",
          "ResultStorage team-b",
          "Role team-b-dask-flow",
          "Role team-b-worker",
          "RoleBinding team-b-dask-flow",
          "RoleBinding team-b-worker",
          "ServiceAccount team-b-dask-flow",
          "ServiceAccount team-b-worker",
          "WorkPool team-b",
          "Worker team-b-worker",
          "kubernetes other",
        ],
      );
      // the operator's name alone begins with the stack's
      assert.doesNotMatch(JSON.stringify(other).replaceAll("project-dev-other", ""), /project-dev|theirs"/);
      assert.doesNotMatch(JSON.stringify(alone), /team-b|other"/);
      const inKubernetes = options.filter(({ type }) => type.startsWith("kubernetes:"));
      assert.equal(inKubernetes.length, 2 * other.filter(({ type }) => type.startsWith("kubernetes:")).length);
      for (const { type, name, provider } of inKubernetes) {
        const reached = /^team-b|^project-dev-other/.test(name) ? "other" : "theirs";
        assert.match(
          provider,
          new RegExp(`ExistingCluster\\$pulumi:providers:kubernetes::${reached}::`),
          `${type} ${name}`,
        );
      }
    });

    const conflicts: [string, Partial<EksDaskDeployerArgs>, Partial<EksDaskDeployerArgs>, string][] = [
      [
        "a cluster",
        { cluster: { version: "1.34" } },
        { cluster: { version: "1.35" } },
        'cluster "project-dev" is given twice with different arguments ({"version":"1.34"} and {"version":"1.35"})',
      ],
      [
        "a bucket",
        { resultStorage: { expireAfterDays: 1 } },
        { resultStorage: { expireAfterDays: 2 } },
        'result storage "project-dev" is given twice with different arguments ({"expireAfterDays":1} and {"expireAfterDays":2})',
      ],
      [
        "a worker",
        { worker: { replicas: 1 } },
        { worker: { replicas: 2 } },
        'worker "project-dev" is given twice with different arguments ({"replicas":1} and {"replicas":2})',
      ],
      [
        "a Dask operator",
        { dask: { installOperator: true } },
        { dask: { installOperator: false } },
        'Dask operator of cluster "project-dev" is given twice with different arguments ({"install":true} and {"install":false})',
      ],
      [
        "a namespace",
        { cluster: { existingName: "theirs" } },
        { cluster: { existingName: "other" } },
        'namespace "project-dev" is given twice with different arguments ({"cluster":"theirs"} and {"cluster":"other"})',
      ],
      [
        "a namespace of a cluster that is made",
        {},
        { cluster: { existingName: "theirs" } },
        'namespace "project-dev" is given twice with different arguments ({"cluster":"project-dev"} and {"cluster":"theirs"})',
      ],
      [
        "a namespace by its name",
        { namespace: "team", cluster: { name: "a" } },
        { namespace: "team", cluster: { name: "b" } },
        'namespace "team" is given twice with different arguments ({"cluster":"a"} and {"cluster":"b"})',
      ],
      [
        "a kubeconfig, which may hold a secret,",
        { cluster: { kubeconfig: "s3cret: a", oidcProviderArn } },
        { cluster: { kubeconfig: "s3cret: b", oidcProviderArn } },
        `cluster "project-dev" is given twice with different arguments ` +
          `(${JSON.stringify({ kubeconfig: hashOf("s3cret: a"), oidcProviderArn })} and ` +
          `${JSON.stringify({ kubeconfig: hashOf("s3cret: b"), oidcProviderArn })})`,
      ],
      [
        "tags of the cluster",
        { awsTags: { team: "a" } },
        { awsTags: { team: "b" } },
        'cluster "project-dev" is given twice with different arguments ({"tags":{"team":"a"}} and {"tags":{"team":"b"}})',
      ],
      ...(
        [
          ["cluster", 'cluster "project-dev"', "transform"],
          ["bucket", 'result storage "project-dev"', "transform"],
          ["workPool", 'worker "project-dev"', "workPool"],
          ["workerDeployment", 'worker "project-dev"', "workerDeployment"],
          ["daskOperator", 'Dask operator of cluster "project-dev"', "transform"],
        ] as const
      ).map(([key, shared, property]): [string, Partial<EksDaskDeployerArgs>, Partial<EksDaskDeployerArgs>, string] => {
        const transform = transforms()[key];
        const text = JSON.stringify({ [property]: String(transform) });
        return [
          `a transform, that of ${key},`,
          { dask: {}, transform: { [key]: transform } },
          { dask: {} },
          `${shared} is given twice with different arguments (${text} and {})`,
        ];
      }),
    ];
    it("not an identity of flows that two different storages would lead to", async () => {
      await registered(() => {
        deployer({ dask: {} }, "first");
        assertRunError(
          () => deployer({ resultStorage: { path: "dask" } }, "second"),
          'flow identity "project-dev-dask" is given twice with different arguments (' +
            '{"storage":"project-dev","namespace":"project-dev","makesDaskClusters":true} and ' +
            '{"storage":"project-dev-dask","namespace":"project-dev","makesDaskClusters":false}); ' +
            "give them the same arguments, so that they share it, or other names",
        );
      });
    });

    it("a cluster that exists although their tags on AWS differ, which it hasn't", async () => {
      const cluster = { existingName: "theirs" };
      const resources = await registered(() => {
        deployer({ cluster, namespace: "one", awsTags: { team: "one" } }, "first");
        deployer({ cluster, namespace: "two", awsTags: { team: "two" } }, "second");
      });
      assert.equal(resources.filter(({ type }) => type === "pulumi:providers:kubernetes").length, 1);
    });

    for (const [what, first, second, message] of conflicts) {
      it(`not ${what} that they want differently, which is an error that names both`, async () => {
        await registered(() => {
          deployer(first, "first");
          assertRunError(
            () => deployer(second, "second"),
            `${message}; give them the same arguments, so that they share it, or other names`,
          );
        });
      });
    }
  });

  describe("names the Dask operator of a cluster that exists after stack and cluster,", () => {
    const long = "a".repeat(26);
    const names: [what: string, existingName: string, name: string, release: string][] = [
      ["as Kubernetes takes it", "Team_A.x", "project-dev-team-a-x", "project-dev-team-a-x-dask-operator"],
      [
        "and its release by no more letters than Helm takes",
        "a".repeat(60),
        `project-dev-${"a".repeat(60)}`,
        `project-dev-${"a".repeat(27)}-dask-operator`,
      ],
      [
        "and its release with no two dashes where it is cut",
        `${long}-rest`,
        `project-dev-${long}-rest`,
        `project-dev-${long}-dask-operator`,
      ],
    ];
    for (const [what, existingName, name, release] of names) {
      it(what, async () => {
        assert.ok(release.length <= 53);
        const resources = await deploy({ cluster: { existingName }, dask: { installOperator: true } });
        const made = all(":DaskOperator", resources).concat(all(":Release", resources));
        await assertMade(made, operator(name, release));
      });
    }
  });

  describe("keeps on AWS what is protected:", () => {
    const ways: [string, Partial<EksDaskDeployerArgs>, pulumi.ComponentResourceOptions, string[]][] = [
      ["nothing unless it is said", {}, {}, []],
      [
        "what the arguments name",
        { cluster: { protect: true }, resultStorage: { retainOnDelete: true } },
        {},
        ["Cluster protect", "Bucket retainOnDelete"],
      ],
      [
        "cluster and bucket by the component's options",
        {},
        { protect: true, retainOnDelete: true },
        ["Bucket protect", "Bucket retainOnDelete", "Cluster protect", "Cluster retainOnDelete"],
      ],
      [
        "not what the arguments except from the component's options",
        { resultStorage: { protect: false } },
        { protect: true },
        ["Cluster protect"],
      ],
    ];
    for (const [what, args, opts, kept] of ways) {
      it(what, async () => {
        const options: Noted[] = [];
        await registered(() => {
          noteOptions(options);
          deployer(args, "prod", opts);
        });
        const seen = options.flatMap(({ type, ...option }) => {
          const [, kind] = /^aws:(?:eks\/cluster|s3\/bucket):(\w+)$/.exec(type) ?? [];
          if (kind === undefined) return [];
          return (["protect", "retainOnDelete"] as const).filter((key) => option[key]).map((key) => `${kind} ${key}`);
        });
        assert.deepEqual(seen.sort(), [...kept].sort());
      });
    }
  });

  it("makes what is shared beside the deployers, so that any of them can go", async () => {
    const options: Noted[] = [];
    await registered(() => {
      noteOptions(options);
      deployer({ dask: { shared: true, maxWorkers: 3 } });
    });
    const below = (parent: string) =>
      options.filter((option) => option.parent.endsWith(parent)).map(({ type }) => type);
    assert.deepEqual(below("EksDaskDeployer::prod"), ["pulumi-nodejs:dynamic/prefect:Deployment"]);
    assert.equal(
      options.filter(({ type }) => type.startsWith("meta-prefect:")).every(({ parent }) => parent === ""),
      true,
    );
    assert.deepEqual(below("DaskOperator::project-dev"), ["kubernetes:helm.sh/v3:Release"]);
    assert.deepEqual(below("SharedDaskCluster::project-dev-prod"), [
      "kubernetes:kubernetes.dask.org/v1:DaskCluster",
      "kubernetes:kubernetes.dask.org/v1:DaskAutoscaler",
    ]);
  });

  it("makes things after those that they can't do without", async () => {
    const options: Noted[] = [];
    await registered(() => {
      noteOptions(options);
      deployer({ dask: {} });
      deployer({ dask: { shared: true } }, "shared");
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

  it("gives its tags to every resource on AWS that is billed or has rights", async () => {
    const resources = await deploy({
      dask: {},
      awsTags: { team: "data" },
      cluster: { admins: ["arn:aws:iam::123456789012:role/admin"] },
    });
    // parts of a resource that has tags
    const parts = /Attachment$|RolePolicy$|:Bucket(?!Objectv2$)[A-Z]|:Alias$|:AccessPolicyAssociation$/;
    const onAws = resources.filter(({ type }) => type.startsWith("aws:") && !parts.test(type));
    assert.deepEqual([...new Set(onAws.map(({ type }) => type.replace(/.*:/, "")))].sort(), [
      "AccessEntry",
      "Bucket",
      "BucketObjectv2",
      "Cluster",
      "Key",
      "PodIdentityAssociation",
      "Role",
    ]);
    for (const { type, name, inputs } of onAws)
      assert.deepEqual(inputs.tags, { ...tags, team: "data" }, `${type} ${name}`);
  });

  it("admits who is named to the cluster that it makes", async () => {
    const principalArn = "arn:aws:iam::123456789012:role/admin";
    const resources = await deploy({ cluster: { admins: [principalArn] } });
    const child = "project-dev-role/admin";
    assert.deepEqual(
      resources.filter(({ name }) => name === child),
      [
        {
          type: "aws:eks/accessEntry:AccessEntry",
          name: child,
          inputs: { clusterName: "project-dev", principalArn, tags },
        },
        {
          type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
          name: child,
          inputs: {
            clusterName: "project-dev",
            principalArn,
            policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
            accessScope: { type: "cluster" },
          },
        },
      ],
    );
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

  it("has the region's part of AWS in its ARNs", async () => {
    const cn = await deploy({ resultStorage: { existingBucket: "their-bucket" } }, { "aws:region": "cn-north-1" });
    assert.match(only(":RolePolicy", cn).inputs.policy as string, /"arn:aws-cn:s3:::their-bucket"/);
    const attached = all(":RolePolicyAttachment", cn).map(({ inputs }) => inputs.policyArn as string);
    assert.equal(attached.filter((arn) => arn.startsWith("arn:aws-cn:iam::aws:policy/")).length, 7);
  });

  describe("keeps secrets", () => {
    const secrets = { "prefect:authString": "admin:pa55word", "prefect:apiKey": "pnu_k3y" };
    const headers = { "prefect:customHeaders": '{"X-Proxy-Token":"t0ken"}' };
    const reference = (key: string) => ({
      name: key,
      valueFrom: { secretKeyRef: { name: "project-dev-prefect-api", key } },
    });
    const workerOf = (resources: Registered[]) => {
      const { spec } = only("apps/v1:Deployment", resources).inputs as {
        spec: { template: { metadata: Json; spec: { containers: { env: { name: string; value?: string }[] }[] } } };
      };
      return { metadata: spec.template.metadata, env: spec.template.spec.containers[0]?.env ?? [] };
    };
    const secretRule = { apiGroups: [""], resources: ["secrets"], verbs: ["create", "patch", "delete"] };
    const rules = (resources: Registered[]) =>
      resources.find(({ type, name }) => type.endsWith(":Role") && name === "project-dev-worker")?.inputs
        .rules as Json[];

    it("in one Secret of Kubernetes, to which pods refer", async () => {
      const resources = await deploy({ dask: {} }, secrets);
      assert.deepEqual(await readable(only(":Secret", resources).inputs), {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { ...inNamespace("project-dev-prefect-api"), labels },
        stringData: { secret: { PREFECT_API_KEY: "pnu_k3y", PREFECT_API_AUTH_STRING: "admin:pa55word" } },
      });
      const { metadata, env } = workerOf(resources);
      const both = [reference("PREFECT_API_KEY"), reference("PREFECT_API_AUTH_STRING")];
      assert.deepEqual(env.slice(1, 3), both);
      const settings = env.filter(({ name }) => name.startsWith("PREFECT_INTEGRATIONS_KUBERNETES_WORKER_API"));
      assert.deepEqual(
        settings.map(({ name, value }) => [name.replace(/.*WORKER_API_/, ""), value]),
        [
          ["KEY_SECRET_NAME", "project-dev-prefect-api"],
          ["KEY_SECRET_KEY", "PREFECT_API_KEY"],
          ["AUTH_STRING_SECRET_NAME", "project-dev-prefect-api"],
          ["AUTH_STRING_SECRET_KEY", "PREFECT_API_AUTH_STRING"],
        ],
      );
      assert.deepEqual(metadata.annotations, { "meta-prefect/secret-version": "7" });
      assert.equal(rules(resources).length, 3);
      const deployment = only("Deployment", resources);
      const dask = JSON.stringify(runner(deployment));
      for (const one of both) assert.equal(dask.split(JSON.stringify(one)).length, 3, "in scheduler and worker");
    });

    it("of a proxy in a secret of each job, which the worker may make", async () => {
      const resources = await deploy({}, headers);
      assert.deepEqual(rules(resources).at(-1), secretRule);
      const { env } = workerOf(resources);
      assert.deepEqual(env[1], reference("PREFECT_CLIENT_CUSTOM_HEADERS"));
      const stored = env.find(({ name }) => name === "PREFECT_INTEGRATIONS_KUBERNETES_WORKER_STORE_ENV_AS_SECRET");
      assert.equal(stored?.value, "true");
      assert.ok(!rules(await deploy({}, secrets)).some(({ resources }) => String(resources) === "secrets"));
    });

    it("and shows them nowhere else", async () => {
      process.env.PREFECT_API_KEY = "pnu_k3y";
      for (const dask of [undefined, {}, { shared: true }]) {
        const resources = await deploy({ dask }, { "prefect:authString": "admin:pa55word", ...headers });
        const hidden = JSON.stringify(resources, (_, value: unknown) =>
          (value as Json | null)?.[specialSigKey] === specialSecretSig ? "hidden" : value,
        );
        assert.match(hidden, /"stringData":"hidden"/);
        for (const text of ["pa55word", "pnu_k3y", "t0ken"]) {
          assert.ok(JSON.stringify(resources).includes(text), `${text} is in the Secret`);
          for (const form of [text, Buffer.from(text).toString("base64")]) assert.ok(!hidden.includes(form), form);
        }
      }
    });

    it("and makes no Secret when there are none", async () => {
      const resources = await deploy();
      assert.equal(count(":Secret", resources), 0);
      assert.equal(workerOf(resources).metadata.annotations, undefined);
    });
  });

  describe("shows at preview, on the argument,", () => {
    type Wrong = [string, Partial<RecipeDeployment>, Partial<EksDaskDeployerArgs>, string, RegExp];
    const wrong: Wrong[] = [
      [
        "a quantity that is none",
        { jobVariables: { cpu_limit: "lots" } },
        {},
        "jobVariables.cpu_limit",
        /must be a number of CPUs above 0, such as .*, not "lots"/,
      ],
      [
        "memory without a unit",
        { jobVariables: { memory_request: "512" } },
        {},
        "jobVariables.memory_request",
        /^must be at least "16Mi", such as "1\.5Gi"; a number without a unit is bytes, not "512"$/,
      ],
      [
        "memory without a unit as a number",
        { jobVariables: { memory_limit: 512 } },
        {},
        "jobVariables.memory_limit",
        /^must be at least "16Mi", such as "1\.5Gi"; a number without a unit is bytes, not 512$/,
      ],
      [
        "a job variable that the work pool doesn't have",
        { jobVariables: { working_dir: "/tmp" } },
        {},
        "jobVariables.working_dir",
        /the recipe's work pool has no job variable "working_dir"; it has .*cpu_limit, /,
      ],
      [
        "what is wrong with its Dask",
        { dask: { workers: 0 } },
        { dask: {} },
        "dask.workers",
        /^must be an integer from 1 on, not 0$/,
      ],
      [
        "a word of its Dask that there isn't",
        { dask: { wokers: 3 } as object },
        { dask: {} },
        "dask.wokers",
        /^there is no such argument; allowed are enabled, replacesTaskRunner, workers, minWorkers, maxWorkers, cpu, memory$/,
      ],
      [
        "a word of its Dask that is the recipe's alone",
        { dask: { image: "dask:1" } as object },
        { dask: {} },
        "dask.image",
        /^there is no such argument; allowed are enabled, replacesTaskRunner, workers, minWorkers, maxWorkers, cpu, memory$/,
      ],
      [
        "a choice of Dask that is none",
        { dask: { enabled: "no" } as object },
        { dask: {} },
        "dask.enabled",
        /^must be true or false, not "no"$/,
      ],
      [
        "half of the limits of its Dask, whatever the recipe says",
        { dask: { minWorkers: 1 } },
        { dask: { maxWorkers: 8 } },
        "dask.minWorkers",
        /^is given without maxWorkers; give both$/,
      ],
      [
        "memory of its Dask without a unit",
        { dask: { memory: 4 } },
        { dask: {} },
        "dask.memory",
        /^must be at least "16Mi", such as "1\.5Gi"; a number without a unit is bytes, not 4$/,
      ],
      [
        "a word that there isn't, of Dask that all share",
        { dask: { wokers: 3 } as object },
        { dask: { shared: true } },
        "dask.wokers",
        /^there is no such argument; allowed are enabled, /,
      ],
      ...Object.entries({ workers: 3, minWorkers: 1, maxWorkers: 3, cpu: 1, memory: "4Gi" }).map(
        ([key, value]): Wrong => [
          `${key} of Dask that all share`,
          { dask: { [key]: value } },
          { dask: { shared: true } },
          `dask.${key}`,
          /^is for a Dask cluster of the run's own, and the recipe's runs share one$/,
        ],
      ),
      ["a folder that isn't there", { path: "nowhere" }, {}, "path", /there is no folder .*nowhere; correct the path/],
      [
        "a schedule that is given twice",
        { schedule: { interval: 60 }, schedules: [] },
        {},
        "schedules",
        /excludes schedule; give one of them/,
      ],
    ];
    for (const [what, own, args, property, reason] of wrong) {
      it(what, async () => {
        const resources = await deploy({ deployments: [{ ...nightly, ...own }], ...args });
        const { failures = [] } = only("Deployment", resources);
        assert.deepEqual(
          failures.map((failure) => failure.property),
          [property],
        );
        assert.match(failures[0]?.reason ?? "", reason);
      });
    }
  });

  const noBucket =
    /^must be a name that S3 takes: 3 to 63 lower-case letters, digits, dots and dashes, with a letter or digit at both ends/;
  const tooLittle = /^must be at least "16Mi", such as "1\.5Gi"; a number without a unit is bytes/;
  const noPath =
    /^must be a folder's name of letters, digits, dots, dashes and underscores, without slashes at its ends/;
  const noClusterName = /^must be at most 40 letters, digits, dashes and underscores, with a letter at its start/;
  const wrong: [args: object, property: string, message: RegExp][] = [
    [{ cpu: "two" }, "cpu", /^must be a number of CPUs above 0, such as 0\.5, 2 or "500m", not "two"$/],
    [{ memory: 1.5 }, "memory", new RegExp(`${tooLittle.source}, not 1\\.5$`)],
    [{ memory: "512" }, "memory", new RegExp(`${tooLittle.source}, not "512"$`)],
    [{ worker: { memory: 1 } }, "worker.memory", new RegExp(`${tooLittle.source}, not 1$`)],
    [{ dask: { memory: "2k" } }, "dask.memory", new RegExp(`${tooLittle.source}, not "2k"$`)],
    [{ cpu: 2000 }, "cpu", /^must be a number of CPUs above 0, such as 0\.5, 2 or "500m", not 2000$/],
    [
      { cpu: "0.1m" },
      "cpu",
      /^must be a number of CPUs above 0, such as 0\.5, 2 or "500m", and at least "1m", not "0\.1m"$/,
    ],
    [{ memory: "1.5GB" }, "memory", /^must be an amount of memory above 0, such as "512Mi" or "1\.5Gi", not "1\.5GB"$/],
    [{ dask: { minWorkers: 5, maxWorkers: 2 } }, "dask.minWorkers", /^must be at most maxWorkers \(2\), not 5$/],
    [{ dask: { workers: 0 } }, "dask.workers", /^must be an integer from 1 on, not 0$/],
    [
      { dask: { workers: 2, maxWorkers: 3 } },
      "dask.workers",
      /^excludes minWorkers and maxWorkers; give a number or its limits$/,
    ],
    [
      { dask: { workers: 2, minWorkers: 1, maxWorkers: 3 } },
      "dask.workers",
      /^excludes minWorkers and maxWorkers; give a number or its limits$/,
    ],
    [{ dask: { minWorkers: 1 } }, "dask.minWorkers", /^is given without maxWorkers; give both$/],
    [{ dask: { cpu: "1GiB" } }, "dask.cpu", /^must be a number of CPUs above 0, .*, not "1GiB"$/],
    [
      { dask: { wokers: 1 } },
      "dask.wokers",
      /^there is no such argument; allowed are workers, minWorkers, maxWorkers, cpu, memory, image, shared, installOperator$/,
    ],
    [
      { worker: { pods: 2 } },
      "worker.pods",
      /^there is no such argument; allowed are image, replicas, limit, cpu, memory$/,
    ],
    [
      { resultStorage: { bucket: "b" } },
      "resultStorage.bucket",
      /^there is no such argument; allowed are path, bucketName, existingBucket, expireAfterDays, forceDestroy, protect, retainOnDelete$/,
    ],
    [
      { cluster: { nmae: "a" } },
      "cluster.nmae",
      /^there is no such argument; allowed are name, existingName, kubeconfig, provider, oidcProviderArn, version, /,
    ],
    [{ source: { gti: {} } }, "source.gti", /^there is no such argument; allowed are git, imageDirectory$/],
    [
      { source: { git: { repository: "https://example.com/a.git", brnch: "main" } } },
      "source.git.brnch",
      /^there is no such argument; allowed are repository, branch, commitSha, includeSubmodules, accessToken, directory$/,
    ],
    ...["cluster", "resultStorage", "source", "worker", "dask"].flatMap((key) =>
      [true, "x", [], null].map((value): [object, string, RegExp] => [
        { [key]: value },
        key,
        // a text might be a kubeconfig, so it isn't shown
        key === "cluster" && value === "x"
          ? /^must be an object, not a text$/
          : new RegExp(`^must be an object, not ${JSON.stringify(value).replace("[]", "\\[\\]")}$`),
      ]),
    ),
    [
      { source: { git: "https://example.com/a.git" } },
      "source.git",
      /^must be an object, not "https:\/\/example\.com\/a\.git"$/,
    ],
    [{ awsTags: "team" }, "awsTags", /^must be an object of strings, not "team"$/],
    [{ memroy: "1Gi" }, "memroy", /^there is no such argument; allowed are .*, cpu, memory, /],
    ...["My_Bucket", "ab", "192.168.0.1", "xn--x"].map((bucketName): [object, string, RegExp] => [
      { resultStorage: { bucketName } },
      "resultStorage.bucketName",
      new RegExp(`${noBucket.source}.*, not "${bucketName}"$`),
    ]),
    [
      { resultStorage: { bucketName: "one", existingBucket: "two" } },
      "resultStorage.existingBucket",
      /^excludes bucketName; give one of them$/,
    ],
    ...["/results/", "/a", "a/", "a//b", "", "a b", "a\\b", "a*", "é", ".", "..", "./a", "a/..", "a/../b"].map(
      (path): [object, string, RegExp] => [
        { resultStorage: { path } },
        "resultStorage.path",
        new RegExp(`${noPath.source}, not ${JSON.stringify(path).replace(/[\\*.]/g, "\\$&")}$`),
      ],
    ),
    ...Object.entries({ expireAfterDays: 1, forceDestroy: false, protect: true, retainOnDelete: true }).map(
      ([key, value]): [object, string, RegExp] => [
        { resultStorage: { existingBucket: "theirs", [key]: value } },
        `resultStorage.${key}`,
        /^is for what is made, and existingBucket names what exists; remove one of them$/,
      ],
    ),
    [{ resultStorage: { expireAfterDays: 0 } }, "resultStorage.expireAfterDays", /^must be a positive integer, not 0$/],
    [
      { cluster: { existingName: "theirs", version: "1.35" } },
      "cluster.version",
      /^is for what is made, and existingName names what exists; remove one of them$/,
    ],
    [
      { cluster: { kubeconfig: "a: b", oidcProviderArn: "arn:aws:iam::1:oidc-provider/x", protect: true } },
      "cluster.protect",
      /^is for what is made, and kubeconfig names what exists; remove one of them$/,
    ],
    [
      { cluster: { kubeconfig: "a: b" } },
      "cluster.existingName",
      /^must be given with kubeconfig, or oidcProviderArn: without one of them pods get no rights on AWS$/,
    ],
    [
      { cluster: { oidcProviderArn: "arn:aws:iam::1:oidc-provider/x" } },
      "cluster.oidcProviderArn",
      /^is for a cluster that exists; give its existingName$/,
    ],
    ...["-a", "_a", "1a", "", "a.b", "a".repeat(41)].map((name): [object, string, RegExp] => [
      { cluster: { name } },
      "cluster.name",
      new RegExp(`${noClusterName.source}, not "${name}"$`),
    ]),
    [{ cluster: { version: "2" } }, "cluster.version", /^must be a version of Kubernetes, such as "1\.35", not "2"$/],
    [
      { namespace: "Bad_Name" },
      "namespace",
      /^must be at most 40 lower-case letters, digits and dashes, with a letter at its start, not "Bad_Name"$/,
    ],
    [{ source: { imageDirectory: "/app" } }, "image", /^must be given with source\.imageDirectory: it is the image/],
    [
      { image: "a", source: { imageDirectory: "/app", git: { repository: "https://example.com/a.git" } } },
      "source.imageDirectory",
      /^excludes git; give one of them$/,
    ],
    [{ source: { git: {} } }, "source.git.repository", /^must be a string, not nothing$/],
    [
      { source: { git: { repository: "https://example.com/a.git", branch: "main", commitSha: "abc" } } },
      "source.git.commitSha",
      /^excludes branch; give one of them$/,
    ],
    ...["ghp_t0ken", "", "{{ a }} b", "a {{ b }}", "{ a }"].map((accessToken): [object, string, RegExp] => [
      { source: { git: { repository: "https://example.com/a.git", accessToken } } },
      "source.git.accessToken",
      /^must be a template that Prefect fills in, such as "\{\{ prefect\.blocks\.secret\.git-token \}\}", and not the token itself$/,
    ]),
    [{ worker: { replicas: 0 } }, "worker.replicas", /^must be a positive integer, not 0$/],
    [
      { apiUrl: "prefect" },
      "apiUrl",
      /^must be an address such as https:\/\/prefect\.example\.com\/api, not "prefect"$/,
    ],
    [{ awsTags: { team: 1 } }, "awsTags.team", /^must be a string, not 1$/],
  ];
  const right: Partial<EksDaskDeployerArgs>[] = [
    ...["a", "A-b_C", "a".repeat(40)].map((name) => ({ cluster: { name } })),
    ...["a", "team.a/results_1-x", "..a", "a..", ".../b", "1"].map((path) => ({ resultStorage: { path } })),
    { resultStorage: { existingBucket: "theirs", path: "a/b" } },
    { resultStorage: { existingBucket: "theirs", expireAfterDays: undefined, protect: undefined } },
    { cpu: 1024, memory: "16Mi" },
    { cpu: "1m", memory: 2 ** 24 },
    { dask: { minWorkers: 2, maxWorkers: 2 } },
    ...[{ branch: "main" }, { commitSha: "abc" }, { accessToken: "{{ prefect.blocks.secret.git-token }}" }].map(
      (git) => ({ source: { git: { repository: "https://example.com/a.git", ...git } } }),
    ),
  ];
  describe("finds nothing wrong with", () => {
    for (const args of right) {
      it(JSON.stringify(args), async () => assert.equal(only("Deployment", await deploy(args)).failures, undefined));
    }
  });

  describe("takes as an error of the program", () => {
    for (const [args, property, message] of wrong) {
      it(JSON.stringify(args), async () => {
        const resources = await registered(() => {
          const text = assertRunError(() => deployer(args));
          const head = `EksDaskDeployer "prod": ${property}: `;
          assert.equal(text.slice(0, head.length), head);
          assert.match(text.slice(head.length), message);
        });
        assert.deepEqual(resources, []);
      });
    }

    it("all that is wrong at once", async () => {
      await registered(() => {
        const text = assertRunError(() => deployer({ cpu: "two", memory: "1.5GB" }));
        assert.equal(
          text,
          'EksDaskDeployer "prod": cpu: must be a number of CPUs above 0, such as 0.5, 2 or "500m", not "two"; ' +
            'memory: must be an amount of memory above 0, such as "512Mi" or "1.5Gi", not "1.5GB"',
        );
      });
    });

    it("that there are no arguments", async () => {
      const resources = await registered(() => {
        for (const args of [undefined, null, "x", 1]) {
          assertRunError(
            () => new EksDaskDeployer("prod", args as unknown as EksDaskDeployerArgs),
            'EksDaskDeployer "prod": its arguments must be an object',
          );
        }
      });
      assert.deepEqual(resources, []);
    });

    it("that there is no region", async () => {
      await registered(
        () => {
          assertRunError(
            () => deployer(),
            "no AWS region is configured; run `pulumi config set aws:region <region>`, for example eu-central-1, or set AWS_REGION",
          );
        },
        { "aws:region": "" },
      );
    });

    it("that there is no Prefect server", async () => {
      await registered(
        () =>
          assert.match(
            assertRunError(() => deployer()),
            /^no Prefect server is configured; set PREFECT_API_URL, or run/,
          ),
        { "prefect:apiUrl": "" },
      );
    });
  });

  it("finds the region in the environment, and in AWS's own configuration", async () => {
    const region = (made: Registered[]) => variables(only("Deployment", made)).env.AWS_DEFAULT_REGION;
    process.env.AWS_DEFAULT_REGION = "eu-west-1";
    assert.equal(region(await deploy({}, { "aws:region": "" })), "eu-west-1");
    process.env.AWS_REGION = "eu-west-2";
    assert.equal(region(await deploy({}, { "aws:region": "" })), "eu-west-2");
    assert.equal(region(await deploy()), "eu-central-1");
  });

  it("reaches the cluster by the AWS profile that Pulumi uses", async () => {
    const profile = async (configuration: Record<string, string> = {}) => {
      const { kubeconfig } = only(":kubernetes", await deploy({}, configuration)).inputs as { kubeconfig: string };
      return (JSON.parse(kubeconfig) as typeof ours).users[0]?.user.exec.env;
    };
    process.env.AWS_PROFILE = "environment";
    assert.deepEqual(await profile(), [{ name: "AWS_PROFILE", value: "environment" }]);
    assert.deepEqual(await profile({ "aws:profile": "work" }), [{ name: "AWS_PROFILE", value: "work" }]);
  });

  it("finds Prefect in the environment, and tells pods the address that is given for them", async () => {
    process.env.PREFECT_API_URL = "https://from.environment/api";
    const url = (made: Registered[]) =>
      /"PREFECT_API_URL","value":"(.*?)"/.exec(JSON.stringify(only("apps/v1:Deployment", made)))?.[1];
    assert.equal(url(await deploy({}, { "prefect:apiUrl": "" })), "https://from.environment/api");
    assert.equal(url(await deploy({ apiUrl: "http://prefect.svc:4200/api" })), "http://prefect.svc:4200/api");
  });
});

/** Makes sure that a mistake is shown as its message alone, and gives the message. */
function assertRunError(act: () => unknown, message?: string): string {
  let thrown: unknown;
  assert.throws(act, (error) => ((thrown = error), true));
  assert.ok(pulumi.RunError.isInstance(thrown), String(thrown));
  assert.equal(thrown.stack, "");
  if (message !== undefined) assert.equal(thrown.message, message);
  return thrown.message;
}

/** The options of a resource. */
interface Noted {
  type: string;
  name: string;
  parent: string;
  protect: boolean;
  retainOnDelete: boolean;
  /** Empty for the default one. */
  provider: string;
  /** URNs of what has to be there first. */
  dependencies: string[];
}

/** Notes the options of what is made from here on, which Pulumi's mocks don't show. */
function noteOptions(noted: Noted[]): void {
  type Register = (request: RegisterResourceRequest, answer: unknown) => unknown;
  const monitor = getMonitor() as unknown as { registerResource: Register };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, answer) => {
    noted.push({
      type: request.getType(),
      name: request.getName(),
      parent: request.getParent(),
      protect: request.getProtect() ?? false,
      retainOnDelete: request.getRetainondelete() ?? false,
      provider: request.getProvider(),
      dependencies: request.getDependenciesList(),
    });
    return register(request, answer);
  };
}
