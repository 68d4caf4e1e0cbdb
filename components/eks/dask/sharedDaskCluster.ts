/** @ts-ignore its types are only there for those who use EKS */
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { KubernetesCluster } from "../aws/cluster";
import { kubernetes } from "../kubernetes/kubernetes";
import { type DaskArgs, daskCluster, type DaskPods, isAdaptive, schedulerAddress } from "./daskSpec";

export interface SharedDaskClusterArgs {
  cluster: KubernetesCluster;
  dask: DaskArgs;
  pods: DaskPods;
  /** What has to be there first. */
  dependsOn: pulumi.Input<pulumi.Resource[]>;
}

/** A Dask cluster that is there all the time, for the runs of all deployments of a recipe. */
export class SharedDaskCluster extends pulumi.ComponentResource {
  readonly cluster: k8s.apiextensions.CustomResource;
  /** What follows the work; undefined when the number of workers is fixed. */
  readonly autoscaler?: k8s.apiextensions.CustomResource;
  /** Where its scheduler is reached from pods, known in every preview. */
  readonly address: string;

  constructor(
    name: string,
    { cluster, dask, pods, dependsOn }: SharedDaskClusterArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("meta-prefect:components:SharedDaskCluster", name, {}, opts);
    const inCluster = { parent: this, provider: cluster.provider, dependsOn };
    this.address = schedulerAddress(name, pods.namespace);
    this.cluster = new kubernetes.apiextensions.CustomResource(name, daskCluster(name, dask, pods), inCluster);
    if (isAdaptive(dask)) {
      const { minWorkers: minimum = 0, maxWorkers: maximum } = dask;
      this.autoscaler = new kubernetes.apiextensions.CustomResource(
        name + "-autoscaler",
        {
          apiVersion: "kubernetes.dask.org/v1",
          kind: "DaskAutoscaler",
          metadata: { name, namespace: pods.namespace },
          spec: { cluster: name, minimum, maximum },
        },
        { ...inCluster, dependsOn: this.cluster },
      );
    }
    this.registerOutputs();
  }
}
