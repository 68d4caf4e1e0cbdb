import * as path from "node:path";
import { cached } from "./cache";
import { goBuild } from "./goBuild";
import { step } from "./progress";
import { run, works } from "./run";

const version = "1.34.4";
const helmVersion = "3.22.0";

/** The commands of a real Kubernetes API server, for tests. */
export interface Kubernetes {
  etcd: string;
  apiServer: string;
  controllerManager: string;
  helm: string;
}

/** Finds them on the PATH or in the cache; builds what is missing from Go modules, and installs etcd by Debian's package. */
export async function findKubernetes(): Promise<Kubernetes> {
  const bin = await cached(
    `kubernetes-${version}`,
    (folder) => works(path.join(folder, "kube-apiserver"), ["--version"]),
    (bin) =>
      step(`building Kubernetes ${version} from Go modules, which takes about 5 minutes`, () =>
        goBuild({
          module: "kubernetes",
          packages: ["k8s.io/kubernetes/cmd/kube-apiserver", "k8s.io/kubernetes/cmd/kube-controller-manager"],
          bin,
          variables: {
            "k8s.io/component-base/version.gitVersion": `v${version}`,
            "k8s.io/component-base/version.gitMajor": "1",
            "k8s.io/component-base/version.gitMinor": version.split(".")[1] as string,
          },
        }),
      ),
  );
  return {
    etcd: await findEtcd(),
    apiServer: path.join(bin, "kube-apiserver"),
    controllerManager: path.join(bin, "kube-controller-manager"),
    helm: await findHelm(),
  };
}

async function findEtcd(): Promise<string> {
  if (await works("etcd", ["--version"])) return "etcd";
  try {
    await step("installing etcd by apt-get", async () => {
      await run("apt-get", ["update", "-qq"]);
      await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "etcd-server"]);
    });
  } catch (error) {
    throw new Error("etcd is not on the PATH and can't be installed by apt-get; install it, and run this again", {
      cause: error,
    });
  }
  return "etcd";
}

async function findHelm(): Promise<string> {
  if (await works("helm", ["version"])) return "helm";
  const bin = await cached(
    `helm-${helmVersion}`,
    (folder) => works(path.join(folder, "helm"), ["version"]),
    (bin) =>
      step(`building Helm ${helmVersion} from Go modules, which takes about 2 minutes`, () =>
        goBuild({ module: "helm", packages: ["helm.sh/helm/v3/cmd/helm"], bin }),
      ),
  );
  return path.join(bin, "helm");
}
