/** @ts-ignore its types are only there for those who use EKS */
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Json } from "../../../provider/engine/kind";
import { resourceRequirements } from "./jobTemplate";
import type { KubernetesWorkerArgs } from "./kubernetesWorker";
import { apiEnvironment, type PrefectApi } from "./prefectApi";

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

/** What the pod runs. */
export function workerCommand(name: string, limit: number | undefined): string[] {
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

/** Its environment: where Prefect is, and what the worker is to do with its credentials. */
export function workerEnvironment({ name, namespace, api, secretName, keepsEnvironments }: WorkerEnvironment): Json[] {
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

/** The Deployment of the pods of a worker, without rights that it can do without. */
export function workerDeployment(
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
