import * as fs from "node:fs";
import * as path from "node:path";
import { S3 } from "@aws-sdk/client-s3";
import { run } from "../../tools/run";
import { eksTools, temporaryFolder } from "./environment";
import { Kubelet } from "./kubelet";
import { type KubernetesApi, startKubernetesApi } from "./kubernetesApi";
import { type Moto, startMoto } from "./moto";
import { pluginFolder } from "./plugins/folder";

/** What stands for AWS and for a cluster of EKS: moto, a real Kubernetes API server, and a node that runs pods as processes. */
export interface EksWorld {
  moto: Moto;
  api: KubernetesApi;
  kubelet: Kubelet;
  s3: S3;
  /** Under which Pulumi finds the plugins, AWS and the cluster. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/**
 * Starts it all.
 *
 * @param refuse why a container's image can't be pulled; undefined for those that can
 */
export async function startEksWorld(refuse?: (image: string) => string | undefined): Promise<EksWorld> {
  const { kubernetes, python } = await eksTools();
  const [moto, api] = await Promise.all([
    startMoto(python, temporaryFolder()),
    startKubernetesApi(kubernetes, temporaryFolder()),
  ]);
  // the images have the tests' own Python
  const image = {
    entrypointOf,
    env: { PATH: `${path.dirname(python)}:/usr/local/bin:/usr/bin:/bin`, HOME: "/root", LANG: "C.UTF-8" },
  };
  const kubelet = new Kubelet({ api, folder: temporaryFolder(), image, refuse });
  await kubelet.start();
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = moto.environment;
  const s3 = new S3({
    region: moto.environment.AWS_REGION,
    endpoint: moto.url,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  return {
    moto,
    api,
    kubelet,
    s3,
    env: {
      ...moto.environment,
      KUBECONFIG: api.kubeconfigFile,
      // as the recipe's own provider resource says, which the stand-in never sees
      PULUMI_K8S_ENABLE_SECRET_MUTABLE: "true",
      MP_TEST_AWS_STATE: temporaryFolder(),
      MP_TEST_CLUSTER_ENDPOINT: api.url,
      MP_TEST_CLUSTER_CA: api.caData,
      MP_TEST_HELM: kubernetes.helm,
      MP_TEST_CHARTS: await chartsOf(python),
      // first, so that they are found before what the tool chain has
      PATH_FIRST: [pluginFolder(), awsCommand(api.adminToken)].join(path.delimiter),
    },
    async stop() {
      await kubelet.stop();
      await Promise.all([moto.stop(), api.stop()]);
    },
  };
}

/** The entrypoint of the Dask operator's image, but for the port of its liveness, which pods share here. Others run their arguments. */
function entrypointOf(image: string): string[] {
  if (!image.includes("dask-kubernetes-operator")) return [];
  const script = 'case "$1" in --liveness=*) shift ;; esac; exec kopf run -m dask_kubernetes.operator.controller "$@"';
  return ["sh", "-c", script, "entrypoint"];
}

/** A folder with a command `aws` that gives a token for the API server, as `aws eks get-token` does for EKS. */
function awsCommand(token: string): string {
  const folder = temporaryFolder();
  const credential = { apiVersion: "client.authentication.k8s.io/v1beta1", kind: "ExecCredential", status: { token } };
  const script = `#!/bin/sh
case "$*" in
  *"eks get-token --cluster-name "*) echo '${JSON.stringify(credential)}' ;;
  *) echo "this stand-in only knows eks get-token" >&2; exit 1 ;;
esac
`;
  fs.writeFileSync(path.join(folder, "aws"), script, { mode: 0o755 });
  return folder;
}

/** Where the Python package of the Dask operator keeps its chart. */
export async function chartsOf(python: string): Promise<string> {
  const where = "import dask_kubernetes.operator as o, os; print(os.path.dirname(o.__file__))";
  const printed = await run(python, ["-W", "ignore", "-c", where]);
  return path.join(printed.trim().split("\n").at(-1) ?? "", "deployment", "helm");
}
