import * as pulumi from "@pulumi/pulumi";
import { tlsVariables } from "../../../provider/api/connection";
import { messageOf } from "../../../provider/api/errors";
import type { Json } from "../../../provider/engine/kind";
import { programConnection } from "../../../provider/program/program";
import { programError } from "../../../provider/program/programError";

/** How pods reach Prefect's API. */
export interface PrefectApi {
  url: string;
  /** Prefect's settings that no one may read, by name; each a secret of Pulumi. */
  secrets: Record<string, pulumi.Output<string>>;
}

/** Prefect's settings that are no secrets; all others of a connection are. Those of TLS are about this machine, which has the file. */
const openSettings = ["PREFECT_API_URL", ...Object.values(tlsVariables)];

/**
 * Prefect's API as the program itself is configured for it, with its credentials.
 *
 * @param recipe what messages call who asks, such as `EksJobsDeployer "team"`
 * @param apiUrl its address from within the cluster, where that is another
 * @throws RunError when no server is configured
 */
export function prefectApi(recipe: string, apiUrl?: string): PrefectApi {
  let environment: Record<string, string>;
  try {
    environment = programConnection().environment;
  } catch (error) {
    throw programError(messageOf(error));
  }
  const { PREFECT_API_URL: configured = "" } = environment;
  const url = apiUrl ?? configured;
  if (apiUrl === undefined && /^https?:\/\/(localhost|127\.|\[::1\])/.test(url)) {
    void pulumi.log.warn(
      `${recipe}: the pods of the cluster are told to reach Prefect at ${url}, which is the machine that they run on; ` +
        "set apiUrl to the address that they reach it at",
    );
  }
  const secrets = Object.entries(environment).filter(([name]) => !openSettings.includes(name));
  return { url, secrets: Object.fromEntries(secrets.map(([name, value]) => [name, pulumi.secret(value)])) };
}

/** The API's settings for a container, the secret ones from a Secret of Kubernetes. */
export function apiEnvironment({ url, secrets }: PrefectApi, secretName: string): Json[] {
  return [
    { name: "PREFECT_API_URL", value: url },
    ...Object.keys(secrets).map((name) => ({ name, valueFrom: { secretKeyRef: { name: secretName, key: name } } })),
  ];
}
