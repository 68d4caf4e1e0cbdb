import assert from "node:assert/strict";
import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc";
import { aloneInEachTest, count, deploy, only, runner } from "../../support/eksDask/deployed";
import { inNamespace, labels } from "../../support/eksDask/expectedInKubernetes";
import { readable } from "../../support/eksDask/made";
import type { Json, Registered } from "../../support/registered";

describe("EksDaskDeployer", () => {
  aloneInEachTest();

  describe("keeps secrets", () => {
    const secrets = { "prefect:authString": "admin:pa55word", "prefect:apiKey": "pnu_k3y" };
    const headers = { "prefect:customHeaders": '{"X-Proxy-Token":"t0ken"}' };
    const reference = (key: string) => ({
      name: key,
      valueFrom: { secretKeyRef: { name: "project-dev-prefect-api", key } },
    });
    const workerOf = (resources: Registered[]) => {
      const { spec } = only("apps/v1:Deployment", resources).inputs as {
        spec: { template: { metadata: Json; spec: { containers: { env: { name: string; value?: string }[] }[] } } };
      };
      return { metadata: spec.template.metadata, env: spec.template.spec.containers[0]?.env ?? [] };
    };
    const secretRule = { apiGroups: [""], resources: ["secrets"], verbs: ["create", "patch", "delete"] };
    const rules = (resources: Registered[]) =>
      resources.find(({ type, name }) => type.endsWith(":Role") && name === "project-dev-worker")?.inputs
        .rules as Json[];

    it("in one Secret of Kubernetes, to which pods refer", async () => {
      const resources = await deploy({ dask: {} }, secrets);
      assert.deepEqual(await readable(only(":Secret", resources).inputs), {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { ...inNamespace("project-dev-prefect-api"), labels },
        stringData: { secret: { PREFECT_API_KEY: "pnu_k3y", PREFECT_API_AUTH_STRING: "admin:pa55word" } },
      });
      const { metadata, env } = workerOf(resources);
      const both = [reference("PREFECT_API_KEY"), reference("PREFECT_API_AUTH_STRING")];
      assert.deepEqual(env.slice(1, 3), both);
      const settings = env.filter(({ name }) => name.startsWith("PREFECT_INTEGRATIONS_KUBERNETES_WORKER_API"));
      assert.deepEqual(
        settings.map(({ name, value }) => [name.replace(/.*WORKER_API_/, ""), value]),
        [
          ["KEY_SECRET_NAME", "project-dev-prefect-api"],
          ["KEY_SECRET_KEY", "PREFECT_API_KEY"],
          ["AUTH_STRING_SECRET_NAME", "project-dev-prefect-api"],
          ["AUTH_STRING_SECRET_KEY", "PREFECT_API_AUTH_STRING"],
        ],
      );
      assert.deepEqual(metadata.annotations, { "meta-prefect/secret-version": "7" });
      assert.equal(rules(resources).length, 3);
      const deployment = only("Deployment", resources);
      const dask = JSON.stringify(runner(deployment));
      for (const one of both) assert.equal(dask.split(JSON.stringify(one)).length, 3, "in scheduler and worker");
    });

    it("of a proxy in a secret of each job, which the worker may make", async () => {
      const resources = await deploy({}, headers);
      assert.deepEqual(rules(resources).at(-1), secretRule);
      const { env } = workerOf(resources);
      assert.deepEqual(env[1], reference("PREFECT_CLIENT_CUSTOM_HEADERS"));
      const stored = env.find(({ name }) => name === "PREFECT_INTEGRATIONS_KUBERNETES_WORKER_STORE_ENV_AS_SECRET");
      assert.equal(stored?.value, "true");
      assert.ok(!rules(await deploy({}, secrets)).some(({ resources }) => String(resources) === "secrets"));
    });

    it("and shows them nowhere else", async () => {
      for (const dask of [undefined, {}, { shared: true }]) {
        const resources = await deploy({ dask }, { ...secrets, ...headers });
        const hidden = JSON.stringify(resources, (_, value: unknown) =>
          (value as Json | null)?.[specialSigKey] === specialSecretSig ? "hidden" : value,
        );
        assert.match(hidden, /"stringData":"hidden"/);
        for (const text of ["pa55word", "pnu_k3y", "t0ken"]) {
          assert.ok(JSON.stringify(resources).includes(text), `${text} is in the Secret`);
          for (const form of [text, Buffer.from(text).toString("base64")]) assert.ok(!hidden.includes(form), form);
        }
      }
    });

    it("and makes no Secret when there are none", async () => {
      const resources = await deploy();
      assert.equal(count(":Secret", resources), 0);
      assert.equal(workerOf(resources).metadata.annotations, undefined);
    });
  });

  it("finds Prefect in the environment, and tells pods the address that is given for them", async () => {
    process.env.PREFECT_API_URL = "https://from.environment/api";
    const url = (made: Registered[]) =>
      /"PREFECT_API_URL","value":"(.*?)"/.exec(JSON.stringify(only("apps/v1:Deployment", made)))?.[1];
    assert.equal(url(await deploy({}, { "prefect:apiUrl": "" })), "https://from.environment/api");
    assert.equal(url(await deploy({ apiUrl: "http://prefect.svc:4200/api" })), "http://prefect.svc:4200/api");
  });
});
