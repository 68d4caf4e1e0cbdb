import { randomBytes } from "node:crypto";
import type { provider } from "@pulumi/pulumi";
import { drifted } from "../drift";
import { InitializationError } from "../initializationError";
import { redact } from "../redact";
import { partsOf } from "../urn";
import { hasUnknowns, isObject, isSame, isSecret, type Json, markSecrets, plain, secret } from "../wireValues";
import { ApiError, ClusterApi } from "./clusterApi";
import { idOf, type KubernetesObject } from "./kubernetesObject";
import { ObjectApi } from "./objectApi";
import { replacedBy } from "./replacement";
import { awaitRollout } from "./rollout";

const autonamed = "pulumi.com/autonamed";
const skipAwait = "pulumi.com/skipAwait";

let shared: ObjectApi | undefined;
const api = () => (shared ??= new ObjectApi(new ClusterApi()));

/** All kinds of objects but Helm's releases. The inputs of the last update are kept under `__inputs`, as Pulumi's provider once did. */
export const objects = {
  async check(urn: string, olds: Json, news: Json): Promise<provider.CheckResult> {
    const { type } = partsOf(urn);
    if (typeof news.apiVersion !== "string" || typeof news.kind !== "string" || type.endsWith("Patch")) {
      throw new Error(`${type} is not known to the tests' stand-in for Pulumi's Kubernetes plugin`);
    }
    const inputs = await withDefaults(partsOf(urn).name, olds, news);
    const isNew = !isObject(olds.metadata) || replacedBy(olds, inputs).length === 0;
    const failures = isNew && !hasUnknowns(inputs) ? await refusals(inputs) : [];
    return { inputs, failures };
  },

  diff(_id: string, _urn: string, { __inputs: olds }: Json, news: Json): Promise<provider.DiffResult> {
    const replaces = replacedBy(olds as Json, news);
    const samePlace = isSame(placeOf(olds as Json), placeOf(news));
    return Promise.resolve({
      changes: !isSame(olds, news),
      replaces,
      deleteBeforeReplace: replaces.length > 0 && samePlace && !isAutonamed(news),
    });
  },

  async create(_urn: string, inputs: Json): Promise<provider.CreateResult> {
    const live = await applied(inputs);
    return { id: idOf(live), outs: stateOf(live, inputs) };
  },

  async update(_id: string, _urn: string, _olds: Json, news: Json): Promise<provider.UpdateResult> {
    return { outs: stateOf(await applied(news), news) };
  },

  async read(id: string, _urn: string, state: Json): Promise<provider.ReadResult> {
    const live = await api().read(plain(state.__inputs ?? state) as KubernetesObject);
    if (!live) return { id: "", props: {} };
    const inputs = drifted(state.__inputs, state, live) as Json;
    return { id, inputs, props: stateOf(live, inputs) };
  },

  async delete(_id: string, _urn: string, { __inputs: inputs }: Json): Promise<void> {
    await api().delete(plain(inputs) as KubernetesObject);
  },
};

/** The inputs with name and namespace, and a Secret's content as a secret. */
async function withDefaults(name: string, olds: Json, news: Json): Promise<Json> {
  const metadata: Json = { ...(news.metadata as Json | undefined) };
  if (metadata.name === undefined && metadata.generateName === undefined) {
    const annotations = { ...(metadata.annotations as Json | undefined), [autonamed]: "true" };
    const before = isAutonamed(olds) ? (olds.metadata as Json).name : undefined;
    Object.assign(metadata, { annotations, name: before ?? `${name}-${randomBytes(4).toString("hex")}` });
  }
  if (metadata.namespace === undefined && (await kindOf(news))?.namespaced) metadata.namespace = "default";
  const content = Object.fromEntries(
    news.kind === "Secret"
      ? ["data", "stringData"].filter((key) => key in news).map((key) => [key, asSecret(news[key])])
      : [],
  );
  return { ...news, metadata, ...content };
}

/** What the API server has against the object, were it applied now; nothing if that can't be told yet. */
async function refusals(inputs: Json): Promise<provider.CheckFailure[]> {
  try {
    if (await kindOf(inputs)) await api().apply(plain(inputs) as KubernetesObject, { dryRun: true });
    return [];
  } catch (error) {
    // the namespace may be made by the same program, and a cluster that can't be reached may be there at the update
    if (!(error instanceof ApiError) || error.status === 404) return [];
    return [{ property: "", reason: redact(error.message, inputs) }];
  }
}

async function kindOf(inputs: Json): ReturnType<ObjectApi["kindOf"]> {
  try {
    return await api().kindOf(inputs as KubernetesObject);
  } catch {
    return undefined;
  }
}

async function applied(inputs: Json): Promise<KubernetesObject> {
  const object = plain(inputs) as KubernetesObject;
  try {
    const live = await api().apply(object, { dryRun: false });
    if (live.kind !== "Deployment" || object.metadata.annotations?.[skipAwait] === "true") return live;
    return await awaitRollout(api(), live).catch((error: unknown) => {
      throw new InitializationError(redact((error as Error).message, inputs), idOf(live), stateOf(live, inputs));
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new Error(redact(`${object.kind} "${idOf(object)}": ${error.message}`, inputs), { cause: error.status });
  }
}

function stateOf({ metadata, ...rest }: KubernetesObject, inputs: Json): Json {
  const { managedFields: _, ...kept } = metadata;
  const live = markSecrets({ ...rest, metadata: kept }, inputs) as Json;
  if (rest.kind === "Secret" && live.data) live.data = asSecret(live.data);
  return { ...live, __inputs: inputs };
}

function asSecret(value: unknown): unknown {
  return isSecret(value) || hasUnknowns(value) ? value : secret(plain(value));
}

function placeOf(inputs: Json): unknown {
  const { name, namespace } = inputs.metadata as Json;
  return { name, namespace };
}

function isAutonamed(inputs: Json): boolean {
  const annotations = isObject(inputs.metadata) ? inputs.metadata.annotations : undefined;
  return isObject(annotations) && annotations[autonamed] === "true";
}
