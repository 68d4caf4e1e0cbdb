/** @ts-ignore its types are only there for those who use EKS */
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Json } from "../../../provider/engine/kind";
import { Worker } from "../../../provider/kinds/worker/worker";
import { WorkPool, type WorkPoolArgs } from "../../../provider/kinds/workPool/workPool";
import type { Transform } from "../../deployer";
import { transformed } from "../../deployer";
import { shared } from "../../infrastructure";
import type { Quantity } from "../../quantity";
import type { KubernetesCluster } from "../aws/cluster";
import { comparable } from "../comparable";
import { workerImage } from "../images";
import { kubernetesJobTemplate } from "./jobTemplate";
import { kubernetes } from "./kubernetes";
import type { Namespace } from "./namespace";
import type { PrefectApi } from "./prefectApi";
import { workerCommand, workerDeployment, workerEnvironment } from "./workerDeployment";

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

export interface KubernetesWorkerParts {
  cluster: KubernetesCluster;
  namespace: Namespace;
  api: PrefectApi;
  transform?: {
    workPool?: Transform<Omit<WorkPoolArgs, "name">>;
    workerDeployment?: Transform<k8s.apps.v1.DeploymentArgs>;
  };
}

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

/** The worker of the name, made once in a program. */
export function sharedWorker(
  name: string,
  given: KubernetesWorkerArgs | undefined,
  parts: KubernetesWorkerParts,
  apiUrl: string | undefined,
): KubernetesWorker {
  const { workPool, workerDeployment: deployment } = parts.transform ?? {};
  return shared({
    name: `worker "${name}"`,
    given: comparable({ ...given, apiUrl, workPool, workerDeployment: deployment }),
    make: () => ({ worker: new KubernetesWorker(name, { ...given, ...parts }) }),
  }).worker;
}
