import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as k8s from "@kubernetes/client-node";
import { freePort } from "../../processes/freePort";
import { startDetached, type Started, stop } from "../../processes/localProcess";
import { until } from "../../processes/until";
import type { Kubernetes } from "../../tools/kubernetes";
import { run } from "../../tools/run";

/** A Kubernetes cluster's API, which the tests started: all of it but nodes. */
export interface KubernetesApi {
  url: string;
  /** What its certificate is verified by: PEM in base64, as kubeconfig files and EKS have it. */
  caData: string;
  /** A token of the group system:masters, which may do anything. */
  adminToken: string;
  /** A kubeconfig file with that token. */
  kubeconfigFile: string;
  /** Files of the certificate for 127.0.0.1, which signed itself, and of its key. */
  tls: { certificate: string; key: string };
  kubeconfig(): k8s.KubeConfig;
  client<T extends k8s.ApiType>(api: k8s.ApiConstructor<T>): T;
  /** What was answered 403 so far, such as `system:serviceaccount:default:default: list pods in default`. */
  refusals(): string[];
  stop(): Promise<void>;
}

const startPatience = 60_000;
const stopPatience = 5_000;

const controllers = [
  "deployment-controller",
  "garbage-collector-controller",
  "job-controller",
  "namespace-controller",
  "replicaset-controller",
  "root-ca-certificate-publisher-controller",
  "serviceaccount-controller",
  "serviceaccount-token-controller",
  "ttl-after-finished-controller",
];

/**
 * Starts etcd, kube-apiserver and kube-controller-manager on free ports of loopback, and waits until pods can be made.
 *
 * @param folder their own folder, for data, certificates and logs
 */
