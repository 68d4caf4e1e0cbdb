import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as k8s from "@kubernetes/client-node";
import { freePort } from "../../processes/freePort";
import { findKubernetes } from "../../tools/kubernetes";
import { findPrefectPython } from "../../tools/prefectPython";
import { temporaryFolder } from "../support/environment";
import { Kubelet } from "../support/kubelet";
import { type KubernetesApi, startKubernetesApi } from "../support/kubernetesApi";
import { long } from "../support/long";

const namespace = "tests";
const patience = 20_000;

describe("the stand-in for kubelet", () => {
  let api: KubernetesApi;
  let kubelet: Kubelet;
  let core: k8s.CoreV1Api;
  let batch: k8s.BatchV1Api;
  let apps: k8s.AppsV1Api;
  let rbac: k8s.RbacAuthorizationV1Api;
  const image = { env: { PATH: "/usr/bin:/bin", HOME: "/root", OF_IMAGE: "image", LANG: "C.UTF-8" } };

  before(async () => {
    process.env.OF_THE_TESTS = "never in a pod";
    image.env.PATH = `${path.dirname(await findPrefectPython())}:${image.env.PATH}`;
    api = await startKubernetesApi(await findKubernetes(), temporaryFolder());
    const refuse = (name: string) => (name === "no-such-image" ? "no-such-image: not found" : undefined);
    kubelet = new Kubelet({ api, folder: temporaryFolder(), image, refuse });
    await kubelet.start();
    core = api.client(k8s.CoreV1Api);
    batch = api.client(k8s.BatchV1Api);
    apps = api.client(k8s.AppsV1Api);
    rbac = api.client(k8s.RbacAuthorizationV1Api);
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    await until("a service account", async () => (await core.listNamespacedServiceAccount({ namespace })).items[0]);
  });
  after(async () => {
    await kubelet?.stop();
    await api?.stop();
    delete process.env.OF_THE_TESTS;
  });

  async function until<T>(
    what: string,
    given: () => Promise<T | undefined | false> | T | undefined | false,
  ): Promise<T> {
    for (const deadline = Date.now() + patience; Date.now() < deadline; await pause(100)) {
      const value = await given();
      if (value) return value;
    }
    throw new Error(`${what} didn't come about in ${patience / 1_000} s`);
  }

  async function runPod(name: string, container: Partial<k8s.V1Container>, spec: Partial<k8s.V1PodSpec> = {}) {
    const containers = [{ name: "main", image: "any", ...container }];
    const body = { metadata: { name }, spec: { restartPolicy: "Never", ...spec, containers } };
    await core.createNamespacedPod({ namespace, body });
  }
  const readPod = (name: string) => core.readNamespacedPod({ namespace, name });
  const stateOf = ({ status }: k8s.V1Pod) => status?.containerStatuses?.[0]?.state;

  async function ended(name: string): Promise<{ phase?: string; exitCode?: number; reason?: string; printed: string }> {
    const pod = await until(`the end of ${name}`, async () => {
      const pod = await readPod(name);
      return stateOf(pod)?.terminated && pod;
    });
    const { exitCode, reason } = stateOf(pod)?.terminated ?? {};
    return { phase: pod.status?.phase, exitCode, reason, printed: kubelet.logOf(namespace, name) };
  }

  const waiting = (name: string, reason: string) =>
    until(`${reason} of ${name}`, async () => {
      const state = stateOf(await readPod(name))?.waiting;
      return state?.reason === reason && state;
    });

  it("runs a pod with exactly the environment of its spec, the image and a kubelet", async () => {
    await core.createNamespacedSecret({
      namespace,
      body: { metadata: { name: "some" }, stringData: { password: "it's $(NAMED) secret", OTHER: "other" } },
    });
    await core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { name: "some" }, data: { URL: "http://here", MODE: "config" } },
    });
    await runPod("environment", {
      command: ["sh", "-c", 'env; echo "[$0] [$1]"', "$(GREETING)", "$$(GREETING) $(UNKNOWN)"],
      envFrom: [{ prefix: "FROM_", secretRef: { name: "some" } }, { configMapRef: { name: "some" } }],
      env: [
        { name: "NAMED", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        { name: "GREETING", value: "hello $(NAMED)" },
        { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "some", key: "password" } } },
        { name: "ABSENT", valueFrom: { secretKeyRef: { name: "some", key: "absent", optional: true } } },
        { name: "MODE", value: "spec" },
        { name: "LANG", value: "de_DE.UTF-8" },
        { name: "ACCOUNT", valueFrom: { fieldRef: { fieldPath: "spec.serviceAccountName" } } },
      ],
    });
    const { phase, printed } = await ended("environment");
    assert.equal(phase, "Succeeded");
    const lines = printed.trimEnd().split("\n");
    assert.equal(lines.pop(), "[hello environment] [$(GREETING) $(UNKNOWN)]");
    const { port } = new URL(api.url);
    assert.deepEqual(
      // the shell's own
      lines.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line)).sort(),
      [
        "ACCOUNT=default",
        "FROM_OTHER=other",
        "FROM_password=it's $(NAMED) secret",
        "GREETING=hello environment",
        "HOME=/root",
        "HOSTNAME=environment",
        "KUBERNETES_SERVICE_HOST=127.0.0.1",
        `KUBERNETES_SERVICE_PORT=${port}`,
        `KUBERNETES_SERVICE_PORT_HTTPS=${port}`,
        "LANG=de_DE.UTF-8",
        "MODE=spec",
        "NAMED=environment",
        "OF_IMAGE=image",
        "PASSWORD=it's $(NAMED) secret",
        `PATH=${image.env.PATH}`,
        "URL=http://here",
      ],
    );
  });

  it("starts a container once the secret that it needs is there", async () => {
    const secretKeyRef = { name: "late", key: "key" };
    await runPod("late", { command: ["printenv", "LATE"], env: [{ name: "LATE", valueFrom: { secretKeyRef } }] });
    assert.equal((await waiting("late", "CreateContainerConfigError")).message, 'secret "late" not found');
    await core.createNamespacedSecret({ namespace, body: { metadata: { name: "late" }, stringData: { no: "" } } });
    await until("the other message", async () =>
      stateOf(await readPod("late"))?.waiting?.message?.includes("couldn't find key key in Secret tests/late"),
    );
    const options = k8s.setHeaderOptions("Content-Type", k8s.PatchStrategy.MergePatch);
    await core.patchNamespacedSecret({ namespace, name: "late", body: { stringData: { key: "here" } } }, options);
    assert.equal((await ended("late")).printed, "here\n");
  });

  it("refuses images and commands that aren't there", async () => {
    await runPod("no-image", { image: "no-such-image", command: ["true"] });
    await runPod("no-command", { command: ["no-such-command"] });
    const { message } = await waiting("no-image", "ImagePullBackOff");
    assert.match(message ?? "", /^Back-off pulling image "no-such-image"/);
    const { phase, exitCode, reason } = await ended("no-command");
    assert.deepEqual({ phase, exitCode, reason }, { phase: "Failed", exitCode: 128, reason: "StartError" });
    await core.deleteNamespacedPod({ namespace, name: "no-image" });
    await until("the end", () =>
      readPod("no-image").then(
        () => false,
        () => true,
      ),
    );
  });

  long("gives a pod a token of its service account, which may do what a role says", async () => {
    const script = `
import json, os, ssl, urllib.error, urllib.request
folder = "/var/run/secrets/kubernetes.io/serviceaccount"
read = lambda name: open(os.path.join(folder, name)).read()
host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT"]
request = urllib.request.Request(
    f"https://{host}:{port}/api/v1/namespaces/{read('namespace')}/pods",
    headers={"Authorization": "Bearer " + read("token")},
)
try:
    urllib.request.urlopen(request, context=ssl.create_default_context(cafile=os.path.join(folder, "ca.crt")))
    print("allowed")
except urllib.error.HTTPError as error:
    print(json.load(error)["message"])
`;
    for (const name of ["reader", "stranger"]) {
      await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
    }
    await rbac.createNamespacedRole({
      namespace,
      body: { metadata: { name: "reader" }, rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }] },
    });
    await rbac.createNamespacedRoleBinding({
      namespace,
      body: {
        metadata: { name: "reader" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" },
        subjects: [{ kind: "ServiceAccount", name: "reader", namespace }],
      },
    });
    const command = ["python", "-c", script];
    await runPod("reader", { command }, { serviceAccountName: "reader" });
    await runPod("stranger", { command }, { serviceAccountName: "stranger" });
    await runPod(
      "without",
      { command: ["ls", "/var/run/secrets/kubernetes.io"] },
      { automountServiceAccountToken: false },
    );
    assert.equal((await ended("reader")).printed, "allowed\n");
    const stranger = `system:serviceaccount:${namespace}:stranger`;
    assert.match((await ended("stranger")).printed, new RegExp(`^pods is forbidden: User "${stranger}" cannot list`));
    assert.deepEqual(
      api.refusals().filter((refusal) => refusal.startsWith(stranger)),
      [`${stranger}: list pods in ${namespace}`],
    );
    assert.notEqual((await ended("without")).exitCode, 0);
  });

  it("makes a job fail by its exit code", async () => {
    const containers = [{ name: "main", image: "any", command: ["sh", "-c", "echo failing; exit 3"] }];
    const template = { spec: { restartPolicy: "Never", containers } };
    const body = { metadata: { name: "fails" }, spec: { backoffLimit: 0, template } };
    await batch.createNamespacedJob({ namespace, body });
    const job = await until("its failure", async () => {
      const { status } = await batch.readNamespacedJob({ namespace, name: "fails" });
      return status?.conditions?.find(({ type }) => type === "Failed");
    });
    assert.equal(job.reason, "BackoffLimitExceeded");
    const [pod] = (await core.listNamespacedPod({ namespace, labelSelector: "job-name=fails" })).items;
    assert.equal(pod && stateOf(pod)?.terminated?.exitCode, 3);
  });

  long("lets a pod with a read-only root write into its emptyDir volumes alone", async () => {
    const elsewhere = temporaryFolder();
    const script = `
echo here > /tmp/file && cat /tmp/file
pwd; ls -A
for folder in . / /root /run ${elsewhere} /deep/er; do touch $folder/file 2>/dev/null && echo "wrote to $folder"; done`;
    await runPod(
      "volumes",
      {
        command: ["sh", "-c", script],
        securityContext: { readOnlyRootFilesystem: true },
        volumeMounts: ["/tmp", "/deep/er"].map((mountPath, index) => ({ name: `volume-${index}`, mountPath })),
      },
      { volumes: [0, 1].map((index) => ({ name: `volume-${index}`, emptyDir: {} })) },
    );
    const { printed } = await ended("volumes");
    assert.equal(printed, "here\n/run/work\nwrote to /deep/er\n");
    assert.ok(!fs.existsSync("/tmp/file") && !fs.existsSync("/deep/er/file"));
    await runPod("volumeless", { command: ["touch", `${elsewhere}/file`] });
    assert.equal((await ended("volumeless")).exitCode, 0);
    assert.ok(fs.existsSync(`${elsewhere}/file`));
  });

  long("shows what pods printed through the API server, also while they run", async () => {
    await runPod("prints", { command: ["sh", "-c", "echo one; echo two; sleep 1; echo three"] });
    await until("its start", async () => stateOf(await readPod("prints"))?.running);
    const of = { namespace, name: "prints" };
    assert.equal(await core.readNamespacedPodLog({ ...of, follow: true }), "one\ntwo\nthree\n");
    assert.equal(await core.readNamespacedPodLog({ ...of, tailLines: 1 }), "three\n");
  });

  long("starts a deployment's pod again when it died, and replaces it for another template", async () => {
    const templateOf = (port: number) => ({
      metadata: { labels: { app: "serves" } },
      spec: {
        containers: [
          {
            name: "main",
            image: "any",
            command: ["sh", "-c", `sleep 1; exec python -m http.server ${port}`],
            ports: [{ name: "http", containerPort: port }],
            readinessProbe: { httpGet: { port: "http", path: "/" } },
          },
        ],
      },
    });
    const of = { namespace, name: "serves" };
    const selector = { matchLabels: { app: "serves" } };
    const port = await freePort();
    const body = {
      metadata: { name: "serves" },
      spec: { replicas: 1, selector, template: templateOf(port) },
    };
    await apps.createNamespacedDeployment({ namespace, body });
    const labelSelector = "app=serves";
    const onlyPod = () =>
      until("one pod", async () => {
        const { items } = await core.listNamespacedPod({ namespace, labelSelector });
        return items.length === 1 && items[0];
      });
    const available = () =>
      until("a pod that is ready", async () => (await apps.readNamespacedDeployment(of)).status?.availableReplicas);
    const unready = await until("a pod that runs", async () => {
      const pod = await onlyPod();
      return stateOf(pod)?.running && pod;
    });
    assert.equal(unready.status?.conditions?.find(({ type }) => type === "Ready")?.status, "False");
    await available();

    for (const pid of processesWith(`-m\0http.server\0${port}`)) process.kill(pid, "SIGKILL");
    const restarted = await until("its restart", async () => {
      const pod = await onlyPod();
      return pod.status?.containerStatuses?.[0]?.restartCount === 1 && pod;
    });
    assert.equal(restarted.metadata?.uid, unready.metadata?.uid);
    assert.equal(restarted.status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode, 1);

    await apps.replaceNamespacedDeployment({
      ...of,
      body: { ...body, spec: { ...body.spec, template: templateOf(await freePort()) } },
    });
    await until("another pod alone", async () => (await onlyPod()).metadata?.uid !== unready.metadata?.uid);
    await available();
    await apps.deleteNamespacedDeployment(of);
  });

  long("ends the process of a pod that is deleted, for good when it doesn't end by itself", async () => {
    const [first, second] = [100_000 + process.pid, 200_000 + process.pid];
    const willing = `trap "echo bye; exit 0" TERM; echo ready; while true; do sleep 0.1; done; sleep ${first}`;
    const unwilling = `trap "" TERM; sleep ${second} & echo ready; while true; do sleep 0.1; done`;
    await runPod("willing", { command: ["sh", "-c", willing] });
    await runPod("unwilling", { command: ["sh", "-c", unwilling] });
    for (const name of ["willing", "unwilling"]) {
      await until(`${name}'s process`, () => kubelet.logOf(namespace, name).includes("ready"));
    }
    const processes = () => [...processesWith(String(first)), ...processesWith(String(second))];
    assert.equal(processes().length, 3);
    await core.deleteNamespacedPod({ namespace, name: "willing" });
    await core.deleteNamespacedPod({ namespace, name: "unwilling", gracePeriodSeconds: 1 });
    for (const name of ["willing", "unwilling"]) {
      await until(`${name}'s end`, () =>
        readPod(name).then(
          () => false,
          () => true,
        ),
      );
    }
    assert.equal(kubelet.logOf(namespace, "willing"), "ready\nbye\n");
    await until("their processes' end", () => processes().length === 0);
  });
});

/** The processes of this machine whose command line has a text in it. */
function processesWith(text: string): number[] {
  const numbers = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return numbers.map(Number).filter((pid) => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text);
    } catch {
      // it has ended
      return false;
    }
  });
}
