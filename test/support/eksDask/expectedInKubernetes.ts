import { kubernetesJobTemplate } from "../../../components/eks/kubernetes/jobTemplate";
import type { Json } from "../registered";
import { apiUrl } from "./deployed";
import { bucket, ours, tags, trust } from "./expectedOnAws";
import type { Row } from "./made";

export const inNamespace = (name: string) => ({ name, namespace: "project-dev" });
export const namespace: Row = [
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
export const identity = ({ name, arn = `arn:aws:s3:::${bucket}`, assumeRolePolicy, annotations }: Identity): Row[] => [
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
export const podIdentity = (name: string, clusterName = "project-dev"): Row => [
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
export const plainFlows = [...identity({ name: "project-dev" }), podIdentity("project-dev")];
export const daskFlows = (clusterName?: string) => [
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

export const labels = { "app.kubernetes.io/name": "prefect-worker", "app.kubernetes.io/instance": "project-dev" };
const workerMetadata = { ...inNamespace("project-dev-worker"), labels };
const health = { httpGet: { path: "/health", port: "health" }, periodSeconds: 10, timeoutSeconds: 5 };
const workerImage = "prefecthq/prefect:3.8.8-python3.11-kubernetes";
/** The worker of a server that asks for no credentials. */
export const worker = (config: unknown = ours): Row[] => [
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

export const operator = (name: string, release = `${name}-dask-operator`): Row[] => [
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
