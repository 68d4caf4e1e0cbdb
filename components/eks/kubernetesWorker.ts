import * as pulumi from "@pulumi/pulumi";
/** @ts-ignore its types are only there for those who use EKS */
import type * as k8s from "@pulumi/kubernetes";
import type { Json } from "../../provider/kind";
import { Worker } from "../../provider/worker";
import { WorkPool, type WorkPoolArgs } from "../../provider/workPool";
import type { Transform } from "../deployer";
import { transformed } from "../deployer";
import type { KubernetesCluster } from "./cluster";
import { workerImage } from "./images";
import { kubernetesJobTemplate, resourceRequirements } from "./jobTemplate";
import { kubernetes } from "./kubernetes";
import type { Namespace } from "./namespace";
import { apiEnvironment, type PrefectApi } from "./prefectApi";
import type { Quantity } from "./quantity";

/** The worker in the cluster, which turns runs of flows into jobs of Kubernetes. */
export interface KubernetesWorkerArgs {
  /** Image with Prefect's Kubernetes worker. A change rolls the worker; runs go on. @default Prefect's own */
  image?: string;
  /** How many pods share the work. @default 1 */
  replicas?: number;
  /** CPUs of each pod. @default "500m" */
  cpu?: Quantity;
  /** Memory of each pod. @default "1Gi" */
  memory?: Quantity;
  /** How many runs it has under way at once. @default no limit */
  limit?: number;
}

interface KubernetesWorkerParts {
  cluster: KubernetesCluster;
  namespace: Namespace;
  api: PrefectApi;
  transform?: {
    workPool?: Transform<Omit<WorkPoolArgs, "name">>;
    workerDeployment?: Transform<k8s.apps.v1.DeploymentArgs>;
  };
}

/** Prefect's variables for its Kubernetes worker: where the credentials of jobs are, rather than the credentials themselves. */
const secretSettings: Record<string, [string, string]> = {
  PREFECT_API_KEY: [
    "PREFECT_INTEGRATIONS_KUBERNETES_WORKER_API_KEY_SECRET_NAME",
    "PREFECT_INTEGRATIONS_KUBERNETES_WORKER_API_KEY_SECRET_KEY",
  ],
  PREFECT_API_AUTH_STRING: [
    "PREFECT_INTEGRATIONS_KUBERNETES_WORKER_API_AUTH_STRING_SECRET_NAME",
    "PREFECT_INTEGRATIONS_KUBERNETES_WORKER_API_AUTH_STRING_SECRET_KEY",
  ],
};
const healthPort = 8080;
/** The only place that the worker may write to. */
const scratch = "/tmp";

/** A work pool for Kubernetes and its worker: a Deployment with a service account that may make jobs in its namespace, and no more. */
export class KubernetesWorker extends pulumi.ComponentResource {
  readonly workPool: WorkPool;
  /** Prefect's credentials; undefined when Prefect asks for none. */
  readonly secret?: k8s.core.v1.Secret;
  readonly serviceAccount: k8s.core.v1.ServiceAccount;
  readonly role: k8s.rbac.v1.Role;
  readonly roleBinding: k8s.rbac.v1.RoleBinding;
  readonly deployment: k8s.apps.v1.Deployment;
  readonly worker: Worker;
  /** Names that are known in every preview. */
  readonly workPoolName: string;
  readonly secretName: string;
  readonly template: WorkPoolArgs["baseJobTemplate"];

  constructor(
    name: string,
    { cluster, namespace, api, transform, ...args }: KubernetesWorkerArgs & KubernetesWorkerParts,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("meta-prefect:components:KubernetesWorker", name, {}, opts);
    const own = { parent: this };
    const inCluster = { ...own, provider: cluster.provider, dependsOn: namespace.resource };
    this.workPoolName = name;
    this.secretName = `${name}-prefect-api`;
    const workPool = transformed(transform?.workPool, {
      type: "kubernetes",
      baseJobTemplate: kubernetesJobTemplate(namespace.name) as unknown as Json,
    });
    this.template = workPool.baseJobTemplate;
    this.workPool = new WorkPool(name, { ...workPool, name }, own);

    const metadata = { name: `${name}-worker`, namespace: namespace.name, labels: labelsOf(name) };
    if (Object.keys(api.secrets).length > 0) {
      this.secret = new kubernetes.core.Secret(
        this.secretName,
        { metadata: { ...metadata, name: this.secretName }, stringData: api.secrets },
        inCluster,
      );
    }
    this.serviceAccount = new kubernetes.core.ServiceAccount(`${name}-worker`, { metadata }, inCluster);
    const keepsEnvironments = "PREFECT_CLIENT_CUSTOM_HEADERS" in api.secrets;
    this.role = new kubernetes.rbac.Role(
      `${name}-worker`,
      { metadata, rules: workerRules(keepsEnvironments) },
      inCluster,
    );
    this.roleBinding = new kubernetes.rbac.RoleBinding(
      `${name}-worker`,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name },
        subjects: [{ kind: "ServiceAccount", name: metadata.name, namespace: namespace.name }],
      },
      { ...inCluster, dependsOn: [namespace.resource, this.role] },
    );
    const image = args.image ?? workerImage;
    const deployment = workerDeployment(metadata, {
      ...args,
      image,
      command: workerCommand(name, args.limit),
      env: workerEnvironment({ name, namespace: namespace.name, api, secretName: this.secretName, keepsEnvironments }),
      // a new secret rolls the worker, which reads it once
      secretVersion: this.secret?.metadata.resourceVersion,
    });
    this.deployment = new kubernetes.apps.Deployment(
      `${name}-worker`,
      transformed(transform?.workerDeployment, deployment),
      { ...inCluster, dependsOn: [namespace.resource, this.roleBinding, this.serviceAccount, this.workPool] },
    );
    this.worker = new Worker(
      `${name}-worker`,
      {
        name,
        workPoolName: this.workPool.name,
        kubernetes: { namespace: namespace.name, deployment: metadata.name, revision: image },
        ...(cluster.kubeconfig && { kubeconfig: cluster.kubeconfig }),
      },
      { ...own, dependsOn: this.deployment },
    );
    this.registerOutputs();
  }
}

