import type { Json } from "../../../provider/engine/kind";
import type { Quantity } from "../../quantity";
import { resourceRequirements, undisturbed } from "../kubernetes/jobTemplate";

/** Dask for each run. Numbers of workers are fixed (`workers`) or follow the work (`minWorkers`, `maxWorkers`). */
export interface DaskArgs {
  /** How many workers. Excludes `minWorkers` and `maxWorkers`. @default 2 */
  workers?: number;
  /** The least workers, with `maxWorkers`. @default 0 */
  minWorkers?: number;
  /** The most workers, at least `minWorkers` and at least 1; the number then follows the work. */
  maxWorkers?: number;
  /** CPUs of each worker. @default the recipe's `cpu` */
  cpu?: Quantity;
  /** Memory of each worker. @default the recipe's `memory` */
  memory?: Quantity;
  /** Image of the scheduler and the workers; it needs the packages of the flow's own. @default the recipe's `image` */
  image?: string;
  /**
   * Whether all runs share one cluster that is there all the time, rather than each having its own for as long as it runs.
   *
   * @default false
   */
  shared?: boolean;
  /** Whether the Dask operator is installed. @default it is, unless the cluster has one that this stack didn't install */
  installOperator?: boolean;
}

/** What the pods of a Dask cluster are made of. */
export interface DaskPods {
  namespace: string;
  image: string;
  serviceAccount: string;
  /** Environment variables in Kubernetes' own words. */
  env: Json[];
}

const schedulerPort = 8786;
const dashboardPort = 8787;
const workerDashboardPort = 8788;
const schedulerResources = { cpu: "500m", memory: "1Gi" };
/** How many workers a cluster has of which nothing is said. */
const defaultWorkers = 2;

/** How many workers there are to begin with. */
function initialWorkers({ workers, minWorkers, maxWorkers }: DaskArgs): number {
  return isAdaptive({ maxWorkers }) ? (minWorkers ?? 0) : (workers ?? defaultWorkers);
}

/** Whether the number of workers follows the work. */
export function isAdaptive({ maxWorkers }: DaskArgs): boolean {
  return maxWorkers !== undefined;
}

/**
 * A DaskCluster of the Dask operator (kubernetes.dask.org/v1).
 *
 * @param name the cluster's; a run fills in one of its own
 */
export function daskCluster(name: string, dask: DaskArgs, pods: DaskPods) {
  const container = (component: string, args: string[], resources: Json | undefined, ports: Json[]) => ({
    name: component,
    image: pods.image,
    args,
    env: pods.env,
    ...(resources && { resources }),
    ports,
  });
  // the pods need nothing of the Kubernetes API; AWS vouches for the service account without this token
  const pod = { serviceAccountName: pods.serviceAccount, automountServiceAccountToken: false };
  const port = (name: string, containerPort: number) => ({ name, containerPort, protocol: "TCP" });
  const health = { httpGet: { path: "/health", port: "http-dashboard" } };
  return {
    apiVersion: "kubernetes.dask.org/v1",
    kind: "DaskCluster",
    metadata: { name, namespace: pods.namespace, annotations: undisturbed },
    spec: {
      scheduler: {
        spec: {
          ...pod,
          containers: [
            {
              ...container(
                "scheduler",
                ["dask", "scheduler", "--host", "0.0.0.0"],
                resourceRequirements(schedulerResources),
                [port("tcp-comm", schedulerPort), port("http-dashboard", dashboardPort)],
              ),
              readinessProbe: { ...health, periodSeconds: 1, timeoutSeconds: 10, failureThreshold: 300 },
              livenessProbe: { ...health, initialDelaySeconds: 60, periodSeconds: 20, timeoutSeconds: 10 },
            },
          ],
        },
        service: {
          type: "ClusterIP",
          selector: { "dask.org/cluster-name": name, "dask.org/component": "scheduler" },
          ports: [
            { name: "tcp-comm", protocol: "TCP", port: schedulerPort, targetPort: "tcp-comm" },
            { name: "http-dashboard", protocol: "TCP", port: dashboardPort, targetPort: "http-dashboard" },
          ],
        },
      },
      worker: {
        replicas: initialWorkers(dask),
        spec: {
          ...pod,
          containers: [
            container(
              "worker",
              ["dask", "worker", "--name", "$(DASK_WORKER_NAME)", "--dashboard-address", String(workerDashboardPort)],
              resourceRequirements(dask),
              [port("http-dashboard", workerDashboardPort)],
            ),
          ],
        },
      },
    },
  };
}

/** Where a Dask cluster's scheduler is reached in its Kubernetes cluster. */
export function schedulerAddress(name: string, namespace: string): string {
  return `tcp://${name}-scheduler.${namespace}.svc:${schedulerPort}`;
}

/** The arguments of Prefect's DaskTaskRunner for a cluster of the run's own. */
export function ownClusterRunner(dask: DaskArgs, pods: DaskPods): Json {
  const spec = daskCluster("run", dask, pods);
  const { minWorkers: minimum = 0, maxWorkers: maximum } = dask;
  return {
    cluster_class: "dask_kubernetes.operator.KubeCluster",
    cluster_kwargs: { custom_cluster_spec: spec, namespace: pods.namespace, quiet: true, resource_timeout: 600 },
    ...(isAdaptive(dask) && { adapt_kwargs: { minimum, maximum } }),
  };
}
