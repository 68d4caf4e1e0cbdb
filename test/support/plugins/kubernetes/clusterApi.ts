import type { Agent, RequestOptions } from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
import axios from "axios";
import type { Json } from "../wireValues";

/** What the API server says when it refuses. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Requests to the cluster of the kubeconfig, as objects go over the wire: nothing is left out that the API server might refuse. */
export class ClusterApi {
  readonly #config = new KubeConfig();
  readonly #server: string;

  constructor() {
    this.#config.loadFromDefault();
    this.#server = this.#config.getCurrentCluster()?.server ?? "";
  }

  async request(method: string, path: string, query: Record<string, string> = {}, body?: Json): Promise<Json> {
    const options: RequestOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    const response = await axios
      .request<Json>({
        method,
        url: this.#server + path,
        params: query,
        data: body && JSON.stringify(body),
        headers: {
          ...(options.headers as Record<string, string>),
          "content-type": method === "PATCH" ? "application/apply-patch+yaml" : "application/json",
        },
        httpsAgent: options.agent as Agent,
        validateStatus: () => true,
        timeout: 30_000,
      })
      .catch((error: unknown) => {
        const { message, code } = error as Error & { code?: string };
        throw new Error(`configured Kubernetes cluster is unreachable: ${message || code}`);
      });
    if (response.status < 400) return response.data;
    const { message } = response.data;
    throw new ApiError(response.status, typeof message === "string" ? message : `status ${response.status} of ${path}`);
  }
}
