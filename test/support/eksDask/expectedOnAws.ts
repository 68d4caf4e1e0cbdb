import type { Row } from "./made";

export const tags = { "meta-prefect:project": "project", "meta-prefect:stack": "dev" };
export const trust = (Service: string) => ({
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
export const ours = kubeconfig("project-dev", "https://ours", "b3Vycw==");
export const theirs = kubeconfig("theirs", "https://theirs", "dGhlaXJz");
export const provider = (name: string, config: unknown): Row => [
  "pulumi:providers:kubernetes",
  name,
  { clusterIdentifier: name, enableSecretMutable: "true", kubeconfig: config },
];

export const newCluster: Row[] = [
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
export const theirCluster: Row[] = [["meta-prefect:components:ExistingCluster", "theirs"], provider("theirs", theirs)];

export const bucket = "project-dev-results-1234";
export const block = (name = bucket): Row => [
  "Block",
  "project-dev-results",
  {
    name: "project-dev-results",
    blockTypeSlug: "s3-bucket",
    data: { secret: { bucket_name: name, bucket_folder: "results" } },
  },
];
export const newBucket: Row[] = [
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