export async function startKubernetesApi(kubernetes: Kubernetes, folder: string): Promise<KubernetesApi> {
  fs.mkdirSync(folder, { recursive: true });
  const file = (name: string) => path.join(folder, name);
  const [etcdPort, etcdPeerPort, port] = await Promise.all([freePort(), freePort(), freePort()]);
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const url = `https://127.0.0.1:${port}`;
  const tls = await makeCertificate(folder);
  const adminToken = crypto.randomUUID();
  fs.writeFileSync(file("tokens.csv"), `${adminToken},admin,admin,"system:masters"\n`);
  const { privateKey, publicKey } = crypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
  fs.writeFileSync(file("service-accounts.pub"), publicKey.export({ type: "spki", format: "pem" }));
  fs.writeFileSync(file("service-accounts.key"), privateKey.export({ type: "pkcs8", format: "pem" }));
  // answers by who asked for what, without contents
  fs.writeFileSync(
    file("audit-policy.json"),
    JSON.stringify({
      apiVersion: "audit.k8s.io/v1",
      kind: "Policy",
      omitStages: ["RequestReceived", "ResponseStarted"],
      rules: [{ level: "Metadata" }],
    }),
  );
  const caData = fs.readFileSync(tls.certificate).toString("base64");
  const config = new k8s.KubeConfig();
  config.loadFromClusterAndUser(
    { name: "tests", server: url, caData, skipTLSVerify: false },
    { name: "admin", token: adminToken },
  );
  const kubeconfigFile = file("kubeconfig.json");
  fs.writeFileSync(kubeconfigFile, config.exportConfig(), { mode: 0o600 });

  const commands = [
    [
      kubernetes.etcd,
      `--data-dir=${file("etcd")}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=http://127.0.0.1:${etcdPeerPort}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${etcdPeerPort}`,
      `--initial-cluster=default=http://127.0.0.1:${etcdPeerPort}`,
    ],
    [
      kubernetes.apiServer,
      `--etcd-servers=${etcdUrl}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${port}`,
      `--tls-cert-file=${tls.certificate}`,
      `--tls-private-key-file=${tls.key}`,
      `--cert-dir=${file("apiserver")}`,
      `--token-auth-file=${file("tokens.csv")}`,
      "--authorization-mode=RBAC",
      `--service-account-issuer=${url}`,
      `--service-account-key-file=${file("service-accounts.pub")}`,
      `--service-account-signing-key-file=${file("service-accounts.key")}`,
      "--kubelet-preferred-address-types=InternalIP",
      `--kubelet-certificate-authority=${tls.certificate}`,
      `--audit-policy-file=${file("audit-policy.json")}`,
      `--audit-log-path=${file("audit.log")}`,
      // it would wait for its own end in the list of `kubernetes` endpoints
      "--endpoint-reconciler-type=none",
    ],
    [
      kubernetes.controllerManager,
      `--kubeconfig=${kubeconfigFile}`,
      `--controllers=${controllers.join(",")}`,
      "--leader-elect=false",
      "--use-service-account-credentials=true",
      `--root-ca-file=${tls.certificate}`,
      `--service-account-private-key-file=${file("service-accounts.key")}`,
      "--bind-address=127.0.0.1",
      "--secure-port=0",
      "--kube-api-qps=500",
      "--kube-api-burst=1000",
    ],
  ];
  const started: Started[] = [];
  const stopAll = async () => {
    for (const { identity } of [...started].reverse()) await stop(identity, stopPatience);
  };
  const core = config.makeApiClient(k8s.CoreV1Api);
  const health = new k8s.Health(config);
  try {
    for (const [command = "", ...args] of commands) {
      const options = { cwd: folder, env: { PATH: process.env.PATH }, logFile: file(`${path.basename(command)}.log`) };
      started.push(await startDetached(command, args, options));
      if (command === kubernetes.apiServer) await awaitReady(() => health.readyz({}));
    }
    await awaitReady(() =>
      core.readNamespacedServiceAccount({ name: "default", namespace: "default" }).then(() => true),
    );
  } catch (error) {
    await stopAll();
    throw error;
  }

  async function awaitReady(ready: () => Promise<boolean>): Promise<void> {
    const look = () => {
      const ended = started.findIndex((process) => process.ended());
      const command = path.basename(commands[ended]?.[0] ?? "");
      if (command) throw new Error(`${command} ended with ${started[ended]?.ended()}; see ${file(`${command}.log`)}`);
      return ready().catch(() => false);
    };
    if (!(await until(look, { every: 100, patience: startPatience })))
      throw new Error(`Kubernetes was not ready; see the logs in ${folder}`);
  }

  return {
    url,
    caData,
    adminToken,
    kubeconfigFile,
    tls,
    kubeconfig: () => config,
    client: (api) => config.makeApiClient(api),
    refusals: () => refusalsOf(file("audit.log")),
    stop: stopAll,
  };
}

async function makeCertificate(folder: string): Promise<KubernetesApi["tls"]> {
  const tls = { certificate: path.join(folder, "tls.crt"), key: path.join(folder, "tls.key") };
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const names = ["-subj", "/CN=tests", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
  await run("openssl", ["req", "-x509", ...curve, ...names, "-days", "2", "-out", tls.certificate, "-keyout", tls.key]);
  return tls;
}

interface AuditEvent {
  verb: string;
  requestURI: string;
  user: { username: string };
  objectRef?: { resource: string; subresource?: string; namespace?: string };
  responseStatus: { code: number };
}

function refusalsOf(auditLog: string): string[] {
  const events = fs
    .readFileSync(auditLog, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as AuditEvent);
  const refused = events.filter(({ responseStatus }) => responseStatus.code === 403);
  return [
    ...new Set(
      refused.map(({ user, verb, objectRef, requestURI }) => {
        const { resource, subresource, namespace } = objectRef ?? { resource: requestURI };
        const object = [resource, subresource].filter(Boolean).join("/");
        return `${user.username}: ${verb} ${object}${namespace ? ` in ${namespace}` : ""}`;
      }),
    ),
  ];
}
