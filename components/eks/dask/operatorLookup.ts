import { messageOf } from "../../../provider/api/errors";

/** What the Dask operator's chart calls its Deployment's application. */
const application = "app.kubernetes.io/name=dask-kubernetes-operator";
/** Where Helm notes the release that an object belongs to. */
const releaseAnnotation = "meta.helm.sh/release-name";

/**
 * Whether a cluster has a Dask operator that is not of this release.
 *
 * @throws Error when the cluster can't be asked
 */
export async function hasForeignOperator(kubeconfig: string, release: string): Promise<boolean> {
  const { AppsV1Api, KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  try {
    const api = config.makeApiClient(AppsV1Api);
    const { items } = await api.listDeploymentForAllNamespaces({ labelSelector: application });
    return items.some(({ metadata }) => metadata?.annotations?.[releaseAnnotation] !== release);
  } catch (error) {
    throw new Error(
      `the cluster couldn't be asked whether it has a Dask operator (${messageOf(error)}); ` +
        "set dask.installOperator, or mend the access to the cluster",
    );
  }
}