function labelsOf(name: string): Record<string, string> {
  return { "app.kubernetes.io/name": "prefect-worker", "app.kubernetes.io/instance": name };
}

/** What the worker does in its namespace, found by taking away rule by rule. */
function workerRules(keepsEnvironments: boolean) {
  return [
    { apiGroups: ["batch"], resources: ["jobs"], verbs: ["get", "list", "watch", "create", "delete"] },
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
    { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
    // headers for a proxy reach a job as a secret that the worker makes for it
    ...(keepsEnvironments ? [{ apiGroups: [""], resources: ["secrets"], verbs: ["create", "patch", "delete"] }] : []),
  ];
}

function workerCommand(name: string, limit: number | undefined): string[] {
  return [
    ...["prefect", "--no-prompt", "worker", "start", "--type", "kubernetes", "--pool", name, "--name", name],
    ...["--with-healthcheck", "--install-policy", "never", "--no-create-pool-if-not-found"],
    ...(limit === undefined ? [] : ["--limit", String(limit)]),
  ];
}

interface WorkerEnvironment {
  name: string;
  namespace: string;
  api: PrefectApi;
  secretName: string;
  keepsEnvironments: boolean;
}

function workerEnvironment({ name, namespace, api, secretName, keepsEnvironments }: WorkerEnvironment): Json[] {
  const settings: Record<string, string> = {
    HOME: scratch,
    PREFECT_HOME: `${scratch}/prefect`,
    PREFECT_WORKER_WEBSERVER_PORT: String(healthPort),
    PREFECT_INTEGRATIONS_KUBERNETES_OBSERVER_NAMESPACES: namespace,
    // without it the worker would look for the uid of kube-system, which it may not see
    PREFECT_INTEGRATIONS_KUBERNETES_CLUSTER_UID: name,
    ...(keepsEnvironments && { PREFECT_INTEGRATIONS_KUBERNETES_WORKER_STORE_ENV_AS_SECRET: "true" }),
  };
  for (const key of Object.keys(api.secrets)) {
    const [secret, secretKey] = secretSettings[key] ?? [];
    if (secret !== undefined && secretKey !== undefined)
      Object.assign(settings, { [secret]: secretName, [secretKey]: key });
  }
  return [
    ...apiEnvironment(api, secretName),
    { name: "PREFECT_WORKER_WEBSERVER_HOST", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    ...Object.entries(settings).map(([name, value]) => ({ name, value })),
  ];
}

interface WorkerPods extends KubernetesWorkerArgs {
  image: string;
  command: string[];
  env: Json[];
  secretVersion?: pulumi.Output<string>;
}

function workerDeployment(
  metadata: { name: string; namespace: string; labels: Record<string, string> },
  { image, replicas = 1, cpu = "500m", memory = "1Gi", command, env, secretVersion }: WorkerPods,
): k8s.apps.v1.DeploymentArgs {
  const health = { httpGet: { path: "/health", port: "health" }, periodSeconds: 10, timeoutSeconds: 5 };
  return {
    metadata,
    spec: {
      replicas,
      selector: { matchLabels: metadata.labels },
      // the old pod works until the new one does; runs are jobs of their own, which go on
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: {
          labels: metadata.labels,
          ...(secretVersion && { annotations: { "meta-prefect/secret-version": secretVersion } }),
        },
        spec: {
          serviceAccountName: metadata.name,
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
              image,
              args: command,
              env: env as unknown as k8s.types.input.core.v1.EnvVar[],
              ports: [{ name: "health", containerPort: healthPort }],
              resources: resourceRequirements({ cpu, memory }),
              startupProbe: { ...health, failureThreshold: 30 },
              readinessProbe: health,
              livenessProbe: { ...health, failureThreshold: 6 },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              volumeMounts: [{ name: "scratch", mountPath: scratch }],
            },
          ],
          volumes: [{ name: "scratch", emptyDir: {} }],
        },
      },
    },
  };
}
