/** @ts-ignore its types are only there for those who use EKS */
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { messageOf } from "../../../provider/api/errors";
import { programError } from "../../../provider/program/programError";
import { type Transform, transformed } from "../../deployer";
import { shared } from "../../infrastructure";
import type { KubernetesCluster } from "../aws/cluster";
import { EksCluster } from "../aws/eksCluster";
import { comparable } from "../comparable";
import { kubernetes } from "../kubernetes/kubernetes";
import { hasForeignOperator } from "./operatorLookup";

const chart = "dask-kubernetes-operator";
/** The release of the chart that goes with the Dask packages of `images.ts`. */
const version = "2026.3.0";

export interface DaskOperatorArgs {
  cluster: KubernetesCluster;
  /** Whether it is installed. @default it is, unless the cluster exists and has one that this stack didn't install */
  install?: boolean;
  transform?: Transform<k8s.helm.v3.ReleaseArgs>;
}

/** The Dask operator, which makes pods of Dask clusters, by its own Helm chart in a namespace of its own. */
export class DaskOperator extends pulumi.ComponentResource {
  /** What was installed; nothing when the cluster has an operator already. */
  readonly installed: pulumi.Output<pulumi.Resource[]>;

  constructor(name: string, args: DaskOperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("meta-prefect:components:DaskOperator", name, {}, opts);
    const release = operatorRelease(name);
    const install = () => [this.install(name, args)];
    const isCertain =
      args.install !== undefined || args.cluster instanceof EksCluster || args.cluster.kubeconfig === undefined;
    this.installed = isCertain
      ? pulumi.output(args.install === false ? [] : install())
      : pulumi
          .output(args.cluster.kubeconfig)
          .apply(async (kubeconfig) => ((await isThere(kubeconfig as string, release)) ? [] : install()));
    this.registerOutputs();
  }

  private install(name: string, { cluster, transform }: DaskOperatorArgs): k8s.helm.v3.Release {
    const release: k8s.helm.v3.ReleaseArgs = {
      name: operatorRelease(name),
      chart,
      version,
      repositoryOpts: { repo: "https://helm.dask.org" },
      namespace: operatorRelease(name),
      createNamespace: true,
    };
    return new kubernetes.helm.Release(`${name}-dask-operator`, transformed(transform, release), {
      parent: this,
      provider: cluster.provider,
    });
  }
}

/** The name by which a stack's own operator is told from others in the cluster; Helm takes 53 letters. */
function operatorRelease(name: string): string {
  return `${name.slice(0, 39).replace(/-$/, "")}-dask-operator`;
}

/** A preview may be made by somebody who can't reach the cluster; it then shows an operator that may turn out to be there. */
async function isThere(kubeconfig: string, release: string): Promise<boolean> {
  try {
    return await hasForeignOperator(kubeconfig, release);
  } catch (error) {
    if (!pulumi.runtime.isDryRun()) throw programError(messageOf(error));
    await pulumi.log.warn(`${messageOf(error)}; the preview takes it that there is none`);
    return false;
  }
}

/**
 * The operator of a cluster, made once in a program.
 *
 * @param clusterName tells the cluster from others
 */
export function sharedOperator(
  name: string,
  { cluster, ...args }: DaskOperatorArgs,
  clusterName: string,
): DaskOperator {
  return shared({
    name: `Dask operator of cluster "${clusterName}"`,
    given: comparable(args),
    make: () => ({ operator: new DaskOperator(name, { cluster, ...args }) }),
  }).operator;
}
