import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { provider } from "@pulumi/pulumi";
import { run } from "../../../../tools/run";
import { drifted } from "../drift";
import { redact } from "../redact";
import { partsOf } from "../urn";
import { isSame, type Json, plain, withoutUndefined } from "../wireValues";

type Release = {
  name: string;
  namespace: string;
  chart: string;
  version?: string;
  repositoryOpts?: { repo?: string };
  createNamespace?: boolean;
  skipAwait?: boolean;
  skipCrds?: boolean;
  timeout?: number;
  values?: Json;
  __autonamed?: boolean;
};

const helm = process.env.MP_TEST_HELM ?? "helm";

/** `kubernetes:helm.sh/v3:Release` by the real helm command. */
export const helmRelease = {
  check(urn: string, olds: Json, news: Json): Promise<provider.CheckResult> {
    const inputs: Json = { ...news, namespace: news.namespace ?? "default" };
    if (inputs.name === undefined) {
      const before = olds.__autonamed ? olds.name : undefined;
      inputs.name = before ?? `${partsOf(urn).name}-${randomBytes(4).toString("hex")}`;
      inputs.__autonamed = true;
    }
    return Promise.resolve({ inputs });
  },

  diff(_id: string, _urn: string, { __inputs }: Json, news: Json): Promise<provider.DiffResult> {
    const olds = __inputs as Json;
    const replaces = ["name", "namespace"].filter((key) => !isSame(olds[key], news[key]));
    return Promise.resolve({ changes: !isSame(olds, news), replaces });
  },

  async create(_urn: string, inputs: Json): Promise<provider.CreateResult> {
    const outs = await installed(inputs);
    return { id: idOf(plain(inputs) as Release), outs };
  },

  async update(_id: string, _urn: string, _olds: Json, news: Json): Promise<provider.UpdateResult> {
    return { outs: await installed(news) };
  },

  async read(id: string, _urn: string, state: Json): Promise<provider.ReadResult> {
    const now = await stateOf(state.__inputs as Json);
    if (!now) return { id: "", props: {} };
    const inputs = drifted(state.__inputs, state, now) as Json;
    return { id, inputs, props: { ...now, __inputs: inputs } };
  },

  async delete(_id: string, _urn: string, { __inputs }: Json): Promise<void> {
    const { name, namespace } = plain(__inputs) as Release;
    await run(helm, ["uninstall", name, "-n", namespace, "--ignore-not-found", "--wait"]);
  },
};

async function installed(inputs: Json): Promise<Json> {
  const release = plain(inputs) as Release;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "helm-values-"));
  const values = path.join(folder, "values.json");
  try {
    fs.writeFileSync(values, JSON.stringify(release.values ?? {}), { mode: 0o600 });
    await run(helm, [
      "upgrade",
      "--install",
      release.name,
      ...chartOf(release),
      ...["-n", release.namespace, "-f", values],
      ...(release.createNamespace ? ["--create-namespace"] : []),
      ...(release.skipCrds ? ["--skip-crds"] : []),
      ...(release.skipAwait ? [] : ["--wait", "--timeout", `${release.timeout ?? 300}s`]),
    ]);
  } catch (error) {
    throw new Error(redact((error as Error).message, inputs), { cause: error });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
  const state = await stateOf(inputs);
  if (!state) throw new Error(`release ${idOf(release)} was not found after it was installed`);
  return state;
}

/** The chart of the repository, or the copy in the folder MP_TEST_CHARTS where there is one, as the tests reach no repository. */
function chartOf({ chart, version, repositoryOpts }: Release): string[] {
  const copy = path.join(process.env.MP_TEST_CHARTS ?? "", chart);
  if (process.env.MP_TEST_CHARTS && fs.existsSync(copy)) {
    console.error(`chart ${chart} is taken from ${copy}`);
    return [copy];
  }
  const { repo } = repositoryOpts ?? {};
  return [chart, ...(repo ? ["--repo", repo] : []), ...(version ? ["--version", version] : [])];
}

async function stateOf(inputs: Json): Promise<Json | undefined> {
  const { name, namespace } = plain(inputs) as Release;
  const printed = await run(helm, ["list", "-n", namespace, "-f", `^${name}$`, "-a", "-o", "json"]);
  const [listed] = JSON.parse(printed) as {
    revision: string;
    status: string;
    chart: string;
    app_version: string;
  }[];
  if (!listed) return undefined;
  const [, chart, version] = /^(.*)-(\d.*)$/.exec(listed.chart) ?? [];
  const { revision, status, app_version: appVersion } = listed;
  return withoutUndefined({
    ...inputs,
    status: { name, namespace, chart, version, appVersion, status, revision: Number(revision) },
    __inputs: inputs,
  });
}

function idOf({ name, namespace }: Release): string {
  return `${namespace}/${name}`;
}
